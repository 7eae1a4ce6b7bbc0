"""From a database of every earlier revision to now, as docs/operations/backup.md says: nothing is lost, chats go on.

The server is a real process each time. The commands are, too, where operators start: at the revision before this one.
"""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from chatserver.domain.hospital import Role
from chatserver.store.database import Where
from tests.e2e.hospital import Member
from tests.e2e.journal import Journal
from tests.e2e.oracle import Stored
from tests.e2e.people import Consultant, Visitor
from tests.e2e.procs import Server
from tests.postgres import programs
from tests.store.days import QUESTION, Day
from tests.store.earlier import EARLIER, lay_down

pytestmark = [pytest.mark.whole, pytest.mark.slow]

Care = Callable[[Server], Server]

LASTED_MS = 10_000
"""The day is over; its last answer is this old."""


@pytest.fixture(params=EARLIER)
def revision(request: pytest.FixtureRequest) -> str:
    known: str = request.param
    return known


@pytest.fixture
def day(empty_place: Where, revision: str) -> Day:
    return lay_down(empty_place, revision, time.time_ns() // 1_000_000 - LASTED_MS)


@pytest.fixture
def server(empty_place: Where, tmp_path: Path, servers: Care) -> Server:
    """Today's server, on the old database."""
    if isinstance(empty_place, Path):
        return servers(Server(empty_place.parent))
    return servers(Server(tmp_path / "data", {"DATABASE_URL": empty_place, "CHATSERVER_PG_BIN": str(programs())}))


async def test_after_an_upgrade_everything_is_there_and_a_conversation_goes_on(
    day: Day, server: Server, revision: str, tmp_path: Path, journal: Journal
) -> None:
    told = told_by_a_process if revision == EARLIER[-1] else told_here
    before = Stored.read(server.where)
    refused = server.run("serve")
    assert refused.returncode == 1
    assert "chatserver migrate" in refused.stderr

    assert "5 conversations with 22 entries" in told(server, "backup", str(tmp_path / "before"))
    assert "is current now" in told(server, "migrate")
    assert "is sound" in told(server, "verify")
    assert Stored.read(server.where).entries == before.entries

    await asyncio.to_thread(server.start)
    ann, limin = await people(server, day, journal)
    await limin.until_owned(day.active)
    assert QUESTION in said(limin, day.active)
    await ann.say("and what should I bring?")
    await limin.until_received(day.active, "and what should I bring?")
    await limin.say(day.active, "your card")
    await ann.until_received("your card")
    await ann.leave()
    await limin.leave()
    assert await asyncio.to_thread(server.stop) == 0
    assert "is sound" in told(server, "verify")
    after = Stored.read(server.where)
    assert all(after.entries[id][: len(entries)] == entries for id, entries in before.entries.items())

    # And back again, had it failed: the copy, which this program also migrates.
    assert "5 conversations with 22 entries" in told(server, "restore", str(tmp_path / "before"))
    assert "is sound" in told(server, "verify")
    assert Stored.read(server.where).entries == before.entries


async def people(server: Server, day: Day, journal: Journal) -> tuple[Visitor, Consultant]:
    """With their earlier token and session, which are still valid."""
    ann = Visitor(server.port, "ann", journal, day.token)
    ann.conversation = day.active
    await ann.start()
    limin = Consultant(
        server.port, "limin", journal, Member("", "limin", "李敏", ("general",), Role.CONSULTANT, day.cookie)
    )
    await limin.start()
    assert limin.welcome is not None
    limin.member = Member(limin.me["id"], "limin", "李敏", ("general",), Role.CONSULTANT, day.cookie)
    return ann, limin


def told_here(server: Server, *command: str) -> str:
    """The output of a command, which must succeed."""
    done = server.run_here(*command)
    assert done.exit_code == 0, (command, done.stdout, done.stderr)
    return done.stdout


def told_by_a_process(server: Server, *command: str) -> str:
    """The same of a process of its own."""
    done = server.run(*command)
    assert done.returncode == 0, (command, done.stdout, done.stderr)
    return done.stdout


def said(consultant: Consultant, conversation: str) -> set[str]:
    return {entry["body"] for entry in consultant.held[conversation].entries if "body" in entry}
