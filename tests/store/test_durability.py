"""The durability of acknowledgements is read from the database as configured; a standby is never used as the
primary."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import Connection, text

from chatserver.domain.refusals import Unavailable
from chatserver.store import meta
from chatserver.store.database import Database
from chatserver.store.durability import data_checksums
from chatserver.store.revisions import migrate
from tests.ownpostgres import OwnPostgres, Standby
from tests.transactions import people_changed, written


@pytest.fixture
def primary() -> Iterator[OwnPostgres]:
    with OwnPostgres({"synchronous_standby_names": "*"}) as primary:
        primary.say("ALTER SYSTEM SET synchronous_commit = 'local'")
        yield primary


def test_a_file_is_as_durable_as_its_disk(tmp_path: Path) -> None:
    migrate(tmp_path / "chat.db")
    with closing(Database(tmp_path / "chat.db")) as database:
        assert database.durability() == "crash-only"
        assert database.read_now(data_checksums) == ""


def test_a_server_that_does_not_flush_promises_nothing(postgres_database: str) -> None:
    with closing(Database(postgres_database)) as database:
        assert database.durability() == "none"
        assert database.read_now(data_checksums) == "on"


def test_a_standby_counts_while_it_is_there_and_is_waited_for(primary: OwnPostgres) -> None:
    with closing(Database(primary.url())) as database:
        assert database.durability() == "crash-only"
        with Standby(primary):
            assert database.durability() == "synchronous standby"
            primary.say("CREATE ROLE nosy LOGIN")
            with closing(Database(primary.url(user="nosy"))) as of_little_sight:
                assert of_little_sight.durability() == "synchronous standby"
            primary.say("ALTER SYSTEM SET synchronous_standby_names = ''")
        primary.until("SELECT NOT EXISTS (SELECT FROM pg_stat_replication)")
        assert database.durability() == "crash-only"


def test_a_commit_waits_for_the_standby_however_long_it_takes(primary: OwnPostgres) -> None:
    """If it were cancelled like a statement, something would be acknowledged that the standby does not have."""
    with Standby(primary) as standby, closing(Database(primary.url())) as database:
        migrate(primary.url())
        before = written(database, meta.people_version)
        standby.follow_nobody()
        writing = Thread(target=written, args=[database, people_changed])
        writing.start()
        writing.join(7.0)
        assert writing.is_alive(), "longer than any statement may take"
        assert database.read_now(meta.people_version) == before
        standby.follow(primary)
        writing.join(30.0)
        assert database.read_now(meta.people_version) == before + 1


def test_the_primary_is_found_among_several_and_a_standby_is_not_asked(primary: OwnPostgres) -> None:
    with Standby(primary) as standby:
        migrate(primary.url())
        both = f"postgresql://postgres@127.0.0.1:{standby.port},127.0.0.1:{primary.port}/postgres"
        with closing(Database(both)) as database, closing(Database(standby.url())) as alone:
            assert database.read_now(port) == primary.port
            written(database, people_changed)
            with pytest.raises(Unavailable):
                alone.read_now(meta.epoch)
            primary.kill()
            with pytest.raises(Unavailable):
                written(database, people_changed)
            standby.promote()
            assert written(database, port) == standby.port == alone.read_now(port)


def port(conn: Connection) -> int:
    return int(conn.execute(text("SELECT current_setting('port')::int")).scalar_one())
