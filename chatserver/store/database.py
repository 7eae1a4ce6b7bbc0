"""The engines, the single writer thread and the small pool of readers. Synchronous SQLAlchemy Core in threads uses half
the CPU of the asyncio engines (measured), and is one code path for both databases.

`write` runs a function in one transaction in the writer thread, and passes it a `Tx`; `read` runs one in a reader
thread, and passes it an open connection. Both return its result. It must not commit, keep the connection, or block. On
PostgreSQL it may be run again, so it must not keep anything of a failed run either.
"""

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import NoReturn, TypeVar

import structlog
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from chatserver.domain.refusals import ReadOnly, Unavailable
from chatserver.store.browsing import Browsing
from chatserver.store.durability import Durability, durability
from chatserver.store.postgres import PostgresDatabase, Replaced
from chatserver.store.sqlite import SQLiteFile
from chatserver.store.tx import Now, Tx

T = TypeVar("T")
log = structlog.get_logger()

READERS = 4
TRIES = 3
"""How often a transaction is run at most if it fails for external reasons: a deadlock, or a connection lost before the
commit."""

Where = Path | str
"""A SQLite file, or the address of a PostgreSQL database."""


class InUse(Exception):
    """Another server holds the database; `place` says which."""

    def __init__(self, place: str) -> None:
        super().__init__(place)
        self.place = place


def kind_of(where: Where) -> SQLiteFile | PostgresDatabase:
    """The implementation for that kind of database."""
    return SQLiteFile(where) if isinstance(where, Path) else PostgresDatabase(where)


class ReusedConnection:
    """Reuses one connection while nothing is wrong with it: checking one out of the pool and returning it takes a tenth
    of the time of a transaction with one message. For one thread at a time."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._pool = engine.pool
        self._connection: Connection | None = None

    @contextmanager
    def __call__(self) -> Iterator[Connection]:
        if self._is_given_up:
            self.release()
        if self._connection is None:
            self._pool = self._engine.pool
            self._connection = self._engine.connect()
        try:
            yield self._connection
        except BaseException:
            self.release()
            raise

    def release(self) -> None:
        gone, self._connection = self._connection, None
        if gone is not None:
            if self._is_given_up:
                # The pool is abandoned: nobody would reuse the connection or close it.
                gone.invalidate()
            gone.close()

    @property
    def _is_given_up(self) -> bool:
        """A failover abandons all connections of the engine by giving it a new pool."""
        return self._pool is not self._engine.pool


class Database:
    """A database of either kind. `place` names it for people, without its password. `audit_key` signs the audit log;
    a program that writes nothing there needs none, and it can be given later."""

    def __init__(self, where: Where, audit_key: bytes | None = None) -> None:
        self._key = audit_key
        self._kind = kind_of(where)
        self.place = self._kind.place
        self._writer_engine = self._kind.engine(1, writes=True)
        self._reader_engine = self._kind.engine(READERS, writes=False)
        self._glance_engine = self._kind.engine(1, writes=False, together=False)
        self._glance_connection = ReusedConnection(self._glance_engine)
        self._browsing = Browsing(self._kind)
        self._glancer = ThreadPoolExecutor(1, thread_name_prefix="glancer")
        self._writer_connection = ReusedConnection(self._writer_engine)
        self._one_writes = threading.Lock()
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="reader")

    def hold(self, *, shared: bool = False) -> None:
        """Take the database for this server until `close`, or check that it is still held. `shared`: together with
        other servers that share it; otherwise exclusively, which is always so for a SQLite file.

        Raises `InUse`, `Unavailable` or `Replaced`. A killed server holds nothing.
        """
        try:
            held = self._kind.hold(shared=shared)
        except DBAPIError as failure:
            self._refuse(failure)
        if not held:
            raise InUse(self.place)

    @property
    def audit_key(self) -> bytes:
        """Signs the rows of the audit log."""
        if self._key is None:
            raise RuntimeError("the database was opened without the key of the audit log")
        return self._key

    @audit_key.setter
    def audit_key(self, key: bytes) -> None:
        self._key = key

    @property
    def has_audit_key(self) -> bool:
        return self._key is not None

    def durability(self) -> Durability:
        """What an acknowledged message survives, as the database is configured now."""
        return self.read_now(durability)

    async def write(self, work: Callable[[Tx], T], clock: Now, actor: str) -> T:
        """Run `work` in one transaction; it is committed and flushed to the disk when this returns. The clock is read
        when the transaction begins, and again when it is run again.

        An exception in `work` rolls back and is raised here. A database failure becomes `Unavailable` or `ReadOnly`;
        after `Unavailable` it is unknown whether the transaction was committed or still will be.
        """
        return await self._within_patience(self._writer, self.write_now, work, clock, actor)

    async def read(self, fn: Callable[[Connection], T]) -> T:
        """Run `fn` on one consistent snapshot of the database, in a reader thread."""
        return await self._within_patience(self._readers, self.read_now, fn)

    async def glance(self, fn: Callable[[Connection], T]) -> T:
        """Run `fn`, which makes a single query, on a thread and a connection of its own, so that it never waits behind
        a long read.

        On PostgreSQL there is no transaction: BEGIN and COMMIT would each cost as much as the statement.
        """
        return await self._within_patience(self._glancer, self._run, self._glance_connection, fn)

    async def browse(self, fn: Callable[[Connection], T], within: float) -> T:
        """Run `fn`, which may be expensive, for a page: on one consistent snapshot, in a thread used by pages only.

        Raises `TooSlow` after so many seconds. Cancelling the caller cancels the running query.
        """
        return await self._browsing.read(lambda connected: self._run(connected, fn), within)

    def write_now(self, work: Callable[[Tx], T], clock: Now, actor: str) -> T:
        """`write` for callers without an event loop (the command line)."""
        with self._one_writes:
            return self._run(self._writer_connection, lambda conn: work(Tx(conn, clock(), actor, self._key)))

    def read_now(self, fn: Callable[[Connection], T]) -> T:
        """`read` for callers without an event loop."""
        return self._run(self._to_read, fn)

    def close(self) -> None:
        """Finish the writes in progress, then release the database."""
        self._writer.shutdown(wait=True)
        self._readers.shutdown(wait=True)
        self._glancer.shutdown(wait=True)
        self._browsing.close()
        self._writer_connection.release()
        self._glance_connection.release()
        self._writer_engine.dispose()
        self._glance_engine.dispose()
        self._reader_engine.dispose()
        self._kind.release()

    async def _within_patience(self, threads: ThreadPoolExecutor, run: Callable[..., T], *args: object) -> T:
        answer = asyncio.wrap_future(threads.submit(run, *args))
        try:
            async with asyncio.timeout(self._kind.patience):
                # A thread cannot be stopped: what has begun continues, and its result is dropped.
                return await answer
        except TimeoutError:
            log.warning("database_slow", seconds=self._kind.patience)
            raise Unavailable() from None

    @contextmanager
    def _to_read(self) -> Iterator[Connection]:
        with self._reader_engine.connect() as connection:
            yield connection

    def _run(self, connected: Callable[[], AbstractContextManager[Connection]], fn: Callable[[Connection], T]) -> T:
        for tries in range(1, TRIES + 1):
            committing = False
            try:
                with connected() as connection:
                    result = fn(connection)
                    committing = True
                    connection.commit()
                return result
            except Replaced:
                raise Unavailable() from None
            except DBAPIError as failure:
                # A failure before the commit means that nothing happened. After a commit without an answer the result
                # is unknown.
                if committing or tries == TRIES or not self._kind.may_run_again(failure):
                    self._refuse(failure)
        raise AssertionError(tries)

    def _refuse(self, failure: DBAPIError) -> NoReturn:
        refusal = self._kind.refusal(failure)
        if refusal is None:
            raise failure
        if isinstance(refusal, ReadOnly):
            # After a failover the pool may hold a connection to what is now a standby.
            self._writer_engine.dispose()
        raise refusal from failure
