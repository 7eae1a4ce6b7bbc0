"""F14: connections cut anywhere, in the middle of a frame or the handshake; in the end everybody has everything
once."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.havoc import SETTINGS, cut_links, town
from tests.e2e.hospital import Wanted, found
from tests.e2e.journal import Journal, tell
from tests.e2e.load import drained
from tests.e2e.oracle import Oracle, Stored, complain
from tests.e2e.procs import Server
from tests.faults.counts import count, dice, within
from tests.faults.places import before

pytestmark = [pytest.mark.whole, pytest.mark.slow]

VISITORS = 5
CONSULTANTS = [Wanted(name, capacity=20) for name in ("mei", "jun")]


@within(quick=120, full=900)
async def test_f14_cuts_at_any_byte_end_with_everything_once_and_in_order(
    tmp_path: Path, servers: Callable[[Server], Server], journal: Journal
) -> None:
    cuts = count("F14", quick=100, full=1_000)
    people = found(tmp_path / "data", CONSULTANTS)
    server = servers(Server(tmp_path / "data", SETTINGS))
    async with before(server) as proxy:
        await asyncio.to_thread(server.start)
        async with town(server, journal, people, dice(), VISITORS, [proxy.port]) as talking:
            await cut_links(talking, proxy, cuts)
            await talking.hush()
            await drained(talking.clients, server.database)
        assert await asyncio.to_thread(server.stop) == 0
        tell(f"{proxy.cuts} cuts, {sum(client.connections for client in talking.clients)} connections")
    complain(Oracle(journal, talking.clients, Stored.read(server.database, check=True)).verdict())
