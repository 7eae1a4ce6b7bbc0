"""Copies of a SQLite database that is being served, and putting one back.

A copy is one file that needs no other, readable by its owner alone. It appears under its name when it is whole and on
the disk, or not at all; what a killed command leaves behind ends in `.part` and is nobody's.
"""

import os
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, Table, func, select

from chatserver.domain.sentence import Sentence
from chatserver.store import accounts, meta, visitors
from chatserver.store.revisions import Broken, SchemaState, migrate, schema_state
from chatserver.store.sqlite_files import LOGS, Unusable, connect, explained, free, opened, part_of, put, sync
from chatserver.store.tables import conversations, entries
from chatserver.store.verify import damage, findings

PAGES = 1_024
"""Pages in one step, so that Ctrl+C need not wait for the whole."""


@dataclass(frozen=True, slots=True)
class Copied:
    """What a copy holds. `size` in bytes."""

    conversations: int
    entries: int
    size: int


@dataclass(frozen=True, slots=True)
class Restored:
    """What is there now, and where what was there before is kept, if anything was: a file, a database's name."""

    held: Copied
    kept: Path | str | None


class NotSound(Unusable):
    """A backup in which something does not hold; `findings` says what."""

    def __init__(self, backup: Path, findings: list[str]) -> None:
        super().__init__("{backup} is not sound; nothing was changed. --force restores it all the same.", backup=backup)
        self.findings = findings


def back_up(database: Path, target: Path, *, replace: bool = False) -> Copied:
    """Everything committed at this moment, in the file `target`. Nobody who writes meanwhile waits.

    Raises `Unusable`, with nothing written: also when `target` is there and `replace` is not asked for.
    """
    with explained(target):
        if target.exists() and target.samefile(database):
            raise Unusable("{target} is the database itself.", target=target)
        free(target, replace=replace)
        with part_of(target) as part:
            with explained(database):
                copied = _copy(database, part)
                with opened(part) as conn:
                    damaged = damage(conn)
            if damaged:
                raise Unusable("{database} is damaged; `chatserver verify` says how.", database=database)
            sync(part)
            put(part, target)
    return copied


def restore(backup: Path, database: Path, now: int, *, force: bool = False) -> Restored:
    """Put `backup` in the place of `database`, which the caller holds; brought to this program's schema, and renewed.

    Raises `Unusable`, with nothing changed: `NotSound` for a backup in which something does not hold, unless `force`.
    """
    with explained(database), part_of(database) as part:
        with explained(backup):
            held = _copy(backup, part)
            with opened(part) as conn:
                state = schema_state(conn)
            bring_to_this_version(part, state, backup)
            with opened(part) as conn:
                found = list(findings(conn))
            if found and not force:
                raise NotSound(backup, found)
            with opened(part, writes=True) as conn:
                renew(conn, now)
        sync(part)
        kept = _keep(database, now) if database.exists() else None
        put(part, database)
    return Restored(held, kept)


def renew(conn: Connection, now: int) -> None:
    """What a database that was put back must not share with the one that went on after it.

    A new epoch, so that nobody takes its entries for the rest of what he holds; and no session or token, because one
    that was ended after the backup would be good again.
    """
    meta.renew_epoch(conn)
    meta.put(conn, meta.RESTORED_AT, str(now))
    accounts.revoke_everybody(conn, now)
    visitors.end_everybody(conn, now)


def contents(conn: Connection, source: Path | str, size: int) -> Copied:
    """How much there is. Raises `Unusable` when it is nothing of ours."""
    if schema_state(conn) == "empty":
        raise Unusable("{source} is no database of chatserver.", source=source)
    return Copied(_count(conn, conversations), _count(conn, entries), size)


def bring_to_this_version(where: Path | str, state: SchemaState, backup: Path) -> None:
    """What was made from `backup`. Raises `Unusable`, `NotSound`."""
    if state == "new":
        raise Unusable("{backup} was made by a newer version of chatserver; install that one.", backup=backup)
    if state == "old":
        try:
            migrate(where)
        except Broken:
            raise NotSound(backup, [Sentence("some row points to a row that is not there")]) from None


def time_of(now: int) -> str:
    """In the names of what was replaced (UTC)."""
    return f"{datetime.fromtimestamp(now / 1000, UTC):%Y%m%dT%H%M%SZ}"


def _count(conn: Connection, table: Table) -> int:
    return conn.scalar(select(func.count()).select_from(table)) or 0


def _copy(source: Path, part: Path) -> Copied:
    """SQLite's online backup: what is in the log of `source` comes along. Raises `Unusable`."""
    with closing(connect(source)) as original, closing(connect(part)) as copy:
        # Held to one moment: a copy in steps begins anew whenever somebody commits, and never ends on a busy server.
        original.execute("BEGIN")
        original.execute("SELECT 1 FROM sqlite_master").fetchone()
        copy.execute("PRAGMA synchronous=OFF")
        original.backup(copy, pages=PAGES)
        # Out of WAL: a file that needs no others beside it can be moved, and read where nothing may be written.
        copy.execute("PRAGMA journal_mode=DELETE")
    with opened(part) as conn:
        return contents(conn, source, part.stat().st_size)


def _keep(database: Path, now: int) -> Path:
    """A second name for the present database, with nothing left beside it that belongs to it."""
    kept = database.with_name(f"{database.name}.before-{time_of(now)}")
    sound = _fold_in_log(database)
    os.link(database, kept)
    if not sound:
        # Beside a new file an old log would be played into it.
        for log in LOGS:
            with suppress(FileNotFoundError):
                os.replace(f"{database}{log}", f"{kept}{log}")
    with suppress(FileNotFoundError):
        os.unlink(f"{database}-shm")
    return kept


def _fold_in_log(database: Path) -> bool:
    """Everything into the one file; False when it is too damaged. Raises `Unusable` when somebody else has it open."""
    try:
        with closing(connect(database)) as present:
            present.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.DatabaseError as failure:
        if failure.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
            raise Unusable("Another program has {database} open; end it first.", database=database) from None
        return False
    return True
