"""Copies of a SQLite database that is in use, and restoring one.

A copy is one self-contained file that only its owner can read. It appears under its name when it is complete and
flushed to the disk, or not at all. A killed command can leave a file ending in `.part`, which may be deleted.
"""

import os
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, Table, func, select

from chatserver.domain.sentence import Sentence
from chatserver.store import accounts, audit, audit_chain, meta, visitors
from chatserver.store.revisions import Broken, SchemaState, migrate, schema_state
from chatserver.store.sqlite_files import LOGS, Unusable, connect, explained, free, opened, part_of, put, sync
from chatserver.store.tables import conversations, entries
from chatserver.store.tx import COMMAND_LINE, Tx
from chatserver.store.verify import damage, findings

PAGES = 1_024
"""Pages per step, so that Ctrl+C does not have to wait for the whole copy."""


@dataclass(frozen=True, slots=True)
class Copied:
    """What a copy holds. `size` in bytes."""

    conversations: int
    entries: int
    size: int


@dataclass(frozen=True, slots=True)
class Restored:
    """What the database holds now, and where the replaced one was kept, if there was one: a file or a database's
    name."""

    held: Copied
    kept: Path | str | None


class NotSound(Unusable):
    """A backup that fails its checks; `findings` says what is wrong."""

    def __init__(self, backup: Path, findings: list[str]) -> None:
        super().__init__("{backup} is not sound; nothing was changed. --force restores it all the same.", backup=backup)
        self.findings = findings


def back_up(database: Path, target: Path, *, replace: bool = False) -> Copied:
    """Copy everything committed at this moment to the file `target`. Writers do not wait meanwhile.

    Raises `Unusable`, with nothing written; also when `target` exists and `replace` is False.
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


def restore(backup: Path, database: Path, now: int, audit_key: bytes, *, force: bool = False) -> Restored:
    """Replace `database`, which the caller holds, by `backup`, brought to this program's schema and renewed.

    Raises `Unusable`, with nothing changed: `NotSound` for a backup that fails its checks, unless `force`.
    """
    with explained(database), part_of(database) as part:
        with explained(backup):
            held = _copy(backup, part)
            with opened(part) as conn:
                state, is_chained = schema_state(conn), audit_chain.is_chained(conn)
            bring_to_this_version(part, state, backup)
            with opened(part) as conn:
                found = [*findings(conn), *(audit_chain.findings(conn, audit_key) if is_chained else ())]
            if found and not force:
                raise NotSound(backup, found)
            with opened(part, writes=True) as conn:
                renew(Tx(conn, now, COMMAND_LINE, audit_key))
        sync(part)
        kept = _keep(database, now) if database.exists() else None
        put(part, database)
    return Restored(held, kept)


def renew(tx: Tx) -> None:
    """Change what a restored database must not share with the one that it replaces.

    It gets a new epoch, so that no client takes its entries for the continuation of what it has; and all sessions and
    tokens end, because one that was revoked after the backup would be valid again.
    """
    meta.renew_epoch(tx)
    meta.put(tx, meta.RESTORED_AT, str(tx.now))
    accounts.revoke_everybody(tx)
    visitors.end_everybody(tx)
    epoch = meta.epoch(tx.conn)
    audit.continue_with_own_key(tx)
    audit.write(tx, audit.Act("", "database.restore", "database", epoch))


def contents(conn: Connection, source: Path | str, size: int) -> Copied:
    """How much the database holds. Raises `Unusable` when it is not one of this program's."""
    if schema_state(conn) == "empty":
        raise Unusable("{source} is no database of chatserver.", source=source)
    return Copied(_count(conn, conversations), _count(conn, entries), size)


def bring_to_this_version(where: Path | str, state: SchemaState, backup: Path) -> None:
    """Migrate what was made from `backup`. Raises `Unusable` or `NotSound`."""
    if state == "new":
        raise Unusable("{backup} was made by a newer version of chatserver; install that one.", backup=backup)
    if state == "old":
        try:
            migrate(where)
        except Broken:
            raise NotSound(backup, [Sentence("some row points to a row that is not there")]) from None


def time_of(now: int) -> str:
    """The UTC time, for the names of replaced files."""
    return f"{datetime.fromtimestamp(now / 1000, UTC):%Y%m%dT%H%M%SZ}"


def _count(conn: Connection, table: Table) -> int:
    return conn.scalar(select(func.count()).select_from(table)) or 0


def _copy(source: Path, part: Path) -> Copied:
    """SQLite's online backup, which includes the write-ahead log of `source`. Raises `Unusable`."""
    with closing(connect(source)) as original, closing(connect(part)) as copy:
        # The read transaction pins one snapshot: otherwise a copy in steps starts again at every commit, and never ends
        # on a busy server.
        original.execute("BEGIN")
        original.execute("SELECT 1 FROM sqlite_master").fetchone()
        copy.execute("PRAGMA synchronous=OFF")
        original.backup(copy, pages=PAGES)
        # Out of WAL mode: a single file can be moved, and read where nothing can be written.
        copy.execute("PRAGMA journal_mode=DELETE")
    with opened(part) as conn:
        return contents(conn, source, part.stat().st_size)


def _keep(database: Path, now: int) -> Path:
    """Give the present database a second name, and leave none of its side files behind."""
    kept = database.with_name(f"{database.name}.before-{time_of(now)}")
    sound = _fold_in_log(database)
    os.link(database, kept)
    if not sound:
        # An old log beside a new file would be replayed into it.
        for log in LOGS:
            with suppress(FileNotFoundError):
                os.replace(f"{database}{log}", f"{kept}{log}")
    with suppress(FileNotFoundError):
        os.unlink(f"{database}-shm")
    return kept


def _fold_in_log(database: Path) -> bool:
    """Checkpoint the log into the one file. False when it is too damaged. Raises `Unusable` when another program has it
    open."""
    try:
        with closing(connect(database)) as present:
            present.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.DatabaseError as failure:
        if failure.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
            raise Unusable("Another program has {database} open; end it first.", database=database) from None
        return False
    return True
