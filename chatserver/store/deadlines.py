"""Rows of running deadlines. Each belongs to a subject: a conversation, for instance. A row may be early, or remain
after its deadline no longer runs: when it is due, the subject is checked and the row deleted. A row is never late."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, bindparam, delete, insert, select

from chatserver.store.message_path import Insertion, Writing
from chatserver.store.tables import deadlines
from chatserver.store.tx import Tx

CONVERSATION = "conversation"
"""The kind of subject whose ids are those of conversations."""

Running = dict[str, int]
"""Name of the deadline → due time (ms)."""


def load(conn: Connection, kind: str, ids: Iterable[str]) -> dict[str, Running]:
    """The rows of these subjects, by id."""
    of_them = deadlines.c.subject_id.in_(sorted(set(ids)))
    running: dict[str, Running] = {}
    for row in conn.execute(select(deadlines).where(deadlines.c.subject_kind == kind, of_them)):
        running.setdefault(row.subject_id, {})[row.clock] = row.due_at
    return running


def due(conn: Connection, kinds: Iterable[str], now: int, limit: int) -> dict[str, list[str]]:
    """The ids of subjects with a due deadline, by kind, the most overdue first. Of all kinds together at most `limit`
    rows are read."""
    ready = select(deadlines.c.subject_kind, deadlines.c.subject_id).where(
        deadlines.c.due_at <= now, deadlines.c.subject_kind.in_(sorted(kinds))
    )
    found: dict[str, list[str]] = {}
    for kind, id in dict.fromkeys(map(tuple, conn.execute(ready.order_by(deadlines.c.due_at).limit(limit)))):
        found.setdefault(kind, []).append(id)
    return found


def settle(tx: Tx, kind: str, stored: dict[str, Running], wanted: dict[str, Running], fired: frozenset[str]) -> None:
    """Bring the rows of these subjects, which are of one kind, to `wanted`.

    A row that would only move to a later time is left alone, unless its subject is in `fired`: then it was due and has
    been handled, and would be due again at once.
    """
    gone, put = [], []
    for id, clocks in wanted.items():
        before = stored.get(id, {})
        gone += [(id, clock) for clock in before if clock not in clocks]
        for clock, due_at in clocks.items():
            held = before.get(clock)
            if held is None or due_at < held or (held != due_at and id in fired):
                put.append((id, clock, due_at))
    stale = gone + [(id, clock) for id, clock, _ in put if clock in stored.get(id, {})]
    if stale:
        tx.conn.execute(_delete, [{"of_kind": kind, "of_id": id, "of_clock": clock} for id, clock in stale])
    if put:
        rows = [{"subject_kind": kind, "subject_id": id, "clock": clock, "due_at": at} for id, clock, at in put]
        tx.conn.execute(insert(deadlines), rows)


def hastened(due: Sequence[tuple[str, str, str, int]]) -> Writing:
    """Make sure that each of these (kind, id, deadline, time) has a row due by then. Unneeded rows are left: in a
    conversation that goes back and forth, the next message needs the same ones again."""
    return _sooner.of(due)


_sooner = Insertion(
    deadlines,
    "ON CONFLICT (subject_kind, subject_id, clock) DO UPDATE SET due_at = excluded.due_at"
    " WHERE excluded.due_at < deadlines.due_at",
)

_delete = delete(deadlines).where(
    deadlines.c.subject_kind == bindparam("of_kind"),
    deadlines.c.subject_id == bindparam("of_id"),
    deadlines.c.clock == bindparam("of_clock"),
)
