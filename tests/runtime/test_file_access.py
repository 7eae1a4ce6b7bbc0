"""The folder of files belongs to one database, and goes into backups and back."""

import errno
import os
import shutil
import time
from contextlib import closing
from pathlib import Path

import pytest

from chatserver import file_access
from chatserver.cannot_serve import CannotServe
from chatserver.domain.files import File, FileType
from chatserver.file_access import prove_files
from chatserver.settings import Settings
from chatserver.store import file_marker, files
from chatserver.store.database import Database
from chatserver.store.file_folder import KEPT_MS, FileFolder, new_file_id
from chatserver.store.revisions import migrate
from tests.runtime.test_commands import said
from tests.store.days import DAWN, Story, live
from tests.store.earlier import lay_down
from tests.transactions import AUDIT_KEY, tx_at, written

REDIS = "redis://nowhere"
NOW = 1_800_000_000_000


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A migrated database with a day."""
    assert said(tmp_path / "data", "migrate").exit_code == 0
    with closing(Database(tmp_path / "data" / "chat.db", AUDIT_KEY)) as database:
        written(database, live)
    return tmp_path / "data"


def prove(data: Path, folder: Path | str = "", redis: str = "") -> None:
    """As a server does that starts."""
    settings = Settings(data=str(data), files=str(folder), redis_url=redis)
    with closing(Database(data / "chat.db", AUDIT_KEY)) as database:
        prove_files(settings, database, NOW)


def send(data: Path, content: bytes = b"a picture") -> str:
    """A file in a conversation; returns its id."""
    folder = FileFolder(data / "files")
    part, opened = folder.begin()
    with opened:
        opened.write(content)
    id = new_file_id()
    sha256 = folder.keep(part, id)
    with closing(Database(data / "chat.db", AUDIT_KEY)) as database:
        conversation = written(database, Story).id
        file = File(id, FileType.PNG, "a.png", len(content), 40, 30)
        written(database, lambda conn: files.add(tx_at(conn, DAWN), conversation, "entry", file, sha256))
    return id


@pytest.fixture(autouse=True)
def _in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_access, "PATIENCE_S", 0.0)


def test_the_first_server_marks_the_folder_and_every_later_one_finds_the_mark(data: Path) -> None:
    for redis in ("", REDIS, REDIS):
        prove(data, redis=redis)
    assert (data / "files").stat().st_mode & 0o077 == 0
    assert [each.name for each in (data / "files").iterdir()] == [file_marker.NAME]


def test_a_node_with_a_folder_of_its_own_is_refused(data: Path, tmp_path: Path) -> None:
    prove(data, redis=REDIS)
    with pytest.raises(CannotServe) as refused:
        prove(data, tmp_path / "own", REDIS)
    assert "all nodes need the same folder" in str(refused.value)
    [_, id, _, marker] = str(refused.value).rstrip(".").rsplit(" ", 3)
    Path(marker).write_text(f"{id}\n")
    prove(data, tmp_path / "own", REDIS)


def test_a_single_server_goes_on_with_an_empty_folder_but_not_with_other_peoples_files(
    data: Path, tmp_path: Path
) -> None:
    prove(data)
    prove(data, tmp_path / "empty")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / new_file_id()).write_bytes(b"somebody's")
    with pytest.raises(CannotServe, match="has not the files"):
        prove(data, tmp_path / "full")


@pytest.mark.parametrize("redis", ["", REDIS])
def test_the_folder_of_another_database_is_refused(data: Path, tmp_path: Path, redis: str) -> None:
    """Otherwise its files would be deleted after a day, because none has a row in this database."""
    prove(data, redis=redis)
    other = tmp_path / "other"
    other.mkdir()
    migrate(other / "chat.db")
    for _ in range(2):
        with pytest.raises(CannotServe, match="belong to another database"):
            prove(other, data / "files", redis)
        # The next time, that database has an id of its own.
        prove(other)


def test_a_node_waits_for_another_that_marks_folder_and_database_at_the_same_moment(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = FileFolder(data / "files")
    folder.path.mkdir()
    file_marker.mark(folder, "the other node's")

    def the_other_goes_on(_seconds: float) -> None:
        with closing(Database(data / "chat.db", AUDIT_KEY)) as database:
            written(database, lambda conn: file_marker.keep_id(tx_at(conn), "the other node's"))

    monkeypatch.setattr(file_access, "PATIENCE_S", 60.0)
    monkeypatch.setattr(time, "sleep", the_other_goes_on)
    prove(data, redis=REDIS)


@pytest.mark.parametrize("what", ["no folder", "not writable", "disk full"])
def test_a_folder_that_cannot_be_used_is_named(data: Path, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    place = data / "place"
    if what == "no folder":
        place.write_text("a file")
    elif what == "not writable":
        monkeypatch.setattr(os, "access", lambda *_of: False)
    else:
        monkeypatch.setattr(file_marker, "sync", full)
    with pytest.raises(CannotServe, match="CHATSERVER_FILES names another"):
        prove(data, place)


def full(_path: Path) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.fixture
def backed_up(data: Path, tmp_path: Path) -> tuple[Path, list[str]]:
    """A backup, and the ids of its two files."""
    prove(data)
    ids = [send(data, b"one"), send(data, b"two")]
    result = said(data, "backup", str(tmp_path / "copy.db"))
    assert result.exit_code == 0, result.output
    assert result.stdout.endswith(f"2 files are in {tmp_path / 'copy.db.files'}.\n")
    return tmp_path / "copy.db", ids


def test_a_backup_has_the_files_that_its_database_names(data: Path, backed_up: tuple[Path, list[str]]) -> None:
    copy, ids = backed_up
    beside = copy.with_name("copy.db.files")
    assert {each.name: each.read_bytes() for each in beside.iterdir()} == dict(zip(ids, (b"one", b"two"), strict=True))
    assert said(data, "verify", str(copy)).exit_code == 0
    third = send(data, b"three")
    (data / "files" / new_file_id()).write_bytes(b"an orphan")
    (beside / new_file_id()).write_bytes(b"from another backup")
    assert said(data, "backup", str(copy), "--force").exit_code == 0
    assert {each.name for each in beside.iterdir()} == {*ids, third}


def test_a_database_of_an_earlier_version_is_copied_and_put_back(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    lay_down(data / "chat.db", "0008", DAWN)
    result = said(data, "backup", str(tmp_path / "copy.db"))
    assert result.exit_code == 0, result.output
    assert not (tmp_path / "copy.db.files").exists()
    assert said(data, "restore", str(tmp_path / "copy.db"), "--force").exit_code == 0


def test_a_restore_puts_the_files_back(data: Path, tmp_path: Path, backed_up: tuple[Path, list[str]]) -> None:
    copy, ids = backed_up
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    shutil.copy(data / "audit.key", elsewhere / "audit.key")
    result = said(elsewhere, "restore", str(copy))
    assert result.exit_code == 0, result.output
    assert {each.name for each in (elsewhere / "files").iterdir()} == {*ids, file_marker.NAME}
    assert said(elsewhere, "verify").exit_code == 0
    prove(elsewhere, redis=REDIS)


def test_a_restore_does_not_put_files_into_the_folder_of_another_database(
    tmp_path: Path, backed_up: tuple[Path, list[str]]
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    migrate(other / "chat.db")
    prove(other)
    before = sorted((other / "files").iterdir())
    result = said(other, "restore", str(backed_up[0]), "--force")
    assert result.exit_code == 1
    assert "belong to another database" in result.stderr
    assert sorted((other / "files").iterdir()) == before


def test_verify_names_missing_changed_and_orphaned_files(data: Path) -> None:
    prove(data)
    missing, changed, shorter, whole = (send(data, content) for content in (b"one", b"two", b"three", b"four"))
    (data / "files" / missing).unlink()
    (data / "files" / changed).write_bytes(b"owt")
    (data / "files" / shorter).write_bytes(b"th")
    orphan, young = new_file_id(), new_file_id()
    for id in (orphan, young):
        (data / "files" / id).write_bytes(b"whose?")
    old = (data / "files" / young).stat().st_mtime - 2 * KEPT_MS / 1000
    os.utime(data / "files" / orphan, (old, old))
    result = said(data, "verify")
    assert result.exit_code == 1
    assert {line for line in result.stdout.splitlines() if line.startswith("file ")} == {
        f"file {missing}: is missing in {data / 'files'}",
        f"file {changed}: is not as it was stored",
        f"file {shorter}: is not as it was stored",
        f"file {orphan}: belongs to no entry",
    }
    assert whole not in result.stdout


def test_a_backup_says_when_files_are_missing_and_copies_the_others(data: Path, tmp_path: Path) -> None:
    prove(data)
    missing, there = send(data, b"one"), send(data, b"two")
    (data / "files" / missing).unlink()
    result = said(data, "backup", str(tmp_path / "copy.db"))
    assert result.exit_code == 1
    assert f"1 of 2 files are not in {data / 'files'}; `chatserver verify` says which." in result.stderr
    assert [each.name for each in (tmp_path / "copy.db.files").iterdir()] == [there]
