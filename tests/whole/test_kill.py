"""kill -9 at any moment loses nothing that was acknowledged, and doubles nothing (DESIGN §2; F03, F14)."""

import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.postgres import Postgres
from tests.whole.havoc import CONSULTANTS, SETTINGS, cut_lines, kill_and_restart, town
from tests.whole.hospital import found
from tests.whole.journal import Journal, tell
from tests.whole.load import drained
from tests.whole.oracle import Oracle, Stored, complain
from tests.whole.procs import Server

pytestmark = [pytest.mark.whole, pytest.mark.slow]

ROUNDS = int(os.environ.get("KILL_ROUNDS", "30"))
POSTGRES_ROUNDS = int(os.environ.get("POSTGRES_KILL_ROUNDS", "10"))
CUTS = int(os.environ.get("CUTS", "150"))
SEED = int(os.environ.get("KILL_SEED", "0")) or random.SystemRandom().getrandbits(32)
"""KILL_SEED=… repeats a run's moments; the machine's own chance remains."""

ACCEPTED_A_ROUND = 20
"""On average at least; fewer would mean that nothing was going on when it was killed."""


@pytest.mark.timeout(420)
async def test_kill_9_under_load_loses_and_doubles_nothing(
    tmp_path: Path, servers: Callable[[Server], Server], journal: Journal
) -> None:
    tell(f"KILL_SEED={SEED}, {ROUNDS} kills")
    people = found(tmp_path / "data", CONSULTANTS)
    server = servers(Server(tmp_path / "data", SETTINGS)).start()
    async with town(server, journal, people, random.Random(SEED)) as talking:
        complain(await kill_and_restart(talking, tmp_path / "copy", ROUNDS))
        await talking.hush()
        await drained(talking.clients, server.database)
    assert server.stop() == 0
    stored = Stored.read(server.database, check=True)
    complain(Oracle(journal, talking.clients, stored).verdict())
    accepted = count(journal)
    tell(f"{accepted} accepted, {count(journal, repeat=True)} of them again, {sum(1 for _ in stored)} entries")
    assert server.starts == ROUNDS + 1
    assert accepted >= ACCEPTED_A_ROUND * ROUNDS


@pytest.mark.timeout(300)
async def test_kill_9_on_postgresql_loses_and_doubles_nothing(
    tmp_path: Path, postgres: Postgres, servers: Callable[[Server], Server], journal: Journal
) -> None:
    tell(f"KILL_SEED={SEED}, {POSTGRES_ROUNDS} kills")
    with postgres.database() as address:
        people = found(address, CONSULTANTS)
        server = servers(Server(tmp_path / "data", SETTINGS | {"DATABASE_URL": address})).start()
        async with town(server, journal, people, random.Random(SEED)) as talking:
            complain(await kill_and_restart(talking, tmp_path / "copy", POSTGRES_ROUNDS))
            await talking.hush()
            await drained(talking.clients, address)
        assert server.stop() == 0
        complain(Oracle(journal, talking.clients, Stored.read(address)).verdict())
    assert not server.database.exists()
    assert count(journal) >= ACCEPTED_A_ROUND * POSTGRES_ROUNDS


@pytest.mark.timeout(180)
async def test_cut_connections_end_with_everything_once_and_in_order(
    tmp_path: Path, servers: Callable[[Server], Server], journal: Journal
) -> None:
    tell(f"KILL_SEED={SEED}, {CUTS} cuts")
    people = found(tmp_path / "data", CONSULTANTS)
    server = servers(Server(tmp_path / "data", SETTINGS)).start()
    async with town(server, journal, people, random.Random(SEED)) as talking:
        await cut_lines(talking, CUTS)
        await talking.hush()
        await drained(talking.clients, server.database)
    assert server.stop() == 0
    stored = Stored.read(server.database, check=True)
    complain(Oracle(journal, talking.clients, stored).verdict())
    tell(f"{count(journal)} accepted, {count(journal, repeat=True)} of them again, {sum(1 for _ in stored)} entries")


def count(journal: Journal, *, repeat: bool = False) -> int:
    """How many acceptances there were, or how many of them told again of something done before."""
    told = [line.told["frame"] for line in journal.of("accepted")]
    return sum(each.get("repeat", False) for each in told) if repeat else len(told)
