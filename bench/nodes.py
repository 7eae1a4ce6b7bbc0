"""What it costs that a visitor and his consultant are at different nodes, against both at one.

Both houses run on the same PostgreSQL and the same Redis. In the one a single node serves everybody; in the other all
consultants are at the first node and all visitors at the second, so that every message crosses the bus. Counted is the
CPU time of the nodes; what Redis and PostgreSQL use is told apart.
"""

import asyncio
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import psutil

from bench.contestants import Product
from bench.meter import cpu_seconds, tree
from bench.rows import Length, Result, Row
from tests.ownpostgres import OwnPostgres
from tests.redis import OwnRedis, asking, running
from tests.whole.procs import Server

PAIRS = 100

NODES = Row("nodes", "CPU-seconds per message at two nodes : at one", 2.0, 1.6, less_is_better=True)


class Apart(Product):
    """`many` nodes: consultants come in at the first, visitors at the last."""

    def __init__(self, postgres: OwnPostgres, redis: str, many: int) -> None:
        super().__init__(postgres)
        self.name = "one node" if many == 1 else f"{many} nodes"
        self.server.settings["REDIS_URL"] = redis
        beside = Path(self._folder.name)
        others = [Server(beside / f"node{number}", self.server.settings) for number in range(1, many)]
        self.nodes = [self.server, *others]

    def __exit__(self, *_: object) -> None:
        for node in self.nodes[1:]:
            node.end()
        super().__exit__()

    @property
    def visitors_port(self) -> int:
        return self.nodes[-1].port

    def open_house(self, consultants: int, capacity: int) -> None:
        super().open_house(consultants, capacity)
        for node in self.nodes[1:]:
            node.start()

    def processes(self) -> list[psutil.Process]:
        """Of all nodes."""
        return [each for node in self.nodes for each in tree(node.pid)]


class Clocks:
    """CPU-seconds of all who take part, by name, since the last look."""

    def __init__(self, house: Apart, redis: int) -> None:
        self._parts = {
            "nodes": house.processes(),
            "PostgreSQL": house.database_processes(),
            "Redis": [psutil.Process(redis)],
        }
        self._before = self._now()

    def spent(self) -> dict[str, float]:
        return {name: now - self._before[name] for name, now in self._now().items()}

    def _now(self) -> dict[str, float]:
        return {name: cpu_seconds(processes) for name, processes in self._parts.items()}


async def run(length: Length) -> list[Result]:
    """The two houses in turns, who is first changing."""
    result = Result(NODES, [])
    with ExitStack() as stack:
        postgres, redis = stack.enter_context(OwnPostgres()), stack.enter_context(running(OwnRedis()))
        with asking(redis.url) as client:
            pid = client.info("server")["process_id"]
        houses = [Apart(postgres, redis.url, many) for many in (1, 2)]
        for house in houses:
            stack.enter_context(house)
            await house.seat(PAIRS)
            await house.talk.at_full_speed(1.0)
        for number in range(length.rounds):
            one, two = await _round(houses if number % 2 else houses[::-1], pid, length, result)
            result.values.append(two / one)
        for house in houses:
            wrong = await asyncio.to_thread(house.lost)
            assert not wrong, f"{house.name}: {wrong}"
            told = f"{house.name}: {len(house.acknowledged)} acknowledged messages, each once in the store"
            result.notes.append(told)
    return [result]


async def _round(houses: Sequence[Apart], redis: int, length: Length, result: Result) -> list[float]:
    """CPU-seconds of the nodes per message, fewest nodes first."""
    costs = {}
    for house in houses:
        clocks = Clocks(house, redis)
        tally = await house.talk.at_full_speed(length.seconds)
        house.keep(tally.acknowledged)
        each = {name: seconds / len(tally.acknowledged) for name, seconds in clocks.spent().items()}
        costs[len(house.nodes)] = each["nodes"]
        for name, cost in each.items():
            result.figures.setdefault(f"{house.name}: {name}, CPU-microseconds per message", []).append(cost * 1e6)
    return [costs[many] for many in sorted(costs)]
