"""F27: the subscription is silently lost again and again; messages whose doorbells rang meanwhile still arrive.

With its controls: without the re-read after a new subscription, and without the regular one every few seconds, a
message whose doorbell was lost reaches nobody.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.cluster import Care, Cluster, cluster
from tests.e2e.hospital import GYNECOLOGY, Wanted
from tests.e2e.journal import Journal, tell
from tests.e2e.load import drained
from tests.e2e.oracle import Oracle, complain
from tests.e2e.patience import allowed
from tests.e2e.people import Consultant, Visitor
from tests.faults.counts import count, dice, within
from tests.postgres import Postgres
from tests.redis import OwnRedis, asking

pytestmark = [pytest.mark.whole, pytest.mark.slow]

VISITORS = 10
DELIVERED_WITHIN = 5.0
"""Seconds for a message whose doorbell was lost with the subscription."""
LOOKED_WITHIN = 7.0
"""Seconds for a message whose doorbell was never rung: the check every five, and the reading."""
BELLS_COME_WITHIN = 0.3
"""Something is said within so many seconds after the loss of a subscription: before a new one, or just after."""
PRODUCT = ("chatserver",)
CONTROL_ROUNDS = 20
"""At most: the first message that is lost ends it."""


def broken(fault: str) -> tuple[str, ...]:
    return ("tests.e2e.broken", fault)


@dataclass
class Talk:
    """Visitors at one node, and the consultant of all of them at the other: only doorbells connect them."""

    visitors: list[Visitor]
    mei: Consultant
    said: int = 0

    async def words(self, within: float) -> float:
        """One message from each, then silence, so that no later doorbell makes up for a lost one. Returns how long the
        last took."""
        self.said += 1
        began = time.monotonic()
        for visitor in self.visitors:
            await visitor.say(f"{visitor.name} says {self.said}")
        for visitor in self.visitors:
            left = began + within - time.monotonic()
            await self.mei.until_received(visitor.conversation, f"{visitor.name} says {self.said}", left)
        return time.monotonic() - began


@asynccontextmanager
async def talk(
    folder: Path, postgres: Postgres, bus: str, care: Care, journal: Journal, module: tuple[str, ...] = PRODUCT
) -> AsyncIterator[Talk]:
    people = [Wanted("mei", capacity=20)]
    with postgres.database() as address:
        async with cluster(folder, address, bus, people, care, journal, modules=[module] * 2) as house:
            made = await sat_down(house)
            clients = [*made.visitors, made.mei]
            try:
                for visitor in made.visitors:
                    await visitor.open(GYNECOLOGY, "hello")
                for visitor in made.visitors:
                    await made.mei.until_owned(visitor.conversation)
                yield made
                complain(Oracle(journal, clients, await drained(clients, address)).verdict())
            finally:
                await asyncio.gather(*(client.leave() for client in clients))
            await house.stop()


async def sat_down(house: Cluster) -> Talk:
    one, other = (node.port for node in house.nodes)
    mei = await house.consultant("mei", other)
    return Talk([await house.visitor(f"v{number}", one) for number in range(VISITORS)], mei)


async def lose_subscriptions(talk: Talk, bus: str, rounds: int, between: Callable[[], float]) -> list[float]:
    """Each time, everybody says something at that moment."""
    took = []
    for _ in range(rounds):
        with asking(bus) as client:
            client.client_kill_filter(_type="pubsub", skipme=True)
        await asyncio.sleep(between())
        took.append(await talk.words(allowed(DELIVERED_WITHIN)))
    return took


@within(quick=180, full=1_800)
async def test_f27_a_message_whose_doorbell_rang_without_a_subscription_arrives(
    tmp_path: Path, postgres: Postgres, own_redis: OwnRedis, servers: Care, journal: Journal
) -> None:
    rounds, moments = count("F27", quick=20, full=200), dice()
    async with talk(tmp_path, postgres, own_redis.url, servers, journal) as talking:
        took = await lose_subscriptions(talking, own_redis.url, rounds, lambda: moments.uniform(0, BELLS_COME_WITHIN))
    tell(f"{rounds * VISITORS} words, the slowest took {max(took):.2f} s")


async def test_f27_changes_without_a_doorbell_are_found_by_the_regular_check(
    tmp_path: Path, postgres: Postgres, own_redis: OwnRedis, servers: Care, journal: Journal
) -> None:
    async with talk(tmp_path, postgres, own_redis.url, servers, journal, broken("lose_bells")) as talking:
        for _ in range(2):
            tell(f"found after {await talking.words(allowed(LOOKED_WITHIN)):.1f} s")


async def test_f27_control_without_the_check_after_a_new_subscription(
    tmp_path: Path, postgres: Postgres, own_redis: OwnRedis, servers: Care, journal: Journal
) -> None:
    with pytest.raises(AssertionError, match="no hearing"):
        async with talk(
            tmp_path, postgres, own_redis.url, servers, journal, broken("resubscribe_without_checking")
        ) as talking:
            await lose_subscriptions(talking, own_redis.url, CONTROL_ROUNDS, lambda: 0.0)


async def test_f27_control_delivery_by_doorbells_alone(
    tmp_path: Path, postgres: Postgres, own_redis: OwnRedis, servers: Care, journal: Journal
) -> None:
    with pytest.raises(AssertionError, match=r"no owning|no hearing"):
        async with talk(tmp_path, postgres, own_redis.url, servers, journal, broken("rest_on_bells")) as talking:
            await talking.words(allowed(LOOKED_WITHIN))
