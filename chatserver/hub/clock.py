"""One time for all nodes of a database: PostgreSQL's clock. Each node measures it every ten seconds; in between it adds
the time that has passed on its own monotonic clock.

The machine's wall clock is not used, so it may be wrong or jump; only its speed matters. With SQLite there is only one
machine, and its clock is used; `MachineClock` says what happens when it is set back.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog
from sqlalchemy import Connection, text

from chatserver.hub.periodic import every
from chatserver.store.database import Database

log = structlog.get_logger()

MEASURE_EVERY = 10.0
"""Seconds. Two machines drift apart by less than a millisecond in that time."""

TRUSTED_MS = 1_000
"""A measurement that took longer is discarded: the result may be wrong by half of its duration."""

WORTH_A_WARNING_MS = 2_000

NS_IN_MS = 1_000_000

SLOWER = 10
"""While the machine's clock is behind, this clock loses one part in this many of the time that passes, until they
meet."""


@dataclass(frozen=True, slots=True)
class Clock:
    """The clock for everything that depends on time. Tests pass one of their own, and let a week pass in seconds.

    `now`: ms since 1970, the same for all nodes; `steady`: a monotonic clock of this process in seconds, for durations
    and limits; `sleep`: waits for a number of seconds between two runs of a regular task.
    """

    now: Callable[[], int]
    steady: Callable[[], float]
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep


class DatabaseClock:
    """Call it for the time (ms). It must be measured once before, which `start` does.

    `steady` is a monotonic clock in nanoseconds; `wall` is the machine's clock (ns), used only for the warning.
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
        """Measure once, and then every ten seconds. Raises `Unavailable` if the first measurement fails; when a later
        one fails, the clock keeps running."""
        await self.measure()
        self._task = asyncio.create_task(every(asyncio.sleep, MEASURE_EVERY, self.measure), name="clock")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def measure(self) -> None:
        """Ask the database for the time; its answer is taken to be from half-way between question and answer."""
        asked, told, answered = await self._database.read(self._ask)
        if self._offset is not None and answered - asked > TRUSTED_MS:
            return
        self._offset = told - (asked + answered) // 2
        apart = self._wall() // NS_IN_MS - self()
        if abs(apart) > WORTH_A_WARNING_MS:
            log.warning("clock_differs", ms=apart)

    def _ask(self, conn: Connection) -> tuple[int, int, int]:
        # This begins the transaction, so that only one round trip lies between the two readings of the clock.
        conn.execute(text("SELECT 1"))
        asked = self._steady() // NS_IN_MS
        told = conn.execute(text("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint")).scalar_one()
        return asked, told, self._steady() // NS_IN_MS


class MachineClock:
    """Call it for the time (ms). It is the machine's time, but it never goes back, so that what has ended does not
    become current again, and no deadline has to wait for a time that has already passed. When the machine's clock is
    set back, this one runs a tenth slower until they meet.

    `steady` is a monotonic clock in nanoseconds, `wall` is the machine's clock (ns).
    """

    def __init__(self, steady: Callable[[], int] = time.monotonic_ns, wall: Callable[[], int] = time.time_ns) -> None:
        self._steady = steady
        self._wall = wall
        told = wall()
        # Replaced as a whole, because the writer thread reads it too.
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
