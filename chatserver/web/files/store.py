"""What the requests for files share: the folder, the scanner, the processes that decode images."""

from dataclasses import dataclass, field
from pathlib import Path

from chatserver.store import files
from chatserver.store.database import Database
from chatserver.store.file_folder import FileFolder
from chatserver.web.files.images import Images
from chatserver.web.files.scanner import Scanner


@dataclass(frozen=True)
class FileStore:
    """`scanner` is None where no scanner is set."""

    folder: FileFolder
    scanner: Scanner | None = None
    images: Images = field(default_factory=Images)


def file_store(folder: Path, clamd: str = "") -> FileStore:
    """The store in this folder; `clamd` is the scanner's address, or empty."""
    return FileStore(FileFolder(folder), Scanner(clamd) if clamd else None)


def swept(store: FileStore, database: Database, now: int) -> int:
    """Delete old files without a row; returns how many. It blocks."""
    return store.folder.sweep(now, lambda ids: database.read_now(lambda conn: files.known(conn, ids)))
