"""The folder of images and PDF files that the settings name: makes it, and proves that it belongs to the database."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog

from chatserver.cannot_serve import CannotServe
from chatserver.settings import Settings
from chatserver.store import file_marker
from chatserver.store.database import Database
from chatserver.store.file_folder import FileFolder
from chatserver.store.tx import SYSTEM

log = structlog.get_logger()

PATIENCE_S, LOOK_EVERY_S = 5.0, 0.1
"""How long another node that starts at the same moment is waited for."""

FOREIGN = "The files in {folder} belong to another database than {place}; CHATSERVER_FILES names the right folder."
MISSING = (
    "The folder {folder} has not the files of {place}: all nodes need the same folder, which CHATSERVER_FILES names. "
    "Only if it is the right one, write {id} into {marker}."
)


@contextmanager
def _explained(folder: Path) -> Iterator[None]:
    """Turn a failure of the disk into one sentence."""
    try:
        yield
    except OSError as failure:
        raise CannotServe(
            "The folder of files {folder} cannot be made: {why}; CHATSERVER_FILES names another.",
            folder=folder,
            why=failure.strerror,
        ) from None


def prepare_files(settings: Settings) -> Path:
    """The folder, made when missing and writable. Raises `CannotServe`."""
    folder = settings.files_path
    with _explained(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not os.access(folder, os.W_OK | os.X_OK):
        raise CannotServe(
            "The folder of files {folder} is not writable; CHATSERVER_FILES names another.", folder=folder
        )
    return folder


def prove_files(settings: Settings, database: Database, now: int) -> None:
    """Check that the folder belongs to this database; a new pair is marked as one. Raises `CannotServe`.

    A single node may find its folder empty, because it was lost or only the database was moved here: then the chat goes
    on, and `chatserver verify` says what is missing. One of several nodes may not, because its folder is then not the
    shared one.
    """
    folder = FileFolder(prepare_files(settings))
    found = database.read_now(lambda conn: file_marker.proof(conn, folder))
    if found is None:
        _mark_both(database, folder, now)
        found = database.read_now(lambda conn: file_marker.proof(conn, folder))
    until = time.monotonic() + PATIENCE_S
    while found == "unknown" and time.monotonic() < until:
        time.sleep(LOOK_EVERY_S)
        found = database.read_now(lambda conn: file_marker.proof(conn, folder))
    if found == "missing" and not settings.redis_url and not any(folder.ids()):
        log.warning("files_folder_empty", folder=str(folder.path))
        mark_files(database, folder)
        return
    if found == "missing":
        own, marker = database.read_now(file_marker.id_of), folder.path / file_marker.NAME
        raise CannotServe(MISSING, folder=folder.path, place=database.place, id=own, marker=marker)
    if found != "proven":
        raise CannotServe(FOREIGN, folder=folder.path, place=database.place)


def mark_files(database: Database, folder: FileFolder) -> None:
    """Mark an unmarked folder as this database's, if the database has an id. Raises `CannotServe`."""
    own = database.read_now(file_marker.id_of)
    if own is not None:
        with _explained(folder.path):
            file_marker.mark(folder, own)


def _mark_both(database: Database, folder: FileFolder, now: int) -> None:
    """The folder first: so a second node that starts at this moment never finds an id in the database alone."""
    with _explained(folder.path):
        file_marker.mark(folder, file_marker.new_id())
    id = file_marker.id_in(folder)
    assert id is not None
    database.write_now(lambda tx: file_marker.keep_id(tx, id), lambda: now, SYSTEM)
