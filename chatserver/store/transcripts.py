"""Finding and opening transcripts. Whose they may be is part of every query, never of the caller's good will."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, and_, exists, func, or_, select

from chatserver.domain.conversation import Phase
from chatserver.domain.hospital import Person
from chatserver.store.tables import conversations, entries, ratings

NO_OUTCOME = "none"
"""Asks for those that ended without anybody choosing an outcome."""

_person = msgspec.json.Decoder(Person).decode


class _Given(msgspec.Struct):
    """The part of an `assigned` or `transferred` entry that says to whom."""

    consultant: Person


_given = msgspec.json.Decoder(_Given).decode


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for, within the reader's `groups`. Times in ms, `until` excluded; empty means any."""

    groups: tuple[str, ...]
    since: int | None = None
    until: int | None = None
    department: str = ""
    group: str = ""
    consultant: str = ""
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """One line of the list. `consultants` are those who held it, in order; the last one held it last. `stars`: what
    each of those who were rated was given, by id."""

    id: str
    opened_at: int
    closed_at: int | None
    department: str
    group: str
    consultants: tuple[Person, ...]
    outcome: str | None
    stars: dict[str, int]
    messages: int


def find(conn: Connection, wanted: Wanted, limit: int, skip: int) -> list[Found]:
    """The newest first."""
    columns = conversations.c
    newest = select(conversations).where(*_where(wanted)).order_by(columns.opened_at.desc(), columns.id.desc())
    rows = conn.execute(newest.limit(limit).offset(skip)).all()
    ids = [row.id for row in rows]
    held, said, rated = _holders(conn, ids), _messages(conn, ids), _stars(conn, ids)
    return [_found(row, held[row.id], said.get(row.id, 0), rated[row.id]) for row in rows]


def count(conn: Connection, wanted: Wanted) -> int:
    """How many there are."""
    counted = select(func.count()).select_from(conversations).where(*_where(wanted))
    return conn.scalar(counted) or 0


def one(conn: Connection, id: str, groups: Sequence[str]) -> Found | None:
    """The conversation, when it is of one of `groups`; None otherwise, whether it exists or not."""
    where = and_(conversations.c.id == id, conversations.c.group.in_(groups))
    row = conn.execute(select(conversations).where(where)).one_or_none()
    if row is None:
        return None
    return _found(row, _holders(conn, [id])[id], _messages(conn, [id]).get(id, 0), _stars(conn, [id])[id])


def _where(wanted: Wanted) -> list[ColumnElement[bool]]:
    columns = conversations.c
    where: list[ColumnElement[bool]] = [columns.group.in_(wanted.groups)]
    if wanted.since is not None:
        where.append(columns.opened_at >= wanted.since)
    if wanted.until is not None:
        where.append(columns.opened_at < wanted.until)
    if wanted.department:
        where.append(columns.department == wanted.department)
    if wanted.group:
        where.append(columns.group == wanted.group)
    if wanted.consultant:
        where.append(_took_part(wanted.consultant))
    if wanted.outcome == NO_OUTCOME:
        where.append(and_(columns.outcome.is_(None), columns.phase == Phase.CLOSED))
    elif wanted.outcome:
        where.append(columns.outcome == wanted.outcome)
    return where


def _took_part(consultant: str) -> ColumnElement[bool]:
    """Who wrote or did anything in it, or holds it or held it last."""
    wrote = exists().where(entries.c.conversation == conversations.c.id, entries.c.author_id == consultant)
    return or_(conversations.c.last_owner_id == consultant, wrote)


def _holders(conn: Connection, ids: Sequence[str]) -> dict[str, tuple[Person, ...]]:
    """Everybody it was given to, each once, in the order of the first time."""
    given = entries.c.event.in_(("assigned", "transferred"))
    query = select(entries.c.conversation, entries.c.details).where(entries.c.conversation.in_(ids), given)
    held: dict[str, dict[str, Person]] = defaultdict(dict)
    for conversation, details in conn.execute(query.order_by(entries.c.conversation, entries.c.seq)):
        person = _given(details).consultant
        held[conversation].setdefault(person.id, person)
    return defaultdict(tuple, {id: tuple(people.values()) for id, people in held.items()})


def _messages(conn: Connection, ids: Sequence[str]) -> dict[str, int]:
    """How many messages were said."""
    said = and_(entries.c.conversation.in_(ids), entries.c.event == "message_posted")
    query = select(entries.c.conversation, func.count()).where(said).group_by(entries.c.conversation)
    return {row[0]: row[1] for row in conn.execute(query)}


def _stars(conn: Connection, ids: Sequence[str]) -> dict[str, dict[str, int]]:
    """The ratings, by conversation and consultant."""
    columns = ratings.c
    query = select(columns.conversation, columns.consultant_id, columns.stars).where(columns.conversation.in_(ids))
    given: dict[str, dict[str, int]] = defaultdict(dict)
    for conversation, consultant, stars in conn.execute(query.order_by(columns.conversation, columns.part)):
        given[conversation][consultant] = stars
    return given


def _found(row: Row[Any], consultants: tuple[Person, ...], messages: int, stars: dict[str, int]) -> Found:
    if row.last_owner:
        last = _person(row.last_owner)
        consultants = (*(person for person in consultants if person.id != last.id), last)
    return Found(
        id=row.id,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        department=row.department,
        group=row.group,
        consultants=consultants,
        outcome=row.outcome,
        stars=stars,
        messages=messages,
    )
