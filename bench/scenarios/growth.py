"""The cost of a message in a database of many years, compared with a new one.

Both are the whole product on databases with closed conversations (bench/load/seed_history.py): 10,000,000 entries in
one and 10,000 in the other, with the same people talking in both. On PostgreSQL, whose past is written anew each time,
the large one always has 500,000, and the CPU time of PostgreSQL's own processes counts as well.
"""

import asyncio
import shutil
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from bench.load import seed_history
from bench.references.contestants import Product
from bench.report.rows import Length, Result, Row
from bench.scenarios.messages import one_turn
from tests.e2e.hospital import found
from tests.ownpostgres import OwnPostgres
from tests.postgres import say

FEW, MANY = 10_000, 10_000_000
QUICK_MANY = 500_000
"""Entries in the large database of a shortened run, and always on PostgreSQL."""
PAIRS = 100

GROWTH = Row("growth", "cost of one message with 10,000,000 stored : with 10,000", 1.5, 1.1, less_is_better=True)


class OldHouse(Product):
    """The product on a database that has been in use."""

    def __init__(self, stored: int, postgres: OwnPostgres | None = None) -> None:
        super().__init__(postgres)
        self.stored = stored
        self.name = f"{self.name}, {stored:,} stored"

    def furnish(self) -> None:
        """Write the past into the database, before anybody connects."""
        where = self.server.where
        if isinstance(where, Path):
            shutil.copyfile(seed_history.kept(self.stored), where)
            return
        found(where, [])
        seed_history.fill(where, self.stored)
        # The server would do this by itself some time later, in the middle of a round.
        say(where, "VACUUM (ANALYZE)")


async def run(length: Length) -> list[Result]:
    """The two alternate, and so does who is first; one database kind after the other."""
    many = MANY if length.part == 1 else QUICK_MANY
    result = Result(GROWTH, [])
    result.values = await _compared([OldHouse(FEW), OldHouse(many)], length, result)
    result.figures["SQLite, bytes of the database per entry"] = [seed_history.kept(many).stat().st_size / many]
    with OwnPostgres() as postgres:
        ratios = await _compared([OldHouse(FEW, postgres), OldHouse(QUICK_MANY, postgres)], length, result)
        result.figures[f"PostgreSQL, cost with {QUICK_MANY:,} stored : with {FEW:,}"] = ratios
    if many != MANY:
        result.notes.append(f"shortened: {many:,} stored in the large house")
    return [result]


async def _compared(houses: Sequence[OldHouse], length: Length, result: Result) -> list[float]:
    """The ratio of their costs in each round."""
    with ExitStack() as stack:
        for house in houses:
            stack.enter_context(house)
            # Before the first socket, whose heartbeats could not be answered meanwhile.
            house.furnish()
        for house in houses:
            await house.seat(PAIRS)
            await one_turn(house, 1.0)
        ratios = [await _round(number, houses, length, result) for number in range(length.rounds)]
        for house in houses:
            wrong = await asyncio.to_thread(house.lost)
            assert not wrong, f"{house.name}: {wrong}"
            note = f"{house.name}: {len(house.acknowledged)} acknowledged messages, each once in the store"
            result.notes.append(note)
    return ratios


async def _round(number: int, houses: Sequence[OldHouse], length: Length, result: Result) -> float:
    costs = {}
    for house in houses if number % 2 else reversed(houses):
        rate, spent = await one_turn(house, length.seconds)
        costs[house.stored] = cost = 1 / rate * (spent.server + spent.database) / spent.server
        result.figures.setdefault(f"{house.name}, CPU-microseconds per message", []).append(cost * 1e6)
        result.notes.append(f"round {number + 1}: {house.name}: {spent.shown()}")
    few, many = (costs[house.stored] for house in houses)
    return many / few
