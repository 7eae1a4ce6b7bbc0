"""`chatserver audit …`: the log of who did what."""

from contextlib import closing

import click

from chatserver import app
from chatserver.cli.group import one_sentence
from chatserver.cli.open_database import held_database, read_settings
from chatserver.database_access import check_schema, found_database, give_audit_key
from chatserver.language import say
from chatserver.store import audit, audit_chain
from chatserver.store.tx import COMMAND_LINE


@click.group("audit", help="The audit log: who did what.")
def audit_log() -> None:
    """`chatserver audit …`"""


@audit_log.command(
    "head",
    help="Print the last number and its signature, to be kept elsewhere and given to `verify`. "
    "Works while the server runs.",
)
@one_sentence
def audit_head() -> None:
    with closing(found_database(read_settings())) as database:
        check_schema(database)
        print(database.read_now(audit_chain.head).written())


@audit_log.command("take-over", help="Continue a log whose key is lost, with the present key. Stop the server first.")
@one_sentence
def audit_take_over() -> None:
    settings = read_settings()
    # The database is held, because a running server would continue to sign with the key that it read when it started.
    with held_database(settings) as database:
        check_schema(database)
        give_audit_key(settings, database)
        database.write_now(audit.take_over, app.now, COMMAND_LINE)
        head = database.read_now(audit_chain.head)
    say("The audit log is continued at number {number}.", number=head.number)
