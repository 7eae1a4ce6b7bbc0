"""Samples running servers every few seconds: memory, files, threads, tasks, and the size of their store on the disk."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from bench.load.deployment import Deployment, metric_value

MB = 2**20


@dataclass(frozen=True)
class Sample:
    """A sample over all servers together. `at`: seconds since the first one. Memory in MB; `entries`: committed since
    the start; `database` and `log` (SQLite's WAL) in bytes; `an_entry`: the bytes that each entry since the first
    sample has added to both."""

    at: float
    rss: float
    uss: float
    files: float
    threads: float
    tasks: float
    sockets: float
    stall: float
    entries: float
    database: float
    log: float
    an_entry: float


@dataclass
class Watch:
    """`samples`: oldest first."""

    deployment: Deployment
    samples: list[Sample] = field(default_factory=list)
    _began: float = field(default_factory=time.monotonic)

    def sample(self) -> Sample:
        deployment = self.deployment
        nodes = [node for node in deployment.nodes if node.running]
        processes = [psutil.Process(node.pid) for node in nodes]
        memory = [each.memory_full_info() for each in processes]

        def all_told(metric: str) -> float:
            return sum(metric_value(node, metric) for node in nodes)

        database, log = _on_disk(deployment)
        entries = all_told("chat_entries_total")
        first = self.samples[0] if self.samples else None
        more = 0.0 if first is None else database + log - first.database - first.log
        now = Sample(
            at=time.monotonic() - self._began,
            rss=sum(each.rss for each in memory) / MB,
            uss=sum(each.uss for each in memory) / MB,
            files=sum(each.num_fds() for each in processes),
            threads=sum(each.num_threads() for each in processes),
            tasks=all_told("chat_tasks"),
            sockets=all_told("chat_sessions"),
            stall=max(metric_value(node, "chat_event_loop_stall_seconds") for node in nodes),
            entries=entries,
            database=database,
            log=log,
            an_entry=more / max(1.0, entries - first.entries) if first else 0.0,
        )
        self.samples.append(now)
        return now

    def most(self, what: Callable[[Sample], float]) -> float:
        return max(what(sample) for sample in self.samples)


@asynccontextmanager
async def watched(deployment: Deployment, every: float) -> AsyncIterator[Watch]:
    """Sample at once, then every so many seconds, and once more at the end; outside the event loop."""
    watch = Watch(deployment)

    async def sample_on() -> None:
        while True:
            await asyncio.to_thread(watch.sample)
            await asyncio.sleep(every)

    sampling = asyncio.create_task(sample_on())
    try:
        yield watch
    finally:
        sampling.cancel()
        await asyncio.gather(sampling, return_exceptions=True)
        with contextlib.suppress(psutil.NoSuchProcess):
            watch.sample()


def slope(samples: Sequence[Sample], what: Callable[[Sample], float]) -> float:
    """Growth per hour, by least squares."""
    count = len(samples)
    middle_at, middle = sum(each.at for each in samples) / count, sum(map(what, samples)) / count
    spread = sum((each.at - middle_at) ** 2 for each in samples)
    return 3600 * sum((each.at - middle_at) * (what(each) - middle) for each in samples) / spread if spread else 0.0


def _on_disk(deployment: Deployment) -> tuple[float, float]:
    if deployment.postgres is not None:
        return float(deployment.postgres.ask("SELECT pg_database_size(current_database())")), 0.0
    assert isinstance(deployment.where, Path)
    return _size(deployment.where), _size(deployment.where.with_name(deployment.where.name + "-wal"))


def _size(path: Path) -> float:
    return float(path.stat().st_size) if path.exists() else 0.0
