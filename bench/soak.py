"""`make soak`: the product at half of its full speed for a long time, with people coming and going: does anything grow?

    python -m bench.soak --minutes 20            one server on SQLite
    python -m bench.soak --minutes 120 --nodes 2  two nodes, PostgreSQL, Redis (F46)

Full speed is measured first, for ten seconds. Then memory, files, threads, tasks and the size of the store are sampled
every few seconds. At the end the store is compared with what was acknowledged. All samples are kept in
build/bench/soak.json; `--picture` draws them.
"""

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import uvloop

from bench.load.churn import PASSWORD, churn
from bench.load.crowd import Crowd, crowd
from bench.load.deployment import deployment, desks
from bench.load.score import Score, percentile
from bench.load.watch import MB, Sample, Watch, slope, watched
from bench.report.drawing import Line, Panel, picture

VISITORS, CAPACITY = 120, 20
SPARE = 4
"""More consultants than needed, so that one can sign out without anybody waiting long."""
FULL_SPEED_FOR = 10.0
SAMPLES = 240
"""Samples in a run, but at most one every two seconds."""
OUT = Path("build/bench/soak.json")


@dataclass(frozen=True)
class Kept:
    """Something that must not grow: it may change by `part` of itself, or by `least` in its own unit, and still counts
    as flat."""

    name: str
    unit: str
    of: Callable[[Sample], float]
    part: float
    least: float


KEPT = (
    Kept("RSS", "MB", lambda sample: sample.rss, 0.03, 3),
    Kept("memory of its own (USS)", "MB", lambda sample: sample.uss, 0.03, 3),
    Kept("open files", "", lambda sample: sample.files, 0.05, 5),
    Kept("threads", "", lambda sample: sample.threads, 0.05, 2),
    Kept("tasks of the event loop", "", lambda sample: sample.tasks, 0.05, 10),
    Kept("write-ahead log", "MB", lambda sample: sample.log / MB, 0.1, 4),
    Kept("on the disk, of an entry", "bytes", lambda sample: sample.an_entry, 0.05, 10),
)


@dataclass(frozen=True)
class Found:
    """`before`, `after`: medians of the first and the last third after the warm-up. `slope`: per hour."""

    name: str
    unit: str
    before: float
    after: float
    slope: float
    flat: bool


@dataclass(frozen=True)
class Soaked:
    """A run's parameters and results. `full`, `pace`: messages per second."""

    server: str
    minutes: float
    full: float
    pace: float
    acknowledged: int
    counts: dict[str, int]
    ack: tuple[float, float]
    reached: float
    lost: str
    faults: list[str]
    refusals: dict[str, int]
    found: list[Found]
    samples: list[dict[str, Any]]

    @property
    def good(self) -> bool:
        return not self.lost and not self.faults and all(each.flat for each in self.found)


async def soak(minutes: float, nodes: int, pace: float) -> Soaked:
    """`pace`: messages per second; 0: half of the measured full speed."""
    seconds = minutes * 60
    score = Score()
    wanted = desks(-(-VISITORS // CAPACITY) + SPARE, CAPACITY, PASSWORD)
    with deployment(VISITORS, wanted, nodes=nodes) as here:
        async with crowd(here, score) as people:
            full = await people.at_full_speed(FULL_SPEED_FOR)
            pace = pace or full / 2
            print(f"full speed {full:.0f} messages a second; pace {pace:.0f}", flush=True)
            score.fresh()
            async with watched(here, max(2.0, seconds / SAMPLES)) as watch, churn(people) as life:
                await _talk(people, watch, pace, seconds)
            await people.quiet()
        lost = score.lost(here.where)
        here.check()
    return Soaked(
        server=f"{nodes} nodes, PostgreSQL, Redis" if nodes else "one server, SQLite",
        minutes=minutes,
        full=full,
        pace=pace,
        acknowledged=len(score.acknowledged),
        counts=dict(life.counts),
        ack=(percentile(score.took, 0.5) * 1000, percentile(score.took, 0.99) * 1000),
        reached=percentile(score.reached, 0.99) * 1000,
        lost=lost,
        faults=score.faults,
        refusals=dict(score.refusals),
        found=judged(watch.samples),
        samples=[asdict(sample) for sample in watch.samples],
    )


async def _talk(people: Crowd, watch: Watch, pace: float, seconds: float) -> None:
    """Run the load, and print a line about it every minute."""
    talking = asyncio.create_task(people.talk(pace, seconds))
    while not talking.done():
        await asyncio.wait([talking], timeout=60)
        if watch.samples:
            last = watch.samples[-1]
            print(
                f"{last.at / 60:5.1f} min  RSS {last.rss:.0f} MB, {last.files:.0f} files, {last.tasks:.0f} tasks, "
                f"{last.entries:,.0f} entries, stall {last.stall * 1000:.0f} ms",
                flush=True,
            )
    await talking


def judged(samples: Sequence[Sample]) -> list[Found]:
    """What grew after the warm-up, which is the first quarter."""
    warm = samples[warm_until(samples) :]
    third = max(1, len(warm) // 3)
    found = []
    for kept in KEPT:
        before, after = median(map(kept.of, warm[:third])), median(map(kept.of, warm[-third:]))
        flat = after - before <= max(kept.part * before, kept.least)
        found.append(Found(kept.name, kept.unit, before, after, slope(warm, kept.of), flat))
    return found


def warm_until(samples: Sequence[Sample]) -> int:
    return len(samples) // 4


def drawn(soaked: Soaked) -> str:
    samples = [Sample(**sample) for sample in soaked.samples]
    minutes = [sample.at / 60 for sample in samples]
    rates = [max(0.0, now.entries - before.entries) / (now.at - before.at) for before, now in pairwise(samples)]

    def line(name: str, of: Callable[[Sample], float]) -> Line:
        return Line(name, [of(sample) for sample in samples])

    memory = Panel("memory, MB", (line("RSS", lambda sample: sample.rss), line("its own", lambda sample: sample.uss)))
    counted = (
        line("tasks", lambda sample: sample.tasks),
        line("files", lambda sample: sample.files),
        line("threads", lambda sample: sample.threads),
    )
    store = [line("database", lambda sample: sample.database / MB)]
    if any(sample.log for sample in samples):
        store.append(line("write-ahead log", lambda sample: sample.log / MB))
    panels = (
        memory,
        Panel("tasks, open files, threads", counted),
        Panel("entries stored a second", [Line("", [*rates[:1], *rates])]),
        Panel("on the disk, MB", store),
    )
    pace = f"{soaked.pace:.0f} messages a second, of {soaked.full:.0f} at full speed"
    title = f"{soaked.minutes:g} minutes, people coming and going: {pace} ({soaked.server})"
    return picture(title, minutes, panels, minutes[warm_until(samples)])


def summary(soaked: Soaked) -> str:
    """The results as printed."""
    lines = [
        f"{soaked.server}: {soaked.minutes:g} min at {soaked.pace:.0f} of {soaked.full:.0f} messages a second; "
        f"{soaked.acknowledged:,} acknowledged, {soaked.lost or 'each once in the store'}",
        f"acknowledged p50 {soaked.ack[0]:.1f} ms, p99 {soaked.ack[1]:.0f} ms; delivered p99 {soaked.reached:.0f} ms",
        ", ".join(f"{count} {what}" for what, count in soaked.counts.items()),
        f"refused: {soaked.refusals or 'nothing'}; faults: {soaked.faults[:3] or 'none'}",
    ]
    lines += [
        f"  {each.name:26} {each.before:10.1f} → {each.after:10.1f} {each.unit:6} "
        f"{each.slope:+9.1f} an hour   {'flat' if each.flat else 'GROWS'}"
        for each in soaked.found
    ]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--nodes", type=int, default=0, help="so many on PostgreSQL and Redis; none: one on SQLite")
    parser.add_argument("--pace", type=float, default=0, help="messages a second; none: half of full speed")
    parser.add_argument("--picture", type=Path, help="where to draw it: docs/images/soak.svg")
    asked = parser.parse_args()
    soaked = uvloop.run(soak(asked.minutes, asked.nodes, asked.pace))
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(asdict(soaked) | {"at": time.strftime("%Y-%m-%d")}, ensure_ascii=False))
    if asked.picture:
        asked.picture.write_text(drawn(soaked))
    print(summary(soaked))
    sys.exit(0 if soaked.good else 1)


if __name__ == "__main__":
    main()
