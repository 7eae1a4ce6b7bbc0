"""F35, F36, F38: an offer whose receiver is lost goes to somebody else in time; one that many accept has one winner."""

import asyncio
import time
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.e2e.cluster import Care, Cluster, cluster
from tests.e2e.hospital import CHILDREN, PEDIATRICS, Wanted
from tests.e2e.journal import Journal, tell
from tests.e2e.load import drained
from tests.e2e.oracle import Oracle, Stored, complain
from tests.e2e.patience import allowed
from tests.e2e.people import Consultant
from tests.e2e.rawclient import Client
from tests.e2e.reading import Frame
from tests.e2e.tcpproxy import Proxy, proxy_to
from tests.faults.counts import count, within
from tests.postgres import Postgres
from tests.redis import OwnRedis

pytestmark = [pytest.mark.whole, pytest.mark.slow]

OFFERED_ANEW_WITHIN = 2.0
"""Seconds from the end of a connection to the offer to somebody else."""
SILENCE_FOUND_WITHIN = 15.0
SETTINGS = {"CHATSERVER_RING_S": "600", "CHATSERVER_MISSES": "100000", "CHATSERVER_HOPS": "100000"}
SILENT_AT_ONCE = 5
RIVALS = 20


async def rung(house: Cluster, login: str, port: int) -> Consultant:
    """A consultant of the children's group, online, who sees offers and accepts none by themselves."""
    consultant = Consultant(port, login, house.journal, house.people[login])
    consultant.takes_offers = False
    await consultant.start()
    await consultant.asked("availability.set", availability="online")
    return consultant


def offer_to(consultant: Consultant, conversation: str) -> Frame | None:
    """The offer to this consultant, according to their list."""
    offer: Frame | None = consultant.rows.get(conversation, {}).get("offer")
    return offer if offer is not None and offer["mine"] else None


async def accept(consultant: Consultant, conversation: str) -> Frame:
    offer = offer_to(consultant, conversation)
    assert offer is not None
    return await consultant.asked("offer.accept", conversation=conversation, offer=offer["id"])


@within(quick=180, full=900)
async def test_f35_a_ring_whose_receiver_is_lost_rings_elsewhere(
    tmp_path: Path, postgres: Postgres, own_redis: OwnRedis, servers: Care, journal: Journal
) -> None:
    rounds = count("F35", quick=20, full=100)
    people = [Wanted("bo", (CHILDREN,)), Wanted("lan", (CHILDREN,))]
    took: list[float] = []
    clients: list[Client] = []
    with postgres.database() as address:
        async with cluster(tmp_path, address, own_redis.url, people, servers, journal, settings=SETTINGS) as house:
            ports = dict(zip(("bo", "lan"), (node.port for node in house.nodes), strict=True))
            here = {login: await rung(house, login, port) for login, port in ports.items()}
            await house.until_trusted()
            for number in range(rounds):
                ann = await house.visitor(f"ann{number}")
                conversation = await ann.open(PEDIATRICS, "my son coughs")
                login, lost = await rung_consultant(here, conversation)
                other = next(each for name, each in here.items() if name != login)
                lost.comes_back = False
                began = time.monotonic()
                if number % 2:
                    lost.drop()
                else:
                    await lost.leave()
                await until_rung(other, conversation, allowed(OFFERED_ANEW_WITHIN))
                took.append(time.monotonic() - began)
                assert (await accept(other, conversation))["type"] == "accepted"
                await ann.asked("conversation.close", conversation=conversation)
                clients += [ann, lost]
                await ann.leave()
                await lost.leave()
                here[login] = await rung(house, login, ports[login])
            for consultant in here.values():
                await consultant.leave()
            await house.stop()
        complain(Oracle(journal, [*clients, *here.values()], Stored.read(address)).verdict(complete=False))
    tell(f"{rounds} rings, the slowest rang elsewhere after {max(took):.2f} s")


async def rung_consultant(here: dict[str, Consultant], conversation: str) -> tuple[str, Consultant]:
    """The consultant for whom the conversation rings."""
    async with asyncio.timeout(allowed(10)):
        while True:
            for login, consultant in here.items():
                if offer_to(consultant, conversation):
                    return login, consultant
            await asyncio.sleep(0.01)


async def until_rung(consultant: Consultant, conversation: str, within: float, before: Iterable[str] = ()) -> str:
    """Wait for an offer that is none of `before`, which a list that is behind may still show; returns its id."""

    def offered() -> bool:
        offer = offer_to(consultant, conversation)
        return offer is not None and offer["id"] not in before

    await consultant.until(offered, f"ring of {conversation}", within)
    return str(consultant.rows[conversation]["offer"]["id"])


@within(quick=120, full=900)
async def test_f36_a_ring_whose_receiver_fell_silent_rings_elsewhere(
    tmp_path: Path, postgres: Postgres, own_redis: OwnRedis, servers: Care, journal: Journal
) -> None:
    rounds = count("F36", quick=5, full=50) // SILENT_AT_ONCE
    names = [f"{name}{number}" for name in ("bo", "lan") for number in range(SILENT_AT_ONCE)]
    people = [Wanted(login, (CHILDREN,), capacity=1) for login in names]
    clients: list[Client] = []
    with postgres.database() as address:
        async with proxy_to("") as proxy:
            own = [{"CHATSERVER_EXTRA_HOSTS": f"127.0.0.1:{proxy.port}"}, {}]
            async with cluster(
                tmp_path, address, own_redis.url, people, servers, journal, settings=SETTINGS, own=own
            ) as house:
                proxy.target = ("127.0.0.1", house.nodes[0].port)
                for number in range(rounds):
                    clients += await fall_silent(house, proxy, names, number)
                await house.stop()
        complain(Oracle(journal, clients, Stored.read(address)).verdict(complete=False))


async def fall_silent(house: Cluster, proxy: Proxy, names: list[str], number: int) -> list[Client]:
    """A ring at each consultant of the first node; then no byte passes to or from them any more."""
    silent = {login: await rung(house, login, proxy.port) for login in names[:SILENT_AT_ONCE]}
    visitors = [await house.visitor(f"ann{number}-{each}", house.nodes[1].port) for each in range(SILENT_AT_ONCE)]
    for visitor in visitors:
        await rung_consultant(silent, await visitor.open(PEDIATRICS, "my son coughs"))
    others = {login: await rung(house, login, house.nodes[1].port) for login in names[SILENT_AT_ONCE:]}
    looks = next(iter(others.values()))

    def all_gone() -> bool:
        return not any(looks.colleagues[each.member.id]["present"] for each in silent.values())

    await house.until_trusted()
    for each in silent.values():
        each.comes_back = False
    began = time.monotonic()
    await proxy.blackhole()
    await looks.until(all_gone, "news of the silence", allowed(SILENCE_FOUND_WITHIN))
    gone = time.monotonic()
    for visitor in visitors:
        await rung_consultant(others, visitor.conversation)
    again = time.monotonic()
    tell(f"found after {gone - began:.1f} s, all rang elsewhere {again - gone:.1f} s later")
    assert again - gone <= allowed(OFFERED_ANEW_WITHIN)
    await proxy.fair()
    for visitor in visitors:
        await visitor.asked("conversation.close", conversation=visitor.conversation)
    clients = [*visitors, *silent.values(), *others.values()]
    for client in clients:
        await client.leave()
    return clients


@within(quick=180, full=900)
async def test_f38_an_offer_that_many_accept_at_once_has_one_winner(
    tmp_path: Path, postgres: Postgres, own_redis: OwnRedis, servers: Care, journal: Journal
) -> None:
    rounds = count("F38", quick=50, full=500)
    people = [Wanted(f"c{number}", (CHILDREN,)) for number in range(RIVALS)]
    with postgres.database() as address:
        async with cluster(tmp_path, address, own_redis.url, people, servers, journal, settings=SETTINGS) as house:
            ports = [node.port for node in house.nodes]
            rivals = {login: await rung(house, login, ports[number % 2]) for number, login in enumerate(house.people)}
            ann = await house.visitor("ann")
            conversation = await ann.open(PEDIATRICS, "my son coughs")
            _, owner = await rung_consultant(rivals, conversation)
            assert (await accept(owner, conversation))["type"] == "accepted"
            before: set[str] = set()
            for _ in range(rounds):
                owner = await contest(owner, list(rivals.values()), conversation, before)
            clients: list[Client] = [ann, *rivals.values()]
            await drained([ann, owner], address)
            for client in clients:
                await client.leave()
            await house.stop()
        stored = Stored.read(address)
    complain(Oracle(journal, clients, stored).verdict(complete=False))
    assert [row["event"] for row in stored.entries[conversation]].count("transferred") == rounds


async def contest(owner: Consultant, rivals: list[Consultant], conversation: str, before: set[str]) -> Consultant:
    """The owner offers it to the whole group, and all the others accept at the same moment; returns who has it then.

    `before`: the ids of earlier offers; this one is added.
    """
    await owner.until_owned(conversation)
    fence = owner.fence(conversation)
    answer = await owner.asked("transfer.offer", conversation=conversation, fence=fence, note="anybody", group=CHILDREN)
    assert answer["type"] == "accepted", answer
    others = [each for each in rivals if each is not owner]
    [offer] = {await until_rung(each, conversation, allowed(10), before) for each in others}
    before.add(offer)
    answers = await asyncio.gather(
        *(each.asked("offer.accept", conversation=conversation, offer=offer) for each in others)
    )
    [winner] = [each for each, told in zip(others, answers, strict=True) if told["type"] == "accepted"]
    lost = [told for told in answers if told["type"] == "refused"]
    assert len(lost) == len(others) - 1
    assert {told["code"] for told in lost} <= {"offer_gone"}
    return winner
