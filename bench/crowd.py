"""All who take part in a load, and at what pace they talk."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from bench.folk import Consultant, Visitor
from bench.house import House
from bench.score import Score
from bench.tab import Tab

AT_ONCE = 50
"""Who come in at the same time; the machine is theirs too."""
QUIET_WITHIN = 60.0
TICK = 0.005


class Crowd:
    """Visitors with a conversation each, and who answers them. `at`: the node at which all begin; else they spread."""

    def __init__(self, house: House, score: Score, at: int | None = None) -> None:
        self.house = house
        self.score = score
        ports = house.ports
        members = enumerate(house.people.values())
        self.consultants = [Consultant(ports, score, each, number if at is None else at) for number, each in members]
        tokens = enumerate(house.tokens)
        self.visitors = [Visitor(ports, score, each, number if at is None else at) for number, each in tokens]

    @property
    def tabs(self) -> Sequence[Tab]:
        return [*self.consultants, *self.visitors]

    async def enter(self) -> None:
        """Consultants first, then visitors, each of whom opens a conversation and is served."""
        await in_turn([each.sit_down for each in self.consultants])
        await in_turn([each.come for each in self.visitors])
        await in_turn([each.open for each in self.visitors])

    async def at_full_speed(self, seconds: float) -> float:
        """Everybody talks as fast as the other answers; messages a second."""
        self._answer(True)
        self.score.fresh()
        began = len(self.score.acknowledged)
        for visitor in self.visitors:
            visitor.asks_on = True
            visitor.ask_something()
        await asyncio.sleep(seconds)
        rate = (len(self.score.acknowledged) - began) / seconds
        for visitor in self.visitors:
            visitor.asks_on = False
        await self.quiet()
        return rate

    async def talk(self, per_second: float, seconds: float) -> None:
        """So many messages a second, half of them questions of visitors, and an answer to each. Whoever has too much
        unanswered says nothing; that is counted."""
        self._answer(True)
        began, asked = time.monotonic(), 0
        while (passed := time.monotonic() - began) < seconds:
            while asked < passed * per_second / 2:
                asked += 1
                visitor = self.visitors[asked % len(self.visitors)]
                if visitor.served and visitor.has_room:
                    visitor.ask_something()
                else:
                    self.score.held_back += 1
            await asyncio.sleep(TICK)

    async def quiet(self, within: float = QUIET_WITHIN) -> None:
        """Until everything is answered, and nothing more is on its way."""
        end = time.monotonic() + within
        while waits := sum(len(tab.unanswered) for tab in self.tabs):
            assert time.monotonic() < end, f"{waits} are not answered within {within} s"
            await asyncio.sleep(0.02)
        self._answer(False)

    def _answer(self, yes: bool) -> None:
        for consultant in self.consultants:
            consultant.answers = yes


@asynccontextmanager
async def crowd(house: House, score: Score, at: int | None = None, people: Crowd | None = None) -> AsyncIterator[Crowd]:
    """Everybody in, and out again at the end. `people`: who they are, if they were made before."""
    gathered = people or Crowd(house, score, at)
    try:
        await gathered.enter()
        yield gathered
    finally:
        await asyncio.gather(*(tab.leave() for tab in gathered.tabs))


async def in_turn(each: Sequence[Any], at_once: int = AT_ONCE) -> None:
    """All of these, so many at a time."""
    door = asyncio.Semaphore(at_once)

    async def one(call: Any) -> None:
        async with door:
            await call()

    await asyncio.gather(*(one(call) for call in each))
