"""Visitors in bulk: the result of thousands of sign-ins and first messages, written into the database directly by the
product's own code, because they are not what is measured. Their tokens are real."""

import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, select

from bench.load.talk import BODY, Refs
from bench.transactions import written
from chatserver.domain.actors import Staff, Visitor
from chatserver.domain.commands.assignment import Assign
from chatserver.domain.commands.messages import PostMessage
from chatserver.domain.entry import Author, AuthorKind
from chatserver.domain.events.assignment import Why
from chatserver.domain.events.queue import Opened
from chatserver.domain.hospital import Role
from chatserver.domain.rules import Rulebook, Rules
from chatserver.hub.unit_of_work import UnitOfWork
from chatserver.store import meta, visitors
from chatserver.store.database import Database
from chatserver.store.ids import new_id
from chatserver.store.tables import entries
from chatserver.store.tx import Tx
from tests.e2e.hospital import GYNECOLOGY, SITE, WOMEN, Member

CAPACITY = 20
"""Conversations per consultant."""

AT_ONCE = 500
"""Per transaction: a running server must not wait long."""

LIFE_MS = 24 * 3_600_000
RULES = Rulebook(Rules())
GREETING = "您好，请问有什么可以帮您？"
ANSWER = "请先多喝水，量一量体温，明天上午可以挂内科的号。"

A_WEEK = "604800"
UNHURRIED = {
    "CHATSERVER_GRACE_S": A_WEEK,
    "CHATSERVER_FIRST_REPLY_S": A_WEEK,
    "CHATSERVER_FIRST_REPLY_ALARM_S": A_WEEK,
    "CHATSERVER_FOLLOW_UP_ALARM_S": A_WEEK,
}
"""With these settings the conversations stay as they are, although no consultant is connected."""


@dataclass(frozen=True)
class Known:
    """A visitor with an open conversation. `entries`: the ids of the entries they may see, in order."""

    token: str
    conversation: str
    epoch: str
    entries: tuple[str, ...]


def consultants_for(count: int) -> int:
    """How many consultants have the capacity for so many."""
    return -(-count // CAPACITY)


def admit(where: Path | str, people: Sequence[Member], count: int) -> list[Known]:
    """Add so many visitors, each with a conversation that one of these people has answered twice. A server may be
    running."""
    database = Database(where)
    refs = Refs()
    try:
        tokens: dict[str, str] = {}
        for first in range(0, count, AT_ONCE):
            numbers = range(first, min(count, first + AT_ONCE))

            def write(conn: Connection, numbers: range = numbers) -> dict[str, str]:
                unit = UnitOfWork(Tx(conn, time.time_ns() // 1_000_000, "bench"), RULES)
                opened = dict(_talk(unit, people[number // CAPACITY], number % CAPACITY, refs) for number in numbers)
                unit.write()
                return opened

            tokens |= written(database, write)
        return database.read_now(lambda conn: _known(conn, tokens))
    finally:
        database.close()


def _talk(unit: UnitOfWork, member: Member, load: int, refs: Refs) -> tuple[str, str]:
    """Hold a conversation; returns its id and the visitor's token."""
    visitor, token, _ = visitors.start(Tx(unit.conn, unit.now, "bench"), SITE, "zh", LIFE_MS)
    id = new_id()
    unit.open(Opened(GYNECOLOGY, WOMEN, "zh", GREETING), id=id, site=SITE, visitor=visitor, ref=refs.next())
    visitor_author, asks = Author(AuthorKind.VISITOR, visitor), PostMessage(Visitor(visitor), BODY)
    unit.decide(id, asks, visitor_author, refs.next(), b"")
    person = unit.consultant(member.id).person
    unit.decide(id, Assign(person, load, CAPACITY, Why(load, CAPACITY)), Author(AuthorKind.SYSTEM, "system"))
    consultant_author, staff = (
        Author(AuthorKind.CONSULTANT, member.id, person),
        Staff(person, Role.CONSULTANT, member.groups),
    )
    for number in range(2):
        if number:
            unit.decide(id, asks, visitor_author, refs.next(), b"")
        answers = PostMessage(staff, ANSWER, unit.conversation(id).serving.fence)
        unit.decide(id, answers, consultant_author, refs.next(), b"")
    return id, token


def _known(conn: Connection, tokens: dict[str, str]) -> list[Known]:
    epoch = meta.epoch(conn)
    seen: dict[str, list[tuple[int, str]]] = defaultdict(list)
    shown = entries.c.visitor_seq.is_not(None)
    for row in conn.execute(select(entries.c.conversation, entries.c.visitor_seq, entries.c.id).where(shown)):
        seen[row.conversation].append((row.visitor_seq, row.id))
    known = []
    for id, token in tokens.items():
        known.append(Known(token, id, epoch, tuple(entry for _, entry in sorted(seen[id]))))
    return known
