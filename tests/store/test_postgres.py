"""What only PostgreSQL does: sessions that end what hangs, row locks, errors with a meaning, one node at a time."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial
from threading import Barrier, Thread

import pytest
from sqlalchemy import Connection, make_url, text
from sqlalchemy.exc import DataError

from chatserver.demo.seed import DEPARTMENTS, seed
from chatserver.domain.refusals import ReadOnly, Unavailable
from chatserver.store import consultants, hospital, locks, meta
from chatserver.store.database import Database, InUse
from chatserver.store.postgres import PostgresDatabase, Replaced
from tests.postgres import Postgres
from tests.transactions import people_changed, tx_at, writing, written

NOW = 1_795_233_600_000


@pytest.fixture
def database(postgres_database: str) -> Iterator[Database]:
    database = Database(postgres_database)
    written(database, lambda conn: seed(tx_at(conn, NOW), (), 5))
    yield database
    database.close()


@pytest.fixture
def other(database: Database, postgres_database: str) -> Iterator[Database]:
    """Another node on the same database."""
    other = Database(postgres_database)
    yield other
    other.close()


def setting(conn: Connection, name: str) -> str:
    return str(conn.execute(text("SELECT current_setting(:name)"), {"name": name}).scalar_one())


def test_every_session_has_timeouts_and_flushes_its_commits(database: Database) -> None:
    wanted = {
        "lock_timeout": "2s",
        "statement_timeout": "5s",
        "idle_in_transaction_session_timeout": "5s",
        "synchronous_commit": "on",
    }
    for run in (database.read_now, partial(written, database)):
        assert {name: run(lambda conn, name=name: setting(conn, name)) for name in wanted} == wanted  # type: ignore[misc]  # a lambda's default


def test_readers_see_one_snapshot_and_cannot_write(database: Database, other: Database) -> None:
    def twice(conn: Connection) -> tuple[int, int]:
        before = meta.people_version(conn)
        written(other, people_changed)
        return before, meta.people_version(conn)

    before, after = database.read_now(twice)
    assert before == after
    with pytest.raises(ReadOnly):
        database.read_now(people_changed)


def test_one_node_at_a_time_until_it_ends(database: Database, other: Database) -> None:
    database.hold()
    database.hold()
    with pytest.raises(InUse) as refused:
        other.hold()
    assert "password" not in refused.value.place
    database.close()
    other.hold()


def test_a_hold_that_was_lost_is_taken_again(database: Database, other: Database) -> None:
    database.hold()
    end_sessions(other)
    database.hold()
    with pytest.raises(InUse):
        other.hold()


def test_a_shared_hold_prevents_an_exclusive_one(database: Database, other: Database) -> None:
    database.hold(shared=True)
    other.hold(shared=True)
    other.hold(shared=True)
    with closing(Database(database._kind.address)) as lone:  # type: ignore[union-attr]  # it is PostgreSQL
        with pytest.raises(InUse):
            lone.hold()
        database.close()
        with pytest.raises(InUse):
            lone.hold()
        other.close()
        lone.hold()
        with closing(Database(lone._kind.address)) as late, pytest.raises(InUse):  # type: ignore[union-attr]
            late.hold(shared=True)


def test_a_shared_hold_that_was_lost_is_taken_again(database: Database, other: Database) -> None:
    database.hold(shared=True)
    end_sessions(other)
    database.hold(shared=True)
    with pytest.raises(InUse):
        other.hold()
    other.hold(shared=True)


def test_another_database_of_the_same_name_is_recognised(postgres: Postgres, database: Database) -> None:
    """A node that was disconnected during a restore remembers the replaced database."""
    database.hold(shared=True)
    written(database, people_changed)
    kind = database._kind
    assert isinstance(kind, PostgresDatabase)
    postgres.say(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{kind.name}'")
    postgres.say(f'ALTER DATABASE "{kind.name}" RENAME TO "{kind.name}.before"')
    postgres.say(f'CREATE DATABASE "{kind.name}" TEMPLATE "{kind.name}.before"')
    for run in (database.read_now, partial(written, database)):
        with pytest.raises(Unavailable):
            run(meta.epoch)
    with pytest.raises(Replaced):
        database.hold(shared=True)
    with closing(Database(kind.address)) as started_anew:
        started_anew.hold()
        started_anew.read_now(meta.epoch)


def end_sessions(database: Database) -> None:
    """Like a restart of the server: end every session but this one."""
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
    written(database, lambda conn: conn.execute(text(f"{others} AND pid <> pg_backend_pid()")).all())


def test_a_connection_lost_before_the_commit_is_not_noticed(database: Database, other: Database) -> None:
    before = written(database, meta.people_version)
    database.read_now(meta.people_version)
    end_sessions(other)
    written(database, people_changed)
    assert database.read_now(meta.people_version) == before + 1


def test_a_connection_lost_again_and_again_is_unavailable(database: Database, other: Database) -> None:
    tries = []

    def unlucky(conn: Connection) -> None:
        tries.append(meta.people_version(conn))
        end_sessions(other)
        meta.bump_people_version(tx_at(conn))

    with pytest.raises(Unavailable):
        written(database, unlucky)
    assert len(tries) == 3
    assert database.read_now(meta.people_version) == tries[0]


def test_two_transactions_that_lock_in_opposite_order_both_succeed(database: Database, other: Database) -> None:
    both_hold_one = Barrier(2)
    runs: list[str] = []
    through: list[str] = []

    def locking(*groups: str) -> None:
        def work(conn: Connection) -> None:
            runs.append(groups[0])
            locks.lock_group(conn, groups[0])
            if runs.count(groups[0]) == 1:
                both_hold_one.wait(10)
            locks.lock_group(conn, groups[1])

        written(database if groups[0] == "general" else other, work)
        through.append(groups[0])

    threads = [Thread(target=locking, args=order) for order in (("general", "children"), ("children", "general"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(through) == ["children", "general"]
    # At least one was run again; twice, if it took its lock again before the other had woken up.
    assert len(runs) > 2


def test_a_lock_not_obtained_in_two_seconds_is_unavailable(database: Database, other: Database) -> None:
    def hold_and_ask(conn: Connection) -> float:
        locks.lock_group(conn, "general")
        began = time.monotonic()
        with pytest.raises(Unavailable):
            written(other, lambda own: locks.lock_group(own, "general"))
        return time.monotonic() - began

    assert written(database, hold_and_ask) >= 2.0


def test_a_lock_on_a_group_does_not_block_references_to_it(database: Database, other: Database) -> None:
    def work(conn: Connection) -> None:
        locks.lock_group(conn, "general")
        written(other, lambda own: hospital.put_department(tx_at(own), replace(DEPARTMENTS[0], id="new")))

    written(database, work)


def test_a_consultant_locked_by_one_node_is_unavailable_to_another(database: Database, other: Database) -> None:
    [id, *_] = sorted(database.read_now(consultants.load))

    def work(conn: Connection) -> None:
        consultants.load(conn, [id], lock=True)
        with pytest.raises(Unavailable):
            written(other, lambda own: consultants.load(own, [id], lock=True))

    written(database, work)


SLOW_S = 8
"""Twice as long as anybody waits, so that a busy machine makes no difference."""


async def test_nobody_waits_longer_than_four_seconds(database: Database) -> None:
    began = time.monotonic()
    slow = asyncio.create_task(writing(database, lambda conn: conn.execute(text(f"SELECT pg_sleep({SLOW_S})"))))
    await asyncio.sleep(0.2)
    never = asyncio.create_task(writing(database, people_changed))
    before = await database.read(meta.people_version)
    for asked in (slow, never):
        with pytest.raises(Unavailable):
            await asked
    assert time.monotonic() - began < SLOW_S
    assert await_writer(database) == before, "what had not begun by then is never done"


def await_writer(database: Database) -> int:
    """The people's version, once the writer thread is free again."""
    return database._writer.submit(written, database, meta.people_version).result(10)


def test_what_takes_too_long_ends_on_the_server(database: Database) -> None:
    with pytest.raises(Unavailable):
        written(database, lambda conn: conn.execute(text("SELECT pg_sleep(60)")))


def test_a_read_only_database_says_so_and_recovers(postgres: Postgres, postgres_database: str) -> None:
    name = make_url(postgres_database).database
    postgres.say(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
    with closing(Database(postgres_database)) as database:
        with pytest.raises(ReadOnly):
            written(database, people_changed)
        assert database.read_now(meta.people_version) == 1
        postgres.say(f'ALTER DATABASE "{name}" RESET default_transaction_read_only')
        # A refused session is not reused: the next one is new, perhaps to a new primary.
        written(database, people_changed)
        assert database.read_now(meta.people_version) == 2


def test_a_server_that_is_not_there_is_unavailable() -> None:
    database = Database("postgresql://postgres@127.0.0.1:1/nothing")
    for run in (database.read_now, partial(written, database)):
        with pytest.raises(Unavailable):
            run(meta.epoch)
    with pytest.raises(Unavailable):
        database.hold()
    database.close()


def test_an_invalid_value_is_a_bug_not_unavailability(database: Database) -> None:
    with pytest.raises(DataError):
        database.read_now(lambda conn: meta.get(conn, "\x00"))


def test_the_password_is_not_shown() -> None:
    database = Database("postgresql://chat:secret@127.0.0.1:1/chat?connect_timeout=1")
    assert database.place == "postgresql://chat:***@127.0.0.1:1/chat"
    database.close()
