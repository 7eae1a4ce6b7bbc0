"""A migrated SQLite database. Each process migrates once; every further database is a copy, which takes a hundredth of
the time. All copies have the same epoch and server key, so a test about these two migrates by itself."""

import tempfile
from functools import cache
from pathlib import Path

from chatserver.store.revisions import migrate


def lay_migrated(path: Path) -> Path:
    """Put a migrated, empty database there; returns the path."""
    path.write_bytes(_migrated())
    return path


@cache
def _migrated() -> bytes:
    with tempfile.TemporaryDirectory(prefix="chat-migrated-") as folder:
        path = Path(folder) / "chat.db"
        migrate(path)
        return path.read_bytes()
