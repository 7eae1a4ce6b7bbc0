"""A hospital's archive, written directly into a database before a run: ended conversations by the ten thousand.

One conversation per consultant is made by the product's own code; the others are copies of its rows with other ids and
times. They stand for years of use, which no run could produce.
"""

import time
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, insert, select

from bench.load.talk import BODY
from bench.load.visitors import ANSWER, GREETING, LIFE_MS, RULES
from bench.transactions import written
from chatserver.domain.actors import Staff, Visitor
from chatserver.domain.commands.assignment import Assign
from chatserver.domain.commands.ending import Close
from chatserver.domain.commands.messages import PostMessage
from chatserver.domain.entry import Author, AuthorKind
from chatserver.domain.events.assignment import Why
from chatserver.domain.events.queue import Opened
from chatserver.domain.hospital import Role
from chatserver.hub.unit_of_work import UnitOfWork
from chatserver.store import visitors
from chatserver.store.database import Database
from chatserver.store.ids import new_id
from chatserver.store.tables import conversations, entries, participants
from chatserver.store.tables import visitors as visitor_rows
from chatserver.store.tx import Tx
from tests.e2e.hospital import GYNECOLOGY, SITE, WOMEN, Member

ENTRIES = 12
"""Entries per conversation."""
APART_MS = 60_000
"""The time between one conversation and the next, ms."""
AT_ONCE = 1_000

Row = dict[str, Any]
Rows = dict[Table, list[Row]]


def fill(where: Path | str, people: Sequence[Member], count: int) -> None:
    """Add so many conversations, distributed among these people. The database must not be in use."""
    database = Database(where)
    try:
        originals = [written(database, partial(_original, member=member)) for member in people]
        for first in range(0, count - len(people), AT_ONCE):
            numbers = range(first, min(count - len(people), first + AT_ONCE))
            rows = _joined(_copy(originals[number % len(originals)], number + 1) for number in numbers)
            written(database, partial(_insert, rows=rows))
    finally:
        database.close()


def _original(conn: Connection, member: Member) -> Rows:
    """Make one conversation, from its question to its end; returns its rows."""
    unit = UnitOfWork(Tx(conn, time.time_ns() // 1_000_000, "bench"), RULES)
    visitor, _, _ = visitors.start(Tx(conn, unit.now, "bench"), SITE, "zh", LIFE_MS)
    id = new_id()
    unit.open(Opened(GYNECOLOGY, WOMEN, "zh", GREETING), id=id, site=SITE, visitor=visitor, ref=new_id())
    theirs, asks = Author(AuthorKind.VISITOR, visitor), PostMessage(Visitor(visitor), BODY)
    unit.decide(id, asks, theirs, new_id(), b"")
    person = unit.consultant(member.id).person
    unit.decide(id, Assign(person, 0, 1, Why(0, 1)), Author(AuthorKind.SYSTEM, "system"))
    own, staff = Author(AuthorKind.CONSULTANT, member.id, person), Staff(person, Role.CONSULTANT, member.groups)
    while unit.conversation(id).last_seq < ENTRIES - 1:
        answers = PostMessage(staff, ANSWER, unit.conversation(id).serving.fence)
        unit.decide(id, *((answers, own) if unit.conversation(id).last_seq % 2 else (asks, theirs)), new_id(), b"")
    unit.decide(id, Close(staff, unit.conversation(id).serving.fence, "answered"), own, new_id(), b"")
    unit.write()
    found = {
        visitor_rows: visitor_rows.c.id == visitor,
        conversations: conversations.c.id == id,
        entries: entries.c.conversation == id,
        participants: participants.c.conversation == id,
    }
    return {
        table: [dict(row) for row in conn.execute(select(table).where(of)).mappings()] for table, of in found.items()
    }


def _copy(original: Rows, number: int) -> Rows:
    """A copy of the conversation with new ids, so many minutes earlier."""
    [visitor], [conversation] = original[visitor_rows], original[conversations]
    opened_at = conversation["opened_at"] - number * APART_MS
    closed_at = conversation["closed_at"] - number * APART_MS
    ids = {"visitor": new_id(), "conversation": new_id()}
    own: Rows = {
        visitor_rows: [visitor | {"id": ids["visitor"], "token_hash": number.to_bytes(32, "big")}],
        conversations: [
            conversation
            | {"id": ids["conversation"], "visitor": ids["visitor"], "opened_at": opened_at, "closed_at": closed_at}
        ],
        participants: [
            row | {"conversation": ids["conversation"], "opened_at": opened_at} for row in original[participants]
        ],
    }
    own[entries] = [
        row
        | {
            "conversation": ids["conversation"],
            "id": new_id(),
            "ref": row["ref"] and new_id(),
            "at": row["at"] - number * APART_MS,
            "author_id": ids["visitor"] if row["author_kind"] == "visitor" else row["author_id"],
        }
        for row in original[entries]
    ]
    return own


def _joined(each: Iterator[Rows]) -> Rows:
    rows: Rows = {visitor_rows: [], conversations: [], entries: [], participants: []}
    for one in each:
        for table, own in one.items():
            rows[table] += own
    return rows


def _insert(conn: Connection, rows: Rows) -> None:
    for table, own in rows.items():
        conn.execute(insert(table), own)
