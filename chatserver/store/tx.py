"""The unit of every write: a transaction's connection, its time, and who acts.

Each function of the store that writes takes a `Tx` first; functions that only read take a connection (`tx.conn`), so
that they also serve readers, which have no `Tx`. `Database.write` makes it.
"""

from collections.abc import Callable
from typing import Final

from sqlalchemy import Connection

Now = Callable[[], int]
"""Called for the time (ms since 1970)."""

SYSTEM: Final = "system"
"""The server itself acts: periodic jobs, and a batch, whose entries each name their author."""
COMMAND_LINE: Final = "cli"
"""Somebody at the command line acts; the operating system knows who."""
VISITOR: Final = "visitor"
"""A visitor acts whose id is not known when the transaction begins."""


class Tx:
    """One time (`now`, ms) and one `actor` for the whole transaction: a consultant's or visitor's id, or one of the
    words above."""

    __slots__ = ("_audit_key", "actor", "conn", "now")

    def __init__(self, conn: Connection, now: int, actor: str, audit_key: bytes | None = None) -> None:
        self.conn = conn
        self.now = now
        self.actor = actor
        self._audit_key = audit_key

    def by(self, actor: str) -> "Tx":
        """The same transaction with another actor, who becomes known only while it runs."""
        return Tx(self.conn, self.now, actor, self._audit_key)

    @property
    def audit_key(self) -> bytes:
        """Signs the rows of the audit log."""
        if self._audit_key is None:
            raise RuntimeError("the database was opened without the key of the audit log")
        return self._audit_key
