"""The fault tests' own PostgreSQL: commits survive whatever is done to it, and nothing of it is left behind."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
import pytest
from sqlalchemy import make_url
from sqlalchemy.exc import OperationalError

import tests.postgres
from tests.ownpostgres import OwnPostgres, Standby
from tests.postgres import USER, say


@pytest.fixture
def server() -> Iterator[OwnPostgres]:
    with OwnPostgres() as server:
        server.say("CREATE TABLE t (n int)")
        yield server


@pytest.mark.parametrize("how", ["kill", "stop_immediate", "stop"])
def test_what_was_committed_is_there_after_each_end(server: OwnPostgres, how: str) -> None:
    server.say("INSERT INTO t VALUES (1)")
    getattr(server, how)()
    assert (server.running, server.processes()) == (False, [])
    server.start()
    assert server.ask("SELECT count(*) FROM t") == 1
    assert server.ask("SELECT current_setting('fsync')") == "on"


def test_its_programs_run_for_everybody_from_a_folder_that_others_cannot_enter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tests.postgres._installed().parent
    closed = tmp_path / "home"
    closed.mkdir(mode=0o700)
    for each in (package, package.with_name(f"{package.name}.libs")):
        (closed / each.name).symlink_to(each)
    monkeypatch.setattr(tests.postgres, "_installed", lambda: closed / package.name / "pginstall")
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)
        initdb = tests.postgres.binaries_for(Path(folder), everybody=True) / "initdb"
        assert initdb.is_relative_to(folder)
        user = USER if os.geteuid() == 0 else None
        told = subprocess.run([initdb, "--version"], user=user, cwd=folder, capture_output=True, check=False)
        assert (told.returncode, told.stderr) == (0, b"")


def test_nothing_is_left_of_it() -> None:
    with OwnPostgres() as server:
        pid = server.pid
    assert not psutil.pid_exists(pid)
    assert not server.folder.exists()


def test_a_standby_streams_and_can_become_the_primary() -> None:
    with OwnPostgres({"synchronous_standby_names": "*"}) as primary, Standby(primary) as standby:
        primary.say("CREATE TABLE t (n int)")
        primary.say("INSERT INTO t VALUES (1)")
        primary.kill()
        standby.promote()
        assert standby.ask("SELECT count(*) FROM t") == 1
        assert not standby.ask("SELECT pg_is_in_recovery()")


def test_the_address_contains_the_password_if_one_is_needed() -> None:
    with OwnPostgres(password=True) as server:
        say(server.url(), "CREATE TABLE t (n int)")
        wrong = make_url(server.url()).set(password="guessed").render_as_string(hide_password=False)
        with pytest.raises(OperationalError):
            say(wrong, "SELECT 1")
