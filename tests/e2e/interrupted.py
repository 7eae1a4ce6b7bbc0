"""`restore` on PostgreSQL, killed at one point: `python -m tests.e2e.interrupted POINT restore FILE`.

The points are patched in here; the product has no switch for them.
"""

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, TextClause

from chatserver.cli.main import main
from chatserver.store import postgres_backup, temporary_database
from chatserver.store.pg_tools import PgTools


def killed(*_: Any, **__: Any) -> Any:
    """Die by SIGKILL, at once: nothing is cleaned up."""
    os.kill(os.getpid(), signal.SIGKILL)


def before(owner: Any, name: str) -> Callable[[], None]:
    def patch() -> None:
        assert hasattr(owner, name), f"{owner} has no {name}"
        setattr(owner, name, killed)

    return patch


def after(owner: Any, name: str) -> Callable[[], None]:
    def patch() -> None:
        whole = getattr(owner, name)
        setattr(owner, name, lambda *given, **named: killed(whole(*given, **named)))

    return patch


def between_the_names() -> None:
    """In the open transaction the first database has its new name, the second does not."""
    execute = Connection.execute

    def dying(self: Connection, statement: Any, *given: Any, **named: Any) -> Any:
        answer = execute(self, statement, *given, **named)
        if isinstance(statement, TextClause) and " RENAME TO " in statement.text:
            killed()
        return answer

    Connection.execute = dying  # type: ignore[method-assign]  # for any overload


POINTS: dict[str, Callable[[], None]] = {
    "before it is unpacked": before(PgTools, "restore"),
    "when it is unpacked": after(PgTools, "restore"),
    "before it is renewed": before(postgres_backup, "renew"),
    "when it is renewed": after(postgres_backup, "renew"),
    "when nobody holds the database": before(postgres_backup, "swap"),
    "before the names": before(temporary_database, "_carry_over"),
    "between the names": between_the_names,
    "when both are renamed": after(postgres_backup, "swap"),
}
NEW = {"when both are renamed"}
"""After these points the backup is in place; after all others the former database is."""

if __name__ == "__main__":
    POINTS[sys.argv.pop(1)]()
    main(prog_name="chatserver")
