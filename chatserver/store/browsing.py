"""Readers for pages with expensive queries: separate from those of sockets and health checks, and with a time limit.

A page's query is cancelled when its client leaves or when it takes too long, so that impatient reloading costs nothing.
Sockets never wait for these threads.
"""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import TypeVar

import structlog
from sqlalchemy import Connection

from chatserver.store.cancellation import Cancellation
from chatserver.store.postgres import PostgresDatabase
from chatserver.store.sqlite import SQLiteFile

T = TypeVar("T")
Connected = Callable[[], AbstractContextManager[Connection]]
log = structlog.get_logger()

AT_ONCE = 2
"""Pages that read at the same time; more would only take disk and processor time from the sockets."""


AGAIN_AFTER = 0.05
"""Seconds. A cancellation that arrives between two statements has no effect, so it is repeated."""


class TooSlow(Exception):
    """A page's query took longer than its limit."""


class Browsing:
    """The connections and threads for pages."""

    def __init__(self, kind: SQLiteFile | PostgresDatabase) -> None:
        self._kind = kind
        self._engine = kind.engine(AT_ONCE, writes=False)
        self._readers = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="page")
        self._cancellers = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="page-end")

    async def read(self, run: Callable[[Connected], T], within: float) -> T:
        """Call `run` in a thread for pages; it gets a function that connects. `within`: the time limit in seconds,
        which includes the wait for a thread.

        Raises `TooSlow`. When it is too slow or the caller is cancelled, the query is cancelled.
        """
        cancellation = Cancellation()
        work = self._readers.submit(run, partial(self._connected, cancellation, within))
        try:
            async with asyncio.timeout(within):
                return await asyncio.wrap_future(work)
        except TimeoutError:
            log.warning("page_slow", seconds=within)
            raise TooSlow from None
        finally:
            if not work.done():
                self._cancellers.submit(_cancel, cancellation, work)

    def close(self) -> None:
        """Close once the last query has ended."""
        self._readers.shutdown(wait=True)
        self._cancellers.shutdown(wait=True)
        self._engine.dispose()

    @contextmanager
    def _connected(self, cancellation: Cancellation, within: float) -> Iterator[Connection]:
        with self._engine.connect() as connection, self._kind.cancellable(connection, cancellation, within):
            yield connection


def _cancel(cancellation: Cancellation, work: Future[T]) -> None:
    cancellation.cancel()
    while wait((work,), AGAIN_AFTER).not_done:
        cancellation.cancel()
