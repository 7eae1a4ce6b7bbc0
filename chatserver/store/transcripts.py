"""Finds and opens transcripts. Every query includes the reader's groups, so no caller can forget the restriction."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, or_, select, union_all

from chatserver.domain.conversation import Phase
from chatserver.domain.hospital import Person
from chatserver.store.sealed_text import unseal
from chatserver.store.tables import conversations, entries, participants, ratings, visits

NO_OUTCOME = "none"
"""Selects conversations that ended without an outcome."""

_person = msgspec.json.Decoder(Person).decode


class _Given(msgspec.Struct):
    """The part of an `assigned` or `transferred` entry that names the consultant."""

    consultant: Person


_given = msgspec.json.Decoder(_Given).decode


@dataclass(frozen=True, slots=True)
class TranscriptFilter:
    """The search criteria, within the reader's `groups`. Times in ms, `until` excluded; empty means any. `source`: of
    the first or the last touch of the visit; `province`: of the visitor's address."""

    groups: tuple[str, ...]
    since: int | None = None
    until: int | None = None
    department: str = ""
    group: str = ""
    consultant: str = ""
    outcome: str = ""
    source: str = ""
    province: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """One row of the list. `consultants` are those who held it, in order; the one who held it last is last. `stars` are
    the ratings by consultant id."""

    id: str
    opened_at: int
    closed_at: int | None
    department: str
    group: str
    consultants: tuple[Person, ...]
    outcome: str | None
    stars: dict[str, int]
    messages: int


def find(conn: Connection, wanted: TranscriptFilter, limit: int, skip: int) -> list[Found]:
    """The conversations found, newest first."""
    ids = list(conn.scalars(_newest(wanted, limit, skip)))
    if not ids:
        return []
    rows = {row.id: row for row in conn.execute(select(conversations).where(conversations.c.id.in_(ids)))}
    held, said, rated = _holders(conn, ids), _messages(conn, ids), _stars(conn, ids)
    return [_found(rows[id], held[id], said.get(id, 0), rated[id]) for id in ids]


def count(conn: Connection, wanted: TranscriptFilter) -> int:
    """How many conversations match."""
    return conn.scalar(_of(select(func.count()), wanted)) or 0


def one(conn: Connection, id: str, groups: Sequence[str]) -> Found | None:
    """The conversation if it belongs to one of `groups`; otherwise None, whether it exists or not."""
    where = and_(conversations.c.id == id, conversations.c.group.in_(groups))
    row = conn.execute(select(conversations).where(where)).one_or_none()
    if row is None:
        return None
    return _found(row, _holders(conn, [id])[id], _messages(conn, [id]).get(id, 0), _stars(conn, [id])[id])


def is_there(conn: Connection, id: str, groups: Sequence[str]) -> bool:
    """Whether `one` finds the conversation. Reads no other tables, so it is cheaper."""
    where = and_(conversations.c.id == id, conversations.c.group.in_(groups))
    return conn.execute(select(conversations.c.id).where(where)).first() is not None


def _newest(wanted: TranscriptFilter, limit: int, skip: int) -> Select[Any]:
    """The ids of one page of conversations, newest first. Only ids are sorted, because rows are wide and most of them
    are not on the page."""
    if wanted.consultant:
        took = participants.c
        found = _of(select(took.conversation), wanted).order_by(took.opened_at.desc(), took.conversation.desc())
        return found.limit(limit).offset(skip)
    # The newest conversations of each group are read from the end of its index, so that older ones are not read.
    own = conversations.c
    groups = [group for group in wanted.groups if wanted.group in ("", group)]
    each = [_of(select(own.id, own.opened_at), replace(wanted, groups=(group,))) for group in groups or [""]]
    newest = [one.order_by(own.opened_at.desc(), own.id.desc()).limit(skip + limit).subquery() for one in each]
    together = union_all(*(select(one) for one in newest)).subquery()
    ids, opened = together.c.id, together.c.opened_at
    return select(ids).order_by(opened.desc(), ids.desc()).limit(limit).offset(skip)


def _of(query: Select[Any], wanted: TranscriptFilter) -> Select[Any]:
    """The query restricted to what is wanted. For a colleague it uses `participants`, never entries."""
    if not wanted.consultant:
        return query.select_from(conversations).where(*_where(wanted, conversations.c.opened_at))
    joined = participants.join(conversations, participants.c.conversation == conversations.c.id)
    own = participants.c.consultant_id == wanted.consultant
    return query.select_from(joined).where(own, *_where(wanted, participants.c.opened_at))


def _where(wanted: TranscriptFilter, opened_at: ColumnElement[int]) -> list[ColumnElement[bool]]:
    columns = conversations.c
    where: list[ColumnElement[bool]] = [columns.group.in_(wanted.groups)]
    if wanted.since is not None:
        where.append(opened_at >= wanted.since)
    if wanted.until is not None:
        where.append(opened_at < wanted.until)
    if wanted.department:
        where.append(columns.department == wanted.department)
    if wanted.group:
        where.append(columns.group == wanted.group)
    if wanted.outcome == NO_OUTCOME:
        where.append(and_(columns.outcome.is_(None), columns.phase == Phase.CLOSED))
    elif wanted.outcome:
        where.append(columns.outcome == wanted.outcome)
    if wanted.source or wanted.province:
        where.append(_came(wanted))
    return where


def _came(wanted: TranscriptFilter) -> ColumnElement[bool]:
    """Whether the visitor came from there. It is looked up for each conversation, by its id."""
    came = select(visits.c.conversation).where(visits.c.conversation == conversations.c.id)
    if wanted.source:
        came = came.where(or_(visits.c.source == wanted.source, visits.c.last_source == wanted.source))
    if wanted.province:
        came = came.where(visits.c.province == wanted.province)
    return came.exists()


def _holders(conn: Connection, ids: Sequence[str]) -> dict[str, tuple[Person, ...]]:
    """Everybody who was given the conversation, each once, in the order of the first time."""
    given = entries.c.event.in_(("assigned", "transferred"))
    query = select(entries.c.conversation, entries.c.id, entries.c.details).where(
        entries.c.conversation.in_(ids), given
    )
    held: dict[str, dict[str, Person]] = defaultdict(dict)
    for conversation, id, details in conn.execute(query.order_by(entries.c.conversation, entries.c.seq)):
        person = _given(unseal(details, conversation, id)).consultant
        held[conversation].setdefault(person.id, person)
    return defaultdict(tuple, {id: tuple(people.values()) for id, people in held.items()})


def _messages(conn: Connection, ids: Sequence[str]) -> dict[str, int]:
    """The number of messages in each conversation."""
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
