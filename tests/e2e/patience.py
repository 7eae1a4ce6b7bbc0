"""Waiting for things that no client sees: a file, a log, a count of the test's own. And how long a test may wait on a
busy machine: bounds in seconds are promised for an otherwise idle one."""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable

import psutil

from tests.e2e.journal import tell

LOOK_EVERY = 0.03
SAMPLE_EVERY = 1.0
SAMPLES = 20
"""The samples of the last seconds count."""
REMEMBERED = 3_600
"""Seconds for which `worst` knows what the factor was."""
MOST_TAKEN = 0.8
"""The share of the machine used by others; with less than a fifth left, no promise is possible."""


async def eventually(condition: Callable[[], object], within: float) -> None:
    """Wait until the condition holds. Raises `TimeoutError` after so many seconds."""
    async with asyncio.timeout(within):
        while True:
            if condition():
                return
            await asyncio.sleep(LOOK_EVERY)


class Pace:
    """The share of this machine that others use: everything but this process, its servers and clients. `busy` and `own`
    return the CPU seconds used so far, by all and by ourselves; `cores` and `steady` are the machine's."""

    def __init__(
        self,
        busy: Callable[[], float] | None = None,
        own: Callable[[], float] | None = None,
        cores: int | None = None,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._busy = busy or _busy
        self._own = own or _own
        self._cores = cores or psutil.cpu_count() or 1
        self._steady = steady
        self._shares: deque[float] = deque(maxlen=SAMPLES)
        self._factors: deque[tuple[float, float]] = deque(maxlen=REMEMBERED)
        self._last: tuple[float, float, float] | None = None
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="pace", daemon=True)

    @property
    def factor(self) -> float:
        """How much longer everything takes than on a machine of our own; 1 on an idle one."""
        shares = list(self._shares)
        return 1 / (1 - min(MOST_TAKEN, sum(shares) / len(shares))) if shares else 1.0

    def worst(self, since: float) -> float:
        """The highest factor since that moment of the steady clock, for what is judged after it is over."""
        return max((factor for at, factor in self._factors if at >= since), default=self.factor)

    def start(self) -> None:
        """Sample until `end`. Several test folders may start it in one run."""
        if not self._thread.is_alive():
            self._thread.start()

    def end(self) -> None:
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join()

    def sample(self) -> None:
        """Take one sample."""
        now = self._steady(), self._busy(), self._own()
        if self._last is not None:
            passed, busy, own = (after - before for after, before in zip(now, self._last, strict=True))
            if passed > 0:
                self._shares.append(min(1.0, max(0.0, busy - own) / (passed * self._cores)))
                self._factors.append((now[0], self.factor))
        self._last = now

    def _watch(self) -> None:
        while not self._ended.wait(SAMPLE_EVERY):
            self.sample()


def _busy() -> float:
    """CPU time used by everybody, and taken by the hypervisor."""
    times = psutil.cpu_times()
    return float(sum(times) - times.idle - times.iowait - times.guest - times.guest_nice)


def _own() -> float:
    """This process and all it has started, including children that have ended."""
    me = psutil.Process()
    used = 0.0
    for process in (me, *me.children(recursive=True)):
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        used += times.user + times.system + times.children_user + times.children_system
    return used


PACE = Pace()
"""Of this run; the conftest.py of the tests that use it starts it."""


def allowed(seconds: float, pace: Pace | None = None, *, since: float | None = None) -> float:
    """`seconds` of an idle machine, scaled to this one; the factor is printed. `since`: a moment of the steady clock,
    for what has happened after it, however busy the machine is by now."""
    pace = pace or PACE
    factor = pace.factor if since is None else pace.worst(since)
    tell(f"calibration: all takes {factor:.2f} times as long here; {seconds:g} s count as {seconds * factor:.1f} s")
    return seconds * factor
