"""`chatserver migrate`, `backup`, `restore` and `verify`."""

from collections.abc import Sequence
from pathlib import Path

import click

from chatserver import app
from chatserver.cannot_serve import CannotServe
from chatserver.cli.group import AFile, one_sentence
from chatserver.cli.open_database import (
    database_file,
    held_database,
    migrate_database,
    pg_tools,
    postgres_server,
    read_settings,
    snapshot,
)
from chatserver.database_access import give_audit_key, place_of
from chatserver.domain.sentence import Sentence
from chatserver.file_access import FOREIGN, prepare_files
from chatserver.language import said, say
from chatserver.settings import Settings, rules
from chatserver.store import audit_chain, file_copies, file_marker, postgres_backup
from chatserver.store.audit_key import key_if_there
from chatserver.store.backup import Copied, NotSound, back_up
from chatserver.store.backup import restore as put_back
from chatserver.store.file_copies import Named
from chatserver.store.file_folder import FileFolder
from chatserver.store.files import named as files_named
from chatserver.store.postgres import PostgresDatabase
from chatserver.store.revisions import schema_state
from chatserver.store.sqlite_files import Unusable, opened
from chatserver.store.verify import findings, late_clocks


@click.command(help="Make the database, or bring it to this version. Stop the server first.")
@one_sentence
def migrate() -> None:
    settings = read_settings()
    before = migrate_database(settings)
    place = place_of(settings)
    if before == "current":
        say("{place} was current already.", place=place)
    else:
        say("{place} is current now.", place=place)


@click.command(help="Copy the database into FILE, beside a running server.")
@click.argument("file", type=AFile)
@click.option("--force", is_flag=True, help="Replace FILE if it is there.")
@one_sentence
def backup(file: Path, force: bool) -> None:
    settings = read_settings()
    if settings.database_url:
        with postgres_server(settings) as server:
            copied = postgres_backup.back_up(server, file, pg_tools(settings), replace=force)
            with postgres_backup.picture(server) as conn:
                named = files_named(conn)
    else:
        copied = back_up(database_file(settings), file, replace=force)
        with opened(file) as conn:
            named = files_named(conn)
    say("Copied {contents} into {file}.", contents=_contents(copied), file=file)
    _copy_files(named, settings.files_path, file_copies.beside(file), only=True)


@click.command(help="Put the backup FILE in the database's place; everybody signs in anew. Stop the server first.")
@click.argument("file", type=AFile)
@click.option("--force", is_flag=True, help="Even when something in it does not hold.")
@one_sentence
def restore(file: Path, force: bool) -> None:
    settings = read_settings()
    with held_database(settings) as database:
        give_audit_key(settings, database)
        try:
            if isinstance(settings.database, Path):
                restored = put_back(file, settings.database, app.now(), database.audit_key, force=force)
            else:
                server = PostgresDatabase(settings.database)
                restored = postgres_backup.restore(file, server, database, pg_tools(settings), force=force)
        except NotSound as why:
            for finding in why.findings:
                print(said(finding))
            raise
    contents = _contents(restored.held)
    if restored.kept:
        say(
            "Restored {contents} from {file}; what was there is {kept}.",
            contents=contents,
            file=file,
            kept=restored.kept,
        )
    else:
        say("Restored {contents} from {file}.", contents=contents, file=file)
    _put_files_back(settings, file_copies.beside(file))


@click.command(
    help="Check the database, or a backup of it; one line for each thing that does not hold, and exit code 1."
)
@click.argument("file", type=AFile, required=False)
@click.option("--audit-head", default="", help="What `chatserver audit head` printed before: is it still in the log?")
@one_sentence
def verify(file: Path | None, audit_head: str) -> None:
    settings = read_settings()
    found = 0
    with snapshot(settings, file) as (place, conn):
        if schema_state(conn) != "current":
            raise Unusable("{place} is no database of this version of chatserver.", place=place)
        log = audit_chain.findings(conn, key_if_there(settings.audit_key_path), audit_head)
        folder = settings.files_path if file is None else file_copies.beside(file)
        files = file_copies.findings(files_named(conn), folder, app.now())
        for check in (findings(conn), late_clocks(conn, rules(settings)), log, files):
            for finding in check:
                found += 1
                print(said(finding))
    if found:
        raise Unusable("{place} is not sound: {found} findings.", place=place, found=found)
    say("{place} is sound.", place=place)


def _put_files_back(settings: Settings, source: Path) -> None:
    """Copy the files of a backup into their folder, and mark it as the database's. Raises `CannotServe`, `Unusable`."""
    with snapshot(settings, None) as (place, conn):
        named, own = files_named(conn), file_marker.id_of(conn)
    if own is None:
        return
    folder = FileFolder(prepare_files(settings))
    if file_marker.id_in(folder) not in (None, own):
        raise CannotServe(FOREIGN, folder=folder.path, place=place)
    file_marker.mark(folder, own)
    _copy_files(named, source, folder.path)


def _copy_files(named: Sequence[Named], source: Path, target: Path, *, only: bool = False) -> None:
    """Copy the files of a backup, or back. Raises `Unusable` when some are not there."""
    copies = file_copies.copy(named, source, target, only=only)
    if copies.missing:
        raise Unusable(
            "{missing} of {wanted} files are not in {source}; `chatserver verify` says which.",
            missing=len(copies.missing),
            wanted=copies.wanted,
            source=source,
        )
    if copies.wanted:
        say("{files} files are in {target}.", files=copies.wanted, target=target)


def _contents(copied: Copied) -> Sentence:
    return Sentence(
        "{conversations:,} conversations with {entries:,} entries ({megabytes:,.1f} MB)",
        conversations=copied.conversations,
        entries=copied.entries,
        megabytes=copied.size / 1e6,
    )
