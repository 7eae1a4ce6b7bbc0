"""`chatserver identity-key …`: the keys with which the hospital's own websites sign who is signed in there."""

from datetime import datetime
from zoneinfo import ZoneInfo

import click

from chatserver import app
from chatserver.cannot_serve import CannotServe
from chatserver.cli.group import one_sentence
from chatserver.cli.open_database import opened_database, read_settings
from chatserver.domain.sentence import Sentence
from chatserver.language import said, say
from chatserver.store import identity_keys
from chatserver.store.database import Database
from chatserver.store.hospital import load_hospital
from chatserver.store.tx import COMMAND_LINE


@click.group(
    "identity-key", help="The keys with which the hospital's own sites sign who is signed in. Works while it runs."
)
def identity_key() -> None:
    """`chatserver identity-key …`"""


@identity_key.command("list", help="List the sites that have a key; never the keys.")
@one_sentence
def identity_key_list() -> None:
    zone = ZoneInfo(read_settings().time_zone)
    with opened_database() as database:
        keys = database.read_now(lambda conn: identity_keys.known(conn, app.now()))
    for each in keys:
        ends = (
            said("in use") if each.ends_at is None else said(Sentence("until {time}", time=_time(each.ends_at, zone)))
        )
        print(each.site, _time(each.made_at, zone), ends, sep="  ")


@identity_key.command("new", help="Make the first key of SITE and print it. It is shown only here.")
@click.argument("site")
@one_sentence
def identity_key_new(site: str) -> None:
    with opened_database() as database:
        if _has_key(database, site):
            raise CannotServe("{site} has a key: `chatserver identity-key rotate {site}` replaces it.", site=site)
        print(_made(database, site))


@identity_key.command("rotate", help="Make another key of SITE and print it. The present one is accepted for 24 hours.")
@click.argument("site")
@one_sentence
def identity_key_rotate(site: str) -> None:
    with opened_database() as database:
        if not _has_key(database, site):
            raise CannotServe("{site} has no key: `chatserver identity-key new {site}` makes one.", site=site)
        print(_made(database, site))


@identity_key.command("remove", help="Remove all keys of SITE: nothing that they sign is accepted any more.")
@click.argument("site")
@one_sentence
def identity_key_remove(site: str) -> None:
    with opened_database() as database:
        removed = database.write_now(lambda tx: identity_keys.remove(tx, site), app.now, COMMAND_LINE)
    if not removed:
        raise CannotServe("{site} has no key: `chatserver identity-key new {site}` makes one.", site=site)
    say("Removed the keys of {site}.", site=site)


def _has_key(database: Database, site: str) -> bool:
    """Raises `CannotServe` for a site that does not exist."""
    if site not in database.read_now(load_hospital).sites:
        raise CannotServe("There is no site {site}.", site=site)
    return database.read_now(lambda conn: identity_keys.has_key(conn, site))


def _made(database: Database, site: str) -> str:
    return database.write_now(lambda tx: identity_keys.make(tx, site), app.now, COMMAND_LINE)


def _time(at: int, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(at / 1000, zone).isoformat(" ", "minutes")
