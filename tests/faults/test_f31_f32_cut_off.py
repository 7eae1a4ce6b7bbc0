"""F31, F32: one node is cut off from the database, or has a wrong clock; the others must not be affected."""

import asyncio
import signal
import time
from pathlib import Path

import pytest

from tests.e2e.cluster import Care, Cluster, cluster
from tests.e2e.crowd import CAPACITY, crowd
from tests.e2e.hospital import CHILDREN, GYNECOLOGY, PEDIATRICS, Wanted
from tests.e2e.journal import Journal, tell
from tests.e2e.load import drained
from tests.e2e.oracle import Oracle, Stored, complain
from tests.e2e.patience import PACE, allowed
from tests.e2e.people import Consultant, Visitor
from tests.e2e.procs import Server
from tests.e2e.rawclient import Client
from tests.faults.counts import FULL, count, within
from tests.faults.places import behind_proxy
from tests.postgres import Postgres
from tests.redis import OwnRedis

pytestmark = [pytest.mark.whole, pytest.mark.slow]

NOT_READY_WITHIN = 6.0
"""Seconds: five without an answer, and the check that notices."""
ELSEWHERE_WITHIN = 20.0
CUT_OFF = 60.0 if FULL else 25.0
DRAIN_S = 5
AHEAD = 3_600
LIFE = 1_800
"""Seconds of a visitor's token: less than the clock's error."""
NOTHING_FOR = 12.0
"""Seconds in which a wrong clock would have ended all it could; the node has checked its clock again by then."""


@within(quick=180, full=300)
async def test_f31_a_node_cut_off_from_the_database_sends_its_people_to_others(
    tmp_path: Path, postgres: Postgres, own_redis: OwnRedis, servers: Care, journal: Journal
) -> None:
    visitors = count("F31", quick=40, full=300)
    people = [Wanted(f"c{number}", capacity=CAPACITY) for number in range(-(-visitors // CAPACITY) + 1)]
    settings = {"CHATSERVER_DRAIN_S": str(DRAIN_S)}
    with postgres.database() as address:
        async with (
            behind_proxy(address) as (proxy, through),
            cluster(
                tmp_path, address, own_redis.url, people, servers, journal, settings=settings, own=[through, {}]
            ) as house,
            crowd(house, visitors) as people_here,
        ):
            cut, whole = house.nodes
            chatting = asyncio.create_task(people_here.chat(20))
            await asyncio.sleep(2)
            began = time.monotonic()
            await proxy.blackhole()
            await until_not_ready(cut, began + allowed(NOT_READY_WITHIN))
            tell(f"not ready after {time.monotonic() - began:.1f} s")
            there = {line.who for line in journal.of("opened")}
            await until_elsewhere(house, people_here.clients, began)
            tell(f"all {len(there)} are elsewhere after {time.monotonic() - began:.1f} s")
            assert (await asyncio.to_thread(cut.get, "/live")).status == 200
            assert (await asyncio.to_thread(whole.get, "/ready")).status == 200
            await asyncio.sleep(max(0.0, began + CUT_OFF - time.monotonic()))
            await proxy.fair()
            await asyncio.to_thread(cut.wait_ready)
            chatting.cancel()
            await drained(people_here.clients, address)
            stored = Stored.read(address)
            complain(Oracle(journal, people_here.clients, stored).verdict())
            assert "returned_to_queue" not in {row["event"] for row in stored}


async def until_not_ready(node: Server, end: float) -> None:
    while (await asyncio.to_thread(node.get, "/ready")).status == 200:
        assert time.monotonic() < end, "still ready"
        await asyncio.sleep(0.05)


async def until_elsewhere(house: Cluster, clients: object, began: float) -> None:
    """Wait until no link leads to the first node, and everybody is connected."""
    first = house.nodes[0].port
    assert isinstance(clients, list)
    while True:
        left = house.balancer.links_to(first)
        away = [client.name for client in clients if client.welcome is None]
        if not left and not away:
            return
        assert time.monotonic() < began + ELSEWHERE_WITHIN * PACE.factor, f"{left} links left, {len(away)} away"
        await asyncio.sleep(0.05)


@within(quick=180, full=300)
async def test_f32_a_node_with_a_wrong_clock_behaves_like_the_others(
    tmp_path: Path, postgres: Postgres, own_redis: OwnRedis, servers: Care, journal: Journal
) -> None:
    jumps = count("F32", quick=2, full=10)
    people = [Wanted("mei"), Wanted("bo", (CHILDREN,)), Wanted("lan", (CHILDREN,))]
    settings = {"CHATSERVER_VISITOR_LIFE_DESKTOP_S": str(LIFE), "CHATSERVER_RING_S": "600"}
    modules = [("tests.e2e.wrongclock", str(AHEAD)), ("chatserver",)]
    with postgres.database() as address:
        async with cluster(
            tmp_path, address, own_redis.url, people, servers, journal, settings=settings, modules=modules
        ) as house:
            wrong, right = house.nodes
            assert "clock_differs" in wrong.said()
            clients, ringing = await at_both(house, wrong, right)
            for number in range(jumps):
                wrong.send(signal.SIGUSR2 if number % 2 else signal.SIGUSR1)
                await say_in_turn(clients, number)
            await asyncio.sleep(NOTHING_FOR)
            assert all(client.connections == 1 for client in clients), "somebody's session has ended"
            assert [row["event"] for row in Stored.read(address).entries[ringing]] == [
                "opened",
                "message_posted",
                "rung",
            ]
            await say_in_turn(clients, jumps)
            again = Visitor(wrong.port, "again", journal, await asyncio.to_thread(right.visitor_token))
            await again.start()
            late = Visitor(right.port, "late", journal, await asyncio.to_thread(wrong.visitor_token))
            await late.start()
            stored = await drained([each for each in clients if ringing not in each.held], address)
            for client in (*clients, again, late):
                await client.leave()
            await house.stop()
        complain(Oracle(journal, clients, stored).verdict(complete=False))
    assert wrong.said().count("clock_differs") >= 2
    assert "clock_differs" not in right.said()


async def at_both(house: Cluster, wrong: Server, right: Server) -> tuple[list[Client], str]:
    """A visitor and a consultant at each node, and a ring that nobody answers."""
    mei = await house.consultant("mei", wrong.port)
    ann = await house.visitor("ann", right.port)
    amy = await house.visitor("amy", wrong.port)
    for visitor in (ann, amy):
        await visitor.open(GYNECOLOGY, "hello")
        await mei.until_owned(visitor.conversation)
    bo = Consultant(right.port, "bo", house.journal, house.people["bo"])
    bo.takes_offers = False
    await bo.start()
    await bo.asked("availability.set", availability="online")
    eve = await house.visitor("eve", wrong.port)
    ringing = await eve.open(PEDIATRICS, "my son coughs")
    await bo.until_offered(ringing)
    return [mei, ann, amy, bo, eve], ringing


async def say_in_turn(clients: list[Client], number: int) -> None:
    """A message at each node, and one back."""
    mei, ann, amy = clients[:3]
    assert isinstance(mei, Consultant)
    for visitor in (ann, amy):
        assert isinstance(visitor, Visitor)
        await visitor.say(f"{visitor.name} says {number}")
        await mei.until_received(visitor.conversation, f"{visitor.name} says {number}")
        await mei.say(visitor.conversation, f"mei says {number}")
        await visitor.until_received(f"mei says {number}")
