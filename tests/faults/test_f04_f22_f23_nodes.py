"""F04, F22, F23: one of several nodes is killed, also with a crowd on it; or it freezes and continues."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.e2e.cluster import Care, Cluster, cluster
from tests.e2e.crowd import CAPACITY, absences, crowd, share
from tests.e2e.havoc import CONSULTANTS, MOMENT, SETTINGS, Town, has_talked, town
from tests.e2e.hospital import CHILDREN, GYNECOLOGY, Wanted
from tests.e2e.journal import Journal, tell
from tests.e2e.load import drained, lag
from tests.e2e.oracle import Oracle, Stored, complain
from tests.e2e.patience import allowed
from tests.e2e.people import Consultant, Visitor
from tests.e2e.procs import Server
from tests.faults.counts import FULL, count, dice, within
from tests.postgres import Postgres
from tests.redis import OwnRedis

pytestmark = [pytest.mark.whole, pytest.mark.alone, pytest.mark.slow]

MOST_BACK_WITHIN, ALL_BACK_WITHIN = 5.0, 15.0
MESSAGES_A_SECOND = 100 if FULL else 60
GRACE_S = 16
"""Shorter than a minute, so that the test sees its end; longer than anybody may take to come back."""
SETTLED_AFTER = 28.0
"""Seconds after a kill by which every grace period that began has ended."""
RIGHT_WITHIN = 2.0
"""Seconds after SIGCONT by which nobody at that node sees an outdated state."""
STILL = 60.0 if FULL else 10.0


@within(quick=240, full=3_600)
async def test_f04_kill_9_of_one_node_of_two_loses_and_doubles_nothing(
    tmp_path: Path, postgres: Postgres, own_redis: OwnRedis, servers: Care, journal: Journal
) -> None:
    rounds = count("F04", quick=6, full=200)
    with postgres.database() as address:
        async with cluster(tmp_path, address, own_redis.url, CONSULTANTS, servers, journal, settings=SETTINGS) as house:
            async with town(house.nodes[0], journal, house.people, dice(), doors=[house.port]) as talking:
                complain([each async for each in kill_one_after_the_other(talking, house, rounds)])
                await talking.hush()
                # After hundreds of kills a conversation has thousands of entries and is read from its beginning.
                await drained(talking.clients, address, within=30 + rounds)
            await house.stop()
        complain(Oracle(journal, talking.clients, Stored.read(address)).verdict())
    assert sum(node.starts for node in house.nodes) == rounds + 2


async def kill_one_after_the_other(talking: Town, house: Cluster, rounds: int) -> AsyncIterator[str]:
    """Kill any node at random moments; check at once that everything acknowledged is stored."""
    for number in range(1, rounds + 1):
        await has_talked(talking, number - 1)
        await asyncio.sleep(talking.dice.uniform(*MOMENT))
        node = talking.dice.choice(house.nodes)
        node.kill()
        left = Oracle(house.journal, [], Stored.read(house.where))
        for finding in [*left.acked_is_stored(), *left.gapless()]:
            yield f"after kill {number}: {finding}"
        await asyncio.to_thread(node.start)
    await has_talked(talking, rounds)


@within(quick=240, full=900)
async def test_f22_people_of_a_killed_node_are_served_at_another_and_keep_what_is_theirs(
    tmp_path: Path, postgres: Postgres, own_redis: OwnRedis, servers: Care, journal: Journal
) -> None:
    visitors = count("F22", quick=300, full=2_000)
    people = [Wanted(f"c{number}", capacity=CAPACITY) for number in range(-(-visitors // CAPACITY) + 1)]
    settings = {"CHATSERVER_GRACE_S": str(GRACE_S)}
    with postgres.database() as address:
        async with cluster(tmp_path, address, own_redis.url, people, servers, journal, settings=settings) as house:
            async with crowd(house, visitors) as people_here:
                chatting = asyncio.create_task(people_here.chat(MESSAGES_A_SECOND))
                await asyncio.sleep(2)
                owners = {id: row["owner_id"] for id, row in Stored.read(address).conversations.items()}
                there = house.balancer.links_to(house.nodes[0].port)
                killed_at = time.monotonic()
                house.nodes[0].kill()
                await asyncio.sleep(allowed(ALL_BACK_WITHIN))
                await people_here.all_welcome(within=0.1)
                lasted = absences(journal, killed_at)
                tell(
                    f"{len(lasted)} were away, 95 % for {share(lasted, 0.95):.1f} s, all for {lasted[-1]:.1f} s at most"
                )
                await asyncio.sleep(killed_at + SETTLED_AFTER - time.monotonic())
                chatting.cancel()
                await drained(people_here.clients, address)
            await house.stop()
        stored = Stored.read(address)
    assert len(lasted) >= there > visitors // 10
    assert share(lasted, 0.95) <= allowed(MOST_BACK_WITHIN)
    assert lasted[-1] <= allowed(ALL_BACK_WITHIN)
    assert {id: row["owner_id"] for id, row in stored.conversations.items()} == owners
    complain(Oracle(journal, people_here.clients, stored).verdict())


@within(quick=180, full=900)
async def test_f23_a_node_that_froze_does_not_act_on_outdated_state(
    tmp_path: Path, postgres: Postgres, own_redis: OwnRedis, servers: Care, journal: Journal
) -> None:
    rounds = count("F23", quick=1, full=5)
    people = [Wanted("mei"), Wanted("jun", capacity=20)]
    settings = {"CHATSERVER_GRACE_S": "1"}
    with postgres.database() as address:
        async with cluster(tmp_path, address, own_redis.url, people, servers, journal, settings=settings) as house:
            zombie, other = house.nodes
            clients: list[Consultant | Visitor] = []
            for number in range(rounds):
                clients += await stand_still(house, zombie, other, number)
            for client in clients:
                await client.leave()
            await house.stop()
        complain(Oracle(journal, clients, Stored.read(address)).verdict(complete=False))
    assert zombie.said().count("stood_still") == rounds


async def stand_still(house: Cluster, zombie: Server, other: Server, number: int) -> list[Consultant | Visitor]:
    """Mei and two visitors are at a node that freezes; Mei's conversations go to Jun at the other."""
    mei = await house.consultant("mei", zombie.port)
    ann = await house.visitor(f"ann{number}", zombie.port)
    await ann.open(GYNECOLOGY, "hello")
    await mei.until_owned(ann.conversation)
    await mei.asked("availability.set", availability="busy")
    jun = await house.consultant("jun", other.port)
    bob = await house.visitor(f"bob{number}", zombie.port)
    await bob.open(GYNECOLOGY, "good day")
    await jun.until_owned(bob.conversation)
    fence = mei.fence(ann.conversation)
    for client in (mei, ann, bob):
        client.comes_back = False

    began = time.monotonic()
    zombie.send(signal.SIGSTOP)
    refs = [
        await mei.ask("message.post", conversation=ann.conversation, body="as I said", fence=fence),
        await mei.ask("conversation.close", conversation=ann.conversation, fence=fence, outcome="answered"),
        await mei.ask("transfer.offer", conversation=ann.conversation, fence=fence, note="take it", group=CHILDREN),
        await mei.ask("note.post", conversation=ann.conversation, body="a note"),
    ]
    await jun.until_owned(ann.conversation, within=STILL + 20)
    await jun.say(ann.conversation, "I have taken over")
    await jun.say(bob.conversation, "are you there")
    await asyncio.sleep(began + STILL - time.monotonic())
    zombie.send(signal.SIGCONT)
    await asyncio.sleep(allowed(RIGHT_WITHIN))

    stored = Stored.read(house.where)
    complain(f"after {RIGHT_WITHIN} s: {late}" for each in (ann, bob) if (late := is_wrong(each, stored)))
    answers = [mei.answers[ref][-1] for ref in refs if ref in mei.answers]
    tell(f"stale commands: {[each.get('code', each['type']) for each in answers]}, closed {mei.close_code}")
    assert {each["type"] for each in answers} <= {"refused"}
    assert len(answers) == len(refs) or mei.close_code is not None
    bodies = [row["body"] for row in stored.entries[ann.conversation]]
    assert not {"as I said", "a note"} & set(bodies)
    assert (stored.conversations[ann.conversation]["owner_id"], mei.owned()) == (jun.member.id, [])
    await mei.leave()
    await jun.asked("availability.set", availability="busy")
    await jun.leave()
    return [mei, jun, ann, bob]


def is_wrong(visitor: Visitor, stored: Stored) -> str:
    """Whether somebody who is still connected lacks anything."""
    return "" if visitor.close_code is not None else lag(visitor, stored)
