"""A database of an earlier version, once migrated, has the schema and the rows that were recorded.

The rows are the same on SQLite and PostgreSQL. `database/0006.json` holds what thirteen of the recorded sessions left
behind in one hospital at revision 0006. It stays as it is, as the lives in tests/store do.
"""

import json
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, MetaData, select

from chatserver.store.database import Database, Where
from chatserver.store.revisions import migrate
from tests.postgres import Postgres
from tests.store.earlier import LIVES, fill

from .recorded import HERE, check

FILLED = {
    "day-0001": ("0001", LIVES / "0001.json"),
    "day-0005": ("0005", LIVES / "0005.json"),
    "day-0006": ("0006", LIVES / "0006.json"),
    "busy-0006": ("0006", HERE / "database" / "0006.json"),
}
"""Name of the record → the revision at which its rows were written, and these rows."""

SECRETS = ("epoch", "server_key")
"""Random values, drawn by the first migration that knows of them."""

POSTGRES = {
    "column": """SELECT table_name || '.' || column_name, data_type || CASE is_nullable WHEN 'NO' THEN ' NOT NULL'
        ELSE '' END || coalesce(' DEFAULT ' || column_default, '')
        FROM information_schema.columns WHERE table_schema = 'public'""",
    "constraint": """SELECT conrelid::regclass::text || '.' || conname, pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n'""",
    "index": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "trigger": "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    "function": """SELECT proname, pg_get_functiondef(oid) FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace""",
}


@pytest.mark.parametrize("name", FILLED)
def test_a_migrated_database_has_the_rows_recorded(name: str, empty_place: Where) -> None:
    revision, written = FILLED[name]
    fill(empty_place, revision, written.read_text("utf-8"))
    migrate(empty_place)
    with closing(Database(empty_place)) as database:
        check(f"database/rows-{name}.txt", "\n".join(database.read_now(lambda conn: list(rows(conn)))) + "\n")


def test_sqlites_schema_is_the_one_recorded(migrated: Path) -> None:
    with closing(Database(migrated)) as database:
        check("database/schema-sqlite.txt", "\n".join(database.read_now(sqlites_schema)) + "\n")


def test_postgresqls_schema_is_the_one_recorded(postgres: Postgres) -> None:
    with postgres.database(postgres.template("migrated", migrate)) as address, closing(Database(address)) as database:
        check("database/schema-postgres.txt", "\n".join(database.read_now(postgresqls_schema)) + "\n")


def rows(conn: Connection) -> Iterator[str]:
    """Every row of every table, without its nulls, in an order that does not depend on the database."""
    known = MetaData()
    known.reflect(conn)
    for name in sorted(known.tables):
        held = sorted(_row(name, dict(row._mapping)) for row in conn.execute(select(known.tables[name])))
        yield f"== {name}: {len(held)}"
        yield from held


def _row(table: str, row: dict[str, Any]) -> str:
    if table == "meta" and row["key"] in SECRETS:
        row["value"] = "<drawn>"
    told = {key: value for key, value in row.items() if value is not None}
    return json.dumps(told, ensure_ascii=False, sort_keys=True, default=bytes.hex)


def sqlites_schema(conn: Connection) -> list[str]:
    """Everything in the schema, one line for each column or constraint."""
    found = conn.exec_driver_sql("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL").all()
    lines = []
    for kind, name, sql in found:
        lines.append(f"{kind} {name}: {_one_line(sql)}" if kind != "table" else f"table {name}")
        if kind == "table":
            parts = re.split(r",(?![^(]*\))", _one_line(sql.partition("(")[2].rpartition(")")[0]))
            lines += [f"table {name}: {part.strip()}" for part in parts]
    return sorted(lines)


def postgresqls_schema(conn: Connection) -> list[str]:
    """Everything in the schema."""
    return sorted(
        f"{kind} {name}: {_one_line(told)}"
        for kind, query in POSTGRES.items()
        for name, told in conn.exec_driver_sql(query)
    )


def _one_line(sql: str) -> str:
    return re.sub(r"\s+", " ", sql).strip()
