"""`chatserver identity-key …`: makes, rotates and removes the keys of a site, shows each once, and records it."""

import time
from contextlib import closing
from pathlib import Path

import pytest

from chatserver.demo.seed import seed
from chatserver.store import identity_keys
from chatserver.store.audit_key import key_in
from chatserver.store.database import Database
from tests.audit_rows import audit_rows_in
from tests.runtime.test_commands import refusal, said

DAY = 24 * 3_600_000


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The demo hospital, whose site is `demo`."""
    folder = tmp_path / "data"
    assert said(folder, "migrate").exit_code == 0
    with closing(Database(folder / "chat.db")) as database:
        database.write_now(lambda tx: seed(tx, ("http://127.0.0.1:8001",), 5), lambda: 1, "test")
    return folder


def printed(data: Path, *command: str) -> str:
    result = said(data, "identity-key", *command)
    assert result.exit_code == 0, result.output
    return result.stdout.strip()


def accepted(data: Path, later: int = 0, file: str = "audit.key") -> set[str]:
    """The keys that a server accepts `later` (ms)."""
    now, key = int(time.time() * 1000) + later, key_in(data / file)
    with closing(Database(data / "chat.db")) as database:
        return set(database.read_now(lambda conn: identity_keys.accepted(conn, key, "demo", now)))


def test_a_key_is_made_rotated_and_removed(data: Path) -> None:
    first = printed(data, "new", "demo")
    assert len(first) == 43
    assert accepted(data) == {first}
    second = printed(data, "rotate", "demo")
    assert accepted(data) == {first, second}
    assert accepted(data, DAY) == {second}
    third = printed(data, "rotate", "demo")
    assert accepted(data) == {second, third}, "never more than two"
    listed = printed(data, "list").splitlines()
    assert [line.split()[0] for line in listed] == ["demo", "demo"]
    assert [line.rsplit("  ", 1)[1][:6] for line in listed] == ["in use", "until "]
    assert printed(data, "remove", "demo") == "Removed the keys of demo."
    assert accepted(data) == set()
    assert printed(data, "list") == ""
    assert printed(data, "new", "demo") not in {first, second, third}
    rows = [each for each in audit_rows_in(data / "chat.db") if each.action.startswith("identity_key.")]
    assert [each.action.partition(".")[2] for each in rows] == ["new", "rotate", "rotate", "remove", "new"]
    assert {(each.actor, each.object_kind, each.object_id) for each in rows} == {("cli", "site", "demo")}


def test_the_database_holds_no_key_and_without_the_file_there_is_another(data: Path) -> None:
    first = printed(data, "new", "demo")
    for file in data.iterdir():
        assert not file.is_file() or first.encode() not in file.read_bytes(), file
    assert accepted(data, file="another.key").isdisjoint({first})


def test_what_makes_no_sense_is_refused(data: Path) -> None:
    for command in ("rotate", "remove"):
        assert "demo has no key" in refusal(said(data, "identity-key", command, "demo"))
    for command in ("new", "rotate"):
        assert refusal(said(data, "identity-key", command, "elsewhere")) == "There is no site elsewhere."
    printed(data, "new", "demo")
    assert "identity-key rotate demo" in refusal(said(data, "identity-key", "new", "demo"))
