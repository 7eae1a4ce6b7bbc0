"""The commands: what they do, and the sentence each prints when it cannot."""

import fcntl
import os
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import make_url

from chatserver.app import bus_of
from chatserver.bus.redis import RedisBus
from chatserver.cli.main import main
from chatserver.demo.run import named, origins, welcome
from chatserver.demo.seed import PASSWORD, PEOPLE, seed
from chatserver.demo.site import PAGES, website
from chatserver.domain.refusals import Unavailable
from chatserver.environment import read
from chatserver.hub.hub import Hub
from chatserver.hub.maintenance import Maintenance
from chatserver.hub.remote_changes import RemoteChanges
from chatserver.language import OF_THE_TERMINAL
from chatserver.store import accounts, meta
from chatserver.store.database import Database
from chatserver.web.gate.passwords import fits
from tests.ports import free_port
from tests.postgres import Postgres, programs
from tests.store.days import DAWN, live
from tests.store.earlier import lay_down
from tests.transactions import tx_at, written

WORDS = "a long enough sentence\n"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def migrated(data: Path) -> Path:
    assert said(data, "migrate").exit_code == 0
    return data


def said(data: Path, *command: str, words: str = "", **environment: str) -> Result:
    """A command's output and exit code."""
    own = ("PORT", "DATABASE_URL", "REDIS_URL", *OF_THE_TERMINAL)
    given = {name: None for name in os.environ if name.startswith("CHATSERVER_") or name in own}
    return CliRunner().invoke(main, command, input=words, env=given | {"CHATSERVER_DATA": str(data)} | environment)


def refusal(result: Result) -> str:
    """The only sentence of a command that ended with 1."""
    [line] = refusals(result)
    return line


def refusals(result: Result) -> list[str]:
    """The sentences of a command that ended with 1."""
    assert result.exit_code == 1, result.output
    assert result.stdout == ""
    assert all(line.startswith("chatserver: ") for line in result.stderr.splitlines())
    return [line.removeprefix("chatserver: ") for line in result.stderr.splitlines()]


@pytest.fixture
def unused_port() -> int:
    return free_port()


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        yield taken.getsockname()[1]


def test_migrate_makes_the_database_once(data: Path) -> None:
    assert said(data, "migrate").stdout.endswith("is current now.\n")
    assert said(data, "migrate").stdout.endswith("was current already.\n")
    assert data.stat().st_mode & 0o077 == 0


def test_serve_wants_a_database(data: Path) -> None:
    assert "run `chatserver migrate` first" in refusal(said(data, "serve", PORT=str(free_port())))


def test_simulate_needs_no_database(data: Path) -> None:
    result = said(data, "simulate", "--seeds", "1", "--conversations", "20", "--policy", "load-ratio")
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("1 day from seed 1: 20 conversations expected, 16 consultants")
    assert not data.exists()


@pytest.mark.parametrize(
    ("revision", "sentence"), [("9999", "newer version"), (None, "run `chatserver migrate` first")]
)
def test_serve_wants_the_schema_of_this_program(migrated: Path, revision: str | None, sentence: str) -> None:
    database = Database(migrated / "chat.db")
    written(database, lambda conn: conn.exec_driver_sql("DELETE FROM alembic_version"))
    if revision:
        row = "INSERT INTO alembic_version VALUES (?)"
        written(database, lambda conn: conn.exec_driver_sql(row, (revision,)))
    database.close()
    assert sentence in refusal(said(migrated, "serve", PORT=str(free_port())))


def test_serve_says_that_its_port_is_taken(migrated: Path, taken_port: int) -> None:
    sentence = refusal(said(migrated, "serve", "--port", str(taken_port)))
    assert sentence == f"Port {taken_port} on 127.0.0.1 is taken; PORT=9000, say, names another."


@pytest.mark.parametrize("command", [("serve",), ("migrate",), ("restore", "copy.db")])
def test_one_server_at_a_time(migrated: Path, command: tuple[str, ...]) -> None:
    database = Database(migrated / "chat.db")
    database.hold()
    try:
        assert "using the database" in refusal(said(migrated, *command, PORT=str(free_port())))
    finally:
        database.close()


@pytest.mark.parametrize("command", ["serve", "migrate", "demo"])
def test_a_folder_that_cannot_be_made_is_reported(tmp_path: Path, command: str) -> None:
    (tmp_path / "file").write_text("")
    assert "cannot be made" in refusal(said(tmp_path / "file" / "data", command, PORT=str(free_port())))


def test_a_folder_that_cannot_be_written_is_reported(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Root may write anywhere, so the check itself is made to fail.
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert "is not writable" in refusal(said(data, "migrate"))


@pytest.fixture
def empty(postgres: Postgres) -> Iterator[str]:
    """An address for DATABASE_URL: a PostgreSQL database without tables, for a user with a password."""
    with postgres.database() as address:
        yield make_url(address).set(drivername="postgresql", password="secret").render_as_string(hide_password=False)


def test_postgresql_is_migrated_served_by_one_and_shows_no_password(data: Path, empty: str) -> None:
    told = [refusal(said(data, "serve", PORT=str(free_port()), DATABASE_URL=empty))]
    assert "run `chatserver migrate` first" in told[0]
    told += [said(data, "migrate", DATABASE_URL=empty).stdout for _ in range(2)]
    assert told[1].endswith("is current now.\n")
    assert told[2].endswith("was current already.\n")
    with closing(Database(empty)) as database:
        database.hold()
        port = str(free_port())
        told += [refusal(said(data, command, PORT=port, DATABASE_URL=empty)) for command in ("serve", "migrate")]
    assert told[3].startswith("Another chatserver is using the database in postgresql://")
    assert told[3].endswith("several nodes share one when each has REDIS_URL.")
    assert "stop it first" in told[4]
    assert not any("secret" in each for each in told)
    assert [each.name for each in data.iterdir()] == ["audit.key"], "nothing else is kept here beside PostgreSQL"


@pytest.fixture
def settings(empty: str) -> dict[str, str]:
    """Those of a migrated PostgreSQL database."""
    return {"DATABASE_URL": empty, "CHATSERVER_PG_BIN": str(programs())}


def test_postgresql_is_backed_up_beside_a_server_and_put_back_without_it(
    data: Path, tmp_path: Path, settings: dict[str, str]
) -> None:
    copy = tmp_path / "copy.dump"
    said(data, "migrate", **settings)
    with closing(Database(settings["DATABASE_URL"])) as server:
        server.hold(shared=True)
        told = [said(data, "backup", str(copy), **settings).stdout]
        assert "stop it first" in refusal(said(data, "restore", str(copy), **settings))
    assert told[0].startswith("Copied 0 conversations with 0 entries (")
    assert "--force replaces it" in refusal(said(data, "backup", str(copy), **settings))
    assert said(data, "backup", str(copy), "--force", **settings).exit_code == 0
    told.append(said(data, "restore", str(copy), **settings).stdout)
    assert told[1].startswith("Restored 0 conversations with 0 entries (")
    assert f" MB) from {copy}; what was there is chat_test_" in told[1]
    told += [said(data, "verify", *files, **settings).stdout for files in ((), (str(copy),))]
    assert told[2].startswith("postgresql://")
    assert told[3] == f"{copy} is sound.\n"
    assert not any("secret" in each for each in told)


def test_each_violation_in_postgresql_is_a_line(data: Path, tmp_path: Path, settings: dict[str, str]) -> None:
    said(data, "migrate", **settings)
    with closing(Database(settings["DATABASE_URL"])) as database:
        day = written(database, live)
        wrong = f"UPDATE conversations SET last_seq = 99 WHERE id = '{day.closed}'"
        written(database, lambda conn: conn.exec_driver_sql(wrong))
    said(data, "backup", str(tmp_path / "copy.dump"), **settings)
    for command in (("verify",), ("verify", str(tmp_path / "copy.dump")), ("restore", str(tmp_path / "copy.dump"))):
        told = said(data, *command, **settings)
        assert told.exit_code == 1
        assert told.stdout == f"conversation {day.closed}: last_seq is 99, its last entry is 7\n"
        assert "is not sound" in told.stderr


@pytest.mark.parametrize("command", [("backup", "copy.dump"), ("restore", "copy.dump"), ("verify",)])
def test_a_postgresql_without_our_tables_is_reported(
    data: Path, tmp_path: Path, settings: dict[str, str], command: tuple[str, ...]
) -> None:
    (tmp_path / "copy.dump").write_text("no dump")
    name, *files = command
    told = refusal(said(data, name, *(str(tmp_path / file) for file in files), *["--force"] * len(files), **settings))
    assert "is no " in told


def test_accounts_are_kept_in_postgresql(data: Path, empty: str) -> None:
    said(data, "migrate", DATABASE_URL=empty)
    who = ("account", "add", "zhaomin", "--name", "赵敏", "--number", "033", "--password-stdin")
    assert said(data, *who, words=WORDS, DATABASE_URL=empty).stdout == "Added zhaomin.\n"
    assert "赵敏" in said(data, "account", "list", DATABASE_URL=empty).stdout


@pytest.mark.parametrize("command", [("serve",), ("migrate",), ("account", "list"), ("verify",), ("backup", "copy")])
@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("postgresql://chat:secret@127.0.0.1:1/chat", "cannot be used"),
        ("postgresql://chat:secret@127.0.0.1:http/chat", "is no address"),
    ],
)
def test_a_database_that_cannot_be_reached_is_reported(
    data: Path, command: tuple[str, ...], address: str, sentence: str
) -> None:
    told = refusal(said(data, *command, PORT="29999", DATABASE_URL=address))
    assert sentence in told
    assert "secret" not in told


@pytest.mark.parametrize(
    "lost", [(Hub, "start"), (RemoteChanges, "start"), (Maintenance, "start")], ids=["hub", "heads", "jobs"]
)
def test_a_database_lost_while_the_server_starts_is_reported(
    migrated: Path, monkeypatch: pytest.MonkeyPatch, lost: tuple[type, str], unused_port: int
) -> None:
    def gives_no_answer(*_of: object) -> None:
        raise Unavailable() from OSError("the server closed the connection")

    monkeypatch.setattr(*lost, gives_no_answer)
    result = said(migrated, "serve", PORT=str(unused_port))
    assert result.exit_code == 1
    assert "Traceback" not in result.output
    [sentence] = [line for line in result.stderr.splitlines() if line.startswith("chatserver: ")]
    assert "cannot be used" in sentence
    # Whoever tries again in the same process finds the database free.
    with next(migrated.glob("*.lock")).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_the_missing_driver_is_reported(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chatserver.store.postgres.find_spec", lambda _name: None)
    told = refusal(said(data, "serve", DATABASE_URL="postgresql://db/chat"))
    assert told == "PostgreSQL needs its driver: pip install 'chatserver[postgres]'."


SEVERAL = {"DATABASE_URL": "postgresql://db/chat", "REDIS_URL": "redis://:secret@bus:6379/0"}


def test_the_missing_redis_client_is_reported(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chatserver.app.find_spec", lambda _name: None)
    told = refusal(said(data, "serve", **SEVERAL))
    assert told == "REDIS_URL needs its client: pip install 'chatserver[redis]'."


@pytest.mark.parametrize("address", ["redis://:secret@bus:port", "redis://:secret@bus/0?nonsense=1"])
def test_an_invalid_address_of_the_bus_is_reported(data: Path, address: str) -> None:
    told = refusal(said(data, "serve", **SEVERAL | {"REDIS_URL": address}))
    assert told == "REDIS_URL is no address such as redis://:password@host:6379/0."


def test_a_node_uses_the_configured_bus() -> None:
    alone, one, two = bus_of(read({})), bus_of(read(SEVERAL)), bus_of(read(SEVERAL))
    assert not alone.shared
    assert one.shared
    assert isinstance(one, RedisBus)
    assert isinstance(two, RedisBus)
    assert one.node != two.node


def test_an_unknown_setting_is_reported(data: Path) -> None:
    assert "did you mean CHATSERVER_RING_S?" in refusal(said(data, "serve", CHATSERVER_RINGS="1"))


def add(data: Path, *more: str, words: str = WORDS) -> Result:
    who = ("account", "add", "zhaomin", "--name", "赵敏", "--number", "033", "--password-stdin")
    return said(data, *who, *more, words=words)


def test_an_account_is_added_listed_and_can_sign_in(migrated: Path) -> None:
    assert add(migrated, "--role", "supervisor", "--capacity", "3").stdout == "Added zhaomin.\n"
    listed = said(migrated, "account", "list").stdout
    assert [line.split() for line in listed.splitlines()] == [
        ["login", "number", "name", "role", "groups", "capacity"],
        ["zhaomin", "033", "赵敏", "supervisor", "-", "3"],
    ]
    database = Database(migrated / "chat.db")
    account = database.read_now(lambda conn: accounts.by_login(conn, "zhaomin"))
    database.close()
    assert account is not None
    assert fits(WORDS.strip(), account.password)
    assert "argon2" not in listed


def test_accounts_are_disabled_enabled_and_reset(migrated: Path) -> None:
    add(migrated)
    assert "Disabled zhaomin" in said(migrated, "account", "disable", "zhaomin").stdout
    assert "disabled" in said(migrated, "account", "list").stdout
    assert "Enabled zhaomin" in said(migrated, "account", "enable", "zhaomin").stdout
    assert "disabled" not in said(migrated, "account", "list").stdout
    reset = said(migrated, "account", "reset", "zhaomin", "--password-stdin", words="quite another sentence\n")
    assert "every session is ended" in reset.stdout


@pytest.fixture
def open_handed() -> Iterator[None]:
    """A shell with a umask that lets everybody read new files."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.mark.usefixtures("open_handed")
def test_files_are_private_to_this_user(data: Path, tmp_path: Path) -> None:
    assert said(data, "migrate").exit_code == 0
    add(data)
    copy = tmp_path / "copy.db"
    assert said(data, "backup", str(copy)).exit_code == 0
    files = [each for each in (*data.iterdir(), copy) if each.is_file()]
    assert {data / "chat.db", copy} <= {*files}
    assert {each.name: oct(each.stat().st_mode & 0o077) for each in files} == {each.name: "0o0" for each in files}
    assert os.umask(0o022) == 0o022, "the caller's own is as before"


def test_a_database_that_everybody_could_read_is_made_private(migrated: Path) -> None:
    (migrated / "chat.db").chmod(0o644)
    add(migrated)
    assert (migrated / "chat.db").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("words", "why"),
    [("password1234\n", "tried first"), ("demohouse-of-mine\n", "hospital's name"), ("zhaomin-in-the-ward\n", "login")],
)
def test_an_account_gets_no_password_that_is_tried_first(migrated: Path, words: str, why: str) -> None:
    who = ("account", "add", "zhaomin", "--name", "赵敏", "--number", "033", "--password-stdin")
    assert why in refusal(said(migrated, *who, words=words, CHATSERVER_HOSPITAL_NAME_EN="Demohouse Hospital"))


def test_locks_of_an_account_are_ended(migrated: Path) -> None:
    add(migrated)
    assert said(migrated, "account", "unlock", "zhaomin").stdout == "zhaomin can be signed in to again.\n"
    assert "There is no account nobody" in refusal(said(migrated, "account", "unlock", "nobody"))


def row_of(data: Path, login: str) -> list[str]:
    """The account's row in the list."""
    return next(line.split() for line in said(data, "account", "list").stdout.splitlines() if line.startswith(login))


@pytest.mark.parametrize(
    ("to", "row", "told"),
    [
        (("--name", "赵明"), ["zhaomin", "033", "赵明", "consultant", "-", "5"], "Changed zhaomin."),
        (("--number", "034"), ["zhaomin", "034", "赵敏", "consultant", "-", "5"], "Changed zhaomin."),
        (("--title", "nurse"), ["zhaomin", "033", "赵敏", "consultant", "-", "5"], "Changed zhaomin."),
        (("--role", "consultant"), ["zhaomin", "033", "赵敏", "consultant", "-", "5"], "Changed zhaomin."),
        (
            ("--role", "supervisor", "--name", " 赵明 "),
            ["zhaomin", "033", "赵明", "supervisor", "-", "5"],
            "Changed zhaomin; every session is ended.",
        ),
    ],
)
def test_an_account_is_changed(migrated: Path, to: tuple[str, ...], row: list[str], told: str) -> None:
    add(migrated)
    assert said(migrated, "account", "change", "zhaomin", *to).stdout == f"{told}\n"
    assert row_of(migrated, "zhaomin") == row


@pytest.mark.parametrize(
    ("login", "to", "sentence"),
    [
        ("zhaomin", (), "Nothing to change: give --name, --number, --title or --role."),
        ("nobody", ("--name", "赵明"), "There is no account nobody"),
        ("zhaomin", ("--name", " "), "1 to 40 printable characters"),
        ("zhaomin", ("--number", "\u202e33"), "1 to 40 printable characters"),
    ],
)
def test_a_change_that_cannot_be_made_is_one_sentence(
    migrated: Path, login: str, to: tuple[str, ...], sentence: str
) -> None:
    add(migrated)
    before = row_of(migrated, "zhaomin")
    assert sentence in refusal(said(migrated, "account", "change", login, *to))
    assert row_of(migrated, "zhaomin") == before


def test_a_password_can_be_asked_for_twice_and_hidden(migrated: Path) -> None:
    add(migrated)
    result = said(migrated, "account", "reset", "zhaomin", words=WORDS + WORDS)
    assert result.exit_code == 0
    assert WORDS.strip() not in result.output


@pytest.mark.parametrize(
    ("more", "words", "sentence"),
    [
        ((), "short\n", "at least 12 characters"),
        ((), "", "at least 12 characters"),
        ((), "my-Zhaomin-2026\n", "contains the login zhaomin"),
        ((), "aaaaaaaabbbbbbbb\n", "fewer than 5 different characters"),
        (("--group", "nowhere"), WORDS, "There is no group nowhere"),
        (("--name", "\u3164"), WORDS, "1 to 40 printable characters"),
    ],
)
def test_an_account_that_cannot_be_added_is_refused_with_one_sentence(
    migrated: Path, more: tuple[str, ...], words: str, sentence: str
) -> None:
    assert sentence in refusal(add(migrated, *more, words=words))


@pytest.mark.parametrize("command", ["disable", "enable", "reset"])
def test_an_unknown_login_is_reported(migrated: Path, command: str) -> None:
    assert "There is no account nobody" in refusal(said(migrated, "account", command, "nobody"))


def test_accounts_want_a_database_too(data: Path) -> None:
    assert "run `chatserver migrate` first" in refusal(said(data, "account", "list"))


def test_a_backup_is_made_beside_a_server_and_put_back_without_it(migrated: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    server = Database(migrated / "chat.db")
    server.hold()
    made = said(migrated, "backup", str(copy))
    server.close()
    assert made.stdout.startswith("Copied 0 conversations with 0 entries (")
    assert made.stdout.endswith(f" MB) into {copy}.\n")
    assert "--force replaces it" in refusal(said(migrated, "backup", str(copy)))
    assert said(migrated, "backup", str(copy), "--force").exit_code == 0
    restored = said(migrated, "restore", str(copy)).stdout
    assert restored.startswith("Restored 0 conversations with 0 entries (")
    [kept] = migrated.glob("chat.db.before-*")
    assert restored.endswith(f" MB) from {copy}; what was there is {kept}.\n")


def test_restoring_on_an_empty_machine_keeps_nothing(migrated: Path, tmp_path: Path) -> None:
    said(migrated, "backup", str(tmp_path / "copy.db"))
    restored = said(tmp_path / "new", "restore", str(tmp_path / "copy.db"))
    assert restored.stdout.endswith(f" MB) from {tmp_path / 'copy.db'}.\n")
    assert said(tmp_path / "new", "account", "list").exit_code == 0
    assert (tmp_path / "new").stat().st_mode & 0o077 == 0


def test_a_sound_database_is_reported_as_sound(migrated: Path, tmp_path: Path) -> None:
    assert said(migrated, "verify").stdout == f"{migrated / 'chat.db'} is sound.\n"
    said(migrated, "backup", str(tmp_path / "copy.db"))
    assert said(migrated, "verify", str(tmp_path / "copy.db")).stdout == f"{tmp_path / 'copy.db'} is sound.\n"


def test_each_violation_is_a_line_and_the_exit_code_is_1(migrated: Path, tmp_path: Path) -> None:
    said(migrated, "backup", str(tmp_path / "copy.db"))
    with closing(sqlite3.connect(tmp_path / "copy.db", isolation_level=None)) as conn:
        columns = "id, name_zh, name_en, group_id, campus_id, level"
        conn.execute(f"INSERT INTO departments ({columns}) VALUES ('eyes', '眼科', 'Eyes', 'nobody', 'moon', 1)")
    found = ["departments.campus_id: moon is not in campuses", "departments.group_id: nobody is not in groups"]
    checked = said(migrated, "verify", str(tmp_path / "copy.db"))
    assert checked.exit_code == 1
    assert sorted(checked.stdout.splitlines()) == found
    assert checked.stderr == f"chatserver: {tmp_path / 'copy.db'} is not sound: 2 findings.\n"
    refused = said(migrated, "restore", str(tmp_path / "copy.db"))
    assert refused.exit_code == 1
    assert sorted(refused.stdout.splitlines()) == found
    assert "nothing was changed" in refused.stderr
    assert said(migrated, "restore", str(tmp_path / "copy.db"), "--force").exit_code == 0


@pytest.mark.parametrize("command", [("backup", "copy.db"), ("verify",)])
def test_a_missing_database_cannot_be_copied_or_checked(data: Path, command: tuple[str, ...]) -> None:
    assert "run `chatserver migrate` first" in refusal(said(data, *command))


def test_only_a_database_can_be_checked_or_put_back(migrated: Path, tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear editor, " * 100)
    for command in ("verify", "restore"):
        assert refusal(said(migrated, command, str(letter))) == f"{letter} cannot be used: file is not a database."
    letter.write_text("")
    assert "is no database of this version" in refusal(said(migrated, "verify", str(letter)))


def test_the_schema_is_printed_both_ways(data: Path) -> None:
    assert '"$schema"' in said(data, "schema").stdout
    assert "export const VERSION" in said(data, "schema", "--typescript").stdout


def test_the_demo_stays_on_this_machine(data: Path) -> None:
    assert "127.0.0.1 only" in refusal(said(data, "demo", CHATSERVER_HOST="0.0.0.0"))


@pytest.mark.parametrize(
    "told", [{"CHATSERVER_PUBLIC_URL": "https://chat.example"}, {"CHATSERVER_EXTRA_HOSTS": "chat.example"}]
)
def test_the_demo_is_not_served_under_a_public_name(data: Path, told: dict[str, str]) -> None:
    assert "known to everybody: it is not served as" in refusal(said(data, "demo", **told))


@pytest.mark.parametrize(
    "told",
    [
        {"CHATSERVER_PUBLIC_URL": "https://chat.example"},
        {"CHATSERVER_PUBLIC_URL": "http://10.0.0.7:8000"},
        {"CHATSERVER_HOST": "0.0.0.0"},
        {"CHATSERVER_EXTRA_HOSTS": "127.0.0.1:9000,chat.example"},
    ],
)
def test_a_demo_s_database_is_served_to_nobody_else(migrated: Path, told: dict[str, str], unused_port: int) -> None:
    with closing(Database(migrated / "chat.db")) as database:
        written(database, lambda conn: seed(tx_at(conn, 1), (), 5))
    sentence = refusal(said(migrated, "serve", PORT=str(unused_port), **told))
    assert "was made by `chatserver demo`" in sentence
    chinese = refusal(said(migrated, "serve", PORT=str(unused_port), CHATSERVER_LANGUAGE="zh", **told))
    assert "账号密码是公开的" in chinese


def test_a_demo_that_an_earlier_version_made_is_recognised(data: Path) -> None:
    data.mkdir()
    lay_down(data / "chat.db", "0005", DAWN)
    said(data, "migrate")
    with closing(Database(data / "chat.db")) as database:
        assert database.read_now(meta.is_demo)


def test_the_demo_reports_which_port_is_taken(data: Path, taken_port: int) -> None:
    assert f"Port {taken_port} " in refusal(said(data, "demo", PORT=str(taken_port)))


def test_the_demo_greets_with_addresses_and_everybody_s_sign_in(data: Path) -> None:
    told = welcome(read({"PORT": "9000", "CHATSERVER_DATA": str(data)}), 9001)
    for part in ("http://127.0.0.1:9000", "http://127.0.0.1:9001", "http://localhost:9001", PASSWORD):
        assert part in told
    for login, name, number, _, _ in PEOPLE:
        assert login in told
        assert f"{name} {number}" in told


def test_a_configured_name_replaces_the_demo_s() -> None:
    assert named(read({})).hospital_name_zh == "康宁医院"
    mine = named(read({"CHATSERVER_HOSPITAL_NAME_ZH": "仁爱医院"}))
    assert (mine.hospital_name_zh, mine.hospital_name_en) == ("仁爱医院", "Kangning Hospital")


def test_the_demo_website_embeds_the_widget_from_another_origin() -> None:
    from starlette.testclient import TestClient

    browser = TestClient(website("http://127.0.0.1:9000"), origins(9001)[0])
    for path, (department, *_) in PAGES.items():
        html = browser.get(path).text
        assert html.count("<script") == 1
        assert '<script src="http://127.0.0.1:9000/widget.js" data-site="demo"' in html
        assert (f'data-department="{department}"' in html) == bool(department)
    assert browser.get("/site.css").headers["Content-Type"].startswith("text/css")
    assert browser.get("/nothing").status_code == 404
