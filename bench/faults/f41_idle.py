"""F41: ten thousand silent people, each with an open conversation, on two nodes."""

import asyncio
import time
from statistics import median

import psutil

from bench.load.crowd import crowd
from bench.load.deployment import deployment, desks
from bench.load.score import Score
from bench.load.watch import watched
from bench.report.figures import Figure, Finding
from bench.report.meter import cpu_seconds

VISITORS, CAPACITY = 10_000, 20
QUICK_VISITORS = 500
SECONDS, QUICK_SECONDS = 1_800.0, 45.0
SETTLED_AFTER = 1 / 6
"""The share of the time after which memory is the baseline."""
MEMORY_OF_A_NODE, GROWTH, CPU = 400.0, 2.0, 60.0
NO_PONG = 4003


async def run(quick: bool) -> Finding:
    """They connect alternately to the two nodes; then there are only heartbeats."""
    visitors, seconds = (QUICK_VISITORS, QUICK_SECONDS) if quick else (VISITORS, SECONDS)
    score = Score()
    with deployment(visitors, desks(-(-visitors // CAPACITY) + 1, CAPACITY), nodes=2) as here:
        async with crowd(here, score) as people:
            tabs = len(people.tabs)
            score.fresh()
            processes = [psutil.Process(node.pid) for node in here.nodes]
            async with watched(here, seconds / 60) as watch:
                await asyncio.sleep(seconds * SETTLED_AFTER)
                began = time.monotonic()
                before = [cpu_seconds([each]) for each in processes]
                await asyncio.sleep(seconds * (1 - SETTLED_AFTER))
                passed = time.monotonic() - began
                spent = [cpu_seconds([each]) - earlier for each, earlier in zip(processes, before, strict=True)]
            held = sum(tab.since > 0 for tab in people.tabs)
        lost = score.lost(here.where)
        here.check()
    settled = [sample.rss for sample in watch.samples if sample.at > seconds * SETTLED_AFTER]
    fifth = max(1, len(settled) // 5)
    grew = 100 * (median(settled[-fifth:]) / median(settled[:fifth]) - 1)
    figures = (
        Figure("sockets held at the end", held, "", tabs, at_least=True),
        Figure("heartbeats missed", score.ends[NO_PONG], "", 0),
        Figure("connections lost", sum(score.ends.values()), "", 0),
        Figure("memory of a node, at most", watch.most(lambda sample: sample.rss) / 2, "MB", MEMORY_OF_A_NODE),
        Figure("more memory after the first sixth of the time", grew, "%", GROWTH),
        Figure("of a core, each node", 100 * max(spent) / passed, "%", CPU),
        Figure("event loop stood still, at most", watch.most(lambda sample: sample.stall) * 1000, "ms"),
    )
    return Finding("F41", f"{tabs:,} people who say nothing for {seconds:.0f} s", figures, [*filter(None, [lost])])
