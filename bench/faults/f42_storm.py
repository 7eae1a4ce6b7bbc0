"""F42: the node that holds five thousand visitors is killed; all of them reconnect to the other one and resume."""

import asyncio
import time

from bench.load.crowd import crowd
from bench.load.deployment import Deployment, deployment, desks
from bench.load.score import Score, percentile
from bench.load.watch import watched
from bench.report.figures import Figure, Finding

VISITORS, CAPACITY = 5_000, 20
QUICK_VISITORS = 500
MESSAGES_A_SECOND = 50.0
BEFORE = 5.0
MOST_WITHIN, ALL_WITHIN = 10.0, 20.0
PATIENCE = 120.0
DATABASE_CONNECTIONS = """
    SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
"""


async def run(quick: bool) -> Finding:
    """Everybody begins at the node that is killed; the limits admit as many as there are."""
    visitors = QUICK_VISITORS if quick else VISITORS
    score = Score()
    with deployment(visitors, desks(-(-visitors // CAPACITY) + 1, CAPACITY), nodes=2) as here:
        async with crowd(here, score, at=0) as people:
            async with watched(here, 1.0) as watch:
                talking = asyncio.create_task(people.talk(MESSAGES_A_SECOND, BEFORE + ALL_WITHIN))
                await asyncio.sleep(BEFORE)
                score.fresh()
                resumed, killed = score.resumed, time.monotonic()
                here.nodes[0].kill()
                tabs = list(people.tabs)
                most = 0
                while not all(tab.since > killed for tab in tabs):
                    assert time.monotonic() < killed + PATIENCE, "not everybody is back"
                    most = max(most, await asyncio.to_thread(connections, here))
                    await asyncio.sleep(0.1)
                back = [tab.since - killed for tab in tabs]
                await talking
            await people.quiet()
        lost = score.lost(here.where)
        here.check()
    again = {code: times for code, times in score.ends.items() if code not in (1005, 1006)}
    figures = (
        Figure("people who came back", len(back)),
        Figure("95 % were served again after", percentile(back, 0.95), "s", MOST_WITHIN),
        Figure("all after", max(back), "s", ALL_WITHIN),
        Figure("conversations resumed without a gap", score.resumed - resumed),
        Figure("holes of more than can be sent unasked", score.jumped),
        Figure("connections to PostgreSQL, at most", most),
        Figure("memory of the node that took them", watch.most(lambda sample: sample.rss), "MB"),
        Figure("event loop stood still, at most", watch.most(lambda sample: sample.stall) * 1000, "ms"),
        Figure("told to come back later", sum(again.values())),
    )
    what = f"{visitors:,} visitors and who answers them, all at the node that is killed"
    return Finding("F42", what, figures, [*filter(None, [lost]), *score.faults])


def connections(here: Deployment) -> int:
    """The nodes' present connections to the database."""
    assert here.postgres is not None
    return int(here.postgres.ask(DATABASE_CONNECTIONS))
