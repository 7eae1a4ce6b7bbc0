"""Brings a database to the schema this program speaks, and says how far one is. Never runs by itself."""

import sqlite3
from pathlib import Path
from typing import Literal

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, event

from chatserver.store import meta

SchemaState = Literal["current", "old", "new", "empty"]

MIGRATIONS = Path(__file__).resolve().parent / "migrations"


class Broken(Exception):
    """After the revisions some row points to a row that is not there; nothing was changed."""


def migrate(database: Path) -> None:
    """Run every revision this database has not had, all or none; a new file gets everything."""
    engine = create_engine(f"sqlite:///{database}")

    @event.listens_for(engine, "connect")
    def _connected(connection: sqlite3.Connection, _record: object) -> None:
        # As in `Database`: Python's own transactions would commit before each CREATE TABLE.
        connection.isolation_level = None
        # Rebuilding a table (batch mode) must not cascade, so references are checked once, at the end.
        connection.execute("PRAGMA foreign_keys=OFF")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

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
    if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
        raise Broken
    meta.begin(connection)


def _config() -> Config:
    config = Config()
    # A per cent sign in the path would be read as an interpolation.
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config
