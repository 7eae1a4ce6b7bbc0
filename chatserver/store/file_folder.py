"""The folder with the bytes of images and PDF files, each under its random id.

A file is written under another name, flushed and renamed before the transaction that adds its entry and its row. So an
entry never lacks its file; a file can lack its row when the transaction fails, and is deleted a day later (`sweep`).
"""

import errno
import hashlib
import os
import re
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from chatserver.domain.refusals import FileStorage
from chatserver.store.sqlite_files import sync

PART = ".part"
KEPT_MS = 24 * 3_600_000
"""How long a file without a row is kept."""
RESERVE = 1024 * 1024 * 1024
"""Bytes of the disk (a twentieth of a small one) that files leave free, because the database may lie there."""
AT_ONCE = 256 * 1024
"""Bytes per read."""
ID = re.compile(r"[A-Za-z0-9_-]{22,43}")

CANNOT_STORE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS, errno.EIO, errno.ENOENT})
"""Failures of the disk or the folder, which refuse the file and nothing else."""


def new_file_id() -> str:
    """A random id, which nobody can guess and which is a safe file name."""
    return secrets.token_urlsafe(24)


@contextmanager
def storing() -> Iterator[None]:
    """Turns failures of the disk into `FileStorage`."""
    try:
        yield
    except OSError as failure:
        if failure.errno not in CANNOT_STORE:
            raise
        raise FileStorage(why=errno.errorcode.get(failure.errno or 0, "").lower()) from failure


class FileFolder:
    """All functions block; call them in a thread."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()

    def begin(self) -> tuple[Path, BinaryIO]:
        """An empty file to write to, under a name that no file has. Raises `FileStorage`, also when so little of the
        disk is free that the chat may need it."""
        with storing():
            disk = shutil.disk_usage(self.path)
            if disk.free < min(RESERVE, disk.total // 20):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            path = self.path / f"{secrets.token_urlsafe(18)}{PART}"
            return path, path.open("xb")

    def keep(self, part: Path, id: str) -> bytes:
        """Flush `part`, and give it its name; returns its SHA-256. Raises `FileStorage`."""
        with storing():
            digest = sha256_of(part)
            sync(part)
            os.rename(part, self.path / id)
            sync(self.path)
            return digest

    def place(self, id: str) -> Path:
        """The path of a file. Raises `ValueError` for what cannot be an id."""
        if not ID.fullmatch(id):
            raise ValueError("not the id of a file")
        return self.path / id

    def forget(self, path: Path) -> None:
        """Delete a file that is not needed after all."""
        with suppress(OSError):
            path.unlink()

    def ids(self) -> Iterator[tuple[str, int]]:
        """The id of each file in the folder, and when it was written (ms)."""
        for name in os.listdir(self.path):
            if ID.fullmatch(name):
                with suppress(FileNotFoundError):
                    yield name, (self.path / name).stat().st_mtime_ns // 1_000_000

    def sweep(self, now: int, known: Callable[[Iterable[str]], set[str]]) -> int:
        """Delete the files that are older than a day and have no row, and what was never written to its end; returns
        how many. `known` says which of these ids have a row."""
        if not self.path.is_dir():
            return 0
        old = [id for id, at in self.ids() if at <= now - KEPT_MS]
        rows = known(old)
        orphans = [self.path / id for id in old if id not in rows]
        orphans += [path for path in self.path.glob(f"*{PART}") if _is_old(path, now)]
        for path in orphans:
            self.forget(path)
        return len(orphans)


def _is_old(path: Path, now: int) -> bool:
    try:
        return path.stat().st_mtime_ns // 1_000_000 <= now - KEPT_MS
    except FileNotFoundError:
        return False


def sha256_of(path: Path) -> bytes:
    """The SHA-256 of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()
