"""The server that the fault tests do things to: what was committed is there after each of them, and nothing is left."""

from collections.abc import Iterator

import psutil
import pytest
from sqlalchemy import make_url
from sqlalchemy.exc import OperationalError

from tests.ownpostgres import OwnPostgres, Standby
from tests.postgres import say


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


def test_one_that_wants_a_password_is_told_it_by_the_address() -> None:
    with OwnPostgres(password=True) as server:
        say(server.url(), "CREATE TABLE t (n int)")
        wrong = make_url(server.url()).set(password="guessed").render_as_string(hide_password=False)
        with pytest.raises(OperationalError):
            say(wrong, "SELECT 1")
