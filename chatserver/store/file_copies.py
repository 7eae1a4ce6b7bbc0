"""Copies of the files beside copies of the database, and whether the folder has what the database names.

The copy of a database `chat.db` has its files in the folder `chat.db.files`. Files never change, so a file that is
there with the right size is not copied again.
"""

import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from chatserver.domain.sentence import Sentence
from chatserver.store.file_folder import KEPT_MS, FileFolder, sha256_of
from chatserver.store.sqlite_files import explained, part_of, put, sync


class Named(NamedTuple):
    """A file as the database names it."""

    id: str
    size: int
    sha256: bytes


@dataclass(frozen=True, slots=True)
class Copies:
    """How many files were wanted, and the ids of those that were not there."""

    wanted: int
    missing: tuple[str, ...]


def beside(backup: Path) -> Path:
    """The folder of the files of this copy of a database."""
    return backup.with_name(f"{backup.name}.files")


def copy(named: Iterable[Named], source: Path, target: Path, *, only: bool = False) -> Copies:
    """Copy the files that `target` lacks; each is there complete and flushed, or not at all. With `only`, files that
    are not named are deleted there. Raises `Unusable`."""
    wanted, missing = set[str](), list[str]()
    for file in named:
        wanted.add(file.id)
        with explained(target):
            target.mkdir(mode=0o700, exist_ok=True)
            if not _copied(file, source, target):
                missing.append(file.id)
    if only and target.is_dir():
        for id, _ in FileFolder(target).ids():
            if id not in wanted:
                (target / id).unlink(missing_ok=True)
    return Copies(len(wanted), tuple(missing))


def _copied(file: Named, source: Path, target: Path) -> bool:
    place = target / file.id
    if _size(place) == file.size:
        return True
    if _size(source / file.id) != file.size:
        return False
    with part_of(place) as part:
        shutil.copyfile(source / file.id, part)
        sync(part)
        put(part, place)
    return True


def findings(named: Iterable[Named], folder: Path, now: int) -> Iterator[str]:
    """One line for each file that is missing or changed, and for each that has been without a row for a day."""
    known = set()
    for file in named:
        known.add(file.id)
        size = _size(folder / file.id)
        if size is None:
            yield Sentence("file {id}: is missing in {folder}", id=file.id, folder=folder)
        elif size != file.size or sha256_of(folder / file.id) != file.sha256:
            yield Sentence("file {id}: is not as it was stored", id=file.id)
    with suppress(FileNotFoundError):
        for id, at in FileFolder(folder).ids():
            if id not in known and at <= now - KEPT_MS:
                yield Sentence("file {id}: belongs to no entry", id=id)


def _size(path: Path) -> int | None:
    with suppress(FileNotFoundError):
        return path.stat().st_size
    return None
