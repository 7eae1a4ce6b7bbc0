"""审计记录 rows: who did what to what, and when. They hold ids and names of acts, never words, numbers or addresses.

So far the acts that reveal something to staff stand here; the audit log to come has the same shape.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from chatserver.store.ids import new_id
from chatserver.store.tables import audit_entries as rows


@dataclass(frozen=True, slots=True)
class Act:
    """`actor` did `action` to an object; `role` as it was then, `address_hash` of where from."""

    actor: str
    role: str
    action: str
    object_kind: str
    object_id: str
    address_hash: bytes | None = None


def write(conn: Connection, act: Act, now: int) -> None:
    """In the transaction of the act itself, before it."""
    conn.execute(
        insert(rows).values(
            id=new_id(),
            at=now,
            actor=act.actor,
            role=act.role,
            action=act.action,
            object_kind=act.object_kind,
            object_id=act.object_id,
            address_hash=act.address_hash,
        )
    )


def objects_since(conn: Connection, actor: str, action: str, since: int) -> dict[str, int]:
    """To what this person did it since then (ms), each with when it was first."""
    mine = (rows.c.actor == actor, rows.c.action == action, rows.c.at > since)
    found: dict[str, int] = {}
    for row in conn.execute(select(rows.c.object_id, rows.c.at).where(*mine).order_by(rows.c.at)):
        found.setdefault(row.object_id, row.at)
    return found
