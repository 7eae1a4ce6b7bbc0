"""All participants of a load, and the pace at which they talk."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from bench.load.deployment import Deployment
from bench.load.people import Consultant, Visitor
from bench.load.score import Score
from bench.load.tab import Tab

AT_ONCE = 50
"""How many connect at the same time; the load shares the machine with the server."""
QUIET_WITHIN = 60.0
TICK = 0.005


class Crowd:
    """Visitors with a conversation each, and the consultants who answer. `at`: the node they all begin at; by default
    they are spread over the nodes."""

    def __init__(self, deployment: Deployment, score: Score, at: int | None = None) -> None:
        self.deployment = deployment
        self.score = score
        ports = deployment.ports
        members = enumerate(deployment.people.values())
        self.consultants = [Consultant(ports, score, each, number if at is None else at) for number, each in members]
        tokens = enumerate(deployment.tokens)
        self.visitors = [Visitor(ports, score, each, number if at is None else at) for number, each in tokens]

    @property
    def tabs(self) -> Sequence[Tab]:
        return [*self.consultants, *self.visitors]

    async def enter(self) -> None:
        """Connect the consultants, then the visitors, each of whom opens a conversation and waits until it is
        assigned."""
        await in_turn([each.sit_down for each in self.consultants])
        await in_turn([each.come for each in self.visitors])
        await in_turn([each.open for each in self.visitors])

    async def at_full_speed(self, seconds: float) -> float:
        """Everybody talks as fast as the other side answers; returns messages per second."""
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
        """Send so many messages per second: half are visitors' questions, half the answers. People with too many
        unanswered messages say nothing; that is counted."""
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
        """Wait until everything is answered and nothing is in transit."""
        end = time.monotonic() + within
        while waits := sum(len(tab.unanswered) for tab in self.tabs):
            assert time.monotonic() < end, f"{waits} are not answered within {within} s"
            await asyncio.sleep(0.02)
        self._answer(False)

    def _answer(self, yes: bool) -> None:
        for consultant in self.consultants:
            consultant.answers = yes


@asynccontextmanager
async def crowd(
    deployment: Deployment, score: Score, at: int | None = None, people: Crowd | None = None
) -> AsyncIterator[Crowd]:
    """Connect everybody, and disconnect them at the end. `people`: a crowd made before."""
    gathered = people or Crowd(deployment, score, at)
    try:
        await gathered.enter()
        yield gathered
    finally:
        await asyncio.gather(*(tab.leave() for tab in gathered.tabs))


async def in_turn(each: Sequence[Any], at_once: int = AT_ONCE) -> None:
    """Make all the calls, so many at a time."""
    door = asyncio.Semaphore(at_once)

    async def one(call: Any) -> None:
        async with door:
            await call()

    await asyncio.gather(*(one(call) for call in each))
