"""The invariants of a database. Each finding is one line with ids and positions, never chat text.

`findings` checks what is stored. `late_clocks` checks the deadlines, which also depend on the settings and which a
server corrects when it starts. Read-only.
"""

from collections.abc import Iterator
from dataclasses import fields
from itertools import groupby
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, func, not_, select

from chatserver.domain.audience import SOMETIMES, VISITORS_FIELDS
from chatserver.domain.conversation import OPEN, OWNED, Conversation, Phase
from chatserver.domain.deadlines import deadlines
from chatserver.domain.hospital import UNSURE
from chatserver.domain.rules import Rulebook, Rules
from chatserver.domain.sentence import Sentence
from chatserver.store import conversations as conversation_rows
from chatserver.store import deadlines as deadline_rows
from chatserver.store.entries import KINDS, read
from chatserver.store.hospital import load_hospital
from chatserver.store.sealed_text import unseal
from chatserver.store.tables import (
    consultants,
    conversations,
    entries,
    groups,
    metadata,
    participants,
    site_departments,
    sites,
)
from chatserver.store.tables import deadlines as deadline_table

OFFERED = frozenset({Phase.RINGING, Phase.TRANSFERRING})
SHOWN = sorted(name for name, kind in KINDS.items() if kind in VISITORS_FIELDS)
"""Events that a visitor may see."""
SEEN_SOMETIMES = sorted(name for name, kind in KINDS.items() if kind in SOMETIMES)
"""Those of them whose details decide whether the visitor sees them."""
RAISING = sorted(name for name, kind in KINDS.items() if "fence" in {field.name for field in fields(kind)})
"""Events that raise the fence."""
AT_ONCE = 1_000
"""Rows fetched at a time, because a database can be larger than the memory."""


class _Known(msgspec.Struct):
    """The part of a stored person that identifies their row."""

    id: str


class _Fenced(msgspec.Struct):
    """The part of an event's details that raises the fence."""

    fence: int


class _HeldOut(msgspec.Struct):
    """The part of a stored offer that identifies a person."""

    to: _Known | None


def damage(conn: Connection) -> list[str]:
    """What SQLite itself finds wrong with the file. Nothing is checked here on PostgreSQL: a server with
    `data_checksums` checks each page that it reads (`serve` logs whether that is on), and the other checks read
    everything."""
    if conn.dialect.name != "sqlite":
        return []
    told = [line for row in conn.exec_driver_sql("PRAGMA integrity_check") for line in str(row[0]).splitlines()]
    return [] if told == ["ok"] else [Sentence("file: {line}", line=line) for line in told]


def findings(conn: Connection) -> Iterator[str]:
    """All violations except late deadlines. If the file is damaged, nothing else is checked."""
    damaged = damage(conn)
    yield from damaged
    if damaged:
        return
    yield from _orphans(conn)
    yield from _places(conn)
    yield from _heads(conn)
    yield from _audience(conn)
    yield from _refs(conn)
    yield from _fences(conn)
    yield from _states(conn)
    yield from _parts(conn)
    yield from _general_groups(conn)


def late_clocks(conn: Connection, rules: Rules) -> Iterator[str]:
    """Each running deadline must have a row that is not later than due, and a closed conversation must have none."""
    of_conversations = deadline_table.c.subject_kind == deadline_rows.CONVERSATION
    known = deadline_table.outerjoin(conversations, deadline_table.c.subject_id == conversations.c.id)
    ended = select(deadline_table).select_from(known).where(of_conversations, conversations.c.phase == Phase.CLOSED)
    lost = select(deadline_table).select_from(known).where(of_conversations, conversations.c.id.is_(None))
    rulebook = Rulebook(rules, load_hospital(conn).groups.values())
    for row in conn.execute(ended):
        yield Sentence("conversation {id}: has ended, and has a deadline {clock}", id=row.subject_id, clock=row.clock)
    for row in conn.execute(lost):
        yield Sentence("conversation {id}: is missing, and has a deadline {clock}", id=row.subject_id, clock=row.clock)
    for id in conn.scalars(select(conversations.c.id).where(conversation_rows.IS_OPEN)).all():
        try:
            conversation = conversation_rows.load(conn, [id])[id]
        except (msgspec.MsgspecError, ValueError):
            continue  # `findings` says what is wrong with it.
        for told in _late(conversation, _stored(conn, id), rulebook.of(conversation.queue.group)):
            yield Sentence("conversation {id}: {told}", id=id, told=told)


def _stored(conn: Connection, id: str) -> deadline_rows.Running:
    return deadline_rows.load(conn, deadline_rows.CONVERSATION, [id]).get(id, {})


def _orphans(conn: Connection) -> Iterator[str]:
    """Rows that refer to a missing row. Uses SQL rather than foreign_key_check, which reports no ids."""
    for table in metadata.sorted_tables:
        for reference in table.foreign_keys:
            column, target = reference.parent, reference.column
            there = select(target).where(target == column).exists()
            lost = select(column).where(column.is_not(None), not_(there)).distinct()
            for id in conn.scalars(lost):
                yield Sentence(
                    "{table}.{column}: {id} is not in {target}",
                    table=table.name,
                    column=column.name,
                    id=id,
                    target=target.table.name,
                )


def _places(conn: Connection) -> Iterator[str]:
    """Both counts run 1, 2, 3 … in the same order."""
    seq, visitor_seq = entries.c.seq, entries.c.visitor_seq
    for name, count, counted in (("seq", seq, seq), ("visitor_seq", visitor_seq, visitor_seq.is_not(None))):
        place = func.row_number().over(partition_by=entries.c.conversation, order_by=seq)
        shown = select(entries.c.conversation, seq.label("at"), count.label("count"), place.label("place"))
        ordered = (shown.where(counted) if count is visitor_seq else shown).subquery()
        wrong = select(ordered.c.conversation, func.min(ordered.c.at)).where(ordered.c.count != ordered.c.place)
        for id, at in conn.execute(wrong.group_by(ordered.c.conversation)):
            yield Sentence("conversation {id}: {name} is not 1, 2, 3 … at seq {at}", id=id, name=name, at=at)


def _heads(conn: Connection) -> Iterator[str]:
    """The conversation's row holds the ends of both counts."""
    c = conversations.c
    ends = func.coalesce(func.max(entries.c.seq), 0), func.coalesce(func.max(entries.c.visitor_seq), 0)
    joined = select(c.id, c.last_seq, c.last_visitor_seq, *ends).outerjoin(entries, entries.c.conversation == c.id)
    for id, last_seq, last_visitor_seq, seq, visitor_seq in conn.execute(joined.group_by(c.id)):
        if last_seq != seq:
            yield Sentence(
                "conversation {id}: last_seq is {last_seq}, its last entry is {seq}", id=id, last_seq=last_seq, seq=seq
            )
        if last_visitor_seq != visitor_seq:
            yield Sentence(
                "conversation {id}: last_visitor_seq is {last_visitor_seq}, the visitor's last is {visitor_seq}",
                id=id,
                last_visitor_seq=last_visitor_seq,
                visitor_seq=visitor_seq,
            )


def _audience(conn: Connection) -> Iterator[str]:
    """Entries for staff only have no visitor's number; entries that the visitor may see have one."""
    counted = entries.c.visitor_seq.is_not(None)
    yield from _entries(conn, entries.c.event.not_in(KINDS), Sentence("is of a kind that this version does not know"))
    yield from _entries(
        conn, entries.c.event.not_in(SHOWN) & counted, Sentence("is for staff only, and has a visitor_seq")
    )
    always = [name for name in SHOWN if name not in SEEN_SOMETIMES]
    yield from _entries(
        conn, entries.c.event.in_(always) & not_(counted), Sentence("is for the visitor, and has no visitor_seq")
    )
    yield from _seen_sometimes(conn)


def _seen_sometimes(conn: Connection) -> Iterator[str]:
    """Whether the visitor sees these was decided when they were written, so both are valid; only check that they
    decode."""
    wanted = select(entries).where(entries.c.event.in_(SEEN_SOMETIMES)).execution_options(yield_per=AT_ONCE)
    for row in conn.execute(wanted):
        try:
            read(row)
        except (msgspec.MsgspecError, ValueError):
            yield Sentence("conversation {id}: seq {seq} cannot be read", id=row.conversation, seq=row.seq)


def _entries(conn: Connection, wrong: ColumnElement[bool], told: str) -> Iterator[str]:
    for id, seq in conn.execute(select(entries.c.conversation, entries.c.seq).where(wrong)):
        yield Sentence("conversation {id}: seq {seq} {told}", id=id, seq=seq, told=told)


def _refs(conn: Connection) -> Iterator[str]:
    """No command made two entries, and no `conversation.open` two conversations."""
    key = entries.c.conversation, entries.c.ref, entries.c.author_id
    many = func.count() > 1
    for id, ref, _ in conn.execute(select(*key).where(entries.c.ref.is_not(None)).group_by(*key).having(many)):
        yield Sentence("conversation {id}: several entries with the ref {ref}", id=id, ref=ref)
    opened = conversations.c.visitor, conversations.c.opened_ref
    for visitor, ref in conn.execute(select(*opened).group_by(*opened).having(many)):
        yield Sentence("visitor {visitor}: several conversations opened with the ref {ref}", visitor=visitor, ref=ref)


def _fences(conn: Connection) -> Iterator[str]:
    """Every assignment and return raised the fence, and the conversation's row has its last value."""
    placed = entries.c.conversation, entries.c.seq
    raising = select(*placed, entries.c.id, entries.c.details, conversations.c.fence).join(conversations)
    rows = conn.execute(
        raising.where(entries.c.event.in_(RAISING)).order_by(*placed).execution_options(yield_per=AT_ONCE)
    )
    for id, given in groupby(rows, key=lambda row: row.conversation):
        last, told = 0, 0
        for row in given:
            told = row.fence
            try:
                fence = msgspec.json.decode(unseal(row.details or "{}", id, row.id), type=_Fenced).fence
            except (msgspec.MsgspecError, ValueError):
                yield Sentence("conversation {id}: seq {seq} cannot be read", id=id, seq=row.seq)
                continue
            if fence <= last:
                yield Sentence(
                    "conversation {id}: the fence at seq {seq} is {fence}, it was {last}",
                    id=id,
                    seq=row.seq,
                    fence=fence,
                    last=last,
                )
            last = fence
        if told != last:
            yield Sentence("conversation {id}: fence is {told}, its last one is {last}", id=id, told=told, last=last)


def _states(conn: Connection) -> Iterator[str]:
    """A conversation has an owner exactly while it is answered, and an offer exactly while it is offered; and the row
    is consistent with itself."""
    c = conversations.c
    columns = c.id, c.phase, c.owner_id, c.owner, c.offer_to, c.offer, c.closed_at
    for row in conn.execute(select(*columns).execution_options(yield_per=AT_ONCE)):
        try:
            for told in _state(row):
                yield Sentence("conversation {id}: {told}", id=row.id, told=told)
        except (msgspec.MsgspecError, ValueError):
            yield Sentence("conversation {id}: cannot be read", id=row.id)


def _state(row: Row[*tuple[Any, ...]]) -> Iterator[str]:
    phase = Phase(row.phase)
    if phase in OWNED and row.owner is None:
        yield Sentence("is {phase}, and nobody owns it", phase=phase)
    if phase not in OWNED and row.owner is not None:
        yield Sentence("is {phase}, and has an owner", phase=phase)
    if phase in OFFERED and row.offer is None:
        yield Sentence("is {phase}, and no offer is held out", phase=phase)
    if phase not in OFFERED and row.offer is not None:
        yield Sentence("is {phase}, and has an offer", phase=phase)
    if (phase in OPEN) is not (row.closed_at is None):
        yield Sentence("is {phase}, and closed_at says otherwise", phase=phase)
    owner = msgspec.json.decode(row.owner, type=_Known).id if row.owner else None
    if row.owner_id != owner:
        yield Sentence("owner_id is {owner_id}, its owner is {owner}", owner_id=row.owner_id, owner=owner)
    held_out = msgspec.json.decode(unseal(row.offer, row.id, "offer"), type=_HeldOut).to if row.offer else None
    if row.offer_to != (held_out.id if held_out else None):
        yield Sentence("offer_to is {offer_to}, its offer says otherwise", offer_to=row.offer_to)


def _parts(conn: Connection) -> Iterator[str]:
    """Everybody who did something in a conversation or owned it last is listed as a participant."""
    wrote = select(entries.c.conversation, entries.c.author_id.label("who")).where(
        entries.c.author_kind == "consultant"
    )
    owned = select(conversations.c.id, conversations.c.last_owner_id).where(conversations.c.last_owner_id.is_not(None))
    took = wrote.union(owned).subquery()
    listed = (participants.c.conversation == took.c.conversation) & (participants.c.consultant_id == took.c.who)
    missing = select(took).join(consultants, consultants.c.id == took.c.who)
    for id, who in conn.execute(missing.where(not_(select(participants).where(listed).exists()))):
        yield Sentence("conversation {id}: {who} is not among those who took part", id=id, who=who)


def _general_groups(conn: Connection) -> Iterator[str]:
    """Every site has a general group for visitors who chose no department, and offers that choice."""
    known = set(conn.scalars(select(groups.c.id)))
    offering = set(conn.scalars(select(site_departments.c.site_id).where(site_departments.c.department_id == UNSURE)))
    for row in conn.execute(select(sites.c.id, sites.c.general_group).order_by(sites.c.id)):
        if row.general_group is not None and row.general_group not in known:
            yield Sentence("site {id}: its general group {group} is not in groups", id=row.id, group=row.general_group)
        if known and (row.general_group is None or row.id not in offering):
            yield Sentence("site {id}: does not answer those who chose no department", id=row.id)


def _late(conversation: Conversation, stored: deadline_rows.Running, rules: Rules) -> Iterator[str]:
    running = deadlines(conversation, rules)
    for clock, due in running.items():
        held = stored.get(clock)
        if held is None:
            yield Sentence("the clock {clock} runs, and has no deadline", clock=clock)
        elif held > due:
            yield Sentence("the deadline {clock} is {ms} ms later than due", clock=clock, ms=held - due)
