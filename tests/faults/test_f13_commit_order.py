"""F13: a transaction that got its number early and commits late is not skipped by anybody who reads meanwhile.

Numbering all entries of the hospital in one sequence, and resuming by that, would skip it, because it is committed
after younger ones. A transaction of the test plays the other node.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, NullPool, create_engine, make_url, text

from chatserver.store.ids import new_id
from tests.e2e.hospital import GYNECOLOGY, Member, Wanted, found, ref
from tests.e2e.journal import Journal
from tests.e2e.load import drained
from tests.e2e.oracle import Oracle, Stored, complain
from tests.e2e.people import Consultant, Visitor
from tests.e2e.procs import WIDE, Server
from tests.faults.counts import count, within
from tests.postgres import Postgres

pytestmark = [pytest.mark.whole, pytest.mark.slow]

HELD_OPEN = 2.0
"""Seconds between UPDATE and COMMIT."""
SPEAKS_EVERY = 0.05
MUCH = 5
"""Messages in another conversation meanwhile, at least."""
LATE = "written early, committed late"
AFTER = "written after that"

TAKE = "SELECT last_seq, last_visitor_seq, visitor FROM conversations WHERE id = :id FOR NO KEY UPDATE"
MOVE = """UPDATE conversations SET last_seq = last_seq + 1, last_visitor_seq = last_visitor_seq + 1,
  version = version + 1 WHERE id = :id"""
WRITE = """INSERT INTO entries (conversation, seq, visitor_seq, id, at, author_kind, author_id, event, body, ref)
  VALUES (:conversation, :seq, :visitor_seq, :id, :at, 'visitor', :author, 'message_posted', :body, :ref)"""


@within(quick=90, full=600)
async def test_f13_what_is_committed_late_is_not_skipped(
    tmp_path: Path, postgres: Postgres, servers: Callable[[Server], Server], journal: Journal
) -> None:
    rounds = count("F13", quick=2, full=20)
    with postgres.database() as address:
        people = found(address, [Wanted("mei")])
        server = servers(Server(tmp_path / "data", WIDE | {"DATABASE_URL": address})).start()
        ann, bea, mei = await met(server, people, journal)
        for number in range(rounds):
            await overtake(address, ann, bea, journal, f"{AFTER} {number}")
            await mei.until_received(ann.conversation, f"{AFTER} {number}")
            assert len(spoken(mei, ann.conversation, LATE)) == number + 1
        await drained([ann, bea, mei], address)
        for client in (ann, bea, mei):
            await client.leave()
        assert await asyncio.to_thread(server.stop) == 0
        complain(Oracle(journal, [ann, bea, mei], Stored.read(address)).verdict())


async def test_f13_resuming_by_one_sequence_for_all_skips_it(
    tmp_path: Path, postgres: Postgres, servers: Callable[[Server], Server], journal: Journal
) -> None:
    with postgres.database() as address:
        people = found(address, [Wanted("mei")])
        broken = ("tests.e2e.broken", "resume_by_global_id")
        server = servers(Server(tmp_path / "data", WIDE | {"DATABASE_URL": address}, module=broken)).start()
        ann, bea, mei = await met(server, people, journal)
        await overtake(address, ann, bea, journal, AFTER)
        with pytest.raises(AssertionError, match="not drained"):
            await drained([mei], address, within=3)
        assert not spoken(mei, ann.conversation, LATE)
        for client in (ann, bea, mei):
            await client.leave()


async def met(server: Server, people: dict[str, Member], journal: Journal) -> tuple[Visitor, Visitor, Consultant]:
    """Two visitors, each in a conversation with the same consultant."""
    mei = await Consultant.sit_down(server, people["mei"], journal)
    ann = await Visitor.arrive(server, "ann", journal)
    bea = await Visitor.arrive(server, "bea", journal)
    for visitor in (ann, bea):
        await mei.until_owned(await visitor.open(GYNECOLOGY, f"{visitor.name} begins"))
    return ann, bea, mei


async def overtake(address: str, ann: Visitor, bea: Visitor, journal: Journal, after: str) -> None:
    """An entry of Ann's conversation is written, Bea says much, it is committed, and Ann continues."""
    async with held_open(address, ann, journal):
        ends = time.monotonic() + HELD_OPEN
        number = 0
        while time.monotonic() < ends or number <= MUCH:
            number += 1
            await bea.answer(await bea.say(f"bea goes on {number}"))
            await asyncio.sleep(SPEAKS_EVERY)
    await ann.answer(await ann.say(after))


@asynccontextmanager
async def held_open(address: str, ann: Visitor, journal: Journal) -> AsyncIterator[None]:
    """While inside, another node's transaction has written to Ann's conversation and has not committed."""
    engine = create_engine(make_url(address).set(drivername="postgresql+psycopg"), poolclass=NullPool)
    with engine.begin() as connection:
        _write(connection, ann, journal)
        yield


def _write(connection: Connection, ann: Visitor, journal: Journal) -> None:
    last = connection.execute(text(TAKE), {"id": ann.conversation}).one()
    connection.execute(text(MOVE), {"id": ann.conversation})
    frame = {"type": "message.post", "ref": ref(), "conversation": ann.conversation, "body": LATE}
    journal.note("ann on another node", "sent", frame=frame)
    row = {
        "conversation": ann.conversation,
        "seq": last.last_seq + 1,
        "visitor_seq": last.last_visitor_seq + 1,
        "id": new_id(),
        "at": time.time_ns() // 1_000_000,
        "author": last.visitor,
        "body": LATE,
        "ref": frame["ref"],
    }
    connection.execute(text(WRITE), row)


def spoken(reader: Consultant, conversation: str, body: str) -> list[object]:
    """The entries with that text that this reader holds."""
    return [each for each in reader.held[conversation].entries if each.get("body") == body]
