"""F05: the process dies at each step of a command in turn; nothing acknowledged is lost and nothing is doubled."""

import asyncio
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from chatserver.store.database import Where
from tests.e2e.crashpoints import KILLED, POINTS
from tests.e2e.havoc import CONSULTANTS, SETTINGS, left_by, town
from tests.e2e.hospital import found
from tests.e2e.journal import Journal, tell
from tests.e2e.load import drained
from tests.e2e.oracle import Oracle, Stored, complain
from tests.e2e.procs import Server
from tests.faults.counts import count, dice, within
from tests.faults.places import where_of

pytestmark = [pytest.mark.whole, pytest.mark.slow]

VISITORS = 6
PASSES = 12
"""How often a point may be passed, at most, before the process dies there."""


@within(quick=180, full=1_800)
async def test_f05_dying_at_any_step_loses_and_doubles_nothing(
    empty_place: Where, tmp_path: Path, servers: Callable[[Server], Server], journal: Journal
) -> None:
    deaths = list(POINTS) * count("F05", quick=3, full=20)
    chance = dice()
    chance.shuffle(deaths)
    where, settings = where_of(empty_place, tmp_path)
    people = found(where, CONSULTANTS)
    server = servers(Server(tmp_path / "data", SETTINGS | settings)).start()
    async with town(server, journal, people, chance, VISITORS) as talking:
        assert await asyncio.to_thread(server.stop) == 0
        for number, point in enumerate(deaths, 1):
            server.module = ("tests.e2e.crashpoints", point, str(chance.randint(1, PASSES)))
            server.launch()
            assert await asyncio.to_thread(server.wait_end) == KILLED, server.said()[-2_000:]
            left = Oracle(journal, [], left_by(server, tmp_path / "copy"))
            found_wrong = [*left.acked_is_stored(), *left.once_per_ref(), *left.gapless()]
            complain(f"{point}, death {number}: {each}" for each in found_wrong)
        server.module = ("chatserver",)
        await asyncio.to_thread(server.start)
        await talking.hush()
        await drained(talking.clients, server.where)
        assert server.stop() == 0
    complain(Oracle(journal, talking.clients, Stored.read(server.where, check=True)).verdict())
    repeats = sum(line.told["frame"].get("repeat", False) for line in journal.of("accepted"))
    tell(f"{dict(Counter(deaths))}; {repeats} answered as repeats")
    assert repeats > 0
