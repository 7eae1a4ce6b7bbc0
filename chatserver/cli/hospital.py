"""`chatserver hospital …`: the hospital's records as a file."""

from pathlib import Path
from zoneinfo import ZoneInfo

import click

from chatserver import app
from chatserver.cli.group import AFile, one_sentence
from chatserver.cli.open_database import opened_database, read_settings
from chatserver.language import say
from chatserver.records.apply import apply
from chatserver.records.export import export
from chatserver.records.hospital_file import read
from chatserver.settings import rules
from chatserver.store.tx import COMMAND_LINE


@click.group(help="The hospital's records as a file. Works while the server runs.")
def hospital() -> None:
    """`chatserver hospital …`"""


@hospital.command("export", help="Print all records and the roster from now on, as TOML.")
@one_sentence
def hospital_export() -> None:
    zone = ZoneInfo(read_settings().time_zone)
    with opened_database() as database:
        print(database.read_now(lambda conn: export(conn, app.now(), zone)), end="")


@hospital.command("apply", help="Take in FILE: all of it, or nothing. What it does not name stays as it is.")
@click.argument("file", type=AFile)
@one_sentence
def hospital_apply(file: Path) -> None:
    settings = read_settings()
    wanted = read(file)
    zone = ZoneInfo(settings.time_zone)
    with opened_database() as database:
        database.write_now(lambda tx: apply(tx, wanted, zone, rules(settings)), app.now, COMMAND_LINE)
    say("Took in {records} records from {file}.", records=wanted.count(), file=file)
