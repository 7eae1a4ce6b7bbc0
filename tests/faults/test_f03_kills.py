"""F03: kill -9 at any moment neither loses nor doubles anything acknowledged. F04 is the same with several nodes."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.havoc import CONSULTANTS, SETTINGS, acceptances, kill_and_restart, town
from tests.e2e.hospital import found
from tests.e2e.journal import Journal, tell
from tests.e2e.load import drained
from tests.e2e.oracle import Oracle, Stored, complain
from tests.e2e.procs import Server
from tests.faults.counts import count, dice, within

pytestmark = [pytest.mark.whole, pytest.mark.slow]


@within(quick=240, full=1_800)
async def test_f03_kill_9_under_load_loses_and_doubles_nothing(
    tmp_path: Path, servers: Callable[[Server], Server], journal: Journal
) -> None:
    rounds = count("F03", quick=20, full=200)
    people = found(tmp_path / "data", CONSULTANTS)
    server = servers(Server(tmp_path / "data", SETTINGS)).start()
    async with town(server, journal, people, dice()) as talking:
        complain(await kill_and_restart(talking, tmp_path / "copy", rounds))
        await talking.hush()
        await drained(talking.clients, server.database)
    assert server.stop() == 0
    stored = Stored.read(server.database, check=True)
    complain(Oracle(journal, talking.clients, stored).verdict())
    accepted = acceptances(journal)
    tell(f"{accepted} accepted, {acceptances(journal, repeat=True)} of them again, {sum(1 for _ in stored)} entries")
    assert server.starts == rounds + 1
