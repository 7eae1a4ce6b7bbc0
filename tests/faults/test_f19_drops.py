"""F19: the network fails for two seconds again and again, during ten minutes of talk."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.havoc import SETTINGS, town
from tests.e2e.hospital import Wanted, found
from tests.e2e.journal import Journal, tell
from tests.e2e.load import drained
from tests.e2e.oracle import Oracle, Stored, complain
from tests.e2e.procs import Server
from tests.faults.counts import count, dice, within
from tests.faults.places import before

pytestmark = [pytest.mark.whole, pytest.mark.slow, pytest.mark.faults]

GONE_FOR, THERE_FOR = 2.0, 18.0
"""Seconds."""
VISITORS = 2
NOWHERE = "/nowhere"


@within(quick=120, full=900)
async def test_f19_drops_of_two_seconds_lose_and_double_nothing(
    tmp_path: Path, servers: Callable[[Server], Server], journal: Journal
) -> None:
    drops = count("F19", quick=1, full=30)
    people = found(tmp_path / "data", [Wanted("mei", capacity=20), Wanted("jun", capacity=20)])
    server = servers(Server(tmp_path / "data", SETTINGS))
    async with before(server) as proxy:
        reached = proxy.target
        await asyncio.to_thread(server.start)
        async with town(server, journal, people, dice(), VISITORS, [proxy.port]) as talking:
            for _ in range(drops):
                await asyncio.sleep(THERE_FOR)
                proxy.target = NOWHERE
                proxy.reset()
                await asyncio.sleep(GONE_FOR)
                proxy.target = reached
            await talking.hush()
            await drained(talking.clients, server.database)
        assert await asyncio.to_thread(server.stop) == 0
    complain(Oracle(journal, talking.clients, Stored.read(server.database, check=True)).verdict())
    accepted = sum(1 for _ in journal.of("accepted"))
    tell(f"{drops} drops, {accepted} accepted, each once and in order at everybody")
