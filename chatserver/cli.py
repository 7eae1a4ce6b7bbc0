"""How people start it: serve · migrate · backup · restore · verify · account · schema · demo · simulate · words.

Every failure is one sentence on stderr. Reads the settings from the environment and hands them on; what a command
does is done elsewhere.
"""

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec
from zoneinfo import ZoneInfo

import click
from sqlalchemy import Connection

from chatserver import app, serving
from chatserver.demo import run_demo
from chatserver.domain.emergency import BUILT_IN, Words, recognise
from chatserver.domain.hospital import Consultant, Role, Title
from chatserver.domain.refusals import Refused
from chatserver.domain.sentence import Sentence
from chatserver.language import chosen, padded, said, say, speaking, width
from chatserver.logs import configure
from chatserver.paths import front_folder
from chatserver.records import hospital_file
from chatserver.records.faults import BadPlan
from chatserver.settings import BadSettings, Settings, read, rules
from chatserver.simulation import simulate
from chatserver.store import accounts, postgres_backup, sign_ins
from chatserver.store.accounts import Account, CannotAdd, Changed, NewAccount
from chatserver.store.backup import Copied, NotSound, back_up
from chatserver.store.backup import restore as put_back
from chatserver.store.database import Database
from chatserver.store.hospital import load_hospital
from chatserver.store.pg_tools import PgTools
from chatserver.store.postgres import PostgresDatabase
from chatserver.store.revisions import migrate as run_migrations
from chatserver.store.revisions import schema_state
from chatserver.store.sqlite_files import Unusable, explained, opened
from chatserver.store.verify import findings, late_clocks
from chatserver.web.passwords import BadPassword, checked, hashed
from chatserver.wire.schema import json_schema, typescript

P = ParamSpec("P")

PRIVATE = 0o077
"""The umask: no file is for the group or for others."""

ACCOUNT_COLUMNS = ("login", "number", "name", "role", "groups", "capacity", "")

REFUSALS = (BadPlan, BadSettings, BadPassword, CannotAdd, Unusable, app.CannotServe)

AFile = click.Path(dir_okay=False, path_type=Path)


def one_sentence(command: Callable[P, None]) -> Callable[P, None]:
    """What a command refuses is said in one line, without a traceback, and it ends with 1."""

    @wraps(command)
    def told(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except REFUSALS as why:
            for sentence in why.sentences if isinstance(why, BadPlan) else (why.sentence,):
                print(f"chatserver: {said(sentence)}", file=sys.stderr)
            sys.exit(1)
        except Refused as refused:
            told = Sentence("The database cannot be used now ({code}).", code=refused.code)
            print(f"chatserver: {said(told)}", file=sys.stderr)
            sys.exit(1)

    return told


class Formatter(click.HelpFormatter):
    """click puts a half-width colon behind every heading."""

    def write_heading(self, heading: str) -> None:
        self.write(" " * self.current_indent + said(Sentence("{heading}:", heading=heading)) + "\n")


class Context(click.Context):
    formatter_class = Formatter


class Commands(click.Group):
    """All commands, in the language of whoever types them."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        with private_files(), speaking(chosen(os.environ), _catalogues()), _helping(self):
            return super().main(*args, **kwargs)


@contextmanager
def private_files() -> Iterator[None]:
    """What is written meanwhile, a database or a backup, is for this user alone, whatever the shell says."""
    before = os.umask(PRIVATE)
    try:
        yield
    finally:
        os.umask(before)


@contextmanager
def _helping(command: click.Command) -> Iterator[None]:
    """Within it the command's help, and that of all below it, is in the language spoken."""
    command.context_class = Context
    with ExitStack() as stack:
        parts: list[Any] = [command, *command.params]
        before = [(part, part.help) for part in parts if getattr(part, "help", None)]
        for part, english in before:
            part.help = said(english)
            stack.callback(setattr, part, "help", english)
        for below in command.commands.values() if isinstance(command, click.Group) else ():
            stack.enter_context(_helping(below))
        yield


def _catalogues() -> Path | None:
    """The folder of the catalogues, where the front end, which they are built with, was built."""
    try:
        return front_folder() / "texts/commands"
    except RuntimeError:
        return None


@click.group(cls=Commands, help="A hospital's live chat.", context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="chatserver", message="%(version)s")
def main() -> None:
    """The command `chatserver`."""


main.add_command(simulate)


@main.command(help="Serve visitors and staff until told to stop.")
@click.option("--port", type=int, help="The port to listen on, instead of PORT.")
@one_sentence
def serve(port: int | None) -> None:
    settings = _settings(port)
    configure(settings.log_format, settings.log_level)
    with (
        serving.listen(settings.host, settings.port) as listening,
        serving.listen_for_metrics(settings.metrics_host, settings.metrics_port) as metrics,
    ):
        serving.run(
            app.build(settings),
            listening,
            settings.forwarded_allow_ips,
            metrics,
            per_address=settings.connections_per_address,
        )


@main.command(help="Make the database, or bring it to this version. Stop the server first.")
@one_sentence
def migrate() -> None:
    settings = _settings()
    before = migrate_database(settings)
    place = app.place_of(settings)
    if before == "current":
        say("{place} was current already.", place=place)
    else:
        say("{place} is current now.", place=place)


@main.command(help="Copy the database into FILE, beside a running server.")
@click.argument("file", type=AFile)
@click.option("--force", is_flag=True, help="Replace FILE if it is there.")
@one_sentence
def backup(file: Path, force: bool) -> None:
    settings = _settings()
    if settings.database_url:
        with _server(settings) as server:
            copied = postgres_backup.back_up(server, file, _programs(settings), replace=force)
    else:
        copied = back_up(_database_path(settings), file, replace=force)
    say("Copied {contents} into {file}.", contents=_contents(copied), file=file)


@main.command(help="Put the backup FILE in the database's place; everybody signs in anew. Stop the server first.")
@click.argument("file", type=AFile)
@click.option("--force", is_flag=True, help="Even when something in it does not hold.")
@one_sentence
def restore(file: Path, force: bool) -> None:
    settings = _settings()
    with _held(settings) as database:
        try:
            if isinstance(settings.database, Path):
                restored = put_back(file, settings.database, app.now(), force=force)
            else:
                server = PostgresDatabase(settings.database)
                restored = postgres_backup.restore(file, server, database, _programs(settings), force=force)
        except NotSound as why:
            for finding in why.findings:
                print(said(finding))
            raise
    contents = _contents(restored.held)
    if restored.kept:
        say(
            "Restored {contents} from {file}; what was there is {kept}.",
            contents=contents,
            file=file,
            kept=restored.kept,
        )
    else:
        say("Restored {contents} from {file}.", contents=contents, file=file)


@main.command(
    help="Check the database, or a backup of it; one line for each thing that does not hold, and exit code 1."
)
@click.argument("file", type=AFile, required=False)
@one_sentence
def verify(file: Path | None) -> None:
    settings = _settings()
    found = 0
    with _picture(settings, file) as (place, conn):
        if schema_state(conn) != "current":
            raise Unusable("{place} is no database of this version of chatserver.", place=place)
        for check in (findings(conn), late_clocks(conn, rules(settings))):
            for finding in check:
                found += 1
                print(said(finding))
    if found:
        raise Unusable("{place} is not sound: {found} findings.", place=place, found=found)
    say("{place} is sound.", place=place)


@main.command(help="Serve a demo hospital, and a small website of it on the next port.")
@one_sentence
def demo() -> None:
    settings = _settings()
    configure(settings.log_format, "warning")
    migrate_database(settings)
    run_demo(settings)


@main.command(help="Print the protocol's frames as JSON Schema, or as TypeScript types.")
@click.option("--typescript", "as_typescript", is_flag=True, help="TypeScript instead of JSON Schema.")
def schema(as_typescript: bool) -> None:
    if as_typescript:
        sys.stdout.write(typescript())
    else:
        print(json.dumps(json_schema(), indent=2, ensure_ascii=False))


@main.group(help="Who may sign in. Works while the server runs.")
def account() -> None:
    """`chatserver account …`"""


@account.command("list", help="List all accounts, without passwords.")
@one_sentence
def account_list() -> None:
    with _opened() as database:
        everybody = database.read_now(accounts.everybody)
    rows: list[tuple[str, ...]] = [tuple(said(each) for each in ACCOUNT_COLUMNS)]
    rows += [_row(each) for each in everybody]
    widths = [max(width(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = (padded(cell, columns) for cell, columns in zip(row, widths, strict=True))
        print("  ".join(cells).rstrip())


@account.command("add", help="Add an account; asks for its password.")
@click.argument("login")
@click.option("--name", required=True, help="As visitors and colleagues see it.")
@click.option("--number", required=True, help="The staff number.")
@click.option("--role", type=click.Choice([role.value for role in Role]), default=Role.CONSULTANT.value)
@click.option("--title", type=click.Choice([title.value for title in Title]), default=Title.CONSULTANT.value)
@click.option("--group", "groups", multiple=True, help="A group's id; may be given several times.")
@click.option("--capacity", type=click.IntRange(1, 20), help="Active conversations at once.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@one_sentence
def account_add(
    login: str,
    name: str,
    number: str,
    role: str,
    title: str,
    groups: tuple[str, ...],
    capacity: int | None,
    password_stdin: bool,
) -> None:
    with _opened() as database:
        new = NewAccount(
            login=accounts.checked_login(login),
            password=hashed(_password(login, password_stdin)),
            name=name.strip(),
            number=number.strip(),
            role=Role(role),
            groups=groups,
            capacity=capacity or _settings().capacity_default,
            title=Title(title),
        )
        database.write_now(lambda conn: accounts.add(conn, new, app.now()))
    say("Added {login}.", login=login)


@account.command("change", help="Change a name, number, title or role; another role ends the account's sessions.")
@click.argument("login")
@click.option("--name", help="As visitors and colleagues see it.")
@click.option("--number", help="The staff number.")
@click.option("--title", type=click.Choice([title.value for title in Title]))
@click.option("--role", type=click.Choice([role.value for role in Role]))
@one_sentence
def account_change(login: str, name: str | None, number: str | None, title: str | None, role: str | None) -> None:
    to = Changed(
        name=_trimmed(name),
        number=_trimmed(number),
        title=None if title is None else Title(title),
        role=None if role is None else Role(role),
    )
    if to == Changed():
        raise CannotAdd("Nothing to change: give --name, --number, --title or --role.")
    with _opened() as database:
        before = _found(database, login)
        database.write_now(lambda conn: accounts.change(conn, before.id, to, app.now()))
    if to.role in (None, before.role):
        say("Changed {login}.", login=login)
    else:
        say("Changed {login}; every session is ended.", login=login)


@account.command("disable", help="No sign-in any more; ends the account's sessions at once.")
@click.argument("login")
@one_sentence
def account_disable(login: str) -> None:
    with _opened() as database:
        id = _found(database, login).id
        database.write_now(lambda conn: accounts.disable(conn, id, app.now()))
    say("Disabled {login}; every session is ended.", login=login)


@account.command("enable", help="Take `disable` back.")
@click.argument("login")
@one_sentence
def account_enable(login: str) -> None:
    with _opened() as database:
        id = _found(database, login).id
        database.write_now(lambda conn: accounts.enable(conn, id))
    say("Enabled {login}.", login=login)


@account.command("unlock", help="End all locks and waits at the sign-in of an account.")
@click.argument("login")
@one_sentence
def account_unlock(login: str) -> None:
    with _opened() as database:
        _found(database, login)
        database.write_now(lambda conn: sign_ins.end_locks(conn, login))
    say("{login} can be signed in to again.", login=login)


@account.command("reset", help="Set a new password; ends the account's sessions at once.")
@click.argument("login")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@one_sentence
def account_reset(login: str, password_stdin: bool) -> None:
    with _opened() as database:
        id = _found(database, login).id
        password = hashed(_password(login, password_stdin))
        database.write_now(lambda conn: accounts.set_password(conn, id, password, app.now()))
    say("Set a new password for {login}; every session is ended.", login=login)


@main.group(help="The hospital's records as a file. Works while the server runs.")
def hospital() -> None:
    """`chatserver hospital …`"""


@hospital.command("export", help="Print all records and the roster from now on, as TOML.")
@one_sentence
def hospital_export() -> None:
    zone = ZoneInfo(_settings().time_zone)
    with _opened() as database:
        print(database.read_now(lambda conn: hospital_file.export(conn, app.now(), zone)), end="")


@hospital.command("apply", help="Take in FILE: all of it, or nothing. What it does not name stays as it is.")
@click.argument("file", type=AFile)
@one_sentence
def hospital_apply(file: Path) -> None:
    settings = _settings()
    wanted = hospital_file.read(file)
    zone = ZoneInfo(settings.time_zone)
    with _opened() as database:
        database.write_now(lambda conn: hospital_file.apply(conn, wanted, app.now(), zone, rules(settings)))
    say("Took in {records} records from {file}.", records=wanted.count(), file=file)


@main.group(help="The words of an emergency that are looked for in what visitors write.")
def words() -> None:
    """`chatserver words …`"""


@words.command("check", help="For each line of standard input: body, mind, protect or none, a tab, the line.")
@click.option(
    "--side", type=click.Choice(["visitor"]), required=True, expose_value=False, help="Whose sentences they are."
)
@click.option("--department", help="The id of the department they are asked of.")
@click.option("--attention", is_flag=True, help="Name the kind of what is worth a look and no alarm, too.")
@click.option("--built-in", is_flag=True, help="Without the hospital's own words; needs no database.")
@one_sentence
def words_check(department: str | None, attention: bool, built_in: bool) -> None:
    held = BUILT_IN if built_in else _words_held()
    for line in sys.stdin.buffer:
        sentence = line.decode("utf-8", errors="replace").rstrip("\r\n").removeprefix("\ufeff")
        finding = recognise(sentence, department, held)
        counts = finding is not None and (attention or finding.level == "critical")
        print(finding.kinds[0] if finding is not None and counts else "none", sentence, sep="\t")


def _words_held() -> Words:
    """The hospital's words, if there is a database yet. Raises `CannotServe` for one that cannot be used."""
    settings = _settings()
    if isinstance(settings.database, Path) and not settings.database.exists():
        return BUILT_IN
    with _opened() as database:
        return database.read_now(load_hospital).words


def migrate_database(settings: Settings) -> str:
    """Bring the database to this version; what it was before. Raises `CannotServe`."""
    with _held(settings) as database:
        before = database.read_now(schema_state)
        if before == "new":
            raise app.CannotServe(app.SCHEMA_SENTENCES["new"], place=database.place)
        run_migrations(settings.database)
    return before


def _settings(port: int | None = None) -> Settings:
    environment = dict(os.environ)
    if port is not None:
        environment["PORT"] = str(port)
    return read(environment)


@contextmanager
def _held(settings: Settings) -> Iterator[Database]:
    """The database, for this command alone. Raises `CannotServe`."""
    if not settings.database_url:
        app.prepare_folder(settings)
    with closing(app.database_at(settings.database)) as database:
        app.hold(
            database, Sentence("A chatserver is using the database in {place}; stop it first.", place=database.place)
        )
        yield database


def _database_path(settings: Settings) -> Path:
    """The SQLite database, which is there. Raises `CannotServe`."""
    app.prepare_folder(settings)
    if not settings.database_path.exists():
        raise app.CannotServe(app.SCHEMA_SENTENCES["empty"], place=settings.database_path)
    return settings.database_path


@contextmanager
def _server(settings: Settings) -> Iterator[PostgresDatabase]:
    """The PostgreSQL database, beside whoever uses it. Raises `CannotServe`, `Unusable`."""
    with closing(app.found_database(settings)):
        server = PostgresDatabase(settings.database_url)
    with explained(server.place):
        yield server


def _programs(settings: Settings) -> PgTools:
    return PgTools(settings.pg_bin)


@contextmanager
def _picture(settings: Settings, file: Path | None) -> Iterator[tuple[str, Connection]]:
    """A consistent picture of the database or of a backup, and its name. Raises `CannotServe`, `Unusable`."""
    if not settings.database_url:
        path = file or _database_path(settings)
        with explained(path), opened(path) as conn:
            yield str(path), conn
    elif file is None:
        with _server(settings) as server, postgres_backup.picture(server) as conn:
            yield server.place, conn
    else:
        with (
            _server(settings) as server,
            postgres_backup.unpacked(file, server, _programs(settings)) as beside,
            postgres_backup.picture(beside) as conn,
        ):
            yield str(file), conn


@contextmanager
def _opened() -> Iterator[Database]:
    """The database beside a server that may be running. Raises `CannotServe`."""
    with closing(app.found_database(_settings())) as database:
        app.check_schema(database)
        yield database


def _found(database: Database, login: str) -> Consultant:
    """Whose login it is. Raises `CannotAdd`."""
    found = database.read_now(lambda conn: accounts.by_login(conn, login))
    if found is None:
        raise CannotAdd("There is no account {login}; `chatserver account list` shows all.", login=login)
    return found.consultant


def _trimmed(told: str | None) -> str | None:
    return None if told is None else told.strip()


def _password(login: str, from_stdin: bool) -> str:
    if from_stdin:
        told = sys.stdin.readline().rstrip("\r\n")
    else:
        told = click.prompt(said("Password"), hide_input=True, confirmation_prompt=True)
    settings = _settings()
    return checked(told, login, (settings.hospital_name_zh, settings.hospital_name_en))


def _contents(copied: Copied) -> Sentence:
    return Sentence(
        "{conversations:,} conversations with {entries:,} entries ({megabytes:,.1f} MB)",
        conversations=copied.conversations,
        entries=copied.entries,
        megabytes=copied.size / 1e6,
    )


def _row(account: Account) -> tuple[str, ...]:
    who = account.consultant
    state = said("disabled") if who.disabled else ""
    groups = ", ".join(who.groups) or "-"
    return (
        account.login,
        who.person.number,
        who.person.name,
        who.role.value,
        groups,
        str(who.capacity),
        state,
    )
