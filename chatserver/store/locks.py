"""Row locks, taken everywhere in one order: the group, conversations by id, visitors by id, consultants by id.

On PostgreSQL they keep two transactions from deciding on the same rows; on SQLite, where one writes at a time, they
are nothing. Two exceptions, which may end in a deadlock and are run again then: a conversation that another node opened
for the same visitor a moment ago is loaded after his lock; and a giving whose plan has to be made anew goes on to lock
behind the consultants of the first plan.

`FOR NO KEY UPDATE`, because a row that is only pointed at (a new conversation names its group) must not wait for
whoever changes it.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Select, Table, select

from chatserver.store.tables import conversations, groups, visitors


def locked(query: Select[Any], table: Table) -> Select[Any]:
    """The query, locking the rows it finds in the order of their ids until the transaction ends."""
    return query.order_by(table.c.id).with_for_update(key_share=True)


def lock_group(conn: Connection, group: str) -> None:
    """Nobody else gives in this group until the transaction ends."""
    conn.execute(locked(select(groups.c.id).where(groups.c.id == group), groups))


def lock_groups(conn: Connection, ids: Iterable[str]) -> None:
    """The same for several groups at once."""
    conn.execute(locked(select(groups.c.id).where(groups.c.id.in_(sorted(set(ids)))), groups))


def lock_group_of(conn: Connection, conversation: str) -> None:
    """The same for the group that this conversation is in now; a conversation that is not there locks nothing."""
    its_own = select(conversations.c.group).where(conversations.c.id == conversation).scalar_subquery()
    conn.execute(locked(select(groups.c.id).where(groups.c.id == its_own), groups))


def lock_visitors(conn: Connection, ids: Iterable[str]) -> None:
    """Nobody else opens or reopens a conversation of theirs until the transaction ends."""
    conn.execute(locked(select(visitors.c.id).where(visitors.c.id.in_(sorted(set(ids)))), visitors))
