"""F39: a fully loaded hospital in which connections end all the time. Nobody is forgotten, overtaken, or overloaded."""

import asyncio
import random
import time
from pathlib import Path

import pytest

from tests.e2e.cluster import Care, cluster
from tests.e2e.crowd import PatientConsultant, PatientVisitor
from tests.e2e.hospital import CHILDREN, GYNECOLOGY, PEDIATRICS, WOMEN, Wanted
from tests.e2e.journal import Journal, tell
from tests.e2e.oracle import Oracle, Stored, complain
from tests.e2e.patience import allowed, eventually
from tests.e2e.queueing import Queue, Span
from tests.e2e.reading import Frame
from tests.faults.counts import count, dice, within
from tests.postgres import Postgres
from tests.redis import OwnRedis

pytestmark = [pytest.mark.whole, pytest.mark.alone, pytest.mark.slow]

CONSULTANTS, CAPACITY = 20, 1
FORGOTTEN_MS = 5_000
VISITORS_A_SECOND = 25
DROPS_A_SECOND = 5
THINKS = (0.5, 2.0)
"""Seconds; there is so little capacity for so many visitors that most of them wait."""
FULL_FOR = 1.5
"""Seconds before the first answer."""
SERVED_WITHIN = 120.0
"""Seconds; only a hospital that hangs takes them."""
SETTINGS = {"CHATSERVER_MISSES": "100000", "CHATSERVER_FIRST_REPLY_ALARM_S": "3000", "CHATSERVER_FIRST_REPLY_S": "3600"}
SETTINGS |= {"CHATSERVER_VISITOR_AWAY_S": "3600"}
"""However slow the machine is, nothing is taken from anybody, and nobody who reconnects is passed over."""


class Host(PatientConsultant):
    """Accepts offers, and answers once, after a moment, as soon as the hospital is full."""

    full: asyncio.Event

    async def on_entry(self, entry: Frame) -> None:
        await super().on_entry(entry)
        if entry["kind"] == "message" and entry["author"]["kind"] == "visitor":
            task = asyncio.create_task(self._answer(entry["conversation"]))
            self._later.add(task)
            task.add_done_callback(self._later.discard)

    async def _answer(self, conversation: str) -> None:
        await self.full.wait()
        await asyncio.sleep(random.uniform(*THINKS))
        await self.say(conversation, "good day")


async def visit(visitor: PatientVisitor, department: str, after: float, within: float) -> None:
    """Ask, wait for the answer, end it."""
    await asyncio.sleep(after)
    await visitor.start()
    await visitor.open(department, "hello", within)
    await visitor.until(visitor.received, "answer", within)
    await visitor.answer(await visitor.ask("conversation.close", conversation=visitor.conversation), within)


async def fill(guests: list[PatientVisitor], full: asyncio.Event, within: float) -> None:
    """The hospital is full when half of the visitors have asked, and most of them have waited for a second."""
    await eventually(lambda: sum(bool(guest.conversation) for guest in guests) >= len(guests) // 2, within)
    await asyncio.sleep(FULL_FOR)
    full.set()


async def drop(clients: list[PatientConsultant | PatientVisitor], chance: random.Random) -> None:
    """Drop random connections, again and again."""
    while True:
        await asyncio.sleep(1 / DROPS_A_SECOND)
        chance.choice(clients).drop()


@within(quick=180, full=900)
async def test_f39_in_a_full_hospital_everybody_has_their_turn(
    tmp_path: Path, postgres: Postgres, own_redis: OwnRedis, servers: Care, journal: Journal
) -> None:
    visitors, chance = count("F39", quick=200, full=1_000), dice()
    people = [
        Wanted(f"c{number}", ((WOMEN, CHILDREN)[number % 2],), capacity=CAPACITY) for number in range(CONSULTANTS)
    ]
    with postgres.database() as address:
        async with cluster(tmp_path, address, own_redis.url, people, servers, journal, settings=SETTINGS) as house:
            hosts = [Host(house.port, login, journal, each) for login, each in house.people.items()]
            full, began = asyncio.Event(), time.monotonic()
            for host in hosts:
                host.full = full
                await host.start()
                await host.asked("availability.set", availability="online")
            await house.until_trusted()
            tokens = await asyncio.to_thread(lambda: [house.token() for _ in range(visitors)])
            guests = [PatientVisitor(house.port, f"v{number}", journal, token) for number, token in enumerate(tokens)]
            dropping, served_within = asyncio.create_task(drop([*hosts, *guests], chance)), allowed(SERVED_WITHIN)
            try:
                async with asyncio.TaskGroup() as group:
                    group.create_task(fill(guests, full, served_within))
                    for number, guest in enumerate(guests):
                        department = (GYNECOLOGY, PEDIATRICS)[number % 2]
                        group.create_task(visit(guest, department, number / VISITORS_A_SECOND, served_within))
            finally:
                dropping.cancel()
                await asyncio.gather(*(client.leave() for client in (*hosts, *guests)))
            await house.stop()
        stored = Stored.read(address)
    queue = Queue(
        stored,
        {host.member.id: connected(journal, host.name) for host in hosts},
        {host.member.id: host.member.groups[0] for host in hosts},
        {host.member.id: CAPACITY for host in hosts},
        acknowledged(journal),
    )
    waited = sorted(each.span[1] - each.span[0] for each in queue.waits)
    tell(f"{len(waited)} waits, the longest {waited[-1] / 1000:.1f} s; {len(queue.given)} times given")
    assert sum(each > 1_000 for each in waited) > visitors // 4, "the hospital was not full"
    complain(Oracle(journal, [*hosts, *guests], stored).verdict(complete=False))
    complain(queue.too_many())
    complain(queue.out_of_turn())
    complain(queue.forgotten(allowed(FORGOTTEN_MS / 1000, since=began) * 1000))


def acknowledged(journal: Journal) -> dict[str, float]:
    """By when each conversation's opening had been committed, by the same clock."""
    offset = time.time() - time.monotonic()
    openings = [line for line in journal.of("accepted") if line.told["about"] == "conversation.open"]
    return {line.told["frame"]["conversation"]: (line.at + offset) * 1000 for line in openings}


def connected(journal: Journal, who: str) -> list[Span]:
    """From welcome to close, by this machine's clock, which is also the database's."""
    offset = time.time() - time.monotonic()
    spans: list[Span] = []
    for line in journal.of("welcomed", "closed"):
        at = (line.at + offset) * 1000
        if line.who == who and line.what == "welcomed":
            spans.append((at, float("inf")))
        elif line.who == who and spans:
            spans[-1] = (spans[-1][0], min(at, spans[-1][1]))
    return spans
