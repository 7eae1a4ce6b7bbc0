"""`chatserver words …`: tries out the words that are recognised as an emergency."""

import sys
from pathlib import Path

import click

from chatserver.cli.group import one_sentence
from chatserver.cli.open_database import opened_database, read_settings
from chatserver.domain.emergency import BUILT_IN, Words, recognise
from chatserver.store.hospital import load_hospital


@click.group(help="The words of an emergency that are looked for in what visitors write.")
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
    """The words that the hospital added; none if there is no database yet. Raises `CannotServe` for a database that
    cannot be used."""
    settings = read_settings()
    if isinstance(settings.database, Path) and not settings.database.exists():
        return BUILT_IN
    with opened_database() as database:
        return database.read_now(load_hospital).words
