"""How long an acknowledgement takes under light load: the time a typing person waits, including the commit.

Questions come at a steady pace, far below what any of the servers can carry; nobody answers them.
"""

from collections.abc import Sequence
from contextlib import ExitStack
from statistics import median

from bench.references.contestants import Contestant, Product, Relay
from bench.report.rows import Length, Result, Row
from tests.ownpostgres import OwnPostgres

PAIRS = 50
PER_SECOND = 100

ACK = Row("ack", "acknowledgement at light load, p50 : bare relay", 6.0, 4.0, less_is_better=True)

UNANSWERED = {"CHATSERVER_FIRST_REPLY_S": "86400", "CHATSERVER_FIRST_REPLY_ALARM_S": "86400"}
UNANSWERED |= {"CHATSERVER_FOLLOW_UP_ALARM_S": "86400"}
"""However long a run is, nothing is returned to the queue and nobody is alarmed."""


async def run(length: Length) -> list[Result]:
    """The contestants alternate; the order rotates from round to round."""
    with ExitStack() as stack:
        postgres = stack.enter_context(OwnPostgres())
        relay = stack.enter_context(Relay())
        products = [stack.enter_context(Product(where, settings=UNANSWERED)) for where in (None, postgres)]
        contestants: Sequence[Contestant] = (relay, *products)
        for each in contestants:
            await each.seat(PAIRS)
            await one_turn(each, 1.0)
        result = Result(ACK, [])
        for number in length.turns():
            order = [*contestants[number % len(contestants) :], *contestants[: number % len(contestants)]]
            took = {each.name: await one_turn(each, length.seconds) for each in order}
            result.values.append(median(took[products[0].name]) / median(took[relay.name]))
            for each in contestants:
                _figures(result, each.name, took[each.name])
        for product in products:
            wrong = product.lost()
            assert not wrong, f"{product.name}: {wrong}"
            note = f"{product.name}: {len(product.acknowledged)} acknowledged messages, each once in the store"
            result.notes.append(note)
    return [result]


async def one_turn(contestant: Contestant, seconds: float) -> list[float]:
    """The seconds of each acknowledgement, sorted."""
    tally = await contestant.talk.at(PER_SECOND, seconds)
    if isinstance(contestant, Product):
        contestant.keep(tally.acknowledged)
    return sorted(tally.took)


def _figures(result: Result, name: str, took: Sequence[float]) -> None:
    for part, name_of_part in ((0.5, "p50"), (0.99, "p99")):
        within = took[min(len(took) - 1, int(len(took) * part))]
        result.figures.setdefault(f"{name}, {name_of_part}, ms", []).append(within * 1000)
