"""Opens the database for a command: beside a running server, for this command alone, or as a consistent snapshot.

Knows the settings, which come from the environment.
"""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Connection

from chatserver import app
from chatserver.cannot_serve import CannotServe
from chatserver.database_access import (
    SCHEMA_SENTENCES,
    check_audit_log,
    check_schema,
    database_at,
    found_database,
    give_audit_key,
    hold,
    prepare_folder,
)
from chatserver.domain.sentence import Sentence
from chatserver.environment import read
from chatserver.settings import Settings
from chatserver.store import audit, audit_chain, postgres_backup
from chatserver.store.audit_key import key_if_there
from chatserver.store.database import Database
from chatserver.store.pg_tools import PgTools
from chatserver.store.postgres import PostgresDatabase
from chatserver.store.revisions import migrate as run_migrations
from chatserver.store.revisions import schema_state
from chatserver.store.sqlite_files import explained, opened
from chatserver.store.tx import COMMAND_LINE


def read_settings(port: int | None = None) -> Settings:
    """The settings of the environment; `port` overrides PORT. Raises `BadSettings`."""
    environment = dict(os.environ)
    if port is not None:
        environment["PORT"] = str(port)
    return read(environment)


@contextmanager
def opened_database() -> Iterator[Database]:
    """The database, which a running server may use at the same time. Raises `CannotServe`."""
    settings = read_settings()
    with closing(found_database(settings)) as database:
        check_schema(database)
        check_audit_log(settings, database)
        yield database


@contextmanager
def held_database(settings: Settings) -> Iterator[Database]:
    """The database, made when missing, locked for this command. Raises `CannotServe` while a server uses it."""
    if not settings.database_url:
        prepare_folder(settings)
    with closing(database_at(settings.database, key_if_there(settings.audit_key_path))) as database:
        hold(database, Sentence("A chatserver is using the database in {place}; stop it first.", place=database.place))
        yield database


def migrate_database(settings: Settings) -> str:
    """Bring the database to this version, and sign the audit log that an earlier version wrote; returns the state of
    its schema before. Raises `CannotServe`.

    A log that has been signed before is not signed again here: somebody may have removed the signatures.
    """
    with held_database(settings) as database:
        before = database.read_now(schema_state)
        if before == "new":
            raise CannotServe(SCHEMA_SENTENCES["new"], place=database.place)
        is_chained = database.read_now(audit_chain.is_chained)
        if not is_chained:
            give_audit_key(settings, database)
        run_migrations(settings.database)
        if not is_chained and database.read_now(audit_chain.is_unsigned):
            database.write_now(audit.take_over, app.now, COMMAND_LINE)
    return before


def database_file(settings: Settings) -> Path:
    """The file of the SQLite database. Raises `CannotServe` when there is none."""
    prepare_folder(settings)
    if not settings.database_path.exists():
        raise CannotServe(SCHEMA_SENTENCES["empty"], place=settings.database_path)
    return settings.database_path


@contextmanager
def postgres_server(settings: Settings) -> Iterator[PostgresDatabase]:
    """The PostgreSQL database, not locked. Raises `CannotServe`, `Unusable`."""
    with closing(found_database(settings)):
        server = PostgresDatabase(settings.database_url)
    with explained(server.place):
        yield server


def pg_tools(settings: Settings) -> PgTools:
    """PostgreSQL's own programs, from where the settings say."""
    return PgTools(settings.pg_bin)


@contextmanager
def snapshot(settings: Settings, file: Path | None) -> Iterator[tuple[str, Connection]]:
    """A consistent snapshot of the database or of a backup, and its name. Raises `CannotServe`, `Unusable`."""
    if not settings.database_url:
        path = file or database_file(settings)
        with explained(path), opened(path) as conn:
            yield str(path), conn
    elif file is None:
        with postgres_server(settings) as server, postgres_backup.picture(server) as conn:
            yield server.place, conn
    else:
        with (
            postgres_server(settings) as server,
            postgres_backup.unpacked(file, server, pg_tools(settings)) as beside,
            postgres_backup.picture(beside) as conn,
        ):
            yield str(file), conn
