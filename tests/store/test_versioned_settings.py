"""Versions of settings: they stay readable, none is left out, and of two writers one is told of the other."""

from contextlib import closing

import pytest
from sqlalchemy import Connection, insert, update

from chatserver.domain.versioned_settings import SETTINGS, SIGN_IN_POLICY, Setting, SignInPolicy
from chatserver.store import versioned_settings
from chatserver.store.database import Database
from chatserver.store.tables import setting_versions
from chatserver.store.versioned_settings import Changed, Version
from tests.transactions import tx_at, written

NOW = 1_795_233_600_000
STRICT, MILD = SignInPolicy(lock_after=3), SignInPolicy(lock_after=10, lock_minutes=5)


def put(database: Database, value: SignInPolicy, after: int, at: int = NOW) -> Version[SignInPolicy]:
    return written(
        database,
        lambda conn: versioned_settings.put(tx_at(conn, at, "chenjing"), SIGN_IN_POLICY, value, after, "administrator"),
    )


def latest(database: Database) -> Version[SignInPolicy]:
    return database.read_now(lambda conn: versioned_settings.latest(conn, SIGN_IN_POLICY))


def version(database: Database, number: int) -> Version[SignInPolicy] | None:
    return database.read_now(lambda conn: versioned_settings.version(conn, SIGN_IN_POLICY, number))


def test_nobody_has_changed_it_yet_and_the_defaults_hold(database: Database) -> None:
    assert latest(database) == Version(0, SignInPolicy()) == version(database, 0)
    assert version(database, 1) is None
    assert database.read_now(versioned_settings.newest) == {}


def test_every_version_stays_readable_with_its_time_and_author(database: Database) -> None:
    first, second = put(database, STRICT, 0), put(database, MILD, 1, NOW + 1)
    assert first == Version(1, STRICT, NOW, "chenjing") == version(database, 1)
    assert second == Version(2, MILD, NOW + 1, "chenjing") == version(database, 2) == latest(database)
    assert database.read_now(versioned_settings.newest) == {"sign_in_policy": second}


def test_the_same_value_makes_no_version(database: Database) -> None:
    held = put(database, STRICT, 0)
    assert put(database, STRICT, 1) == held == latest(database)
    assert version(database, 2) is None


@pytest.mark.parametrize("after", [0, 2, 7])
def test_what_does_not_continue_the_newest_version_is_refused_with_it(database: Database, after: int) -> None:
    held = put(database, STRICT, 0)
    with pytest.raises(Changed) as refused:
        put(database, MILD, after)
    assert refused.value.current == held == latest(database)


def test_of_two_nodes_that_write_the_same_version_one_is_told_of_the_other(
    postgres_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One commits after the other has looked which version is the newest."""
    with closing(Database(postgres_database)) as one, closing(Database(postgres_database)) as other:
        looks = versioned_settings.latest

        def late(conn: Connection, setting: Setting[SignInPolicy]) -> Version[SignInPolicy]:
            found = looks(conn, setting)
            monkeypatch.setattr(versioned_settings, "latest", looks)
            put(other, MILD, 0)
            return found

        monkeypatch.setattr(versioned_settings, "latest", late)
        with pytest.raises(Changed) as refused:
            put(one, STRICT, 0)
        assert refused.value.current.value == MILD
        assert latest(one) == refused.value.current


def test_a_version_of_before_a_field_existed_is_read_with_its_default(database: Database) -> None:
    put(database, MILD, 0)
    written(database, lambda conn: conn.execute(update(setting_versions).values(value='{"lock_after":4,"gone":1}')))
    assert latest(database).value == SignInPolicy(lock_after=4)


def test_what_a_newer_program_wrote_keeps_nobody_from_reading_the_rest(database: Database) -> None:
    held = put(database, MILD, 0)
    unknown = {"setting": "from_the_future", "version": 1, "value": "{}", "at": NOW, "actor": "x"}
    written(database, lambda conn: conn.execute(insert(setting_versions).values(unknown)))
    assert database.read_now(versioned_settings.newest) == {"sign_in_policy": held}
    beyond = {"setting": "sign_in_policy", "version": 2, "value": '{"lock_after":99}', "at": NOW, "actor": "x"}
    written(database, lambda conn: conn.execute(insert(setting_versions).values(beyond)))
    assert database.read_now(versioned_settings.newest) == {}


def test_each_setting_has_a_name_of_its_own_and_defaults() -> None:
    assert len({each.name for each in SETTINGS}) == len(SETTINGS)
    for each in SETTINGS:
        each.kind()
