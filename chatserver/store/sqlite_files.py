"""One SQLite file, opened as it is. `Database` is for serving and makes a file its own (WAL); this changes nothing.

And how a file comes to be: whole and on the disk under its name, or not at all.
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
"""How long another process's lock is waited for, as a server waits."""
LOGS = ("-wal", "-journal")
"""What may lie beside a file and belongs to it: transactions that are not in it yet, or not taken back yet."""


class Unusable(Told):
    """A file cannot be used for what was asked; the text is one sentence saying why."""


def connect(path: Path) -> sqlite3.Connection:
    """A plain connection; transactions are begun by hand. Never makes a file."""
    # `rw` falls back to reading where nothing may be written.
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
    """What the database or the system says against `place` becomes `Unusable`."""
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
    """Raises `Unusable` when `target` is there and `replace` is not asked for."""
    if target.exists() and not replace:
        raise Unusable("{target} is there already; --force replaces it.", target=target)


@contextmanager
def part_of(target: Path) -> Iterator[Path]:
    """A file in the folder of `target` to be made into it; gone at the end if it was not."""
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
    """What is on the disk gets its name, in one step."""
    os.replace(part, target)
    sync(target.parent)


def sync(path: Path) -> None:
    """To the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
