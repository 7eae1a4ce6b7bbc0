"""Brings a database to the schema this program speaks, and says how far one is. Never runs by itself."""

from pathlib import Path
from typing import Literal

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from chatserver.store import meta
from chatserver.store.database import Where, kind_of

SchemaState = Literal["current", "old", "new", "empty"]

MIGRATIONS = Path(__file__).resolve().parent / "migrations"


class Broken(Exception):
    """After the revisions some row points to a row that is not there; nothing was changed.

    SQLite only: there references are not watched while the revisions run."""


def migrate(where: Where) -> None:
    """Run every revision this database has not had, all or none; a new one gets everything."""
    engine = kind_of(where).migration_engine()
    try:
        with engine.begin() as connection:
            _upgrade(connection)
    finally:
        engine.dispose()


def schema_state(conn: Connection) -> SchemaState:
    """`current`; `old`: run `migrate`; `new`: made by a newer program; `empty`: nothing there yet."""
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
    meta.begin(connection)


def _config() -> Config:
    config = Config()
    # A per cent sign in the path would be read as an interpolation.
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config
