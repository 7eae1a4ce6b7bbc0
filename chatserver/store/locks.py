"""Row locks, always taken in one order: the group, conversations by id, visitors by id, consultants by id.

On PostgreSQL they keep two transactions from deciding on the same rows. On SQLite, which has one writer at a time, they
do nothing. Two cases break the order; they may end in a deadlock and are then run again: a conversation that another
node has just opened for the same visitor is loaded after the visitor's lock, and an assignment whose plan must be made
again locks rows after the consultants of the first plan.

`FOR NO KEY UPDATE` is used because inserting a row that only refers to a locked one (a new conversation refers to its
group) must not wait.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Select, Table, select

from chatserver.store.tables import conversations, groups, visitors


def locked(query: Select[Any], table: Table) -> Select[Any]:
    """The query, locking the rows it finds in the order of their ids until the transaction ends."""
    return query.order_by(table.c.id).with_for_update(key_share=True)


def lock_group(conn: Connection, group: str) -> None:
    """Keep other nodes from assigning in this group until the transaction ends."""
    conn.execute(locked(select(groups.c.id).where(groups.c.id == group), groups))


def lock_groups(conn: Connection, ids: Iterable[str]) -> None:
    """The same for several groups at once."""
    conn.execute(locked(select(groups.c.id).where(groups.c.id.in_(sorted(set(ids)))), groups))


def lock_group_of(conn: Connection, conversation: str) -> None:
    """The same for the present group of this conversation; an unknown conversation locks nothing."""
    its_own = select(conversations.c.group).where(conversations.c.id == conversation).scalar_subquery()
    conn.execute(locked(select(groups.c.id).where(groups.c.id == its_own), groups))


def lock_visitors(conn: Connection, ids: Iterable[str]) -> None:
    """Keep other nodes from opening or reopening conversations of these visitors until the transaction ends."""
    conn.execute(locked(select(visitors.c.id).where(visitors.c.id.in_(sorted(set(ids)))), visitors))
