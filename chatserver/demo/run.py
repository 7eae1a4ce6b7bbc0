"""`chatserver demo`: seeds the database, serves the chat and the website in one process, and prints their addresses."""

import os
from typing import Any

import click
import msgspec

from chatserver import app, serving
from chatserver.cannot_serve import CannotServe
from chatserver.database_access import is_public, place_of, public_name
from chatserver.demo.seed import GROUPS, PASSWORD, PEOPLE, SITE, seed
from chatserver.demo.site import website
from chatserver.domain.origin import is_loopback
from chatserver.domain.sentence import Sentence
from chatserver.language import chosen, padded, said, width
from chatserver.settings import Settings
from chatserver.store.database import Database
from chatserver.store.tx import COMMAND_LINE

LAST_PORT = 65_535


def run_demo(settings: Settings) -> None:
    """Serve until told to stop, on PORT and PORT + 1. The database must be migrated. Raises `CannotServe`."""
    if not is_loopback(settings.host):
        raise CannotServe("The demo's passwords are known to everybody: it serves on 127.0.0.1 only.")
    if is_public(settings):
        raise CannotServe(
            "The demo's passwords are known to everybody: it is not served as {url}.", url=public_name(settings)
        )
    site_port = settings.port + 1
    if site_port > LAST_PORT:
        raise CannotServe("The demo needs PORT and the next one; {port} is the last there is.", port=settings.port)
    with (
        serving.listen(settings.host, settings.port) as listening,
        serving.listen(settings.host, site_port) as site_listening,
        serving.listen_for_metrics(settings.metrics_host, settings.metrics_port) as metrics,
    ):
        _seed(settings, site_port)
        house = app.build(named(settings))
        click.echo(welcome(settings, site_port))
        site = serving.Site(website(settings.public_url), site_listening)
        serving.run(house, listening, settings.forwarded_allow_ips, metrics, beside=(site,))


def named(settings: Settings) -> Settings:
    """Use the demo hospital's name on the pages, unless another was set."""
    untouched = Settings()
    names = {"hospital_name_zh": SITE.name.zh, "hospital_name_en": SITE.name.en}
    unset: dict[str, Any] = {
        field: name for field, name in names.items() if getattr(settings, field) == getattr(untouched, field)
    }
    return msgspec.structs.replace(settings, **unset)


def origins(port: int) -> tuple[str, ...]:
    """The demo website under both its names, which browsers treat as two sites."""
    return (f"http://127.0.0.1:{port}", f"http://localhost:{port}")


def welcome(settings: Settings, site_port: int) -> str:
    """The text printed at the start: the addresses, and who can sign in."""
    here, other = origins(site_port)
    language = chosen(os.environ)
    groups = {group.id: group.name.inside(language) for group in GROUPS}
    website_, staff = said("Website"), said("Staff")
    across = max(width(website_), width(staff))
    lines = [
        "",
        "康宁医院 · Kangning Hospital (demo)",
        "",
        f"  {padded(website_, across)}  {here}  "
        + said(Sentence("(also {other}: another site to the browser)", other=other)),
        f"  {padded(staff, across)}  {settings.public_url}",
        "",
        "  " + said(Sentence("Sign in with the password {password} as", password=PASSWORD)),
        *(
            f"    {login:<10}{name} {number}  {role.value:<14}{' '.join(groups[id] for id in member)}".rstrip()
            for login, name, number, role, member in PEOPLE
        ),
        "",
        "  " + said(Sentence("Data in {place}. Stop with Ctrl+C.", place=place_of(settings))),
        "",
    ]
    return "\n".join(lines)


def _seed(settings: Settings, site_port: int) -> None:
    database = Database(settings.database)
    try:
        database.write_now(lambda tx: seed(tx, origins(site_port), settings.capacity_default), app.now, COMMAND_LINE)
    finally:
        database.close()
