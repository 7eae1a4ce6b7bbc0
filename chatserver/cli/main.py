"""`chatserver`: all commands, in the order of the documentation."""

import click

from chatserver.cli.accounts import account
from chatserver.cli.audit_log import audit_log
from chatserver.cli.database import backup, migrate, restore, verify
from chatserver.cli.demo import demo
from chatserver.cli.emergency_words import words
from chatserver.cli.group import Commands
from chatserver.cli.hospital import hospital
from chatserver.cli.identity_key import identity_key
from chatserver.cli.keywords import keywords
from chatserver.cli.schema import schema
from chatserver.cli.serve import serve
from chatserver.simulation import simulate


@click.group(cls=Commands, help="A hospital's live chat.", context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="chatserver", message="%(version)s")
def main() -> None:
    """The command `chatserver`."""


RECORDS = (account, hospital, keywords, words, identity_key, audit_log)
for command in (simulate, serve, migrate, backup, restore, verify, demo, schema, *RECORDS):
    main.add_command(command)
