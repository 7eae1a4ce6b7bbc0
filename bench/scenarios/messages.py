"""One message: acknowledged after the commit, delivered to both sides. Compared with the relay, which stores nothing,
and with socket.io on SQLite."""

from collections.abc import Mapping
from contextlib import ExitStack

from bench.references.contestants import Contestant, Product, Relay
from bench.references.socket_io import CannotBeHad, SocketIo
from bench.report.meter import Spent
from bench.report.rows import Length, Result, Row
from tests.ownpostgres import OwnPostgres

PAIRS = 200
"""Also in a quick run: the more pairs, the larger the batches and the cheaper a message."""

WARM = 1.0

ON_SQLITE = Row("message-sqlite", "one message, stored on SQLite : bare relay", 0.35, 0.55)
ON_POSTGRES = Row("message-postgresql", "one message, stored on PostgreSQL : bare relay", 0.40, 0.60)
TO_SOCKET_IO = Row("message-socketio", "one message, stored on SQLite : socket.io with SQLite FULL", 1.5, 2.5, unit="×")


async def run(length: Length) -> list[Result]:
    """Both databases, and socket.io."""
    with ExitStack() as stack:
        postgres = stack.enter_context(OwnPostgres())
        relay, on_sqlite, on_postgres = Relay(), Product(), Product(postgres)
        comparisons: dict[Row, tuple[Contestant, Contestant]] = {
            ON_SQLITE: (on_sqlite, relay),
            ON_POSTGRES: (on_postgres, relay),
        }
        left_out: list[Result] = []
        try:
            comparisons[TO_SOCKET_IO] = (on_sqlite, stack.enter_context(SocketIo()))
        except CannotBeHad as why:
            left_out = [Result(TO_SOCKET_IO, [], notes=[str(why)])]
        for each in (relay, on_sqlite, on_postgres):
            stack.enter_context(each)
        return [*await compared(comparisons, PAIRS, length), *left_out]


async def compared(
    comparisons: Mapping[Row, tuple[Contestant, Contestant]], pairs: int, length: Length
) -> list[Result]:
    """Compare each row's first contestant with its second; all alternate, and the order rotates from round to round.

    Raises `AssertionError` when a storing contestant has lost something.
    """
    contestants = list(dict.fromkeys(each for both in comparisons.values() for each in both))
    for each in contestants:
        await each.seat(pairs)
        await one_turn(each, min(WARM, length.seconds))
    results = [Result(row, []) for row in comparisons]
    for number in length.turns():
        first = number % len(contestants)
        order = [*contestants[first:], *contestants[:first]]
        turns = {each: await one_turn(each, length.seconds) for each in order}
        for result in results:
            one, other = comparisons[result.row]
            result.values.append(turns[one][0] / turns[other][0])
            for each in (other, one):
                rate, spent = turns[each]
                result.figures.setdefault(f"{each.name}, messages per CPU-second", []).append(rate)
                result.busy.setdefault(each.name, []).append(spent)
    for result in results:
        result.notes += [kept(each) for each in comparisons[result.row] if not isinstance(each, Relay)]
    return results


def kept(contestant: Contestant) -> str:
    """Compare the acknowledged messages with the stored ones; returns a sentence about it."""
    wrong = contestant.lost()
    assert not wrong, f"{contestant.name}: {wrong}"
    return f"{contestant.name}: {len(contestant.acknowledged):,} acknowledged messages, each once in the store"


async def one_turn(contestant: Contestant, seconds: float) -> tuple[float, Spent]:
    """Messages per CPU-second of the server, not counting its database's own processes."""
    meter = contestant.meter()
    meter.begin()
    tally = await contestant.talk.at_full_speed(seconds)
    spent = meter.end()
    contestant.keep(tally.acknowledged)
    return len(tally.acknowledged) / spent.server, spent
