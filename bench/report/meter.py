"""CPU time and memory of processes, measured from outside: all threads, all children."""

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal

import psutil

ENOUGH = 0.9
"""The share of one core from which a server counts as busy all the time."""

Limit = Literal["server", "load", "machine", "waiting"]
LIMITS: dict[Limit, str] = {
    "server": "the server's core was full",
    "load": "the load generator's core was full, not the server's: the server could do more",
    "machine": "all cores of the machine were full, and the server had less than one: others had the rest",
    "waiting": "no core was full: the disk, the database or the other side was waited for",
}


def tree(pid: int) -> list[psutil.Process]:
    """A process and all its descendants."""
    top = psutil.Process(pid)
    return [top, *top.children(recursive=True)]


def cpu_seconds(processes: Iterable[psutil.Process]) -> float:
    """User and system time they have used so far."""
    spent = 0.0
    for each in processes:
        try:
            times = each.cpu_times()
        except psutil.NoSuchProcess:
            continue
        spent += times.user + times.system
    return spent


def memory(pid: int) -> int:
    """Bytes that only this process holds, so that shared memory is not counted."""
    return int(psutil.Process(pid).memory_full_info().uss)


@dataclass(frozen=True)
class Spent:
    """The cost of a stretch of work: CPU-seconds of the server, of its database's own processes and of the load
    generator, and seconds on the clock; `idle`: CPU-seconds of all cores that nobody on the machine used."""

    server: float
    database: float
    load: float
    wall: float
    idle: float

    @property
    def server_share(self) -> float:
        """Of one core."""
        return self.server / self.wall

    @property
    def load_share(self) -> float:
        return self.load / self.wall

    @property
    def limit(self) -> Limit:
        """What kept it from going faster."""
        if self.server_share >= ENOUGH:
            return "server"
        if self.load_share >= ENOUGH:
            return "load"
        unused = self.idle / (self.wall * (psutil.cpu_count() or 1))
        return "machine" if unused < 1 - ENOUGH else "waiting"

    def shown(self) -> str:
        return (
            f"server {self.server_share:.0%}, database {self.database / self.wall:.0%}, load {self.load_share:.0%} "
            f"of a core in {self.wall:.1f} s"
        )


class Meter:
    """`begin` before the work, `end` after it. The load generator is this process itself."""

    def __init__(self, server: int, database: Sequence[psutil.Process] = ()) -> None:
        self._server = server
        self._database = database
        self._at = (0.0, 0.0, 0.0, 0.0, 0.0)

    def begin(self) -> None:
        self._at = self._now()

    def end(self) -> Spent:
        return Spent(*(now - before for now, before in zip(self._now(), self._at, strict=True)))

    def _now(self) -> tuple[float, float, float, float, float]:
        server, database = cpu_seconds(tree(self._server)), cpu_seconds(self._database)
        machine = psutil.cpu_times()
        return server, database, time.process_time(), time.monotonic(), machine.idle + getattr(machine, "iowait", 0.0)


def shown_use(who: str, rounds: Sequence[Spent]) -> str:
    """Who was busy over all rounds, which shows whether the load generator was the bottleneck."""
    counts = Counter(each.limit for each in rounds)
    limits = "; ".join(f"in {times} of {len(rounds)} rounds {LIMITS[limit]}" for limit, times in counts.most_common())
    server, load = (median(shares) for shares in zip(*((s.server_share, s.load_share) for s in rounds), strict=True))
    return f"{who}: {limits} (median: server {server:.0%}, load generator {load:.0%} of a core)"
