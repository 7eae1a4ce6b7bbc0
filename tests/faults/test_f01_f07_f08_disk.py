"""F01, F07, F08: what is acknowledged is on the disk before, and survives power cuts and damage to later writes.

One server is traced while people talk (tests/e2e/filetrace.py); possible states of the disk are then built and opened.
"""

import asyncio
import json
import re
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.filetrace import FILES, Record, read
from tests.e2e.havoc import CONSULTANTS, SETTINGS, town
from tests.e2e.hospital import found
from tests.e2e.journal import Journal, tell
from tests.e2e.load import drained
from tests.e2e.oracle import Oracle, Stored
from tests.e2e.patience import eventually
from tests.e2e.powercut import Disk, whole
from tests.e2e.procs import Server
from tests.faults.counts import FULL, count, dice, within

pytestmark = [pytest.mark.whole, pytest.mark.slow]

Servers = Callable[[Server], Server]

WAL_HEAD, FRAME_HEAD = 32, 24
ID = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Talk:
    """`before` is the database when the server started, `records` everything that happened to it."""

    before: bytes
    records: list[Record]


def promised(records: Iterable[Record]) -> set[str]:
    """The ids of the entries whose senders got an answer."""
    return {id for record in records if (id := promised_by(record))}


def promised_by(record: Record) -> str:
    """The entry that this record promises, if it is an answer."""
    told = json.loads(record.data) if record.kind == "answer" else {}
    return "" if told.get("repeat") else str(told.get("id", ""))


async def traced(folder: Path, servers: Servers, journal: Journal, answers: int, *fault: str) -> Talk:
    """People talk on a traced server until so many answers were given; then it is killed."""
    people = found(folder / "data", CONSULTANTS)
    trace = folder / "trace"
    server = servers(Server(folder / "data", SETTINGS, module=("tests.e2e.filetrace", str(trace), *fault)))
    before = server.database.read_bytes()
    await asyncio.to_thread(server.start)
    async with town(server, journal, people, dice()) as talking:
        await eventually(lambda: sum(1 for _ in journal.of("accepted")) >= answers, 10 + answers / 10)
        await talking.hush()
        await drained(talking.clients, server.database)
    server.kill()
    return Talk(before, list(read(trace)))


def too_early(talk: Talk) -> list[str]:
    """The entries that were promised before a page with their id was synced."""
    written: set[bytes] = set()
    synced: set[bytes] = set()
    early = []
    for record in talk.records:
        if record.kind == "write":
            written |= set(ID.findall(record.data))
        elif record.kind == "sync":
            synced |= written
            written.clear()
        elif (id := promised_by(record)) and id.encode() not in synced:
            early.append(id)
    return early


@within(quick=90, full=300)
async def test_f01_every_answer_is_sent_after_the_sync_of_its_entry(
    tmp_path: Path, servers: Servers, journal: Journal
) -> None:
    talk = await traced(tmp_path, servers, journal, count("F01", quick=100, full=500))
    assert len(promised(talk.records)) >= 90
    assert too_early(talk) == []


@within(quick=90, full=90)
async def test_f01_control_without_the_sync_answers_are_sent_too_early(
    tmp_path: Path, servers: Servers, journal: Journal
) -> None:
    talk = await traced(tmp_path, servers, journal, 100, "sync_at_checkpoints_only")
    assert len(too_early(talk)) > 50


@within(quick=120, full=900)
async def test_f07_a_power_cut_loses_nothing_acknowledged(tmp_path: Path, servers: Servers, journal: Journal) -> None:
    cuts = count("F07", quick=20, full=100)
    talk = await traced(tmp_path, servers, journal, 2_000 if cuts > 20 else 300)
    assert lost_in(talk, cuts, tmp_path / "cut") == []


@within(quick=120, full=300)
async def test_f07_control_without_the_sync_a_power_cut_loses_some(
    tmp_path: Path, servers: Servers, journal: Journal
) -> None:
    talk = await traced(tmp_path, servers, journal, 300, "sync_at_checkpoints_only")
    assert any("lost" in each for each in lost_in(talk, 20, tmp_path / "cut"))


def lost_in(talk: Talk, cuts: int, folder: Path) -> list[str]:
    """The power fails at so many moments of the talk; returns what was wrong with the remains."""
    chance = dice()
    moments = set(chance.sample(range(len(talk.records)), cuts))
    disk = Disk(talk.before)
    wrong = []
    for number, record in enumerate(talk.records):
        if number in moments:
            wrong += amiss(disk.cut(folder, chance), promised(talk.records[:number]))
        disk.apply(record)
    return wrong


def amiss(database: Path, wanted: set[str]) -> list[str]:
    """What is wrong with a database found like this."""
    try:
        stored = Stored.read(database, check=True)
    except sqlite3.DatabaseError as why:
        return [f"cannot be read: {why}"]
    found_wrong = [] if stored.intact == "ok" else [f"integrity: {stored.intact}"]
    found_wrong += Oracle(Journal(), [], stored).gapless()
    lost = wanted - {row["id"] for row in stored}
    return found_wrong + [f"{len(lost)} of {len(wanted)} lost"] * bool(lost)


@within(quick=120, full=900)
async def test_f08_damage_after_the_last_sync_loses_nothing_before_it(
    tmp_path: Path, servers: Servers, journal: Journal
) -> None:
    many = count("F08", quick=40, full=200)
    talk = await traced(tmp_path, servers, journal, 150)
    records = before_the_checkpoint(talk.records)
    log = whole(talk.before, records)[FILES[1]]
    ends = promised_up_to(records)
    frame = FRAME_HEAD + page_size(talk.before)
    boundaries = list(range(WAL_HEAD, len(log) + 1, frame))
    chance = dice()
    if not FULL:
        boundaries = sorted(chance.sample(boundaries, min(many, len(boundaries))))
    damaged = [(at, log[:at]) for at in (*boundaries, *(chance.randrange(len(log)) for _ in range(many)))]
    flipped = [(chance.randrange(len(log)), 1 << chance.randrange(8)) for _ in range(many)]
    damaged += [(at, log[:at] + bytes([log[at] ^ bit]) + log[at + 1 :]) for at, bit in flipped]
    for at, left in damaged:
        kept = {id for id, end in ends.items() if end <= at}
        assert amiss(laid(tmp_path / "damaged", talk.before, left), kept) == [], at
    tell(f"{len(damaged)} kinds of damage to a log of {len(log)} bytes, {len(ends)} answers")
    assert len(ends) > 50


def before_the_checkpoint(records: list[Record]) -> list[Record]:
    """Up to the first write into the database file: until then the log holds everything."""
    first = next((number for number, each in enumerate(records) if is_of_database(each)), len(records))
    return records[:first]


def is_of_database(record: Record) -> bool:
    return record.kind == "write" and record.file == FILES[0]


def promised_up_to(records: list[Record]) -> dict[str, int]:
    """The synced length of the log when each entry's answer was sent."""
    size, synced = 0, 0
    ends: dict[str, int] = {}
    for record in records:
        if record.kind == "write":
            size = max(size, record.at + len(record.data))
        elif record.kind == "sync":
            synced = size
        elif id := promised_by(record):
            ends.setdefault(id, synced)
    return ends


def page_size(database: bytes) -> int:
    """From the file's header (section 1.3 of the file format)."""
    return int.from_bytes(database[16:18], "big")


def laid(folder: Path, database: bytes, log: bytes) -> Path:
    """Write a database and its log to the folder."""
    folder.mkdir(exist_ok=True)
    for name, content in zip(FILES, (database, log), strict=True):
        (folder / name).write_bytes(content)
    (folder / f"{FILES[0]}-shm").unlink(missing_ok=True)
    return folder / FILES[0]
