"""The cost of having a visitor and their consultant on different nodes, compared with both on one.

Both setups use the same PostgreSQL and the same Redis. In one, a single node serves everybody; in the other, all
consultants are at the first node and all visitors at the second, so that every message crosses the bus. The nodes' CPU
time counts; Redis's and PostgreSQL's is reported separately.

At full speed (the row) two nodes also have smaller batches in their transactions than one busy node. At a steady pace,
where batches are small anyway, only the cost of crossing remains: it is reported beside the row.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

import psutil

from bench.load.talk import Talk, Tally
from bench.references.contestants import Product
from bench.report.meter import cpu_seconds, tree
from bench.report.rows import Length, Result, Row
from tests.e2e.procs import Server
from tests.ownpostgres import OwnPostgres
from tests.redis import OwnRedis, asking, running

PAIRS = 100
STEADY = 200.0
"""Questions per second, all unanswered."""
STEADILY = f", at {STEADY:.0f} questions a second"

NODES = Row("nodes", "CPU-seconds per message at two nodes : at one", 2.0, 1.6, less_is_better=True)


class Apart(Product):
    """`many` nodes: consultants connect to the first, visitors to the last."""

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
        """The processes of all nodes."""
        return [each for node in self.nodes for each in tree(node.pid)]


class Clocks:
    """CPU-seconds of all processes, by name, since the instance was created."""

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
    """The two setups alternate, and so does who is first."""
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
        for number in length.turns():
            order = houses if number % 2 else houses[::-1]
            result.values.append(
                await _compared(order, pid, result, "", lambda talk: talk.at_full_speed(length.seconds))
            )
            ratio = await _compared(order, pid, result, STEADILY, lambda talk: talk.at(STEADY, length.seconds))
            result.figures.setdefault(f"{NODES.what}{STEADILY}", []).append(ratio)
        for house in houses:
            wrong = await asyncio.to_thread(house.lost)
            assert not wrong, f"{house.name}: {wrong}"
            note = f"{house.name}: {len(house.acknowledged)} acknowledged messages, each once in the store"
            result.notes.append(note)
    return [result]


async def _compared(
    houses: Sequence[Apart], redis: int, result: Result, how: str, load: Callable[[Talk], Awaitable[Tally]]
) -> float:
    """The nodes' CPU-seconds per message, as the ratio of the most nodes to one."""
    costs = {}
    for house in houses:
        clocks, began = Clocks(house, redis), time.monotonic()
        tally = await load(house.talk)
        took = time.monotonic() - began
        house.keep(tally.acknowledged)
        spent = clocks.spent()
        for name, seconds in spent.items():
            figure = f"{house.name}{how}: {name}, CPU-microseconds per message"
            result.figures.setdefault(figure, []).append(seconds / len(tally.acknowledged) * 1e6)
        shares = ", ".join(f"{name} {seconds / took:.0%}" for name, seconds in spent.items())
        result.notes.append(f"{house.name}{how}: {shares} of a core, {len(tally.acknowledged)} messages")
        costs[len(house.nodes)] = spent["nodes"] / len(tally.acknowledged)
    return costs[max(costs)] / costs[1]
