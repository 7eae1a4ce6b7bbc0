"""F43: a thousand conversations, two hundred messages a second, two nodes: how long do people wait?"""

from bench.load.crowd import crowd
from bench.load.deployment import deployment, desks
from bench.load.score import Score, percentile
from bench.load.shares import Shares
from bench.load.watch import watched
from bench.report.figures import Figure, Finding

CONVERSATIONS, CAPACITY = 1_000, 20
MESSAGES_A_SECOND, SECONDS = 200.0, 900.0
QUICK_CONVERSATIONS, QUICK_SECONDS = 200, 15.0
ACK_P50, ACK_P99, REACHED_P99 = 25.0, 150.0, 300.0
WARM_UP = 5.0


async def run(quick: bool) -> Finding:
    """Visitors and consultants are spread over both nodes, so most messages cross from one to the other."""
    conversations, seconds = (QUICK_CONVERSATIONS, QUICK_SECONDS) if quick else (CONVERSATIONS, SECONDS)
    score = Score()
    with deployment(conversations, desks(-(-conversations // CAPACITY) + 1, CAPACITY), nodes=2) as here:
        async with crowd(here, score) as people:
            await people.talk(MESSAGES_A_SECOND, WARM_UP)
            score.fresh()
            shares = Shares(here)
            shares.begin()
            async with watched(here, 5.0) as watch:
                await people.talk(MESSAGES_A_SECOND, seconds)
            spent = shares.end()
            await people.quiet()
        lost = score.lost(here.where)
        here.check()
    refused = sum(score.refusals.values())
    figures = (
        Figure("messages accepted in this time", len(score.took)),
        Figure("accepted, p50", percentile(score.took, 0.5) * 1000, "ms", ACK_P50),
        Figure("accepted, p99", percentile(score.took, 0.99) * 1000, "ms", ACK_P99),
        Figure("heard by the other side, p50", percentile(score.reached, 0.5) * 1000, "ms"),
        Figure("heard by the other side, p99", percentile(score.reached, 0.99) * 1000, "ms", REACHED_P99),
        Figure("refused", refused, "", 0),
        Figure("connections lost", sum(score.ends.values()), "", 0),
        Figure("held back, because too much was unanswered", score.held_back, "", 0),
        Figure("memory of both nodes, at most", watch.most(lambda sample: sample.rss), "MB"),
        Figure("event loop stood still, at most", watch.most(lambda sample: sample.stall) * 1000, "ms"),
        *spent,
    )
    what = f"{conversations:,} conversations, {MESSAGES_A_SECOND:.0f} messages a second for {seconds:.0f} s"
    return Finding("F43", what, figures, [*filter(None, [lost]), *score.faults])
