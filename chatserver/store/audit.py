"""审计记录 rows: who did what to what, and when. They hold ids and names of actions, never chat text, phone numbers or
IP addresses.

So far only the actions that reveal something to staff are recorded; the audit log to come has the same shape.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, case, func, insert, select

from chatserver.store.ids import new_id
from chatserver.store.tables import audit_entries as rows
from chatserver.store.tx import Tx


@dataclass(frozen=True, slots=True)
class Act:
    """`actor`, in their `role` at that time, did `action` to an object; `address_hash` identifies where from."""

    actor: str
    role: str
    action: str
    object_kind: str
    object_id: str
    address_hash: bytes | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """On how many objects, when (ms) on the first of them, and when last on the object in question."""

    objects: int
    first: int | None
    last: int | None


def write(tx: Tx, act: Act) -> None:
    """Record the act, in its own transaction and before it."""
    tx.conn.execute(
        insert(rows).values(
            id=new_id(),
            at=tx.now,
            actor=act.actor,
            role=act.role,
            action=act.action,
            object_kind=act.object_kind,
            object_id=act.object_id,
            address_hash=act.address_hash,
        )
    )


def done_since(conn: Connection, actor: str, action: str, object_id: str, since: int) -> Done:
    """How often this person did that action since then (ms), and when last to this object. Counted by the database."""
    of_object = (
        select(rows.c.object_id, func.min(rows.c.at).label("first"), func.max(rows.c.at).label("last"))
        .where(rows.c.actor == actor, rows.c.action == action, rows.c.at > since)
        .group_by(rows.c.object_id)
        .subquery()
    )
    last = func.max(case((of_object.c.object_id == object_id, of_object.c.last)))
    row = conn.execute(select(func.count(), func.min(of_object.c.first), last).select_from(of_object)).one()
    return Done(*row)
