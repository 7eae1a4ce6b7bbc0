"""The key of the audit log: made once, private, and one file for all who start at the same moment."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from chatserver.store.audit_key import BYTES, key_if_there, key_in
from chatserver.store.sqlite_files import Unusable


@pytest.fixture(params=[0o022, 0o000, 0o077])
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


@pytest.mark.usefixtures("umask")
def test_a_missing_key_is_made_readable_for_its_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "keys/audit.key"
    key = key_in(file)
    assert len(key) == BYTES
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert key_in(file) == key_if_there(file) == key
    assert [each.name for each in file.parent.iterdir()] == ["audit.key"]


def test_each_key_is_another_one(tmp_path: Path) -> None:
    assert key_in(tmp_path / "one") != key_in(tmp_path / "other")


def test_a_key_is_not_made_by_who_only_checks(tmp_path: Path) -> None:
    assert key_if_there(tmp_path / "audit.key") is None
    assert not (tmp_path / "audit.key").exists()


def test_all_who_look_for_a_key_at_once_get_the_same(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as all_at_once:
        keys = set(all_at_once.map(lambda _: key_in(tmp_path / "audit.key"), range(8)))
    assert len(keys) == 1


@pytest.mark.parametrize("mode", [0o604, 0o602, 0o620, 0o644, 0o666])
def test_a_key_that_others_may_read_or_change_is_refused(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "audit.key"
    key_in(file)
    file.chmod(mode)
    for read in (key_in, key_if_there):
        with pytest.raises(Unusable, match="chmod 600"):
            read(file)


@pytest.mark.parametrize("mode", [0o600, 0o400, 0o640, 0o440])
def test_a_key_that_the_group_may_read_is_accepted(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "audit.key"
    key = key_in(file)
    file.chmod(mode)
    assert key_in(file) == key


@pytest.mark.parametrize("text", ["", "abc", "00" * 31, "zz" * 32, "密钥"])
def test_a_file_that_holds_no_key_is_refused_and_stays(tmp_path: Path, text: str) -> None:
    file = tmp_path / "audit.key"
    file.write_text(text, "utf-8")
    file.chmod(0o600)
    with pytest.raises(Unusable, match="64 hexadecimal digits"):
        key_in(file)
    assert file.read_text("utf-8") == text
