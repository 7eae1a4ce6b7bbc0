"""One time for all who use a database: PostgreSQL's own, counted on by this machine between two looks at it.

The machine's wall clock has no say, so it may be wrong or jump; only how fast it runs counts. With SQLite there is one
machine, and its clock is the time, as long as nobody sets it back.
"""

import asyncio
import time
from collections.abc import Callable

import structlog
from sqlalchemy import Connection, text

from chatserver.hub.periodic import every
from chatserver.store.database import Database

log = structlog.get_logger()

MEASURE_EVERY = 10.0
"""Seconds. Two machines drift apart by less than a millisecond meanwhile."""

TRUSTED_MS = 1_000
"""A look that took longer says too little: half of it is how wrong the answer may be."""

WORTH_A_WARNING_MS = 2_000

NS_IN_MS = 1_000_000

SLOWER = 10
"""While the machine's clock is behind, the house loses one part in so many of the time that passes, until they meet."""


class DatabaseClock:
    """Call it for the time (ms). It must be measured once before, which `start` does.

    `steady` counts nanoseconds from anywhere; `wall` is the machine's clock (ns), for the warning alone.
    """

    def __init__(
        self,
        database: Database,
        steady: Callable[[], int] = time.monotonic_ns,
        wall: Callable[[], int] = time.time_ns,
    ) -> None:
        self._database = database
        self._steady = steady
        self._wall = wall
        self._offset: int | None = None
        self._task: asyncio.Task[None] | None = None

    def __call__(self) -> int:
        assert self._offset is not None, "the clock was not started"
        return self._steady() // NS_IN_MS + self._offset

    async def start(self) -> None:
        """The first look, and then one every ten seconds; without an answer it counts on. Raises `Unavailable`."""
        await self.measure()
        self._task = asyncio.create_task(every(MEASURE_EVERY, self.measure), name="clock")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def measure(self) -> None:
        """Ask the database what time it is; it said so half-way between question and answer."""
        asked, told, answered = await self._database.read(self._ask)
        if self._offset is not None and answered - asked > TRUSTED_MS:
            return
        self._offset = told - (asked + answered) // 2
        apart = self._wall() // NS_IN_MS - self()
        if abs(apart) > WORTH_A_WARNING_MS:
            log.warning("clock_differs", ms=apart)

    def _ask(self, conn: Connection) -> tuple[int, int, int]:
        # The transaction has begun after this, so that only one round trip lies between the two looks.
        conn.execute(text("SELECT 1"))
        asked = self._steady() // NS_IN_MS
        told = conn.execute(text("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint")).scalar_one()
        return asked, told, self._steady() // NS_IN_MS


class MachineClock:
    """Call it for the time (ms). It is this machine's, but never goes back: what is over stays over, and nobody waits
    for a time that has been already. When the machine's clock is set back, this one is a tenth slower until they meet.

    `steady` counts nanoseconds from anywhere, `wall` is the machine's clock (ns).
    """

    def __init__(self, steady: Callable[[], int] = time.monotonic_ns, wall: Callable[[], int] = time.time_ns) -> None:
        self._steady = steady
        self._wall = wall
        told = wall()
        # Replaced whole, because the writer's thread asks as well.
        self._last = (steady(), told, told)

    def __call__(self) -> int:
        steady, wall = self._steady(), self._wall()
        before, told, seen = self._last
        passed = steady - before if steady > before else 0
        if wall - seen - passed < -WORTH_A_WARNING_MS * NS_IN_MS:
            log.warning("clock_set_back", ms=(seen + passed - wall) // NS_IN_MS)
        slower = told + passed - passed // SLOWER
        told = wall if wall > slower else slower
        self._last = (steady, told, wall)
        return told // NS_IN_MS
