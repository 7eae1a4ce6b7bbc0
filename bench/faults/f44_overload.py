"""F44: five times the load that the servers can carry. They keep their own pace, refuse with a code, and recover
soon."""

import time

from bench.load.crowd import Crowd, crowd
from bench.load.deployment import deployment, desks
from bench.load.score import Score, percentile
from bench.load.shares import Shares
from bench.load.watch import watched
from bench.report.figures import Figure, Finding

CONVERSATIONS, CAPACITY = 1_000, 20
QUICK_CONVERSATIONS = 200
TIMES = 5
SECONDS, QUICK_SECONDS = 120.0, 15.0
FULL_SPEED_FOR = 5.0
LIGHT = 0.1
"""The share of full speed that is sent to see whether all is as before."""
NEARLY = 3.0
PATIENCE = 120.0
GOODPUT, MORE_MEMORY, NORMAL_WITHIN = 80.0, 200.0, 10.0
TYPED = {"busy", "rate_limited", "unavailable"}
"""Refusals that mean too much load, after which the same request may be sent again."""


async def run(quick: bool) -> Finding:
    """First measure the full speed: everybody talks as fast as the other side answers."""
    conversations, seconds = (QUICK_CONVERSATIONS, QUICK_SECONDS) if quick else (CONVERSATIONS, SECONDS)
    score = Score()
    with deployment(conversations, desks(-(-conversations // CAPACITY) + 1, CAPACITY), nodes=2) as here:
        async with crowd(here, score) as people:
            holds = await people.at_full_speed(FULL_SPEED_FOR)
            usual = await light(people, LIGHT * holds)
            async with watched(here, 1.0) as watch:
                before = watch.sample().rss
                score.fresh()
                shares = Shares(here)
                shares.begin()
                accepted = len(score.acknowledged)
                await people.talk(TIMES * holds, seconds)
                rate = (len(score.acknowledged) - accepted) / seconds
                refusals, ends, held_back = dict(score.refusals), dict(score.ends), score.held_back
                spent = shares.end()
                slowest = percentile(score.took, 0.99)
                normal_after = await until_normal(people, LIGHT * holds, usual)
            await people.quiet()
        lost = score.lost(here.where)
        here.check()
    wrong = [f"refused with {code}" for code in refusals if code not in TYPED]
    figures = (
        Figure("messages a second at full speed", holds),
        Figure("asked for, beyond which people wait for their answers", TIMES * holds),
        Figure("held back by people who had too much unanswered", held_back),
        Figure("accepted a second meanwhile", rate),
        Figure("of full speed", 100 * rate / holds, "%", GOODPUT, at_least=True),
        Figure("accepted, p99", slowest * 1000, "ms"),
        Figure("refused, to come again later", sum(refusals.values())),
        Figure("connections lost", sum(ends.values())),
        Figure("more memory, both nodes", watch.most(lambda sample: sample.rss) - before, "MB", MORE_MEMORY),
        Figure("as before after", normal_after, "s", NORMAL_WITHIN),
        *spent,
    )
    what = f"{conversations:,} conversations, {TIMES} times full speed for {seconds:.0f} s"
    return Finding("F44", what, figures, [*filter(None, [lost]), *wrong, *score.faults])


async def light(people: Crowd, rate: float) -> float:
    """The median of the seconds until a light load's messages are accepted."""
    people.score.fresh()
    await people.talk(rate, 1.0)
    await people.quiet()
    return percentile(people.score.took, 0.5)


async def until_normal(people: Crowd, rate: float, usual: float) -> float:
    """Seconds until the backlog is answered and a light load is accepted about as fast as before."""
    began = time.monotonic()
    await people.quiet()
    while True:
        now = time.monotonic()
        if await light(people, rate) <= NEARLY * usual:
            return now - began
        assert now < began + PATIENCE, f"not back to normal within {PATIENCE} s"
