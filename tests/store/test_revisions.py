"""The revisions lead to the tables that the program expects, and a database tells its revision."""

import re
from contextlib import closing
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, create_engine, text

from chatserver.store import meta
from chatserver.store.database import Database, Where
from chatserver.store.revisions import migrate, schema_state
from chatserver.store.tables import metadata
from tests.postgres import Postgres
from tests.transactions import written


def differences(conn: Connection) -> list[object]:
    context = MigrationContext.configure(conn, opts={"compare_type": True, "compare_server_default": True})
    return list(compare_metadata(context, metadata))


def statements(conn: Connection) -> dict[str, list[str]]:
    """The statement that created each table and index, by name, as sorted parts."""
    rows = conn.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    return {name: parts(sql) for name, sql in rows if name != "alembic_version"}


def parts(sql: str) -> list[str]:
    """`CREATE TABLE x`, then each column and constraint: the text between the outermost commas."""
    head, _, body = " ".join(sql.split()).partition("(")
    inner, _, tail = body.rpartition(")")
    return [head.strip(), tail.strip(), *sorted(part.strip() for part in re.split(r",(?![^(]*\))", inner))]


def test_the_revisions_make_exactly_the_tables_of_the_program(empty_place: Where) -> None:
    migrate(empty_place)
    with closing(Database(empty_place)) as database:
        assert database.read_now(differences) == []


def test_sqlites_statements_are_the_same_too(tmp_path: Path) -> None:
    migrate(tmp_path / "chat.db")
    engine = create_engine("sqlite://")
    with engine.begin() as straight:
        metadata.create_all(straight)
        wanted = statements(straight)
    engine.dispose()
    with closing(Database(tmp_path / "chat.db")) as database:
        assert database.read_now(statements) == wanted


def test_postgresqls_indexes_are_the_same_too(postgres: Postgres) -> None:
    found = []
    for make in (migrate, create_all):
        with postgres.database() as address:
            make(address)
            with closing(Database(address)) as database:
                found.append(database.read_now(index_definitions))
    assert found[0] == found[1]
    assert any("WHERE (ref IS NOT NULL)" in index for index in found[0])


def create_all(address: str) -> None:
    with closing(Database(address)) as database:
        written(database, metadata.create_all)


def index_definitions(conn: Connection) -> set[str]:
    """Every index, as PostgreSQL would create it."""
    query = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
    return set(conn.scalars(text(query)))


def test_a_new_database_is_empty_before_and_current_after(empty_place: Where) -> None:
    with closing(Database(empty_place)) as database:
        assert database.read_now(schema_state) == "empty"
        migrate(empty_place)
        assert database.read_now(schema_state) == "current"


def test_an_unknown_revision_counts_as_newer(empty_place: Where) -> None:
    migrate(empty_place)
    with closing(Database(empty_place)) as database:
        written(database, lambda conn: conn.execute(text("UPDATE alembic_version SET version_num = '9999'")))
        assert database.read_now(schema_state) == "new"


def test_migrating_again_changes_nothing_and_keeps_the_epoch(empty_place: Where) -> None:
    migrate(empty_place)
    with closing(Database(empty_place)) as database:
        before = database.read_now(lambda conn: (meta.epoch(conn), meta.server_key(conn)))
        migrate(empty_place)
        assert database.read_now(lambda conn: (meta.epoch(conn), meta.server_key(conn))) == before
    assert len(before[1]) == 32


def test_two_databases_never_share_an_epoch(tmp_path: Path) -> None:
    epochs = set()
    for name in ("one.db", "two.db"):
        migrate(tmp_path / name)
        database = Database(tmp_path / name)
        epochs.add(database.read_now(meta.epoch))
        database.close()
    assert len(epochs) == 2
