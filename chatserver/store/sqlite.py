"""The SQLite side: how its connections are set up, how a file is held, what its errors mean."""

import fcntl
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError

from chatserver.domain.refusals import ReadOnly, Refused, Unavailable
from chatserver.store.cancellation import Cancellation

BUSY_MS = 5_000
"""How long SQLite waits for another process's write lock (a migration, a backup, the command line)."""

WRITER_CACHE_KIB = 64 * 1024
"""An upper limit. With SQLite's default of 2 MiB a few hundred simultaneous chats re-read their pages for each
message."""

CHECKPOINT_PAGES = 8_000
"""32 MiB of log. A checkpoint writes a page once for all the messages that touched it, and costs two syncs; with
SQLite's default of 1,000 pages a busy server had one at every third commit."""

CHECK_EVERY = 20_000
"""Virtual machine steps, about a millisecond, after which a query checks whether it is still wanted."""

FULL_DISK = ("disk is full", "readonly database", "disk I/O error")


class SQLiteFile:
    """One file: WAL, `synchronous=FULL`, foreign keys on, every writing transaction begun IMMEDIATE."""

    patience: float | None = None
    """A local file answers or fails by itself; a write that waits for a slow disk is not given up."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.place = str(path)
        self._lock: TextIO | None = None

    def engine(self, connections: int, *, writes: bool, together: bool = True) -> Engine:
        """A pool of so many connections, set up as the class says. `together` has no effect: every read is in a
        transaction."""
        engine = create_engine(
            f"sqlite:///{self.path}",
            connect_args={"check_same_thread": False, "timeout": BUSY_MS / 1000},
            pool_size=connections,
            max_overflow=0,
            hide_parameters=True,  # they contain chat text, and failures are logged
        )

        @event.listens_for(engine, "connect")
        def _connected(connection: sqlite3.Connection, _record: Any) -> None:
            # Python's own transaction handling would begin late (DEFERRED) and commit before DDL.
            connection.isolation_level = None
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute("PRAGMA foreign_keys=ON")
            if writes:
                connection.execute(f"PRAGMA cache_size=-{WRITER_CACHE_KIB}")
                connection.execute(f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}")

        @event.listens_for(engine, "begin")
        def _begin(connection: Connection) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

        return engine

    @contextmanager
    def cancellable(self, connection: Connection, cancellation: Cancellation, _seconds: float) -> Iterator[None]:
        """Cancel the running query soon after the caller has given up."""
        driver: Any = connection.connection.dbapi_connection
        driver.set_progress_handler(lambda: cancellation.is_cancelled, CHECK_EVERY)
        try:
            yield
        finally:
            driver.set_progress_handler(None, 0)

    def migration_engine(self) -> Engine:
        """For migrations: one transaction for all revisions, with foreign keys checked once at its end."""
        engine = create_engine(f"sqlite:///{self.path}")

        @event.listens_for(engine, "connect")
        def _connected(connection: sqlite3.Connection, _record: object) -> None:
            # As above: Python's own transactions would commit before each CREATE TABLE.
            connection.isolation_level = None
            # Rebuilding a table (batch mode) must not cascade.
            connection.execute("PRAGMA foreign_keys=OFF")

        @event.listens_for(engine, "begin")
        def _begin(connection: Connection) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

        return engine

    def hold(self, *, shared: bool = False) -> bool:
        """Take the file for this process alone, once. Returns whether that succeeded. A killed process holds nothing.

        `shared` has no effect: a file has one server.
        """
        if self._lock is not None:
            return True
        lock = self.path.with_suffix(self.path.suffix + ".lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            return False
        self._lock = lock
        return True

    def release(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def may_run_again(self, failure: DBAPIError) -> bool:
        """Never: BEGIN IMMEDIATE has already waited, and with one writer there are no deadlocks."""
        return False

    def refusal(self, failure: DBAPIError) -> Refused | None:
        """The refusal that this failure means for the caller; None for a bug of ours, such as a violated constraint."""
        if not isinstance(failure.orig, sqlite3.OperationalError):
            return None
        message = str(failure.orig)
        return ReadOnly() if any(sign in message for sign in FULL_DISK) else Unavailable()
