"""One message: acknowledged after the commit, delivered to both. Beside it the relay that stores nothing, and socket.io
with SQLite."""

from collections.abc import Sequence
from contextlib import ExitStack

from bench.contestants import Contestant, Product, Relay
from bench.meter import Spent
from bench.rows import Length, Result, Row
from bench.socket_io import SocketIo
from tests.ownpostgres import OwnPostgres

PAIRS = 200

ON_SQLITE = Row("message-sqlite", "one message, stored on SQLite : bare relay", 0.35, 0.55)
ON_POSTGRES = Row("message-postgresql", "one message, stored on PostgreSQL : bare relay", 0.40, 0.60)
TO_SOCKET_IO = Row("message-socketio", "one message, stored on SQLite : socket.io with SQLite FULL", 1.5, 2.5, unit="×")


async def run(length: Length) -> list[Result]:
    """The contestants in turns, the order turned round by round."""
    with ExitStack() as stack:
        postgres = stack.enter_context(OwnPostgres())
        relay, socket_io = stack.enter_context(Relay()), stack.enter_context(SocketIo())
        on_sqlite, on_postgres = (stack.enter_context(Product(where)) for where in (None, postgres))
        contestants: Sequence[Contestant] = (relay, on_sqlite, on_postgres, socket_io)
        for each in contestants:
            await each.seat(PAIRS)
            await one_turn(each, 1.0)
        compared = (
            (Result(ON_SQLITE, []), on_sqlite, relay),
            (Result(ON_POSTGRES, []), on_postgres, relay),
            (Result(TO_SOCKET_IO, []), on_sqlite, socket_io),
        )
        for number in range(length.rounds):
            order = [*contestants[number % len(contestants) :], *contestants[: number % len(contestants)]]
            rates = {each.name: await one_turn(each, length.seconds) for each in order}
            for result, product, reference in compared:
                result.values.append(rates[product.name][0] / rates[reference.name][0])
                for who in (reference, product):
                    result.figures.setdefault(f"{who.name}, messages per CPU-second", []).append(rates[who.name][0])
                    result.notes.append(f"round {number + 1}: {who.name}: {rates[who.name][1].told()}")
        for result, *both in compared:
            for each in both:
                wrong = each.lost()
                assert not wrong, f"{each.name}: {wrong}"
                if each is not relay:
                    told = f"{each.name}: {len(each.acknowledged)} acknowledged messages, each once in the store"
                    result.notes.append(told)
    return [result for result, *_ in compared]


async def one_turn(contestant: Contestant, seconds: float) -> tuple[float, Spent]:
    """Messages per CPU-second of the server, its database's own apart."""
    meter = contestant.meter()
    meter.begin()
    tally = await contestant.talk.at_full_speed(seconds)
    spent = meter.end()
    contestant.keep(tally.acknowledged)
    return len(tally.acknowledged) / spent.server, spent
