"""A dump made while others write is complete; a restore renews, swaps two names at once, and leaves the old or the
new."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection, make_url, text

from chatserver.store import accounts, meta, revisions, visitor_lookup, visitors
from chatserver.store.backup import NotSound, Restored
from chatserver.store.database import Database, ReusedConnection
from chatserver.store.entries import page
from chatserver.store.pg_tools import PgTools
from chatserver.store.postgres import PostgresDatabase
from chatserver.store.postgres_backup import back_up, picture, restore, unpacked
from chatserver.store.sqlite_files import Unusable
from chatserver.store.verify import findings, late_clocks
from tests.hidden_text import hide_everything
from tests.ownpostgres import PASSWORD, OwnPostgres
from tests.postgres import Postgres, programs
from tests.transactions import AUDIT_KEY, tx_at, written

from .days import DAWN, QUESTION, RULES, Day, Story, live
from .earlier import EARLIER, lay_down

OURS = PgTools(str(programs()))


@pytest.fixture
def server(postgres: Postgres) -> Iterator[PostgresDatabase]:
    """A PostgreSQL database with a day in it."""
    with postgres.database(postgres.template("lived", lived)) as address:
        yield PostgresDatabase(address)


def lived(address: str) -> None:
    revisions.migrate(address)
    with closing(Database(address)) as database:
        written(database, live)


@pytest.fixture
def day(server: PostgresDatabase) -> Day:
    """The ids of what is in it; the token and the session are new."""
    with picture(server) as conn:
        ids = {row.phase: row.id for row in conn.execute(text("SELECT phase, id FROM conversations"))}
    with closing(Database(server.address)) as database:
        _, token, _ = written(database, lambda conn: visitors.start(tx_at(conn, DAWN), "demo", "zh", 10**12))
        someone = database.read_now(accounts.everybody)[0].consultant.id
        cookie = written(database, lambda conn: accounts.start_session(tx_at(conn, DAWN), someone, 10**12))
    return Day(**ids, token=token, cookie=cookie)


@pytest.fixture
def copy(server: PostgresDatabase, day: Day, tmp_path: Path) -> Path:
    """A backup of the day."""
    back_up(server, tmp_path / "copy.dump", OURS)
    return tmp_path / "copy.dump"


def asked(server: PostgresDatabase, question: Callable[[Connection], object]) -> object:
    with picture(server) as conn:
        return question(conn)


def done(server: PostgresDatabase, statement: str) -> None:
    """Executed by another program."""
    with server.unhurried_engine().begin() as conn:
        assert conn.execute(text(statement)).rowcount, f"nothing was done by {statement}"


def conversations(server: PostgresDatabase) -> int:
    with picture(server) as conn:
        return int(conn.execute(text("SELECT count(*) FROM conversations")).scalar_one())


def put_back(copy: Path, server: PostgresDatabase, *, force: bool = False) -> Restored:
    with closing(Database(server.address, AUDIT_KEY)) as holder:
        holder.hold()
        return restore(copy, server, holder, OURS, force=force)


def beside(postgres: Postgres, server: PostgresDatabase) -> list[str]:
    """The suffixes of its databases' names: an empty one for the database itself."""
    return [name.removeprefix(server.name) for name in postgres.databases(server.name)]


def test_a_copy_holds_everything_and_says_how_much(server: PostgresDatabase, tmp_path: Path) -> None:
    copied = back_up(server, tmp_path / "copy.dump", OURS)
    assert (copied.conversations, copied.entries) == (5, 22)
    assert copied.size == (tmp_path / "copy.dump").stat().st_size
    assert (tmp_path / "copy.dump").stat().st_mode & 0o077 == 0
    assert [each.name for each in tmp_path.iterdir()] == ["copy.dump"]


def test_a_copy_of_hidden_text_is_readable_again(
    postgres: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hide_everything(monkeypatch)
    with postgres.database(postgres.template("migrated", revisions.migrate)) as address:
        with closing(Database(address)) as database:
            day = written(database, live)
        back_up(PostgresDatabase(address), tmp_path / "copy.dump", OURS)
        with unpacked(tmp_path / "copy.dump", PostgresDatabase(address), OURS) as copied:
            entries = asked(copied, lambda conn: page(conn, day.active, 0, 100))
            assert asked(copied, lambda conn: list(findings(conn))) == []
    assert isinstance(entries, list)
    assert QUESTION in [getattr(each.event, "body", "") for each in entries]


def test_what_is_not_committed_is_not_in_the_copy_and_nobody_waits(server: PostgresDatabase, tmp_path: Path) -> None:
    def write(conn: Connection) -> None:
        Story(conn)
        assert back_up(server, tmp_path / "copy.dump", OURS).conversations == 5

    with closing(Database(server.address)) as served:
        # Making a dump takes longer than a transaction may.
        served._writer_connection = ReusedConnection(served._kind.migration_engine())
        written(served, write)
    with unpacked(tmp_path / "copy.dump", server, OURS) as copied:
        assert (conversations(copied), conversations(server)) == (5, 6)


def test_what_is_counted_is_what_is_copied(
    server: PostgresDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dump = PgTools.dump

    def late(self: PgTools, *what: object) -> None:
        with closing(Database(server.address)) as database:
            written(database, Story)
        dump(self, *what)  # type: ignore[arg-type]  # with the original arguments

    monkeypatch.setattr(PgTools, "dump", late)
    copied = back_up(server, tmp_path / "copy.dump", OURS)
    with unpacked(tmp_path / "copy.dump", server, OURS) as held:
        assert copied.conversations == conversations(held) == 5


def test_a_dump_is_sound_and_checking_it_leaves_nothing_behind(
    postgres: Postgres, server: PostgresDatabase, copy: Path
) -> None:
    with unpacked(copy, server, OURS) as held, picture(held) as conn:
        assert [*findings(conn), *late_clocks(conn, RULES)] == []
        assert len(beside(postgres, server)) == 2
    assert beside(postgres, server) == [""]


def test_an_existing_file_stays_unless_forced(server: PostgresDatabase, copy: Path) -> None:
    copy.write_text("something else")
    with pytest.raises(Unusable, match="is there already; --force replaces it"):
        back_up(server, copy, OURS)
    assert copy.read_text() == "something else"
    assert back_up(server, copy, OURS, replace=True).conversations == 5


def test_a_restored_database_has_a_new_epoch(
    postgres: Postgres, server: PostgresDatabase, copy: Path, day: Day
) -> None:
    before, key = asked(server, meta.epoch), asked(server, meta.server_key)
    restored = put_back(copy, server)
    assert (restored.held.conversations, restored.held.entries) == (5, 22)
    assert asked(server, meta.epoch) != before
    assert asked(server, meta.server_key) == key
    assert asked(server, lambda conn: accounts.session(conn, day.cookie, DAWN + 10**11)) is None
    assert asked(server, lambda conn: visitor_lookup.known(conn, [day.token], DAWN + 10**11)) == [None]
    assert asked(server, lambda conn: list(findings(conn))) == []
    assert beside(postgres, server) == ["", str(restored.kept).removeprefix(server.name)]


def test_the_replaced_database_is_kept(server: PostgresDatabase, copy: Path) -> None:
    with closing(Database(server.address)) as database:
        written(database, Story)
    restored = put_back(copy, server)
    assert str(restored.kept).startswith(f"{server.name}.before-2")
    assert (conversations(server.beside(str(restored.kept))), conversations(server)) == (6, 5)


def test_a_long_name_is_shortened_to_fit_the_suffix(postgres: Postgres, copy: Path) -> None:
    with postgres.database() as short:
        long = f"{PostgresDatabase(short).name}{'长' * 11}"
        postgres.say(f'CREATE DATABASE "{long}"')
        restored = put_back(copy, PostgresDatabase(short).beside(long))
        assert str(restored.kept).startswith(f"{PostgresDatabase(short).name}长长长.before-2")
        assert str(restored.kept) in postgres.databases(PostgresDatabase(short).name)


def test_a_database_without_tables_gets_the_backup(postgres: Postgres, copy: Path) -> None:
    with postgres.database() as address:
        put_back(copy, PostgresDatabase(address))
        assert conversations(PostgresDatabase(address)) == 5


@pytest.mark.parametrize("revision", EARLIER)
def test_an_older_backup_is_brought_to_this_version(
    postgres: Postgres, server: PostgresDatabase, tmp_path: Path, revision: str
) -> None:
    with postgres.database() as address:
        lay_down(address, revision, DAWN)
        back_up(PostgresDatabase(address), tmp_path / "copy.dump", OURS)
    put_back(tmp_path / "copy.dump", server)
    assert asked(server, revisions.schema_state) == "current"
    assert asked(server, lambda conn: list(findings(conn))) == []


def test_an_unsound_backup_changes_nothing_unless_forced(
    postgres: Postgres, server: PostgresDatabase, tmp_path: Path, day: Day
) -> None:
    done(server, f"UPDATE conversations SET owner = NULL, owner_id = NULL WHERE id = '{day.active}'")
    back_up(server, tmp_path / "copy.dump", OURS)
    before = asked(server, meta.epoch)
    with pytest.raises(NotSound) as refused:
        put_back(tmp_path / "copy.dump", server)
    assert refused.value.findings == [f"conversation {day.active}: is active, and nobody owns it"]
    assert (asked(server, meta.epoch), beside(postgres, server)) == (before, [""])
    put_back(tmp_path / "copy.dump", server, force=True)
    assert asked(server, meta.epoch) != before


@pytest.mark.parametrize(
    ("what", "sentence"),
    [
        ("missing", "No such file"),
        ("a letter", "is no backup of a PostgreSQL database"),
        ("cut off", "pg_restore failed: "),
        ("of something else", "is no database of chatserver"),
        ("newer", "was made by a newer version"),
    ],
)
def test_a_file_that_is_not_a_backup_changes_nothing(
    postgres: Postgres, server: PostgresDatabase, copy: Path, what: str, sentence: str
) -> None:
    if what == "missing":
        copy.unlink()
    if what == "a letter":
        copy.write_text("Dear editor, " * 1000)
    if what == "cut off":
        copy.write_bytes(copy.read_bytes()[: copy.stat().st_size * 2 // 3])
    if what == "of something else":
        with postgres.database() as address, picture(PostgresDatabase(address)) as conn:
            snapshot = conn.execute(text("SELECT pg_export_snapshot()")).scalar_one()
            OURS.dump(PostgresDatabase(address).url, copy, snapshot)
    if what == "newer":
        done(server, "UPDATE alembic_version SET version_num = '9999'")
        back_up(server, copy, OURS, replace=True)
    before = asked(server, meta.epoch)
    with pytest.raises(Unusable, match=sentence):
        put_back(copy, server)
    assert (asked(server, meta.epoch), beside(postgres, server)) == (before, [""])


def test_a_database_somebody_else_has_open_stays(postgres: Postgres, server: PostgresDatabase, copy: Path) -> None:
    before = asked(server, meta.epoch)
    with server.unhurried_engine().connect() as conn:
        conn.execute(text("SELECT 1"))
        with pytest.raises(Unusable, match="Another program has"):
            put_back(copy, server)
    assert (asked(server, meta.epoch), beside(postgres, server)) == (before, [""])


def test_a_hold_lost_while_it_was_checked_is_noticed(
    postgres: Postgres, server: PostgresDatabase, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = asked(server, meta.epoch)
    with closing(Database(server.address, AUDIT_KEY)) as holder, closing(Database(server.address)) as other:
        holder.hold()

        def lost(*_: object) -> list[str]:
            postgres.say(
                "SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_stat_activity USING (pid)"
                f" WHERE locktype = 'advisory' AND datname = '{server.name}'"
            )
            other.hold()
            return []

        monkeypatch.setattr("chatserver.store.postgres_backup.findings", lost)
        with pytest.raises(Unusable, match="stop it first"):
            restore(copy, server, holder, OURS)
    assert (asked(server, meta.epoch), beside(postgres, server)) == (before, [""])


def test_the_database_keeps_its_owner_its_rights_and_its_settings(tmp_path: Path) -> None:
    with OwnPostgres(password=True) as own:
        own.say("CREATE ROLE \"the chat\" LOGIN PASSWORD 'x'")
        own.say('CREATE DATABASE "chat: one" OWNER "the chat" CONNECTION LIMIT 50')
        own.say('REVOKE CONNECT ON DATABASE "chat: one" FROM PUBLIC')
        own.say('ALTER DATABASE "chat: one" SET search_path = public, elsewhere')
        address = make_url(own.url("chat: one")).set(username="the chat", password="x")
        as_owner = address.render_as_string(hide_password=False)
        lived(as_owner)
        here = PgTools(str(own.binaries))
        back_up(PostgresDatabase(as_owner), tmp_path / "copy.dump", here)
        with (
            closing(Database(as_owner, AUDIT_KEY)) as holder,
            pytest.raises(Unusable, match="ALTER ROLE the chat CREATEDB gives that"),
        ):
            restore(tmp_path / "copy.dump", PostgresDatabase(as_owner), holder, here)
        by_another = PostgresDatabase(own.url("chat: one"))
        with closing(Database(by_another.address, AUDIT_KEY)) as holder:
            restore(tmp_path / "copy.dump", by_another, holder, here)
        told = (
            "SELECT pg_get_userbyid(datdba) || datconnlimit || has_database_privilege('pg_monitor', datname, 'CONNECT')"
        )
        assert own.ask(f"{told} FROM pg_database WHERE datname = 'chat: one'") == "the chat50false"
        owners = "SELECT string_agg(DISTINCT tableowner, ' ') FROM pg_tables WHERE schemaname = 'public'"
        assert own.ask(owners, "chat: one") == "the chat"
        assert own.ask("SELECT current_setting('search_path')", "chat: one") == "public, elsewhere"
        assert conversations(PostgresDatabase(as_owner)) == 5


@pytest.fixture
def spied(tmp_path: Path) -> Path:
    """A folder with PostgreSQL's programs, which record how they were called."""
    folder = tmp_path / "spied"
    folder.mkdir()
    for name in ("pg_dump", "pg_restore"):
        script = folder / name
        script.write_text(f'#!/bin/sh\necho "$0 $*" >> {folder}/told\nexec {programs() / name} "$@"\n')
        script.chmod(0o755)
    return folder


def test_the_password_is_on_no_command_line(tmp_path: Path, spied: Path) -> None:
    with OwnPostgres(password=True) as own:
        own.say("CREATE DATABASE chat")
        lived(own.url("chat"))
        server = PostgresDatabase(own.url("chat"))
        back_up(server, tmp_path / "copy.dump", PgTools(str(spied)))
        with unpacked(tmp_path / "copy.dump", server, PgTools(str(spied))) as held:
            assert conversations(held) == 5
    told = (spied / "told").read_text()
    assert "pg_dump --format=custom" in told
    assert PASSWORD not in told
    assert "password=" not in told


@pytest.mark.parametrize(
    ("program", "says", "sentence"),
    [
        ("pg_dump", None, "There is no pg_dump in"),
        ("pg_dump", "pg_dump (PostgreSQL) 9.6.24", "pg_dump is of PostgreSQL 9, the server of"),
        ("pg_dump", "a letter", "does not say its version"),
        ("pg_restore", None, "There is no pg_restore in"),
        ("pg_restore", "pg_restore (PostgreSQL) 9.6.24", "pg_restore is of PostgreSQL 9, the server of"),
        ("pg_restore", "pg_restore (PostgreSQL) 99.1", "pg_restore is of PostgreSQL 99, the server of"),
    ],
)
def test_programs_of_the_wrong_version_are_reported(
    server: PostgresDatabase, copy: Path, spied: Path, program: str, says: str | None, sentence: str
) -> None:
    (spied / program).unlink()
    if says is not None:
        (spied / program).write_text(f"#!/bin/sh\necho '{says}'\n")
        (spied / program).chmod(0o755)
    with pytest.raises(Unusable, match=sentence):
        USES[program](server, copy, PgTools(str(spied)))
    assert not copy.with_name("other.dump").exists()


def looked_at(server: PostgresDatabase, copy: Path, programs: PgTools) -> None:
    with unpacked(copy, server, programs):
        raise AssertionError("it was unpacked")


USES: dict[str, Callable[[PostgresDatabase, Path, PgTools], object]] = {
    "pg_dump": lambda server, copy, programs: back_up(server, copy.with_name("other.dump"), programs),
    "pg_restore": looked_at,
}


def test_a_failed_dump_leaves_nothing_and_quotes_no_chat_text(
    server: PostgresDatabase, tmp_path: Path, spied: Path
) -> None:
    failing = '#!/bin/sh\ncase "$*" in --version) echo "pg_dump (PostgreSQL) 99.0";; *) echo "$0: error: disk full\n'
    (spied / "pg_dump").write_text(f'{failing}DETAIL: the words of a chat" >&2; exit 1;; esac\n')
    with pytest.raises(Unusable) as refused:
        back_up(server, tmp_path / "copy.dump", PgTools(str(spied)))
    assert str(refused.value) == "pg_dump failed: disk full."
    assert [each for each in tmp_path.iterdir() if each.is_file()] == []
