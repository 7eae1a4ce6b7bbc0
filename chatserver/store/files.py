"""One SQLite file, opened as it is. `Database` is for serving and makes a file its own (WAL); this changes nothing."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, NullPool, create_engine
from sqlalchemy.exc import DBAPIError

BUSY_S = 5.0
"""How long another process's lock is waited for, as a server waits."""


class Unusable(Exception):
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
def explained(path: Path) -> Iterator[None]:
    """What SQLite or the system says against `path` becomes `Unusable`."""
    try:
        yield
    except OSError as failure:
        raise Unusable(f"{path} cannot be used: {failure.strerror}.") from failure
    except (sqlite3.Error, DBAPIError) as failure:
        raise Unusable(f"{path} cannot be used: {getattr(failure, 'orig', failure)}.") from failure
