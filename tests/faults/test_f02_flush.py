"""F02: on PostgreSQL an answer is sent after the flush of its COMMIT, whatever the server's defaults."""

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.havoc import CONSULTANTS, SETTINGS, town
from tests.e2e.hospital import found
from tests.e2e.journal import Journal
from tests.e2e.patience import eventually
from tests.e2e.procs import Server
from tests.faults.counts import count, dice, within
from tests.ownpostgres import OwnPostgres

pytestmark = [pytest.mark.whole, pytest.mark.slow]


@pytest.fixture(scope="module")
def careless() -> Iterator[OwnPostgres]:
    """A server whose default is to report commits before the flush, and to flush as rarely as possible."""
    with OwnPostgres({"synchronous_commit": "off", "wal_writer_delay": "10s"}) as own:
        yield own


@within(quick=90, full=300)
async def test_f02_every_answer_is_sent_after_the_flush(
    careless: OwnPostgres, tmp_path: Path, servers: Callable[[Server], Server], journal: Journal
) -> None:
    answers = await answered(careless, tmp_path, servers, journal, count("F02", quick=200, full=500))
    assert [each for each in answers if each["flushed"] <= each["before"]] == []
    assert all(each["all_on"] for each in answers)


@within(quick=90, full=90)
async def test_f02_control_without_synchronous_commit_answers_are_sent_too_early(
    careless: OwnPostgres, tmp_path: Path, servers: Callable[[Server], Server], journal: Journal
) -> None:
    answers = await answered(careless, tmp_path, servers, journal, 100, "flush_later")
    assert len([each for each in answers if each["flushed"] <= each["before"]]) > 20
    assert not any(each["all_on"] for each in answers)


async def answered(
    postgres: OwnPostgres,
    folder: Path,
    servers: Callable[[Server], Server],
    journal: Journal,
    many: int,
    *fault: str,
) -> list[dict[str, int]]:
    """People talk until so many answers were given; returns what was recorded of each."""
    name = f"chat{len(fault)}"
    postgres.say(f"CREATE DATABASE {name}")
    people = found(postgres.url(name), CONSULTANTS)
    log = folder / "flushes"
    launcher = ("tests.e2e.flushes", str(log), *fault)
    server = servers(Server(folder / "data", SETTINGS | {"DATABASE_URL": postgres.url(name)}, module=launcher))
    await asyncio.to_thread(server.start)
    async with town(server, journal, people, dice()):
        await eventually(lambda: log.exists() and log.read_bytes().count(b"\n") >= many, 10 + many / 10)
    assert await asyncio.to_thread(server.stop) == 0
    return [json.loads(line) for line in log.read_text().splitlines()]
