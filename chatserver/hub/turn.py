"""Writes that many strangers can request at once take turns, so that messages are committed in between."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from chatserver.domain.refusals import Busy

AT_ONCE = 2
"""How many may be with the writer at the same time. Each is a separate commit, so messages of conversations are
committed in between, however many 留言 or call-backs arrive at once."""

WAITING, PATIENCE = 20, 4.0
"""How many may wait for their turn, and for how many seconds. Beyond either, the visitor is told that the server is
busy."""

RETRY_MS = 2_000


class Turn:
    """Lets `AT_ONCE` writes run at once; up to `waiting` more (None: any number) may wait, each for `PATIENCE`
    seconds."""

    def __init__(self, waiting: int | None) -> None:
        self._free = asyncio.Semaphore(AT_ONCE)
        self._most = waiting
        self._waiting = 0

    @asynccontextmanager
    async def taken(self) -> AsyncIterator[None]:
        """Take a turn. Raises `Busy` if too many wait already or the wait is too long."""
        if self._most is not None and self._waiting >= self._most:
            raise Busy(retry_ms=RETRY_MS)
        self._waiting += 1
        try:
            async with asyncio.timeout(PATIENCE):
                await self._free.acquire()
        except TimeoutError:
            raise Busy(retry_ms=RETRY_MS) from None
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._free.release()
