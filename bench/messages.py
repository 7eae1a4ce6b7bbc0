"""One message: acknowledged after the commit, delivered to both. Beside it the relay that stores nothing."""

from collections.abc import Sequence
from contextlib import ExitStack

from bench.contestants import Contestant, Product, Relay
from bench.meter import Spent
from bench.rows import Length, Result, Row
from tests.ownpostgres import OwnPostgres

PAIRS = 200

ON_SQLITE = Row("message-sqlite", "one message, stored on SQLite : bare relay", 0.35, 0.55)
ON_POSTGRES = Row("message-postgresql", "one message, stored on PostgreSQL : bare relay", 0.40, 0.60)


async def run(length: Length) -> list[Result]:
    """The contestants in turns, the order turned round by round."""
    with ExitStack() as stack:
        postgres = stack.enter_context(OwnPostgres())
        relay = stack.enter_context(Relay())
        on_sqlite, on_postgres = (stack.enter_context(Product(where)) for where in (None, postgres))
        contestants: Sequence[Contestant] = (relay, on_sqlite, on_postgres)
        for each in contestants:
            await each.seat(PAIRS)
            await one_turn(each, 1.0)
        results = [Result(row, []) for row in (ON_SQLITE, ON_POSTGRES)]
        for number in range(length.rounds):
            order = [*contestants[number % len(contestants) :], *contestants[: number % len(contestants)]]
            rates = {each.name: await one_turn(each, length.seconds) for each in order}
            for result, product in zip(results, (on_sqlite, on_postgres), strict=True):
                result.values.append(rates[product.name][0] / rates[relay.name][0])
                for who in (relay, product):
                    result.figures.setdefault(f"{who.name}, messages per CPU-second", []).append(rates[who.name][0])
                result.notes.append(f"round {number + 1}: {product.name}: {rates[product.name][1].told()}")
        for result, product in zip(results, (on_sqlite, on_postgres), strict=True):
            wrong = product.lost()
            assert not wrong, f"{product.name}: {wrong}"
            result.notes.append(f"{len(product.acknowledged)} acknowledged messages, each once in the store")
    return results


async def one_turn(contestant: Contestant, seconds: float) -> tuple[float, Spent]:
    """Messages per CPU-second of the server, its database's own apart."""
    meter = contestant.meter()
    meter.begin()
    tally = await contestant.talk.at_full_speed(seconds)
    spent = meter.end()
    if isinstance(contestant, Product):
        contestant.keep(tally.acknowledged)
    return len(tally.acknowledged) / spent.server, spent
