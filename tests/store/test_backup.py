"""A copy made while others write is complete and self-contained; a restore renews, and replaces everything or
nothing."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from chatserver.store import accounts, backup, meta, visitor_lookup
from chatserver.store.backup import NotSound, back_up, restore
from chatserver.store.database import Database
from chatserver.store.sqlite_files import Unusable, opened
from chatserver.store.verify import findings
from tests.transactions import AUDIT_KEY, written

from .days import DAWN, Day, Story
from .wreck import broken, overwritten, with_a_false_index

NOW = DAWN + 60_000
"""2026-11-21 04:01 UTC."""
BEFORE = "chat.db.before-20261121T040100Z"


@pytest.fixture
def copy(path: Path, tmp_path: Path) -> Path:
    """A backup of the day."""
    back_up(path, tmp_path / "copy.db")
    return tmp_path / "copy.db"


@pytest.fixture
def served(path: Path) -> Iterator[Database]:
    """The same database, in use."""
    database = Database(path)
    written(database, Story)
    yield database
    database.close()


def conversations(path: Path) -> int:
    with opened(path) as conn:
        count: int = conn.exec_driver_sql("SELECT count(*) FROM conversations").scalar_one()
        return count


def asked(path: Path, question: Callable[[Connection], object]) -> object:
    with opened(path) as conn:
        return question(conn)


def beside(path: Path) -> set[str]:
    return {each.name for each in path.parent.iterdir()}


def test_a_copy_holds_everything_and_says_how_much(path: Path, tmp_path: Path) -> None:
    copied = back_up(path, tmp_path / "copy.db")
    assert (copied.conversations, copied.entries) == (5, 22)
    assert copied.size == (tmp_path / "copy.db").stat().st_size
    assert asked(tmp_path / "copy.db", lambda conn: list(findings(conn))) == []


def test_a_copy_is_one_file_for_its_owner_alone(served: Database, copy: Path) -> None:
    assert beside(copy) == {"chat.db", "chat.db-shm", "chat.db-wal", "copy.db"}
    assert copy.stat().st_mode & 0o077 == 0
    with closing(sqlite3.connect(copy)) as conn:
        assert conn.execute("PRAGMA journal_mode").fetchone() == ("delete",)


def test_what_is_only_in_the_log_is_in_the_copy(served: Database, copy: Path) -> None:
    with closing(sqlite3.connect(f"file:{Path(served.place)}?immutable=1", uri=True)) as without_log:
        assert without_log.execute("SELECT count(*) FROM conversations").fetchone() == (5,)
    assert conversations(copy) == 6


def test_what_is_not_committed_is_not_in_the_copy_and_nobody_waits(served: Database, tmp_path: Path) -> None:
    def write(conn: Connection) -> None:
        Story(conn)
        back_up(Path(served.place), tmp_path / "copy.db")

    written(served, write)
    assert conversations(tmp_path / "copy.db") == 6
    assert conversations(Path(served.place)) == 7


def test_a_copy_in_steps_ends_despite_commits_between_them(
    served: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = []

    class Watched(sqlite3.Connection):
        def backup(self, target: sqlite3.Connection, **_: Any) -> None:
            super().backup(target, pages=1, progress=commit)

    def commit(_status: int, _remaining: int, total: int) -> None:
        steps.append(written(served, Story))
        assert len(steps) <= total, "it began anew"

    def connect(path: Path) -> sqlite3.Connection:
        return sqlite3.connect(path, isolation_level=None, factory=Watched)

    monkeypatch.setattr(backup, "connect", connect)
    assert back_up(Path(served.place), tmp_path / "copy.db").conversations == 6
    assert len(steps) > 10
    assert asked(tmp_path / "copy.db", lambda conn: list(findings(conn))) == []
    assert conversations(Path(served.place)) == 6 + len(steps)


def test_an_existing_file_stays_unless_forced(path: Path, copy: Path) -> None:
    copy.write_text("something else")
    with pytest.raises(Unusable, match="is there already; --force replaces it"):
        back_up(path, copy)
    assert copy.read_text() == "something else"
    back_up(path, copy, replace=True)
    assert conversations(copy) == 5


def test_the_database_never_replaces_itself(path: Path) -> None:
    before = path.read_bytes()
    with pytest.raises(Unusable, match="is the database itself"):
        back_up(path, path, replace=True)
    assert path.read_bytes() == before


@pytest.mark.parametrize("reason", ["no folder", "no database", "no chat", "overwritten", "a false index"])
def test_a_copy_that_cannot_be_made_leaves_nothing(path: Path, tmp_path: Path, reason: str) -> None:
    target = tmp_path / ("nowhere/copy.db" if reason == "no folder" else "copy.db")
    if reason == "no database":
        path.write_text("a letter to the editor" * 100)
    if reason == "no chat":
        path.write_bytes(b"")
    if reason == "overwritten":
        overwritten(path)
    if reason == "a false index":
        with_a_false_index(path)
    with pytest.raises(Unusable):
        back_up(path, target)
    assert beside(path) == {"chat.db"}


def test_a_restored_database_has_a_new_epoch(path: Path, copy: Path, day: Day) -> None:
    before = asked(path, meta.epoch)
    assert asked(path, lambda conn: accounts.session(conn, day.cookie, NOW)) is not None
    assert asked(path, lambda conn: visitor_lookup.known(conn, [day.token], NOW)) != [None]
    restored = restore(copy, path, NOW, AUDIT_KEY)
    assert (restored.held.conversations, restored.held.entries) == (5, 22)
    assert asked(path, meta.epoch) != before
    assert asked(path, meta.server_key) == asked(copy, meta.server_key)
    assert asked(path, lambda conn: accounts.session(conn, day.cookie, NOW)) is None
    assert asked(path, lambda conn: visitor_lookup.known(conn, [day.token], NOW)) == [None]
    assert asked(path, lambda conn: list(findings(conn))) == []
    assert path.stat().st_mode & 0o077 == 0


def test_the_backup_itself_stays_as_it_is(path: Path, copy: Path) -> None:
    before = copy.read_bytes()
    restore(copy, path, NOW, AUDIT_KEY)
    assert copy.read_bytes() == before


def test_each_restore_makes_a_new_epoch(path: Path, copy: Path) -> None:
    epochs = set()
    for seconds in range(2):
        restore(copy, path, NOW + seconds * 1000, AUDIT_KEY)
        epochs.add(asked(path, meta.epoch))
    assert len(epochs) == 2


def test_the_replaced_database_is_kept(path: Path, copy: Path) -> None:
    with closing(Database(path)) as database:
        written(database, Story)
    restored = restore(copy, path, NOW, AUDIT_KEY)
    assert isinstance(restored.kept, Path)
    assert restored.kept == path.with_name(BEFORE)
    assert beside(path) == {"chat.db", "copy.db", BEFORE}
    assert (conversations(restored.kept), conversations(path)) == (6, 5)


def test_the_log_of_a_killed_server_goes_with_its_database(served: Database, copy: Path, tmp_path: Path) -> None:
    written(served, Story)
    left = tmp_path / "left"
    left.mkdir()
    for name in ("chat.db", "chat.db-wal"):
        shutil.copy(Path(served.place).with_name(name), left / name)
    assert (left / "chat.db-wal").stat().st_size
    restored = restore(copy, left / "chat.db", NOW, AUDIT_KEY)
    assert isinstance(restored.kept, Path)
    assert beside(restored.kept) == {"chat.db", BEFORE}
    assert (conversations(restored.kept), conversations(left / "chat.db")) == (7, 6)


@pytest.mark.parametrize("how", ["overwritten", "no database at all"])
def test_a_damaged_database_is_moved_away_with_its_log(served: Database, copy: Path, tmp_path: Path, how: str) -> None:
    written(served, Story)
    left = tmp_path / "left"
    left.mkdir()
    for name in ("chat.db", "chat.db-wal"):
        shutil.copy(Path(served.place).with_name(name), left / name)
    if how == "overwritten":
        overwritten(left / "chat.db")
    else:
        (left / "chat.db").write_bytes(b"\xff" * 8192)
    restored = restore(copy, left / "chat.db", NOW, AUDIT_KEY)
    assert isinstance(restored.kept, Path)
    assert conversations(left / "chat.db") == 6
    assert asked(left / "chat.db", lambda conn: list(findings(conn))) == []
    assert not (left / "chat.db-wal").exists()


def test_an_empty_folder_gets_the_backup(copy: Path, tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    assert restore(copy, tmp_path / "new/chat.db", NOW, AUDIT_KEY).kept is None
    assert beside(tmp_path / "new/chat.db") == {"chat.db"}
    assert conversations(tmp_path / "new/chat.db") == 5


def test_a_plain_copy_with_its_log_is_a_backup_too(served: Database, tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "new").mkdir()
    for name in ("chat.db", "chat.db-wal"):
        shutil.copy(Path(served.place).with_name(name), tmp_path / "old" / name)
    restore(tmp_path / "old/chat.db", tmp_path / "new/chat.db", NOW, AUDIT_KEY)
    assert conversations(tmp_path / "new/chat.db") == 6


def test_an_unsound_backup_changes_nothing_unless_forced(path: Path, copy: Path, day: Day) -> None:
    broken(copy, f"UPDATE conversations SET owner = NULL, owner_id = NULL WHERE id = '{day.active}'")
    before = path.read_bytes()
    with pytest.raises(NotSound) as refused:
        restore(copy, path, NOW, AUDIT_KEY)
    assert refused.value.findings == [f"conversation {day.active}: is active, and nobody owns it"]
    assert (path.read_bytes(), beside(path)) == (before, {"chat.db", "copy.db"})
    restore(copy, path, NOW, AUDIT_KEY, force=True)
    assert path.read_bytes() != before


@pytest.mark.parametrize(
    ("what", "sentence"),
    [
        ("missing", "unable to open database file"),
        ("a letter", "file is not a database"),
        ("nothing", "is no database of chatserver"),
        ("newer", "was made by a newer version"),
    ],
)
def test_a_file_that_is_not_a_backup_changes_nothing(path: Path, copy: Path, what: str, sentence: str) -> None:
    if what == "missing":
        copy.unlink()
    if what == "a letter":
        copy.write_text("Dear editor, " * 1000)
    if what == "nothing":
        copy.write_bytes(b"")
    if what == "newer":
        broken(copy, "UPDATE alembic_version SET version_num = '9999'")
    before, there = path.read_bytes(), beside(path)
    with pytest.raises(Unusable, match=sentence) as refused:
        restore(copy, path, NOW, AUDIT_KEY)
    assert str(refused.value).startswith(f"{copy} ")
    assert (path.read_bytes(), beside(path)) == (before, there)


def test_a_database_somebody_else_has_open_stays(path: Path, copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chatserver.store.sqlite_files.BUSY_S", 0.01)
    before = asked(path, meta.epoch)
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        conn.execute("BEGIN IMMEDIATE")
        with pytest.raises(Unusable, match="Another program has"):
            restore(copy, path, NOW, AUDIT_KEY)
    assert asked(path, meta.epoch) == before


def test_a_restore_that_finds_the_disk_full_changes_nothing(
    path: Path, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = asked(path, meta.epoch)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup, "sync", full)
    with pytest.raises(Unusable, match="No space left on device"):
        restore(copy, path, NOW, AUDIT_KEY)
    assert asked(path, meta.epoch) == before
    assert beside(path) == {"chat.db", "copy.db"}
