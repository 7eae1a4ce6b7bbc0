"""会话 rows: the present state of each conversation. Its entries are in `entries`."""

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Any

from msgspec.structs import astuple, replace
from sqlalchemy import ColumnElement, Connection, and_, bindparam, func, insert, or_, select, text, tuple_, update

from chatserver.domain.changes.base import COUNTED, PLACES
from chatserver.domain.conversation import Alarms, Answers, Connections, Conversation, Phase, Talk
from chatserver.domain.queue import rank
from chatserver.store.conversation_rows import columns_of, encode, read, written
from chatserver.store.locks import locked
from chatserver.store.message_path import Alteration, Among, Lookup, Writing, listed
from chatserver.store.sealed_text import seal
from chatserver.store.tables import conversations
from chatserver.store.tx import Tx

IS_OPEN = text("phase <> 'closed'")
"""Must be the exact text of the partial index; with a bound parameter SQLite would not use that index."""

IS_WAITING = text("phase = 'waiting'")
"""The same, for the index in queue order."""


def load(conn: Connection, ids: Iterable[str], *, lock: bool = False) -> dict[str, Conversation]:
    """These conversations by id, in one query; unknown ids are left out. With `lock`, the rows are locked in the order
    of their ids."""
    found = [read(row) for row in (_load_locked if lock else _load).rows(conn, listed(conn, ids))]
    return {conversation.id: conversation for conversation in found}


_of_ids = select(conversations).where(Among(conversations.c.id, bindparam("ids")))
_load = Lookup(_of_ids, "ids")
_load_locked = Lookup(locked(_of_ids, conversations), "ids")


Mark = tuple[int, int, int, int]
"""Version, last position, last human entry, fence: if these are equal, the whole rows are equal."""


def mark_of(conversation: Conversation) -> Mark:
    return conversation.version, conversation.last_seq, conversation.talk.last_human_at, conversation.serving.fence


def lock_marks(conn: Connection, ids: Iterable[str]) -> dict[str, Mark]:
    """The marks of these conversations; unknown ids are left out. The rows are locked in the order of their ids."""
    rows = _marks.rows(conn, listed(conn, ids))
    return {row[0]: (row[1], row[2], row[3], row[4]) for row in rows}


_marks = Lookup(
    locked(
        select(
            conversations.c.id,
            conversations.c.version,
            conversations.c.last_seq,
            conversations.c.last_human_at,
            conversations.c.fence,
        ).where(Among(conversations.c.id, bindparam("ids"))),
        conversations,
    ),
    "ids",
)


def heads(conn: Connection, ids: Iterable[str]) -> dict[str, tuple[int, int]]:
    """The last position of each of these conversations, as staff count and as the visitor counts; unknown ids are left
    out."""
    return {row[0]: (row[1], row[2]) for row in _heads.rows(conn, listed(conn, ids))}


_heads = Lookup(
    select(conversations.c.id, conversations.c.last_seq, conversations.c.last_visitor_seq).where(
        Among(conversations.c.id, bindparam("ids"))
    ),
    "ids",
)


def open_everywhere(conn: Connection, *, lock: bool = False) -> list[Conversation]:
    """Every open conversation; with `lock`, locked in the order of their ids."""
    wanted = select(conversations).where(IS_OPEN)
    return [read(row) for row in conn.execute(locked(wanted, conversations) if lock else wanted)]


def open_versions(conn: Connection) -> dict[str, int]:
    """The version of each open conversation's row, by id."""
    rows = conn.execute(select(conversations.c.id, conversations.c.version).where(IS_OPEN))
    return {row.id: row.version for row in rows}


def versions(conn: Connection, ids: Iterable[str]) -> dict[str, int]:
    """The version of each of these conversations, open or closed; unknown ids are left out."""
    return dict(_versions.rows(conn, listed(conn, ids)))


_versions = Lookup(
    select(conversations.c.id, conversations.c.version).where(Among(conversations.c.id, bindparam("ids"))), "ids"
)


def recently_closed(conn: Connection, since: int) -> list[Conversation]:
    """Conversations that ended at `since` (ms) or later. Relies on the rule that none stays open for over a day."""
    return [read(row) for row in conn.execute(select(conversations).where(_closed_since(since)))]


def without_outcome(conn: Connection, since: int, of_each: int) -> list[Conversation]:
    """Conversations that ended at `since` (ms) or later and whose last owner has not given an outcome: the latest
    `of_each` per owner."""
    columns = conversations.c
    latest = func.row_number().over(partition_by=columns.last_owner_id, order_by=columns.closed_at.desc())
    wanted = _closed_since(since), columns.outcome.is_(None), columns.last_owner_id.is_not(None)
    placed = select(columns.id, latest.label("place")).where(*wanted).subquery()
    ids = select(placed.c.id).where(placed.c.place <= of_each)
    return [read(row) for row in conn.execute(select(conversations).where(columns.id.in_(ids)))]


def _closed_since(since: int) -> ColumnElement[bool]:
    return and_(conversations.c.opened_at >= since - 86_400_000, conversations.c.closed_at >= since)


def next_waiting(conn: Connection, group: str, limit: int, after: Conversation | None = None) -> list[Conversation]:
    """A group's waiting conversations that are not offered to anybody now, in assignment order, beginning behind
    `after`."""
    columns = conversations.c
    waiting = select(conversations).where(IS_WAITING, columns.group == group)
    if after is not None:
        waiting = waiting.where(tuple_(columns.rank_at, columns.id) > tuple_(*rank(after)))
    return [read(row) for row in conn.execute(waiting.order_by(columns.rank_at, columns.id).limit(limit))]


def latest_ids(conn: Connection, visitors: Iterable[str]) -> list[str]:
    """The id of each of these visitors' latest conversation, open or closed."""
    columns = conversations.c
    order = (columns.visitor, columns.opened_at.desc(), columns.id.desc())
    of_them = select(columns.visitor, columns.id).where(columns.visitor.in_(sorted(set(visitors)))).order_by(*order)
    newest: dict[str, str] = {}
    for visitor, id in conn.execute(of_them):
        newest.setdefault(visitor, id)
    return list(newest.values())


def latest_of(conn: Connection, visitor: str) -> Conversation | None:
    """The visitor's latest conversation, open or closed."""
    newest = select(conversations).where(conversations.c.visitor == visitor)
    row = conn.execute(newest.order_by(conversations.c.opened_at.desc(), conversations.c.id.desc()).limit(1)).first()
    return None if row is None else read(row)


def ended_since(conn: Connection, visitor: str, since: int) -> list[str]:
    """The ids of the visitor's conversations that are open, or ended at `since` (ms) or later."""
    at = conversations.c.closed_at
    recent = select(conversations.c.id).where(conversations.c.visitor == visitor, or_(at.is_(None), at >= since))
    return list(conn.scalars(recent.order_by(conversations.c.id)))


def loads(conn: Connection, of: Iterable[str]) -> dict[str, int]:
    """How much of their capacity these consultants use: active conversations that are not inactive, and rings."""
    wanted = sorted(set(of))
    active = conversations.c.phase.in_([Phase.ACTIVE, Phase.TRANSFERRING])
    owned = (
        select(conversations.c.owner_id, func.count())
        .where(conversations.c.owner_id.in_(wanted), active, conversations.c.inactive.is_(False))
        .group_by(conversations.c.owner_id)
    )
    ringing = (
        select(conversations.c.offer_to, func.count())
        .where(conversations.c.offer_to.in_(wanted), conversations.c.phase == Phase.RINGING)
        .group_by(conversations.c.offer_to)
    )
    taken = dict.fromkeys(wanted, 0)
    for query in (owned, ringing):
        for consultant, count in conn.execute(query):
            taken[consultant] += count
    return taken


def rung(conn: Connection, of: Iterable[str]) -> set[str]:
    """Those of these consultants who are being rung now."""
    held_out = select(conversations.c.offer_to).where(conversations.c.offer_to.in_(sorted(set(of))))
    return set(conn.scalars(held_out.where(conversations.c.phase == Phase.RINGING)))


def queue_length(conn: Connection, group: str) -> int:
    """How many conversations wait in a group, including those being offered.

    Surplus emergencies from one address are not counted: they are admitted regardless of the limit, and must not keep
    others out.
    """
    queued = conversations.c.phase.in_([Phase.WAITING, Phase.RINGING])
    where = and_(IS_OPEN, conversations.c.group == group, queued, conversations.c.crowded.is_(False))
    return conn.scalar(select(func.count()).select_from(conversations).where(where)) or 0


def handle_times(conn: Connection, group: str, samples: int) -> list[int]:
    """How long (ms) the latest conversations of a group took from assignment to end; newest first."""
    ended = (
        select(conversations.c.closed_at - conversations.c.given_at)
        .where(
            conversations.c.group == group,
            conversations.c.phase == Phase.CLOSED,
            conversations.c.given_at > 0,
        )
        .order_by(conversations.c.opened_at.desc())
        .limit(samples)
    )
    return list(conn.scalars(ended))


def add(tx: Tx, conversation: Conversation, opened_ref: str) -> None:
    """Add a new conversation's row."""
    tx.conn.execute(insert(conversations), {**written(conversation), "opened_ref": opened_ref})


_columns = [column.name for column in conversations.columns if column.name not in ("id", "opened_ref")]
_save = (
    update(conversations)
    .where(conversations.c.id == bindparam("row_id"))
    .values({name: bindparam(f"new_{name}") for name in _columns})
)


SAID = (Talk, Alarms, Answers)
"""The groups that a message changes."""

PRESENT = (Connections,)
"""Those that a connection or disconnection changes."""

WORDS = (*columns_of(Talk, Alarms, *PRESENT), *COUNTED)
"""All columns that a message, a note, or a connection or disconnection changes; none of them is in an index."""

PARTS = (*columns_of(Answers), "stars")
"""What a consultant's first two answers change in addition."""

_words_in = Alteration(conversations, "id", WORDS)
_words_of_a_part = Alteration(conversations, "id", (*PARTS, *WORDS))
_counted = attrgetter(*COUNTED)
_not_said = attrgetter(*(set(Conversation.__struct_fields__) - {PLACES[group] for group in SAID} - {*COUNTED}))


def _words_of(conversation: Conversation) -> tuple[Any, ...]:
    """The values of `WORDS`, and the id."""
    talk, alarms, connections = conversation.talk, conversation.alarms, conversation.connections
    line = seal(talk.last_line, conversation.id, "last_line")
    if line is not talk.last_line:
        talk = replace(talk, last_line=line)
    return *astuple(talk), *astuple(alarms), *astuple(connections), *_counted(conversation), conversation.id


def only_words(before: Conversation, after: Conversation) -> bool:
    """Whether entries were all that changed, and nobody connected or disconnected."""
    return bool(_not_said(before) == _not_said(after))


def words(changed: Sequence[Conversation]) -> Writing:
    """Update conversations that only got entries, or whose people connected or disconnected.

    It writes 17 columns instead of 59, and no index. That takes 12 µs per row instead of 60.
    """
    return _words_in.of([_words_of(conversation) for conversation in changed])


def words_of_a_part(changed: Sequence[Conversation]) -> Writing:
    """The same, for conversations in which one of a consultant's first two answers was given."""
    return _words_of_a_part.of(
        [(encode(each.answers.parts).decode(), each.stars, *_words_of(each)) for each in changed]
    )


def save(tx: Tx, changed: Sequence[Conversation]) -> None:
    """Update whole rows, in one `executemany`."""
    if not changed:
        return
    rows = []
    for conversation in changed:
        row = written(conversation)
        rows.append({f"new_{name}": row[name] for name in _columns} | {"row_id": conversation.id})
    tx.conn.execute(_save, rows)
