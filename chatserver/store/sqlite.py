"""What is SQLite's own: how its connections are set up, how a file is held, what its failures mean."""

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
from chatserver.store.wish import Wish

BUSY_MS = 5_000
"""How long SQLite waits for another process's write lock (a migration, a backup, the command line)."""

WRITER_CACHE_KIB = 64 * 1024
"""At most. With SQLite's own 2 MiB a few hundred chats at once read their pages again with each message."""

CHECKPOINT_PAGES = 8_000
"""32 MiB of log. A page is copied home once for all the messages that touched it, and with it come two syncs; at
SQLite's 1,000 pages that was every third commit of a busy server."""

LOOK_UP_EVERY = 20_000
"""Steps of SQLite's machine, about a millisecond, after which a reading looks whether anybody still wants it."""

FULL_DISK = ("disk is full", "readonly database", "disk I/O error")


class SQLiteFile:
    """One file: WAL, `synchronous=FULL`, foreign keys on, every transaction begun IMMEDIATE when it writes."""

    patience: float | None = None
    """A local file answers or fails by itself; a write that waits for a slow disk is not given up."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.place = str(path)
        self._lock: TextIO | None = None

    def engine(self, connections: int, *, writes: bool, together: bool = True) -> Engine:
        """A pool of so many connections, each set up as the class says; what one asks is `together` in any case."""
        engine = create_engine(
            f"sqlite:///{self.path}",
            connect_args={"check_same_thread": False, "timeout": BUSY_MS / 1000},
            pool_size=connections,
            max_overflow=0,
            hide_parameters=True,  # they hold the words of chats, and a failure goes to the log
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
    def breakable(self, connection: Connection, wish: Wish, _seconds: float) -> Iterator[None]:
        """What is asked inside ends soon after nobody wants it any more."""
        driver: Any = connection.connection.dbapi_connection
        driver.set_progress_handler(lambda: wish.given_up, LOOK_UP_EVERY)
        try:
            yield
        finally:
            driver.set_progress_handler(None, 0)

    def migration_engine(self) -> Engine:
        """For the revisions: one transaction for all of them, references checked once at its end."""
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
        """Take the file for this process alone, once; whether that was possible. A killed process holds nothing.

        `shared` says nothing here: a file has one server.
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

    def let_go(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def may_run_again(self, failure: DBAPIError) -> bool:
        """Never: BEGIN IMMEDIATE waited already, and there is nobody to be in each other's way."""
        return False

    def refusal(self, failure: DBAPIError) -> Refused | None:
        """What a failure means for whoever asked; None for a fault of ours (a broken rule of the schema)."""
        if not isinstance(failure.orig, sqlite3.OperationalError):
            return None
        told = str(failure.orig)
        return ReadOnly() if any(sign in told for sign in FULL_DISK) else Unavailable()
