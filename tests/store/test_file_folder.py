"""The folder of files: a file is there whole or not at all, a full disk refuses it, and orphans go after a day."""

import errno
import hashlib
import os
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from chatserver.domain.refusals import FileStorage
from chatserver.store.file_folder import KEPT_MS, RESERVE, FileFolder, new_file_id

NOW = 1_800_000_000_000


@pytest.fixture
def folder(tmp_path: Path) -> FileFolder:
    return FileFolder(tmp_path)


def names(folder: FileFolder) -> set[str]:
    return {each.name for each in folder.path.iterdir()}


def written_at(path: Path, at: int) -> None:
    os.utime(path, ns=(at * 1_000_000, at * 1_000_000))


def kept(folder: FileFolder, content: bytes = b"a picture", at: int = NOW) -> str:
    """A file that was written at that time (ms)."""
    path, file = folder.begin()
    with file:
        file.write(content)
    id = new_file_id()
    assert folder.keep(path, id) == hashlib.sha256(content).digest()
    written_at(folder.place(id), at)
    return id


def test_a_file_has_its_name_only_when_it_is_whole_and_flushed(
    folder: FileFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    deeds: list[str] = []
    monkeypatch.setattr(os, "fsync", lambda _handle: deeds.append("flush"))
    rename = os.rename

    def renamed(source: Path, target: Path) -> None:
        deeds.append("rename")
        rename(source, target)

    monkeypatch.setattr(os, "rename", renamed)
    id = kept(folder)
    assert deeds == ["flush", "rename", "flush"]
    assert names(folder) == {id}
    assert folder.place(id).read_bytes() == b"a picture"


@pytest.mark.parametrize(
    "id", ["", ".", "..", "../chat.db", "/etc/passwd", "a/b" * 9, "a" * 21, "a" * 44, "a" * 22 + "\n"]
)
def test_nothing_but_an_id_leads_to_a_file(folder: FileFolder, id: str) -> None:
    with pytest.raises(ValueError, match="not the id"):
        folder.place(id)


@pytest.mark.parametrize("failure", [errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EROFS, errno.EIO])
@pytest.mark.parametrize("at", ["open", "fsync", "rename"])
def test_a_disk_that_refuses_refuses_the_file(
    folder: FileFolder, monkeypatch: pytest.MonkeyPatch, failure: int, at: str
) -> None:
    def fails(*_of: object, **_named: object) -> None:
        raise OSError(failure, os.strerror(failure))

    if at == "open":
        monkeypatch.setattr(Path, "open", fails)
    else:
        monkeypatch.setattr(os, at, fails)
    with pytest.raises(FileStorage):
        kept(folder)


def test_another_failure_is_not_taken_for_a_full_disk(folder: FileFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_of: object) -> None:
        raise OSError(errno.ENOTDIR, "no folder")

    monkeypatch.setattr(os, "rename", fails)
    with pytest.raises(OSError, match="no folder"):
        kept(folder)


@pytest.mark.parametrize(
    ("total", "free", "taken"),
    [
        (10**12, RESERVE, True),
        (10**12, RESERVE - 1, False),
        (10**8, 5_000_000, True),
        (10**8, 4_999_999, False),
    ],
)
def test_files_leave_room_for_the_database(
    folder: FileFolder, monkeypatch: pytest.MonkeyPatch, total: int, free: int, taken: bool
) -> None:
    usage: Callable[[Path], object] = lambda _path: type("Usage", (), {"total": total, "free": free})  # noqa: E731
    monkeypatch.setattr(shutil, "disk_usage", usage)
    if taken:
        kept(folder)
    else:
        with pytest.raises(FileStorage):
            folder.begin()
        assert not names(folder)


def test_a_folder_that_is_gone_refuses_the_file(tmp_path: Path) -> None:
    with pytest.raises(FileStorage):
        FileFolder(tmp_path / "gone").begin()


def test_a_day_later_files_without_a_row_and_halves_are_deleted_and_nothing_else(folder: FileFolder) -> None:
    with_row = kept(folder, at=NOW - 10 * KEPT_MS)
    orphan, young = kept(folder, at=NOW - KEPT_MS), kept(folder, at=NOW - KEPT_MS + 1)
    halves = [folder.begin() for _ in range(2)]
    for (path, file), at in zip(halves, (NOW - KEPT_MS, NOW - KEPT_MS + 1), strict=True):
        file.close()
        written_at(path, at)
    (folder.path / "notes.txt").write_text("somebody else's")
    asked: list[str] = []

    def known(ids: Iterable[str]) -> set[str]:
        asked.extend(ids)
        return {with_row}

    assert folder.sweep(NOW, known) == 2
    assert set(asked) == {with_row, orphan}
    assert names(folder) == {with_row, young, halves[1][0].name, "notes.txt"}
