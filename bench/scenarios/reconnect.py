"""All connections are lost and everybody reconnects: authentication, subscriptions, missed entries, live. Compared with
bare handshakes on the same server stack.

The visitors' conversations are open and were answered; each visitor comes back lacking two entries. Storing who is
connected again is part of the cost.
"""

import asyncio
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from sqlalchemy import create_engine, text

from bench.load.callers import Caller, allow_files, each_in_turn
from bench.load.visitors import CAPACITY, UNHURRIED, admit, consultants_for
from bench.load.wire import Wire, dial
from bench.references.contestants import SUBPROTOCOL, Bare, Contestant, Product
from bench.report.meter import Spent, cpu_seconds, tree
from bench.report.rows import Length, Result, Row

VISITORS = 5_000
LACKS = 2

RECONNECT = Row("reconnect", "reconnect of 5,000 visitors with resume : bare handshakes", 0.35, 0.60)

QUIET = 0.03
"""As a share of a core: a server that uses less has finished its work."""

CHECK_EVERY = 0.5
QUIET_WITHIN = 120.0


class Handshakes(Bare):
    """Accepts every socket."""

    name = "handshakes"
    module = "bench.references.handshakes"

    def __init__(self) -> None:
        super().__init__()
        self._wires: list[Wire] = []

    async def everybody_comes(self, count: int) -> None:
        await each_in_turn([self._one_comes] * count)

    async def everybody_leaves(self) -> None:
        for wire in self._wires:
            wire.drop()
        self._wires = []
        await until_quiet(self.pid)

    async def _one_comes(self) -> int:
        self._wires.append(await dial(self.port, "/ws/visitor", lambda _: None, SUBPROTOCOL))
        return 0


class House:
    """The product with its visitors."""

    def __init__(self, product: Product, count: int) -> None:
        self._product = product
        product.open_house(consultants_for(count), CAPACITY)
        known = admit(product.server.where, list(product.people.values()), count)
        self.callers = [Caller(product.port, each, len(each.entries) - LACKS) for each in known]
        self.sent_away = 0

    async def everybody_comes(self) -> None:
        """Wait until the last one is served and it is stored that all are connected."""
        self.sent_away += await each_in_turn([caller.come for caller in self.callers])
        await self._until_noted(gone=0)

    async def everybody_leaves(self) -> None:
        for caller in self.callers:
            caller.check()
            caller.leave()
        await self._until_noted(gone=len(self.callers))
        await until_quiet(self._product.server.pid)

    async def _until_noted(self, gone: int) -> None:
        assert isinstance(self._product.server.where, Path)
        engine = create_engine(f"sqlite:///{self._product.server.where}")
        counted = text("SELECT count(*) FROM conversations WHERE visitor_left_at IS NOT NULL")
        end = time.monotonic() + QUIET_WITHIN
        with engine.connect() as connection:
            while connection.scalar(counted) != gone:
                connection.rollback()
                assert time.monotonic() < end, f"it is not stored that {gone} are gone"
                await asyncio.sleep(0.1)
        engine.dispose()


async def until_quiet(pid: int) -> None:
    """Wait until the server is idle."""
    end = time.monotonic() + QUIET_WITHIN
    before = cpu_seconds(tree(pid))
    while True:
        await asyncio.sleep(CHECK_EVERY)
        now = cpu_seconds(tree(pid))
        if now - before <= QUIET * CHECK_EVERY:
            return
        assert time.monotonic() < end, "the server does not become idle"
        before = now


async def run(length: Length) -> list[Result]:
    """The two alternate, and so does who is first."""
    count = length.of(VISITORS)
    allow_files(count)
    with ExitStack() as stack:
        bare, product = stack.enter_context(Handshakes()), stack.enter_context(Product(settings=UNHURRIED))
        house = await asyncio.to_thread(House, product, count)
        await one_turn(bare, house, count)
        await one_turn(product, house, count)
        result = Result(RECONNECT, [])
        for number in length.turns():
            order: Sequence[Bare | Product] = (bare, product) if number % 2 else (product, bare)
            rates = {each.name: await one_turn(each, house, count) for each in order}
            result.values.append(rates[product.name][0] / rates[bare.name][0])
            for each in (bare, product):
                result.figures.setdefault(f"{each.name}, visitors per CPU-second", []).append(rates[each.name][0])
                result.notes.append(f"round {number + 1}: {each.name}: {rates[each.name][1].shown()}")
        result.notes.append(f"{count} visitors; each got the {LACKS} missing entries, once, and nothing else")
        result.notes.append(f"{house.sent_away} refusals with a time to come back")
    return [result]


async def one_turn(contestant: Contestant, house: House, count: int) -> tuple[float, Spent]:
    """Visitors per CPU-second of the server, from the first handshake until all is done; afterwards they disconnect."""
    meter = contestant.meter()
    meter.begin()
    if isinstance(contestant, Handshakes):
        await contestant.everybody_comes(count)
    else:
        await house.everybody_comes()
    spent = meter.end()
    await (contestant if isinstance(contestant, Handshakes) else house).everybody_leaves()
    return count / spent.server, spent
