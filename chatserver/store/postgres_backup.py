"""Copies of a PostgreSQL database that is in use, and restoring one.

A copy is a dump in PostgreSQL's own format, made by `pg_dump`. Like a copy of a SQLite file it appears complete or not
at all. It is restored into a second database, checked and renewed there, and then the two swap names in one
transaction. Alternatives considered:

- *Restoring into the existing tables*, after dropping them: meanwhile there is neither the old database nor the new,
  and the old one is lost.
- *Renaming schemas* in one database: a dump names its schema in every line.
- *Renaming databases*, as here: it is DDL on the server's catalogue, so both names change at one commit, and a command
  that is killed at any moment leaves the old or the new. It is done from another database of the server
  (store/temporary_database.py), since a session cannot rename the database it is connected to. PostgreSQL refuses while
  anybody else is connected: a server that was started meanwhile makes the restore fail, not the other way round. A
  client that is just connecting waits for the commit, and is then told that the database was replaced.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, text

from chatserver.store import audit_chain
from chatserver.store.backup import Copied, NotSound, Restored, bring_to_this_version, contents, renew
from chatserver.store.database import Database, InUse
from chatserver.store.pg_tools import DUMP, RESTORE, PgTools
from chatserver.store.postgres import PostgresDatabase
from chatserver.store.revisions import schema_state
from chatserver.store.sqlite_files import Unusable, explained, free, part_of, put, sync
from chatserver.store.temporary_database import empty_database, swap
from chatserver.store.tx import COMMAND_LINE, Tx
from chatserver.store.verify import findings

NOW = "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint"


def back_up(server: PostgresDatabase, target: Path, programs: PgTools, *, replace: bool = False) -> Copied:
    """Copy everything committed at this moment to the file `target`. Writers do not wait meanwhile.

    Raises `Unusable`, with nothing written; also when `target` exists and `replace` is False.
    """
    with explained(target):
        free(target, replace=replace)
        with part_of(target) as part, explained(server.place):
            with picture(server) as conn:
                programs.check(DUMP, _major(conn))
                counted = contents(conn, server.place, 0)
                # pg_dump reads from the snapshot in which the rows were counted, so that it copies exactly these.
                snapshot = conn.scalar(text("SELECT pg_export_snapshot()"))
                programs.dump(server.url, part, str(snapshot))
            sync(part)
            copied = Copied(counted.conversations, counted.entries, part.stat().st_size)
            put(part, target)
    return copied


def restore(
    backup: Path, server: PostgresDatabase, holder: Database, programs: PgTools, *, force: bool = False
) -> Restored:
    """Replace the database that `holder` holds (and closes) by `backup`, brought to this program's schema and renewed.

    Raises `Unusable`, with nothing changed: `NotSound` for a backup that fails its checks, unless `force`.
    """
    with explained(server.place), unpacked(backup, server, programs) as beside:
        with picture(beside) as conn:
            state, is_chained = schema_state(conn), audit_chain.is_chained(conn)
        bring_to_this_version(beside.address, state, backup)
        with picture(beside) as conn:
            held = contents(conn, backup, backup.stat().st_size)
            found = [*findings(conn), *(audit_chain.findings(conn, holder.audit_key) if is_chained else ())]
        if found and not force:
            raise NotSound(backup, found)
        now = _renewed(beside, holder.audit_key)
        _let_go(holder)
        return Restored(held, swap(server, beside.name, now))


def _let_go(holder: Database) -> None:
    """Renaming requires that nobody is connected, this program included. Raises `Unusable` if the hold was lost
    meanwhile."""
    try:
        holder.hold()
    except InUse:
        raise Unusable("A chatserver is using the database in {place}; stop it first.", place=holder.place) from None
    holder.close()


@contextmanager
def unpacked(backup: Path, server: PostgresDatabase, programs: PgTools) -> Iterator[PostgresDatabase]:
    """A temporary database with the contents of the dump. Raises `Unusable`."""
    with explained(server.place), picture(server) as conn:
        programs.check(RESTORE, _major(conn))
    with explained(backup), backup.open("rb"):
        pass
    with empty_database(server) as beside:
        programs.restore(backup, beside.url)
        with picture(beside) as conn:
            if schema_state(conn) == "empty":
                raise Unusable("{backup} is no database of chatserver.", backup=backup)
        yield beside


@contextmanager
def picture(server: PostgresDatabase) -> Iterator[Connection]:
    """A read-only connection to one consistent snapshot of the database, without a time limit."""
    engine = server.unhurried_engine(isolation_level="REPEATABLE READ")
    with engine.connect() as conn:
        yield conn.execution_options(postgresql_readonly=True)


def _renewed(beside: PostgresDatabase, audit_key: bytes) -> int:
    """Renew the epoch by the server's clock, and collect the planner's statistics. Returns the time (ms)."""
    with beside.unhurried_engine().begin() as conn:
        now = int(conn.execute(text(NOW)).scalar_one())
        renew(Tx(conn, now, COMMAND_LINE, audit_key))
        conn.execute(text("ANALYZE"))
    return now


def _major(conn: Connection) -> int:
    return int(conn.execute(text("SELECT current_setting('server_version_num')::int / 10000")).scalar_one())
