"""Rows of running deadlines. A row may be early or belong to a stopped clock: when it is due, the conversation is
checked and the row deleted. A row is never late."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, bindparam, delete, insert, select

from chatserver.store.message_path import Insertion, Writing
from chatserver.store.tables import deadlines
from chatserver.store.tx import Tx

Running = dict[str, int]
"""Clock → due time (ms)."""


def load(conn: Connection, conversations: Iterable[str]) -> dict[str, Running]:
    """The rows of these conversations."""
    found = conn.execute(select(deadlines).where(deadlines.c.conversation.in_(sorted(set(conversations)))))
    running: dict[str, Running] = {}
    for row in found:
        running.setdefault(row.conversation, {})[row.clock] = row.due_at
    return running


def due(conn: Connection, now: int, limit: int) -> list[str]:
    """Conversations with a due deadline, the most overdue first."""
    ready = select(deadlines.c.conversation).where(deadlines.c.due_at <= now)
    return list(dict.fromkeys(conn.scalars(ready.order_by(deadlines.c.due_at).limit(limit))))


def settle(tx: Tx, stored: dict[str, Running], wanted: dict[str, Running], fired: frozenset[str]) -> None:
    """Bring the rows of these conversations to `wanted`.

    A row that would only move to a later time is left alone, unless its conversation is in `fired`: then it was due and
    has been handled, and would be due again at once.
    """
    gone, put = [], []
    for conversation, clocks in wanted.items():
        before = stored.get(conversation, {})
        gone += [(conversation, clock) for clock in before if clock not in clocks]
        for clock, due_at in clocks.items():
            held = before.get(clock)
            if held is None or due_at < held or (held != due_at and conversation in fired):
                put.append((conversation, clock, due_at))
    stale = gone + [(conversation, clock) for conversation, clock, _ in put if clock in stored.get(conversation, {})]
    if stale:
        tx.conn.execute(_delete, [{"in_conversation": each, "of_clock": clock} for each, clock in stale])
    if put:
        rows = [{"conversation": each, "clock": clock, "due_at": due_at} for each, clock, due_at in put]
        tx.conn.execute(insert(deadlines), rows)


def hastened(due: Sequence[tuple[str, str, int]]) -> Writing:
    """Make sure that each of these (conversation, clock, time) has a row due by then. Unneeded rows are left: in a
    conversation that goes back and forth, the next message needs the same ones again."""
    return _sooner.of(due)


_sooner = Insertion(
    deadlines,
    "ON CONFLICT (conversation, clock) DO UPDATE SET due_at = excluded.due_at WHERE excluded.due_at < deadlines.due_at",
)

_delete = delete(deadlines).where(
    deadlines.c.conversation == bindparam("in_conversation"), deadlines.c.clock == bindparam("of_clock")
)
