"""Copies of a PostgreSQL database that is being served, and putting one back.

A copy is a dump in PostgreSQL's own format, as `pg_dump` makes it; like a copy of a SQLite file it appears whole or not
at all. It is put back into a database beside, checked and renewed there, and then the two change their names in one
transaction. Weighed:

- *Into the tables that are there*, after dropping them: for as long as that takes there is neither the old nor the new;
  and what was there before is gone.
- *Renaming schemas* in one database: a dump names its schema in every line.
- *Renaming databases*, as here: DDL on the server's catalogue, so both names change at one commit, and a command that
  is killed at any moment leaves the old or the new. It is done from another database of the server
  (store/temporary_database.py), since none can rename the one it is connected to. PostgreSQL refuses while anybody else
  is: a server that started meanwhile ends the restore, not the other way round. Whoever is just connecting waits for
  the commit, and is told then that the name has gone elsewhere.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, text

from chatserver.store.backup import Copied, NotSound, Restored, bring_to_this_version, contents, renew
from chatserver.store.database import Database, InUse
from chatserver.store.pg_tools import DUMP, RESTORE, PgTools
from chatserver.store.postgres import PostgresDatabase
from chatserver.store.revisions import schema_state
from chatserver.store.sqlite_files import Unusable, explained, free, part_of, put, sync
from chatserver.store.temporary_database import scratch, swap
from chatserver.store.verify import findings

NOW = "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint"


def back_up(server: PostgresDatabase, target: Path, programs: PgTools, *, replace: bool = False) -> Copied:
    """Everything committed at this moment, in the file `target`. Nobody who writes meanwhile waits.

    Raises `Unusable`, with nothing written: also when `target` is there and `replace` is not asked for.
    """
    with explained(target):
        free(target, replace=replace)
        with part_of(target) as part, explained(server.place):
            with picture(server) as conn:
                programs.check(DUMP, _major(conn))
                counted = contents(conn, server.place, 0)
                # So that what is counted is what is copied.
                snapshot = conn.scalar(text("SELECT pg_export_snapshot()"))
                programs.dump(server.url, part, str(snapshot))
            sync(part)
            copied = Copied(counted.conversations, counted.entries, part.stat().st_size)
            put(part, target)
    return copied


def restore(
    backup: Path, server: PostgresDatabase, holder: Database, programs: PgTools, *, force: bool = False
) -> Restored:
    """Put `backup` in the place of the database that `holder` holds, and closes; of this program's schema, and renewed.

    Raises `Unusable`, with nothing changed: `NotSound` for a backup in which something does not hold, unless `force`.
    """
    with explained(server.place), unpacked(backup, server, programs) as beside:
        with picture(beside) as conn:
            state = schema_state(conn)
        bring_to_this_version(beside.address, state, backup)
        with picture(beside) as conn:
            held = contents(conn, backup, backup.stat().st_size)
            found = list(findings(conn))
        if found and not force:
            raise NotSound(backup, found)
        now = _renewed(beside)
        _let_go(holder)
        return Restored(held, swap(server, beside.name, now))


def _let_go(holder: Database) -> None:
    """Renaming wants no session at all, not ours either. Raises `Unusable` when the hold was lost meanwhile."""
    try:
        holder.hold()
    except InUse:
        raise Unusable("A chatserver is using the database in {place}; stop it first.", place=holder.place) from None
    holder.close()


@contextmanager
def unpacked(backup: Path, server: PostgresDatabase, programs: PgTools) -> Iterator[PostgresDatabase]:
    """A database beside, with what the dump holds, for as long as it is looked at. Raises `Unusable`."""
    with explained(server.place), picture(server) as conn:
        programs.check(RESTORE, _major(conn))
    with explained(backup), backup.open("rb"):
        pass
    with scratch(server) as beside:
        programs.restore(backup, beside.url)
        with picture(beside) as conn:
            if schema_state(conn) == "empty":
                raise Unusable("{backup} is no database of chatserver.", backup=backup)
        yield beside


@contextmanager
def picture(server: PostgresDatabase) -> Iterator[Connection]:
    """One consistent picture of the database, to look at for as long as it takes; nothing can be written."""
    engine = server.unhurried_engine(isolation_level="REPEATABLE READ")
    with engine.connect() as conn:
        yield conn.execution_options(postgresql_readonly=True)


def _renewed(beside: PostgresDatabase) -> int:
    """A life of its own, by the server's clock; and what the planner should know. The time it was."""
    with beside.unhurried_engine().begin() as conn:
        now = int(conn.execute(text(NOW)).scalar_one())
        renew(conn, now)
        conn.execute(text("ANALYZE"))
    return now


def _major(conn: Connection) -> int:
    return int(conn.execute(text("SELECT current_setting('server_version_num')::int / 10000")).scalar_one())
