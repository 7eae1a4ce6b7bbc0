"""The revisions lead to the tables the program speaks of, and a database says how far it is."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, create_engine

from chatserver.store import meta
from chatserver.store.database import Database
from chatserver.store.revisions import migrate, schema_state
from chatserver.store.tables import metadata


def differences(conn: Connection) -> list[object]:
    context = MigrationContext.configure(conn, opts={"compare_type": True, "compare_server_default": True})
    return list(compare_metadata(context, metadata))


def statements(conn: Connection) -> dict[str, list[str]]:
    """What made each table and index, by name; the order of its lines does not matter."""
    rows = conn.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    return {
        name: sorted(line.strip().rstrip(",") for line in sql.splitlines())
        for name, sql in rows
        if name != "alembic_version"
    }


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "chat.db"


def test_the_revisions_make_exactly_the_tables_the_program_speaks_of(path: Path) -> None:
    migrate(path)
    engine = create_engine("sqlite://")
    with engine.begin() as straight:
        metadata.create_all(straight)
        wanted = statements(straight)
    engine.dispose()
    database = Database(path)
    assert database.read_now(differences) == []
    assert database.read_now(statements) == wanted
    database.close()


def test_a_new_file_is_empty_before_and_current_after(path: Path) -> None:
    database = Database(path)
    assert database.read_now(schema_state) == "empty"
    migrate(path)
    assert database.read_now(schema_state) == "current"
    database.close()


def test_a_revision_nobody_here_knows_is_newer(path: Path) -> None:
    migrate(path)
    database = Database(path)
    database.write_now(lambda conn: conn.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'"))
    assert database.read_now(schema_state) == "new"
    database.close()


def test_migrating_again_changes_nothing_and_keeps_the_epoch(path: Path) -> None:
    migrate(path)
    database = Database(path)
    before = database.read_now(lambda conn: (meta.epoch(conn), meta.server_key(conn)))
    migrate(path)
    assert database.read_now(lambda conn: (meta.epoch(conn), meta.server_key(conn))) == before
    assert len(before[1]) == 32
    database.close()


def test_two_databases_never_share_an_epoch(tmp_path: Path) -> None:
    epochs = set()
    for name in ("one.db", "two.db"):
        migrate(tmp_path / name)
        database = Database(tmp_path / name)
        epochs.add(database.read_now(meta.epoch))
        database.close()
    assert len(epochs) == 2
