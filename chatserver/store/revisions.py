"""Brings a database to this program's schema, and says whether it is there. Never runs by itself."""

from pathlib import Path
from typing import Literal

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from chatserver.store import meta
from chatserver.store.database import Where, kind_of
from chatserver.store.tx import COMMAND_LINE, Tx

SchemaState = Literal["current", "old", "new", "empty"]

MIGRATIONS = Path(__file__).resolve().parent / "migrations"


class Broken(Exception):
    """After the migration some row refers to a missing row; nothing was changed.

    SQLite only: there foreign keys are not enforced during a migration.
    """


def migrate(where: Where) -> None:
    """Run every revision that this database lacks, all or none; a new database gets all of them."""
    engine = kind_of(where).migration_engine()
    try:
        with engine.begin() as connection:
            _upgrade(connection)
    finally:
        engine.dispose()


def schema_state(conn: Connection) -> SchemaState:
    """`current`; `old`: run `migrate`; `new`: made by a newer program; `empty`: no schema yet."""
    held = MigrationContext.configure(conn).get_current_revision()
    if held is None:
        return "empty"
    scripts = ScriptDirectory.from_config(_config())
    if held == scripts.get_current_head():
        return "current"
    return "old" if any(script.revision == held for script in scripts.walk_revisions()) else "new"


def _upgrade(connection: Connection) -> None:
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    if connection.dialect.name == "sqlite" and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
        raise Broken
    meta.begin(Tx(connection, 0, COMMAND_LINE))


def _config() -> Config:
    config = Config()
    # A per cent sign in the path would be read as an interpolation.
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config
