"""What the audit log holds, as tests compare it."""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, event, text

from chatserver.store.database import Database, Where


@dataclass(frozen=True)
class AuditRow:
    actor: str
    role: str
    action: str
    object_kind: str
    object_id: str
    details: dict[str, Any]
    has_address: bool


def audit_rows(conn: Connection) -> list[AuditRow]:
    """The rows in their order."""
    names = "actor, role, action, object_kind, object_id, details, address_hash"
    found = conn.execute(text(f"SELECT {names} FROM audit_entries ORDER BY number"))
    return [
        AuditRow(actor, role, action, kind, id, json.loads(details), address is not None)
        for actor, role, action, kind, id, details, address in found
    ]


def audit_rows_in(where: Where) -> list[AuditRow]:
    """Those of a database that somebody else may have open."""
    with closing(Database(where)) as database:
        return database.read_now(audit_rows)


@contextmanager
def nothing_behind_the_head() -> Iterator[None]:
    """Fail when a transaction uses any other table after it has locked the head of the log. So it can never wait for
    another one while that one waits for the head."""
    holding: set[Connection] = set()
    behind: list[str] = []

    def executes(conn: Connection, _cursor: object, statement: str, *_: object) -> None:
        if "FROM audit_head" in statement:
            holding.add(conn)
        elif conn in holding and "audit_" not in statement:
            behind.append(statement)

    listeners = (("before_cursor_execute", executes), ("commit", holding.discard), ("rollback", holding.discard))
    for name, listener in listeners:
        event.listen(Engine, name, listener)
    try:
        yield
    finally:
        for name, listener in listeners:
            event.remove(Engine, name, listener)
    assert behind == []
