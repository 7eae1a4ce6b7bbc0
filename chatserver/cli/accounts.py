"""`chatserver account …`: who may sign in."""

import sys

import click

from chatserver import app
from chatserver.cli.group import one_sentence
from chatserver.cli.open_database import opened_database, read_settings
from chatserver.domain.hospital import Consultant, Role, Title
from chatserver.language import padded, said, say, width
from chatserver.store import account_audit, accounts
from chatserver.store.accounts import Account, CannotAdd, Changed, NewAccount
from chatserver.store.database import Database
from chatserver.store.tx import COMMAND_LINE
from chatserver.web.gate.passwords import checked, hashed

ACCOUNT_COLUMNS = ("login", "number", "name", "role", "groups", "capacity", "")


@click.group(help="Who may sign in. Works while the server runs.")
def account() -> None:
    """`chatserver account …`"""


@account.command("list", help="List all accounts, without passwords.")
@one_sentence
def account_list() -> None:
    with opened_database() as database:
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
    with opened_database() as database:
        new = NewAccount(
            login=accounts.checked_login(login),
            password=hashed(_password(login, password_stdin)),
            name=name.strip(),
            number=number.strip(),
            role=Role(role),
            groups=groups,
            capacity=capacity or read_settings().capacity_default,
            title=Title(title),
        )
        database.write_now(lambda tx: account_audit.added(tx, new), app.now, COMMAND_LINE)
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
    with opened_database() as database:
        before = _found(database, login)
        database.write_now(lambda tx: account_audit.changed(tx, before, to), app.now, COMMAND_LINE)
    if to.role in (None, before.role):
        say("Changed {login}.", login=login)
    else:
        say("Changed {login}; every session is ended.", login=login)


@account.command("disable", help="No sign-in any more; ends the account's sessions at once.")
@click.argument("login")
@one_sentence
def account_disable(login: str) -> None:
    with opened_database() as database:
        id = _found(database, login).id
        database.write_now(lambda tx: account_audit.done(tx, id, "disable", accounts.disable), app.now, COMMAND_LINE)
    say("Disabled {login}; every session is ended.", login=login)


@account.command("enable", help="Take `disable` back.")
@click.argument("login")
@one_sentence
def account_enable(login: str) -> None:
    with opened_database() as database:
        id = _found(database, login).id
        database.write_now(lambda tx: account_audit.done(tx, id, "enable", accounts.enable), app.now, COMMAND_LINE)
    say("Enabled {login}.", login=login)


@account.command("unlock", help="End all locks and waits at the sign-in of an account.")
@click.argument("login")
@one_sentence
def account_unlock(login: str) -> None:
    with opened_database() as database:
        id = _found(database, login).id
        database.write_now(lambda tx: account_audit.unlocked(tx, id, login), app.now, COMMAND_LINE)
    say("{login} can be signed in to again.", login=login)


@account.command("reset", help="Set a new password; ends the account's sessions at once.")
@click.argument("login")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@one_sentence
def account_reset(login: str, password_stdin: bool) -> None:
    with opened_database() as database:
        id = _found(database, login).id
        password = hashed(_password(login, password_stdin))
        database.write_now(lambda tx: account_audit.reset(tx, id, password), app.now, COMMAND_LINE)
    say("Set a new password for {login}; every session is ended.", login=login)


def _found(database: Database, login: str) -> Consultant:
    """The consultant with this login. Raises `CannotAdd`."""
    found = database.read_now(lambda conn: accounts.by_login(conn, login))
    if found is None:
        raise CannotAdd("There is no account {login}; `chatserver account list` shows all.", login=login)
    return found.consultant


def _trimmed(option: str | None) -> str | None:
    return None if option is None else option.strip()


def _password(login: str, from_stdin: bool) -> str:
    if from_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = click.prompt(said("Password"), hide_input=True, confirmation_prompt=True)
    settings = read_settings()
    return checked(password, login, (settings.hospital_name_zh, settings.hospital_name_en))


def _row(account: Account) -> tuple[str, ...]:
    consultant = account.consultant
    state = said("disabled") if consultant.disabled else ""
    groups = ", ".join(consultant.groups) or "-"
    return (
        account.login,
        consultant.person.number,
        consultant.person.name,
        consultant.role.value,
        groups,
        str(consultant.capacity),
        state,
    )
