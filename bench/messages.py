"""One message: acknowledged after the commit, delivered to both. Beside it the relay that stores nothing."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack

from bench.contestants import Contestant, Product, Relay
from bench.meter import Spent
from bench.rows import Length, Result, Row
from tests.ownpostgres import OwnPostgres

PAIRS = 200
WARM = 1.0

ON_SQLITE = Row("message-sqlite", "one message, stored on SQLite : bare relay", 0.35, 0.55)
ON_POSTGRES = Row("message-postgresql", "one message, stored on PostgreSQL : bare relay", 0.40, 0.60)


async def run(length: Length) -> list[Result]:
    """Both databases."""
    with ExitStack() as stack:
        postgres = stack.enter_context(OwnPostgres())
        relay, products = Relay(), {ON_SQLITE: Product(), ON_POSTGRES: Product(postgres)}
        for each in (relay, *products.values()):
            stack.enter_context(each)
        return await compared(relay, products, length.of(PAIRS), length)


async def compared(relay: Relay, products: Mapping[Row, Product], pairs: int, length: Length) -> list[Result]:
    """The contestants in turns, the order turned round by round. Raises `AssertionError` when something was lost."""
    contestants: Sequence[Contestant] = (relay, *products.values())
    for each in contestants:
        await each.seat(pairs)
        await one_turn(each, min(WARM, length.seconds))
    results = {row: Result(row, []) for row in products}
    for number in length.turns():
        first = number % len(contestants)
        order = [*contestants[first:], *contestants[:first]]
        turns = {each.name: await one_turn(each, length.seconds) for each in order}
        for row, product in products.items():
            result = results[row]
            result.values.append(turns[product.name][0] / turns[relay.name][0])
            for who in (relay, product):
                rate, spent = turns[who.name]
                result.figures.setdefault(f"{who.name}, messages per CPU-second", []).append(rate)
                result.busy.setdefault(who.name, []).append(spent)
    for row, product in products.items():
        wrong = product.lost()
        assert not wrong, f"{product.name}: {wrong}"
        results[row].notes.append(f"{len(product.acknowledged)} acknowledged messages, each once in the store")
    return list(results.values())


async def one_turn(contestant: Contestant, seconds: float) -> tuple[float, Spent]:
    """Messages per CPU-second of the server, its database's own apart."""
    meter = contestant.meter()
    meter.begin()
    tally = await contestant.talk.at_full_speed(seconds)
    spent = meter.end()
    if isinstance(contestant, Product):
        contestant.keep(tally.acknowledged)
    return len(tally.acknowledged) / spent.server, spent
