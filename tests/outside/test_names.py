"""Every name that outsiders may rely on still exists and means the same kind of thing.

Frames and fields, refusals, close codes, environment variables, commands, metrics, addresses, records of the hospital's
file, attributes of the embedding page, names in its browser storage, catalogues.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import msgspec
import pytest
from starlette.applications import Starlette

from chatserver.cli.main import main as commands
from chatserver.demo.seed import seed
from chatserver.domain.permissions import TABLE
from chatserver.domain.refusals import family
from chatserver.hub.metrics import Metrics
from chatserver.records.kinds import RECORDS
from chatserver.settings import Settings, variables
from chatserver.store.database import Database
from chatserver.store.revisions import migrate
from chatserver.web.gate.guards import STAFF, SUBPROTOCOL, VISITORS
from chatserver.web.metrics import metrics_site
from chatserver.web.routes import application
from chatserver.wire.closing import CloseCode
from chatserver.wire.schema import json_schema
from tests.docs.paths import DOCUMENTS
from tests.setup.paths import FRONT, ROOT
from tests.transactions import AUDIT_KEY, tx_at, written
from tests.web.application import EMBEDDER, NOON, doors

from .fields import Lines
from .recorded import check_names

DIRECTIONS = {
    "frames-from-visitors": ("VisitorFrame", True),
    "frames-from-staff": ("StaffFrame", True),
    "frames-to-visitors": ("VisitorServerFrame", False),
    "frames-to-staff": ("StaffServerFrame", False),
}
"""Subject → the union in the schema, and whether clients send these frames."""


@pytest.mark.parametrize("subject", DIRECTIONS)
def test_frames_and_their_fields_are_those_recorded(subject: str) -> None:
    direction, strict = DIRECTIONS[subject]
    check_names(subject, Lines(json_schema()["$defs"], strict=strict).of(direction))


def test_refusals_are_those_recorded() -> None:
    check_names("refusals", [f"{kind.code} {kind.status} {kind.retry}" for kind in family()])


def test_close_codes_are_those_recorded() -> None:
    check_names("close-codes", [f"{code:d} {code.name.lower()}" for code in CloseCode])


def test_environment_variables_are_those_recorded_with_their_defaults() -> None:
    defaults = msgspec.to_builtins(Settings())
    check_names("environment", [f"{variable}={_spelled(defaults[name])}" for variable, name in variables().items()])


def test_commands_and_their_options_are_those_recorded() -> None:
    check_names("commands", list(_commands("chatserver", commands)))


def test_metrics_are_those_recorded_with_their_labels() -> None:
    check_names("metrics", [f"{each.name}{{{','.join(each.labels)}}} {each.kind}" for each in Metrics().described])


def test_addresses_are_those_recorded_with_their_methods(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    migrate(path)
    database = Database(path, AUDIT_KEY)
    written(database, lambda conn: seed(tx_at(conn, NOON), (EMBEDDER,), 5))
    database.close()
    house = doors(path)
    try:
        served = _methods(application(house.context))
    finally:
        house.end()
    apart = [f"{each} on a port of its own" for each in _methods(metrics_site(Metrics()))]
    check_names(
        "addresses", [*served, *apart, f"WEBSOCKET {VISITORS} {SUBPROTOCOL}", f"WEBSOCKET {STAFF} {SUBPROTOCOL}"]
    )


def test_records_of_the_hospitals_file_are_those_recorded() -> None:
    check_names(
        "hospital-file",
        [
            f"{name}.{key.name}{'' if key.required else '?'}"
            for name, kind in RECORDS.items()
            for key in msgspec.structs.fields(kind)
        ],
    )


def test_who_may_do_what_is_as_recorded() -> None:
    check_names(
        "permissions",
        [f"{action.value} {role.value} {row[role].value}" for action, row in TABLE.items() for role in row],
    )


def test_attributes_of_the_embedding_page_are_those_recorded() -> None:
    told = "\n".join(DOCUMENTS.values())
    check_names("embedding", list(set(re.findall(r"\bdata-(?:site|department|language|offset|phone|z)\b", told))))


def test_names_in_the_visitors_browser_are_those_recorded() -> None:
    """The widget must find what an earlier version has stored under these names."""
    sources = (path for path in (ROOT / "widget/src").rglob("*.ts*") if ".test." not in path.name)
    told = "\n".join(path.read_text("utf-8") for path in sources)
    check_names("browser-storage", list(set(re.findall(r"[\"'`](hchat[a-z-]*)", told))))


def test_catalogues_are_those_recorded() -> None:
    check_names("catalogues", [str(path.relative_to(FRONT)) for path in (FRONT / "texts").rglob("*.*")])


def _commands(name: str, command: click.Command) -> Iterator[str]:
    yield name
    for each in command.params:
        yield f"{name} {_parameter(each)}"
    if isinstance(command, click.Group):
        for word, below in command.commands.items():
            yield from _commands(f"{name} {word}", below)


def _parameter(parameter: click.Parameter) -> str:
    told = ["required" if parameter.required else "optional"]
    if isinstance(parameter.type, click.Choice):
        told.append("|".join(map(str, parameter.type.choices)))
    elif isinstance(parameter, click.Option) and parameter.is_flag:
        told.append("flag")
    else:
        told.append(repr(parameter.type) if parameter.type.name.endswith("range") else parameter.type.name)
    if parameter.multiple:
        told.append("several")
    default = parameter.to_info_dict()["default"]
    if default not in (None, False):
        told.append(f"default {default}")
    return f"{'/'.join(parameter.opts)} {' '.join(told)}"


def _methods(app: Starlette) -> list[str]:
    """`GET /path` for each route."""
    routes: list[Any] = list(app.routes)
    return [f"{method} {route.path}" for route in routes for method in route.methods]


def _spelled(value: Any) -> str:
    return ",".join(value) if isinstance(value, list | tuple) else str(value)
