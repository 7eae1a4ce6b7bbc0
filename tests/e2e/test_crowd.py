"""A thousand visitors and fifty consultants at once on one process: everything once, in order, to both sides."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from chatserver.domain.hospital import Mode
from tests.e2e.hospital import Member, Wanted, found
from tests.e2e.journal import Journal, tell
from tests.e2e.load import drained
from tests.e2e.oracle import Oracle, Stored, complain
from tests.e2e.people import Consultant, Visitor
from tests.e2e.procs import WIDE, Server
from tests.e2e.reading import Frame

pytestmark = [pytest.mark.whole, pytest.mark.alone, pytest.mark.slow]

VISITORS, CONSULTANTS, GROUPS, EXCHANGES = 1_000, 50, 5, 3
AT_ONCE = 20
"""Connections being opened at the same time; the others wait."""
PATIENCE = 100.0
"""Seconds for one visitor's whole conversation while a thousand others have theirs."""


class Echo(Consultant):
    """Answers every message of their visitors once, naming it."""

    async def on_entry(self, entry: Frame) -> None:
        await super().on_entry(entry)
        if entry["kind"] == "message" and entry["author"]["kind"] == "visitor":
            await self.say(entry["conversation"], f"answer to {entry['body']}")


async def visit(visitor: Visitor, department: str, door: asyncio.Semaphore, everybody: asyncio.Barrier) -> None:
    """Connect, wait until everybody has, then exchange messages."""
    async with door:
        await visitor.start()
    await everybody.wait()
    for number in range(1, EXCHANGES + 1):
        body = f"{visitor.name} asks {number}"
        if number == 1:
            await visitor.open(department, body, PATIENCE)
        else:
            await visitor.say(body)
        await visitor.until_received(f"answer to {body}", PATIENCE)


async def sit_down(server: Server, people: dict[str, Member], journal: Journal) -> list[Consultant]:
    return [await Echo.sit_down(server, member, journal) for member in people.values()]


@pytest.mark.timeout(540)
async def test_a_thousand_visitors_and_fifty_consultants_talk_at_once(
    tmp_path: Path, servers: Callable[[Server], Server], journal: Journal
) -> None:
    groups = [f"group-{number}" for number in range(GROUPS)]
    wanted = [
        Wanted(f"c{number}", groups=(groups[number % GROUPS],), capacity=VISITORS // CONSULTANTS)
        for number in range(CONSULTANTS)
    ]
    data = tmp_path / "data"
    people = found(data, wanted, dict.fromkeys(groups, Mode.AUTOMATIC))
    server = servers(Server(data, WIDE)).start()
    began = time.monotonic()
    consultants = await sit_down(server, people, journal)
    tokens = await asyncio.to_thread(lambda: [server.visitor_token() for _ in range(VISITORS)])
    visitors = [Visitor(server.port, f"v{number}", journal, token) for number, token in enumerate(tokens)]
    door, everybody = asyncio.Semaphore(AT_ONCE), asyncio.Barrier(VISITORS)
    try:
        async with asyncio.TaskGroup() as group:
            for number, visitor in enumerate(visitors):
                group.create_task(visit(visitor, groups[number % GROUPS], door, everybody))
        await drained([*visitors, *consultants], server.database)
        took = time.monotonic() - began
    finally:
        await asyncio.gather(*(client.leave() for client in (*visitors, *consultants)))
    assert server.stop() == 0
    for visitor in visitors:
        asked = [f"{visitor.name} asks {number}" for number in range(1, EXCHANGES + 1)]
        assert visitor.received() == [f"answer to {each}" for each in asked]
        assert visitor.connections == 1
    assert all(consultant.connections == 1 for consultant in consultants)
    stored = Stored.read(server.database, check=True)
    complain(Oracle(journal, [*visitors, *consultants], stored).verdict())
    tell(f"{VISITORS} + {CONSULTANTS} in {took:.1f} s, {sum(1 for _ in stored)} entries")
