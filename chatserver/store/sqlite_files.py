"""Opens one SQLite file without changing its mode, unlike `Database`, which is for serving and switches it to WAL.

Also creates files atomically: complete and flushed under their name, or not at all.
"""

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import Connection, NullPool, create_engine
from sqlalchemy.exc import DBAPIError

from chatserver.domain.sentence import Told

BUSY_S = 5.0
"""How long to wait for another process's lock, as a server does."""
LOGS = ("-wal", "-journal")
"""Suffixes of files that may lie beside a database and belong to it: transactions not yet in it, or not yet undone."""


class Unusable(Told):
    """A file cannot be used for what was asked; the text is one sentence saying why."""


def connect(path: Path) -> sqlite3.Connection:
    """A plain connection; transactions are begun explicitly. Never creates a file."""
    # `rw` falls back to read-only where writing is not possible.
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True, isolation_level=None, timeout=BUSY_S)


@contextmanager
def opened(path: Path, *, writes: bool = False) -> Iterator[Connection]:
    """One transaction on the file, committed at the end."""
    engine = create_engine("sqlite://", creator=lambda: connect(path), poolclass=NullPool)
    try:
        with engine.begin() as conn:
            conn.exec_driver_sql(f"PRAGMA query_only={'OFF' if writes else 'ON'}")
            conn.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
            yield conn
    finally:
        engine.dispose()


@contextmanager
def explained(place: Path | str) -> Iterator[None]:
    """Turn errors of the database or the system about `place` into `Unusable`."""
    try:
        yield
    except OSError as failure:
        raise Unusable("{place} cannot be used: {why}.", place=place, why=failure.strerror) from failure
    except (sqlite3.Error, DBAPIError) as failure:
        said = str(getattr(failure, "orig", failure)).strip()
        raise Unusable(
            "{place} cannot be used: {why}.", place=place, why=said.partition(chr(10))[0].rstrip(".")
        ) from failure


def free(target: Path, *, replace: bool) -> None:
    """Raises `Unusable` when `target` exists and `replace` is False."""
    if target.exists() and not replace:
        raise Unusable("{target} is there already; --force replaces it.", target=target)


@contextmanager
def part_of(target: Path) -> Iterator[Path]:
    """A temporary file in the folder of `target`; deleted at the end unless it was renamed."""
    handle, name = tempfile.mkstemp(".part", f".{target.name}.", target.parent)
    os.close(handle)
    part = Path(name)
    try:
        yield part
    finally:
        for each in (part, *(part.with_name(part.name + log) for log in (*LOGS, "-shm"))):
            with suppress(FileNotFoundError):
                each.unlink()


def put(part: Path, target: Path) -> None:
    """Rename a flushed file to its final name, atomically."""
    os.replace(part, target)
    sync(target.parent)


def sync(path: Path) -> None:
    """Flush to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
