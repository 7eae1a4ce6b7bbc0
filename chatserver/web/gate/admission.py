"""Admission: a hello costs several reads of the database, so only so many are answered at once.

The others wait in the order they came. When the queue is full, a client is refused with a time to come back, different
for each client, so that a storm of reconnects is spread out instead of timing out. Staff have a queue of
their own: however many visitors there are, consultants get back to their desks.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from chatserver.domain.audience import Audience
from chatserver.domain.refusals import Busy
from chatserver.hub.metrics import Metrics

AT_ONCE = 64
"""How many hellos are answered at once. More would only wait for the database's readers, and hold memory meanwhile."""

MOST_WAITING = 2_000

LEAST_MS, LONGEST_MS = 1_000, 60_000

FIRST_GUESS = 0.01
"""Seconds that a hello is assumed to take until one was measured."""

WEIGHT = 0.05
"""Weight of the newest hello in the running mean."""


class HelloQueue:
    """`async with queue.turn():` around a hello. `steady` is a monotonic clock, in seconds."""

    def __init__(self, steady: Callable[[], float], at_once: int = AT_ONCE, most_waiting: int = MOST_WAITING) -> None:
        self._at_once = at_once
        self._most_waiting = most_waiting
        self._steady = steady
        self._places = asyncio.Semaphore(at_once)
        self._takes = FIRST_GUESS
        self._under_way = 0
        self._booked = 0.0
        self.waiting = 0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a place among those answered at once. Raises `Busy`, with when to come back, if too many wait."""
        if self.waiting >= self._most_waiting:
            raise Busy(retry_ms=self.retry_ms())
        self.waiting += 1
        try:
            await self._places.acquire()
        finally:
            self.waiting -= 1
        self._under_way += 1
        began = self._steady()
        try:
            yield
        finally:
            self._under_way -= 1
            self._places.release()
            self._takes += WEIGHT * (self._steady() - began - self._takes)

    def retry_ms(self) -> int:
        """In how many ms the next refused client may come back: when those that wait, and the clients that were refused
        before it, will have been answered. So each call returns a later time."""
        each = self._takes / self._at_once
        now = self._steady()
        self._booked = max(self._booked, now + (self.waiting + self._under_way) * each) + each
        wait = LEAST_MS + int((self._booked - now) * 1000)
        if wait > LONGEST_MS:
            # No client is told to wait longer than this. Those who would have to are spread over the second half of it.
            self._booked = now + LONGEST_MS / 1000
            return random.randint(LONGEST_MS // 2, LONGEST_MS)
        return wait


class Admission:
    """One queue for visitors, one for staff."""

    def __init__(self, metrics: Metrics, steady: Callable[[], float]) -> None:
        self.visitors = HelloQueue(steady)
        self.staff = HelloQueue(steady)
        metrics.watch_hellos(Audience.VISITOR, lambda: self.visitors.waiting)
        metrics.watch_hellos(Audience.STAFF, lambda: self.staff.waiting)
