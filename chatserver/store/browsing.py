"""Readers for pages that may ask much: apart from those of sockets and of health, and with an end.

A page is given up when its client leaves, or when it takes too long; what it asks of the database ends then too, so
that impatience costs nothing. Whatever pages do, sockets never wait for these threads.
"""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import TypeVar

import structlog
from sqlalchemy import Connection

from chatserver.store.postgres import PostgresDatabase
from chatserver.store.sqlite import SQLiteFile
from chatserver.store.wish import Wish

T = TypeVar("T")
Connected = Callable[[], AbstractContextManager[Connection]]
log = structlog.get_logger()

AT_ONCE = 2
"""Pages that read at the same time; more would only take the disk and the processor from the sockets."""


AGAIN_AFTER = 0.05
"""Seconds: what is told to end between two of its statements hears nothing, and is told again."""


class TooSlow(Exception):
    """A page took longer than it may."""


class Browsing:
    """The connections and the threads of pages."""

    def __init__(self, kind: SQLiteFile | PostgresDatabase) -> None:
        self._kind = kind
        self._engine = kind.engine(AT_ONCE, writes=False)
        self._readers = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="page")
        self._enders = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="page-end")

    async def read(self, run: Callable[[Connected], T], within: float) -> T:
        """`run`, which is given how to connect, within so many seconds; waiting for a reader counts.

        Raises `TooSlow`. Too slow, or cancelled, it is given up.
        """
        wish = Wish()
        work = self._readers.submit(run, partial(self._connected, wish, within))
        try:
            async with asyncio.timeout(within):
                return await asyncio.wrap_future(work)
        except TimeoutError:
            log.warning("page_slow", seconds=within)
            raise TooSlow from None
        finally:
            if not work.done():
                self._enders.submit(_end, wish, work)

    def close(self) -> None:
        """When the last one has ended."""
        self._readers.shutdown(wait=True)
        self._enders.shutdown(wait=True)
        self._engine.dispose()

    @contextmanager
    def _connected(self, wish: Wish, within: float) -> Iterator[Connection]:
        with self._engine.connect() as connection, self._kind.breakable(connection, wish, within):
            yield connection


def _end(wish: Wish, work: Future[T]) -> None:
    wish.give_up()
    while wait((work,), AGAIN_AFTER).not_done:
        wish.give_up()
