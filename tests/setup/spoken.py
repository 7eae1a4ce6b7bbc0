"""Every sentence that the command line may show, taken from the source: the Chinese catalogue must have all of them."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from chatserver.cli.accounts import ACCOUNT_COLUMNS
from chatserver.cli.main import main as commands
from chatserver.database_access import AUDIT_SENTENCES, SCHEMA_SENTENCES
from chatserver.domain.sentence import Told
from chatserver.file_access import FOREIGN, MISSING
from chatserver.simulation.measures import MEANING
from chatserver.simulation.report import ERLANG_COLUMNS

from .paths import ROOT

SAYING = {"Sentence", "say", "said"}
ASKING = {"_": 1, "ngettext": 2}
"""click's calls to gettext → how many of their first arguments are sentences."""
NEVER_SAID = {"_winconsole.py", "_termui_impl.py", "shell_completion.py"}
"""Files of click that we do not use."""


def spoken() -> set[str]:
    """All sentences of the command line."""
    listed = {
        *SCHEMA_SENTENCES.values(),
        *AUDIT_SENTENCES.values(),
        *ACCOUNT_COLUMNS,
        *ERLANG_COLUMNS,
        FOREIGN,
        MISSING,
        *(each[0] for each in MEANING.values()),
    }
    return {*_of_program(), *_of_help(commands), *listed} - {""}


def made_at_once() -> list[str]:
    """Sentences whose fields are filled in before they can be translated."""
    found = []
    for path in sorted((ROOT / "chatserver").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            told: list[ast.expr] = []
            if isinstance(node, ast.Call) and _name(node) in SAYING | _refusals():
                told = node.args[:1]
            elif path.name == "verify.py" and isinstance(node, ast.Yield) and node.value is not None:
                told = [node.value]
            found += [f"{path.name}:{each.lineno}" for each in told if isinstance(each, ast.JoinedStr)]
    return found


def of_click() -> dict[str, str | None]:
    """click's own messages, with their plural forms."""
    found: dict[str, str | None] = {}
    for path in sorted(Path(click.__file__).parent.glob("*.py")):
        if path.name in NEVER_SAID:
            continue
        for call in _calls(path):
            name = call.func.id if isinstance(call.func, ast.Name) else ""
            told = [text for part in call.args[: ASKING.get(name, 0)] for text in _constants(part)]
            if told:
                found[told[0]] = told[1] if len(told) == 2 else None
    return found


def _of_program() -> Iterator[str]:
    refusals = _refusals()
    for path in sorted((ROOT / "chatserver").rglob("*.py")):
        for call in _calls(path):
            if _name(call) in SAYING | refusals and call.args:
                yield from _constants(call.args[0])
            if _is_super_of_told(call):
                yield from _constants(call.args[0])


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def _refusals() -> set[str]:
    """The exceptions whose first argument is a sentence."""
    return {each.__name__ for each in _all_below(Told)} - {"BadTrace"}


def _is_super_of_told(call: ast.Call) -> bool:
    """Whether the call is `super().__init__("…", field=…)` of a refusal."""
    return (
        isinstance(call.func, ast.Attribute)
        and call.func.attr == "__init__"
        and bool(call.keywords)
        and len(call.args) == 1
    )


def _constants(part: ast.expr) -> Iterator[str]:
    if isinstance(part, ast.Constant) and isinstance(part.value, str):
        yield part.value
    elif isinstance(part, ast.IfExp):
        yield from _constants(part.body)
        yield from _constants(part.orelse)


def _calls(path: Path) -> Iterator[ast.Call]:
    tree = ast.parse(path.read_text("utf-8"))
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def _of_help(command: click.Command) -> Iterator[str]:
    parts: list[Any] = [command, *command.params]
    yield from (part.help for part in parts if getattr(part, "help", None))
    if isinstance(command, click.Group):
        for below in command.commands.values():
            yield from _of_help(below)


def _all_below(kind: type) -> Iterator[type]:
    below: type
    for below in kind.__subclasses__():
        yield below
        yield from _all_below(below)
