"""The engine, the one writer thread and the small pool of readers. Synchronous SQLAlchemy Core in threads:
half the CPU of the asyncio engines, measured, and one code path for every database.

`write(fn)` is one transaction of its own in the one writer thread; `read(fn)` goes to a reader. Both hand `fn` an
open connection and return what it returns. `fn` must not commit, keep the connection, or wait for anything.
"""

import asyncio
import fcntl
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TextIO, TypeVar

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from chatserver.domain.refusals import ReadOnly, Unavailable

T = TypeVar("T")

READERS = 4
BUSY_MS = 5_000
"""How long SQLite waits for another process's write lock (a migration, a backup, the command line)."""


class InUse(Exception):
    """Another server holds the database file; `path` says which."""

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self.path = path


class Database:
    """One SQLite file: WAL, `synchronous=FULL`, foreign keys on, every transaction begun IMMEDIATE when it writes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._writer_engine = _engine(path, writes=True)
        self._reader_engine = _engine(path, writes=False)
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="reader")
        self._lock: TextIO | None = None

    def hold(self) -> None:
        """Take the file for this server alone until `close`. Raises `InUse`; a killed server holds nothing."""
        lock = self.path.with_suffix(self.path.suffix + ".lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise InUse(self.path) from None
        self._lock = lock

    async def write(self, fn: Callable[[Connection], T]) -> T:
        """`fn` in one transaction, committed (to the disk) when this returns.

        What `fn` raises rolls back and is raised here. A failing database becomes `Unavailable` or `ReadOnly`.
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._writer, self.write_now, fn)

    async def read(self, fn: Callable[[Connection], T]) -> T:
        """`fn` on one consistent picture of the database, in a reader thread."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._readers, self.read_now, fn)

    def write_now(self, fn: Callable[[Connection], T]) -> T:
        """`write` for callers without an event loop (the command line)."""
        try:
            with self._writer_engine.begin() as connection:
                return fn(connection)
        except OperationalError as failure:
            raise _refusal(failure) from failure

    def read_now(self, fn: Callable[[Connection], T]) -> T:
        """`read` for callers without an event loop."""
        try:
            with self._reader_engine.begin() as connection:
                return fn(connection)
        except OperationalError as failure:
            raise _refusal(failure) from failure

    def close(self) -> None:
        """Finish what is being written, then let go of the file."""
        self._writer.shutdown(wait=True)
        self._readers.shutdown(wait=True)
        self._writer_engine.dispose()
        self._reader_engine.dispose()
        if self._lock is not None:
            self._lock.close()
            self._lock = None


def _engine(path: Path, *, writes: bool) -> Engine:
    engine = create_engine(
        f"sqlite:///{path}",
        connect_args={"check_same_thread": False, "timeout": BUSY_MS / 1000},
        pool_size=1 if writes else READERS,
        max_overflow=0,
    )

    @event.listens_for(engine, "connect")
    def _connected(connection: sqlite3.Connection, _record: Any) -> None:
        # Python's own transaction handling would begin late (DEFERRED) and commit before DDL.
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


FULL_DISK = ("disk is full", "readonly database", "disk I/O error")


def _refusal(failure: SQLAlchemyError) -> Unavailable | ReadOnly:
    told = str(getattr(failure, "orig", failure))
    if any(sign in told for sign in FULL_DISK):
        return ReadOnly()
    return Unavailable()
