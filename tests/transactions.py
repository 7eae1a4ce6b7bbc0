"""Makes a `Tx` for tests, from a connection and, where it matters, a time."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection

from chatserver.store import meta
from chatserver.store.database import Database
from chatserver.store.tx import Tx

T = TypeVar("T")
TESTER = "tester"
"""Who acts in a test."""
AUDIT_KEY = b"the audit log is signed by tests"


def tx_at(conn: Connection, now: int = 0, actor: str = TESTER) -> Tx:
    """The connection's transaction, at that time (ms)."""
    return Tx(conn, now, actor, AUDIT_KEY)


def written(database: Database, work: Callable[[Connection], T]) -> T:
    """Run `work` in one transaction."""
    return database.write_now(lambda tx: work(tx.conn), _never, TESTER)


async def writing(database: Database, work: Callable[[Connection], T]) -> T:
    """The same, in the writer thread."""
    return await database.write(lambda tx: work(tx.conn), _never, TESTER)


def people_changed(conn: Connection) -> None:
    """Raises the version by which the hub notices a change of staff, groups, departments or sites."""
    meta.bump_people_version(tx_at(conn))


def _never() -> int:
    return 0
