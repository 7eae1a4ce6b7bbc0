"""`chatserver demo`."""

import click

from chatserver.cli.group import one_sentence
from chatserver.cli.open_database import migrate_database, read_settings
from chatserver.demo import run_demo
from chatserver.logs import configure


@click.command(help="Serve a demo hospital, and a small website of it on the next port.")
@one_sentence
def demo() -> None:
    settings = read_settings()
    configure(settings.log_format, "warning")
    migrate_database(settings)
    run_demo(settings)
