"""Churn during a load: conversations end and new ones begin, tabs are lost and resume, consultants sign out and in."""

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from bench.load.crowd import Crowd
from bench.load.people import Consultant, Visitor
from tests.e2e.procs import Server

PASSWORD = "a sentence of the bench"
"""The password of everybody who signs in."""
ENDS_EVERY, DROPS_EVERY, SIGNS_OUT_EVERY = 1.0, 1.0, 15.0
"""Mean intervals in seconds."""
AWAY = 2.0
"""Seconds between signing out and signing in again."""
ABROAD = 0.2
"""The share of consultants among the lost tabs."""


class Churn:
    """`counts`: how often each thing happened."""

    def __init__(self, crowd: Crowd) -> None:
        self.counts: Counter[str] = Counter()
        self._crowd = crowd

    async def somebody_ends(self) -> None:
        """A visitor ends their conversation, and a new visitor takes their place."""
        crowd = self._crowd
        number = random.randrange(len(crowd.visitors))
        visitor = crowd.visitors[number]
        if not visitor.served:
            return
        node = random.choice(crowd.deployment.nodes)
        token = await asyncio.to_thread(node.visitor_token)
        newcomer = Visitor(crowd.deployment.ports, crowd.score, token, crowd.deployment.nodes.index(node))
        await visitor.end()
        crowd.visitors[number] = newcomer
        await until_answered(visitor)
        await visitor.leave()
        await newcomer.come()
        await newcomer.open()
        self.counts["conversations ended"] += 1

    async def somebody_is_lost(self) -> None:
        crowd = self._crowd
        random.choice(crowd.consultants if random.random() < ABROAD else crowd.visitors).drop()
        self.counts["tabs lost"] += 1

    async def somebody_signs_out(self) -> None:
        """A consultant signs out and in again; their conversations are assigned to others."""
        crowd = self._crowd
        number = random.randrange(len(crowd.consultants))
        consultant = crowd.consultants[number]
        node = random.choice(crowd.deployment.nodes)
        consultant.answers = False
        await until_answered(consultant)
        await asyncio.to_thread(sign_out, node, consultant.cookie)
        await consultant.leave()
        await asyncio.sleep(AWAY)
        back = Consultant(crowd.deployment.ports, crowd.score, consultant.member, consultant.at)
        back.cookie = await asyncio.to_thread(sign_in, node, consultant.member.login)
        back.answers = True
        crowd.consultants[number] = back
        await back.sit_down()
        self.counts["consultants signed out and in"] += 1


@asynccontextmanager
async def churn(crowd: Crowd) -> AsyncIterator[Churn]:
    """Churn until the end of the `with`; what has begun is finished."""
    life = Churn(crowd)
    over = asyncio.Event()
    going = [
        asyncio.create_task(_now_and_then(what, every, over))
        for what, every in (
            (life.somebody_ends, ENDS_EVERY),
            (life.somebody_is_lost, DROPS_EVERY),
            (life.somebody_signs_out, SIGNS_OUT_EVERY),
        )
    ]
    try:
        yield life
    finally:
        over.set()
        await asyncio.gather(*going)


async def until_answered(tab: Visitor | Consultant) -> None:
    """Wait until all its requests are answered, so that leaving discards nothing."""
    await tab.until(lambda: not tab.unanswered)


def sign_in(node: Server, login: str) -> str:
    """Sign in through the form; returns the new session's token."""
    form = urlencode({"login": login, "password": PASSWORD}).encode()
    answer = node.request("POST", "/sign-in", form, {"Content-Type": "application/x-www-form-urlencoded"})
    assert answer.status == 303, (answer.status, answer.body)
    return SimpleCookie(answer.headers["set-cookie"])["session"].value


def sign_out(node: Server, cookie: str) -> None:
    answer = node.request("POST", "/sign-out", headers={"Cookie": f"session={cookie}"})
    assert answer.status == 303, (answer.status, answer.body)


async def _now_and_then(what: Callable[[], Awaitable[None]], every: float, over: asyncio.Event) -> None:
    while not over.is_set():
        await what()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(random.expovariate(1 / every)):
                await over.wait()
