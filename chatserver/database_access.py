"""Opens the database that the settings name: finds it, locks it for this process, and checks that it can be served."""

import contextlib
import os
from pathlib import Path
from urllib.parse import urlsplit

import structlog
from sqlalchemy.exc import ArgumentError

from chatserver.cannot_serve import CannotServe
from chatserver.domain.origin import is_loopback
from chatserver.domain.refusals import Refused, Unavailable
from chatserver.domain.sentence import Sentence
from chatserver.settings import Settings
from chatserver.store import audit_chain, meta
from chatserver.store.audit_key import key_if_there, key_in
from chatserver.store.database import Database, InUse, Where, kind_of
from chatserver.store.durability import data_checksums
from chatserver.store.postgres import NoDriver
from chatserver.store.revisions import schema_state

log = structlog.get_logger()

SCHEMA_SENTENCES = {
    "empty": "There is no database in {place} yet; run `chatserver migrate` first.",
    "old": "The database in {place} is of an earlier version; run `chatserver migrate` first.",
    "new": "The database in {place} was made by a newer version of chatserver; install that one.",
}

AUDIT_SENTENCES = {
    "unsigned": "The audit log in {place} is not signed: an upgrade was interrupted, or somebody has changed the "
    "database. `chatserver audit take-over` signs it as it stands.",
    "torn": "The audit log in {place} does not end where it should: somebody has changed the database. "
    "`chatserver verify` says where; `chatserver audit take-over` continues the log as it stands.",
    "foreign": "The audit log in {place} is signed with another key than the one in {file}: all nodes need the same "
    "file. If the key is lost, `chatserver audit take-over` continues the log with this one.",
}


def open_database(settings: Settings) -> Database:
    """The database at this version, locked by this process alone, or shared with other nodes when there is a bus.

    Raises `CannotServe`.
    """
    database = found_database(settings)
    try:
        hold(database, _taken(settings, database.place), shared=bool(settings.redis_url))
        check_schema(database)
        check_audit_log(settings, database)
        _check_demo(settings, database)
        _log_durability(database)
    except BaseException:
        database.close()
        raise
    return database


def found_database(settings: Settings) -> Database:
    """The existing database, whatever its schema's version. Raises `CannotServe`."""
    if isinstance(settings.database, Path):
        prepare_folder(settings)
        if not settings.database.exists():
            raise CannotServe(SCHEMA_SENTENCES["empty"], place=settings.database)
    return database_at(settings.database, key_if_there(settings.audit_key_path))


def database_at(where: Where, audit_key: bytes | None) -> Database:
    """The database at that place; a missing SQLite file is made. Raises `CannotServe`."""
    try:
        return Database(where, audit_key)
    except NoDriver:
        raise CannotServe("PostgreSQL needs its driver: pip install 'chatserver[postgres]'.") from None
    except (ArgumentError, ValueError):
        raise CannotServe("DATABASE_URL is no address such as postgresql://user:password@host/name.") from None


def hold(database: Database, otherwise: Sentence, *, shared: bool = False) -> None:
    """Lock it for this process. Raises `CannotServe`, with the sentence `otherwise` when another process has it."""
    try:
        database.hold(shared=shared)
    except InUse:
        raise CannotServe(otherwise) from None
    except Unavailable as refusal:
        raise cannot_be_used(database, refusal) from None


def check_schema(database: Database) -> None:
    """Raises `CannotServe` when the schema is not this program's."""
    state = database.read_now(schema_state)
    if state != "current":
        raise CannotServe(SCHEMA_SENTENCES[state], place=database.place)


def check_audit_log(settings: Settings, database: Database) -> None:
    """Check that the audit log can be continued with our key. A missing key is created, but never for a log that is
    already signed. Raises `CannotServe`."""
    place, file = database.place, settings.audit_key_path
    if not database.has_audit_key:
        is_signed = database.read_now(audit_chain.head).mac is not None
        # Another node that starts at the same moment may have created the key since this one looked for it. It did so
        # before it signed anything.
        if is_signed and not file.exists():
            raise CannotServe(
                "The key of the audit log in {place} is missing: put {file} back. "
                "If it is lost, `chatserver audit take-over` continues the log with a new one.",
                place=place,
                file=file,
            )
        give_audit_key(settings, database)
    condition = database.read_now(lambda conn: audit_chain.condition(conn, database.audit_key))
    if condition != "fits":
        raise CannotServe(AUDIT_SENTENCES[condition], place=place, file=file)


def give_audit_key(settings: Settings, database: Database) -> None:
    """Give the database the key in the file; a missing file is created. Raises `Unusable`."""
    if not database.has_audit_key:
        database.audit_key = key_in(settings.audit_key_path)


def is_public(settings: Settings) -> bool:
    """Whether other machines can reach the server."""
    return bool(public_name(settings))


def public_name(settings: Settings) -> str:
    """The first name under which other machines reach the server; empty when there is none."""
    named = [settings.public_url, *settings.extra_hosts]
    if not is_loopback(settings.host):
        named.append(settings.host)
    return next((each for each in named if not is_loopback(urlsplit(f"//{each.split('://')[-1]}").hostname or "")), "")


def _check_demo(settings: Settings, database: Database) -> None:
    """Raises `CannotServe` for a public server with the demo's database: its passwords are printed in the sources."""
    if is_public(settings) and database.read_now(meta.is_demo):
        raise CannotServe(
            "The hospital in {place} was made by `chatserver demo`, and its passwords are known to everybody: "
            "it is not served as {url}. Make a new one with `chatserver migrate` in another folder.",
            place=database.place,
            url=public_name(settings),
        )


def _taken(settings: Settings, place: str) -> Sentence:
    if settings.database_url:
        return Sentence(
            "Another chatserver is using the database in {place}; several nodes share one when each has REDIS_URL.",
            place=place,
        )
    return Sentence("Another chatserver is using the database in {place}.", place=place)


def _log_durability(database: Database) -> None:
    """Write into the log how durable an acknowledged commit is on this database."""
    checksums = database.read_now(data_checksums)
    facts = {"data_checksums": checksums} if checksums else {}
    log.info("database_held", durability=database.durability(), **facts)


def cannot_be_used(database: Database, refusal: Refused) -> CannotServe:
    """The refusal of a database operation as the reason why the server cannot start."""
    return CannotServe("The database in {place} cannot be used: {why}.", place=database.place, why=_reason(refusal))


def _reason(refusal: Refused) -> str:
    """The first line of what the database said."""
    [first, *_] = str(getattr(refusal.__cause__, "orig", refusal)).strip().splitlines() or [refusal.code]
    return first.rstrip(".")


def place_of(settings: Settings) -> str:
    """The database's name for people, without its password."""
    return kind_of(settings.database).place


def prepare_folder(settings: Settings) -> Path:
    """The data folder, made when missing and writable. Raises `CannotServe`."""
    folder = settings.database_path.parent
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as failure:
        raise CannotServe(
            "The data folder {folder} cannot be made: {why}.", folder=folder, why=failure.strerror
        ) from None
    _make_private(settings.database_path)
    if not os.access(folder, os.W_OK | os.X_OK):
        raise CannotServe("The data folder {folder} is not writable; CHATSERVER_DATA names another.", folder=folder)
    return folder


def _make_private(database: Path) -> None:
    """An earlier version made the database readable for everybody; SQLite gives its mode to the files beside it."""
    for file in (database, *(database.with_name(f"{database.name}{beside}") for beside in ("-wal", "-shm"))):
        with contextlib.suppress(OSError):
            if file.stat().st_mode & 0o077:
                file.chmod(0o600)
