"""`chatserver keywords …`: the words that ids in advertisements stand for."""

from pathlib import Path

import click

from chatserver import app
from chatserver.cli.group import AFile, one_sentence
from chatserver.cli.open_database import opened_database
from chatserver.language import say
from chatserver.records.keywords_file import read
from chatserver.store import keywords as rows
from chatserver.store.hospital import load_hospital
from chatserver.store.tx import COMMAND_LINE


@click.group(help="The words that ids in advertisements stand for. Works while the server runs.")
def keywords() -> None:
    """`chatserver keywords …`"""


@keywords.command("import", help="Take in the CSV file FILE: all of it, or nothing. Earlier days stay as they are.")
@click.argument("file", type=AFile)
@one_sentence
def keywords_import(file: Path) -> None:
    with opened_database() as database:
        found = read(file, database.read_now(load_hospital).sites)
        count = database.write_now(lambda tx: rows.put(tx, found), app.now, COMMAND_LINE)
    say("Took in {records} keywords from {file}.", records=count, file=file)
