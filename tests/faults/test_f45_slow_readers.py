"""F45: clients that follow busy conversations and never read. Nobody waits for them, and they are disconnected.

Some follow one conversation as tabs of its visitor and send nothing either: they end like clients that are gone. The
others are supervisors' tabs that follow everything and send heartbeats: they end because their outbox is full.
"""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from chatserver.domain.hospital import Role
from tests.e2e.hospital import GYNECOLOGY, Member, Wanted, found
from tests.e2e.journal import Journal, tell
from tests.e2e.load import drained
from tests.e2e.oracle import Oracle, Stored, complain
from tests.e2e.patience import allowed
from tests.e2e.people import Consultant, Visitor
from tests.e2e.procs import WIDE, Server
from tests.e2e.sleepers import Sleeper, hello
from tests.faults.counts import count, within
from tests.ports import free_port

pytestmark = [pytest.mark.whole, pytest.mark.alone, pytest.mark.slow]

GONE_WITHIN = 45.0
"""Seconds: a visitor's tab is pinged every 25 s and has 10 s to answer."""
CONTROL_WAITS = 20.0
"""Seconds, longer than a bounded outbox takes to fill up."""
MORE_MEMORY = 150 * 1024 * 1024
TABS_OF_A_VISITOR, TABS_OF_A_SUPERVISOR = 3, 2
MESSAGES_A_SECOND = 100
LONG = "慢" * 900
"""The machine buffers some megabytes for each of them, which should fill quickly."""
CAPACITY = 20
LOOK_EVERY = 0.5

Care = Callable[[Server], Server]


@dataclass
class Ward:
    """Visitors who talk with a consultant each; supervisors who could follow. `server`'s metrics show the rest."""

    server: Server
    visitors: list[Visitor]
    consultants: list[Consultant]
    supervisors: list[Member]
    before: int = 0
    most: int = 0

    @property
    def readers(self) -> list[Visitor | Consultant]:
        return [*self.visitors, *self.consultants]

    async def talk(self) -> None:
        """Long messages at a steady pace, by visitors and consultants in turn; until cancelled."""
        for number in range(1_000_000):
            visitor = self.visitors[number % len(self.visitors)]
            await visitor.say(f"{number} {LONG}")
            consultant = random.choice(self.consultants)
            if owned := consultant.owned():
                await consultant.say(random.choice(owned), f"{number} {LONG}")
            await asyncio.sleep(2 / MESSAGES_A_SECOND)

    def slow_tabs(self) -> list[tuple[Sleeper, list[dict[str, object]]]]:
        """Each with what it sends before it falls asleep."""
        port = self.server.port
        tabs = [
            (Sleeper(port, "/ws/visitor"), [hello(token=visitor.token)])
            for visitor in self.visitors
            for _ in range(TABS_OF_A_VISITOR)
        ]
        everything = [
            {"type": "conversation.follow", "ref": f"{number:022d}", "conversation": visitor.conversation}
            for number, visitor in enumerate(self.visitors)
        ]
        for member in self.supervisors:
            cookie = {"Cookie": f"session={member.cookie}"}
            tabs += [(Sleeper(port, "/ws/staff", cookie), [hello(), *everything]) for _ in range(TABS_OF_A_SUPERVISOR)]
        return tabs

    async def until_only_readers_are_here(self, within: float) -> None:
        end = time.monotonic() + within
        while (here := await self._told("chat_sessions")) > len(self.readers):
            assert time.monotonic() < end, (
                f"{here - len(self.readers):.0f} slow clients are still connected after {within} s"
            )
            await asyncio.sleep(LOOK_EVERY)

    async def until_too_slow(self, many: int, within: float) -> None:
        """Wait until so many were closed for reading too slowly (4008)."""
        end = time.monotonic() + within
        while (closed := await self._told("chat_outbox_overflows_total")) < many:
            assert time.monotonic() < end, f"{closed:.0f} of {many} were too slow within {within} s"
            await asyncio.sleep(LOOK_EVERY)

    async def _told(self, metric: str) -> float:
        """The value of the server's metric, summed over its labels; also samples its memory."""
        self.most = max(self.most, psutil.Process(self.server.pid).memory_info().rss)
        beside = Server(self.server.data, port=int(self.server.settings["CHATSERVER_METRICS_PORT"]))
        lines = (await asyncio.to_thread(beside.get, "/metrics")).body.decode().splitlines()
        return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith((f"{metric} ", f"{metric}{{")))


@asynccontextmanager
async def ward(
    folder: Path, care: Care, journal: Journal, slow: int, module: tuple[str, ...] = ("chatserver",)
) -> AsyncIterator[Ward]:
    """Prepared for so many slow tabs: slightly more than half of them visitors'."""
    visitors = -(-slow * 3 // 5 // TABS_OF_A_VISITOR)
    consultants = [Wanted(f"c{number}", capacity=CAPACITY) for number in range(-(-visitors // CAPACITY))]
    over = range((slow - visitors * TABS_OF_A_VISITOR) // TABS_OF_A_SUPERVISOR)
    wanted = consultants + [Wanted(f"s{number}", role=Role.SUPERVISOR) for number in over]
    people = found(folder / "data", wanted)
    settings = WIDE | {"CHATSERVER_METRICS_PORT": str(free_port())}
    server = care(Server(folder / "data", settings, module=module))
    await asyncio.to_thread(server.start)
    at_work = [await Consultant.sit_down(server, people[each.login], journal) for each in consultants]
    arrived = [await Visitor.arrive(server, f"v{number}", journal) for number in range(visitors)]
    supervisors = [each for each in people.values() if each.role is Role.SUPERVISOR]
    made = Ward(server, arrived, at_work, supervisors)
    try:
        for visitor in arrived:
            await visitor.open(GYNECOLOGY, f"{visitor.name} begins")
            await visitor.until_standing("being served", state="active")
        made.before = psutil.Process(server.pid).memory_info().rss
        yield made
    finally:
        await asyncio.gather(*(client.leave() for client in made.readers))


@asynccontextmanager
async def asleep(here: Ward) -> AsyncIterator[int]:
    """All slow tabs, connected; returns their number."""
    tabs = here.slow_tabs()
    signs: list[asyncio.Task[None]] = []
    try:
        await asyncio.gather(*(tab.fall_asleep(asks) for tab, asks in tabs))
        signs += [asyncio.create_task(tab.talk_in_sleep()) for tab, asks in tabs if len(asks) > 1]
        yield len(tabs)
    finally:
        for sign in signs:
            sign.cancel()
        await asyncio.gather(*signs, return_exceptions=True)
        for tab, _ in tabs:
            tab.end()


@within(quick=150, full=300)
async def test_f45_clients_that_never_read_delay_nobody_and_are_disconnected(
    tmp_path: Path, servers: Care, journal: Journal
) -> None:
    slow = count("F45", quick=50, full=200)
    async with ward(tmp_path, servers, journal, slow) as here:
        talking = asyncio.create_task(here.talk())
        began = time.monotonic()
        async with asleep(here) as many:
            await here.until_too_slow(len(here.supervisors) * TABS_OF_A_SUPERVISOR, allowed(GONE_WITHIN))
            tell(f"outboxes were full within {time.monotonic() - began:.0f} s")
            await here.until_only_readers_are_here(began + allowed(GONE_WITHIN) - time.monotonic())
            took = time.monotonic() - began
        talking.cancel()
        await asyncio.gather(talking, return_exceptions=True)
        await drained(here.readers, here.server.database)
    grew = (here.most - here.before) / 2**20
    accepted = sum(1 for _ in journal.of("accepted"))
    tell(f"{many} slow clients gone within {took:.0f} s, {grew:.0f} MB more, {accepted} accepted meanwhile")
    assert here.most - here.before <= MORE_MEMORY
    assert {client.connections for client in here.readers} == {1}
    complain(Oracle(journal, here.readers, Stored.read(here.server.database, check=True)).verdict())


@pytest.mark.timeout(270)
async def test_f45_control_an_unbounded_outbox(tmp_path: Path, servers: Care, journal: Journal) -> None:
    module = ("tests.e2e.broken", "keep_everything_for_everybody")
    async with ward(tmp_path, servers, journal, 50, module) as here:
        talking = asyncio.create_task(here.talk())
        async with asleep(here):
            with pytest.raises(AssertionError, match="0 of 20 were too slow"):
                await here.until_too_slow(20, CONTROL_WAITS)
        talking.cancel()
        await asyncio.gather(talking, return_exceptions=True)
