"""Triggers that refuse changes to the audit log, for either database.

Revision 0008 creates them from here. To change them, add a revision, and copy the present ones into 0008.

SQLite fires no DELETE trigger for a row that `INSERT OR REPLACE` replaces, so an INSERT trigger refuses such a
statement.
"""

from typing import Final

_COVERED = "EXISTS (SELECT 1 FROM audit_checkpoints WHERE first <= OLD.number AND last >= OLD.number)"
_REFUSED = "the audit log is not changed"


def _sqlite(name: str, table: str, what: str, when: str = "") -> str:
    return f"CREATE TRIGGER {name} BEFORE {what} ON {table}{when} BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END"


def _postgresql(name: str, table: str, what: str, function: str, each: str = "ROW") -> str:
    return f"CREATE TRIGGER {name} BEFORE {what} ON {table} FOR EACH {each} EXECUTE FUNCTION {function}()"


def _there(table: str, key: str) -> str:
    return f" WHEN EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key} OR rowid = NEW.rowid)"  # noqa: S608


AUDIT_TRIGGERS: Final[dict[str, tuple[str, ...]]] = {
    "sqlite": (
        _sqlite("audit_entries_not_changed", "audit_entries", "UPDATE"),
        _sqlite("audit_entries_not_deleted", "audit_entries", "DELETE", f" WHEN NOT {_COVERED}"),
        _sqlite("audit_entries_not_replaced", "audit_entries", "INSERT", _there("audit_entries", "number")),
        _sqlite("audit_checkpoints_not_changed", "audit_checkpoints", "UPDATE"),
        _sqlite("audit_checkpoints_not_deleted", "audit_checkpoints", "DELETE"),
        _sqlite("audit_checkpoints_not_replaced", "audit_checkpoints", "INSERT", _there("audit_checkpoints", "first")),
        _sqlite("audit_head_not_added", "audit_head", "INSERT"),
        _sqlite("audit_head_not_deleted", "audit_head", "DELETE"),
    ),
    "postgresql": (
        "CREATE FUNCTION audit_refused() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN RAISE EXCEPTION '{_REFUSED}'; END $$",
        "CREATE FUNCTION audit_deleted() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN IF NOT {_COVERED} THEN RAISE EXCEPTION '{_REFUSED}'; END IF; RETURN OLD; END $$",
        _postgresql("audit_entries_not_changed", "audit_entries", "UPDATE", "audit_refused"),
        _postgresql("audit_entries_not_deleted", "audit_entries", "DELETE", "audit_deleted"),
        _postgresql("audit_entries_not_emptied", "audit_entries", "TRUNCATE", "audit_refused", "STATEMENT"),
        _postgresql("audit_checkpoints_not_changed", "audit_checkpoints", "UPDATE OR DELETE", "audit_refused"),
        _postgresql("audit_checkpoints_not_emptied", "audit_checkpoints", "TRUNCATE", "audit_refused", "STATEMENT"),
        _postgresql("audit_head_not_deleted", "audit_head", "INSERT OR DELETE", "audit_refused"),
        _postgresql("audit_head_not_emptied", "audit_head", "TRUNCATE", "audit_refused", "STATEMENT"),
    ),
}
