"""Visitors that hostile sockets play: each has an answered and ended conversation, to be read and rated."""

import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection

from bench.attack.octets import refs
from bench.load.talk import BODY
from bench.transactions import written
from chatserver.domain.actors import Staff, Visitor
from chatserver.domain.commands.assignment import Assign
from chatserver.domain.commands.ending import Close
from chatserver.domain.commands.messages import PostMessage
from chatserver.domain.entry import Author, AuthorKind
from chatserver.domain.events.assignment import Why
from chatserver.domain.events.queue import Opened
from chatserver.domain.hospital import Role
from chatserver.domain.rules import Rulebook, Rules
from chatserver.hub.unit_of_work import UnitOfWork
from chatserver.store import visitors
from chatserver.store.database import Database
from chatserver.store.ids import new_id
from chatserver.store.tx import Tx
from tests.e2e.hospital import DENTISTRY, SITE, TEETH, Member

LIFE_MS = 24 * 3_600_000
ANSWERS = 20
CAPACITY = 20
RULES = Rulebook(Rules())


def ended(where: Path | str, member: Member, many: int) -> list[tuple[str, str]]:
    """So many tokens, each with the id of its visitor's ended conversation. A server may be running."""
    database = Database(where)
    next_ref = refs("f")
    try:

        def write(conn: Connection) -> list[tuple[str, str]]:
            unit = UnitOfWork(Tx(conn, time.time_ns() // 1_000_000, "bench"), RULES)
            made = [_one(unit, member, next_ref) for _ in range(many)]
            unit.write()
            return made

        return written(database, write)
    finally:
        database.close()


def _one(unit: UnitOfWork, member: Member, next_ref: Callable[[], str]) -> tuple[str, str]:
    visitor, token, _ = visitors.start(Tx(unit.conn, unit.now, "bench"), SITE, "zh", LIFE_MS)
    id = new_id()
    unit.open(Opened(DENTISTRY, TEETH, "zh", "您好。"), id=id, site=SITE, visitor=visitor, ref=next_ref())
    asker, asks = Author(AuthorKind.VISITOR, visitor), PostMessage(Visitor(visitor), BODY)
    unit.decide(id, asks, asker, next_ref(), b"")
    person = unit.consultant(member.id).person
    unit.decide(id, Assign(person, 0, CAPACITY, Why(0, CAPACITY)), Author(AuthorKind.SYSTEM, "system"))
    answerer, staff = Author(AuthorKind.CONSULTANT, member.id, person), Staff(person, Role.CONSULTANT, member.groups)
    for _ in range(ANSWERS):
        unit.decide(id, PostMessage(staff, BODY, unit.conversation(id).serving.fence), answerer, next_ref(), b"")
    unit.decide(id, Close(staff, unit.conversation(id).serving.fence, "answered"), answerer, next_ref(), b"")
    return token, id
