"""Every frame has one handler, and no action knows another."""

import ast
from collections import Counter
from pathlib import Path
from types import ModuleType
from typing import get_args, get_type_hints

import pytest

from chatserver import actions
from chatserver.actions import features
from chatserver.wire.conversation_list import ListGet
from chatserver.wire.frames import StaffFrame, VisitorFrame
from chatserver.wire.session import Bye, Pong, StaffHello, VisitorHello

MODULES = [each for each in vars(features).values() if isinstance(each, ModuleType)]
FOLDER = Path(next(iter(actions.__path__)))
FILES = sorted(set(FOLDER.rglob("*.py")) - {FOLDER / "features.py"})
"""Of a noun, which has one file, or a folder of its own."""
SEEN_TO_BEFORE = {Bye, Pong, StaffHello, VisitorHello}
"""By the sockets and desks themselves."""


def test_every_frame_of_staff_has_a_handler() -> None:
    assert set(features.HANDLERS.staff) == set(get_args(StaffFrame)) - SEEN_TO_BEFORE


def test_every_frame_of_visitors_has_a_handler() -> None:
    assert set(features.HANDLERS.visitor) == set(get_args(VisitorFrame)) - SEEN_TO_BEFORE


@pytest.mark.parametrize("table", ["STAFF", "VISITOR"])
def test_no_frame_has_two_handlers(table: str) -> None:
    counts = Counter(frame for module in MODULES for frame in getattr(module, table, {}))
    assert not [frame for frame, count in counts.items() if count > 1]


def test_every_list_of_a_noun_is_among_the_lists() -> None:
    assert features.HANDLERS.lists == tuple(module.LIST for module in MODULES if hasattr(module, "LIST"))


def test_every_live_part_of_a_noun_is_among_the_live_parts() -> None:
    assert features.HANDLERS.live == tuple(module.LIVE for module in MODULES if hasattr(module, "LIVE"))


def test_every_list_that_a_console_can_ask_for_exists() -> None:
    of_nouns = [each.name for each in features.HANDLERS.lists]
    assert sorted(get_args(get_type_hints(ListGet)["list"])) == sorted(["conversations", "colleagues", *of_nouns])


def test_every_module_is_listed() -> None:
    nouns = {noun_of(path) for path in FILES} - {"__init__"}
    assert nouns == {module.__name__.rpartition(".")[2] for module in MODULES}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(FOLDER).as_posix())
def test_no_action_imports_another(path: Path) -> None:
    imports = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.ImportFrom)]
    known = {each.module for each in imports if (each.module or "").startswith("chatserver.actions")}
    own = f"chatserver.actions.{noun_of(path)}."
    assert not [module for module in known if not (module or "").startswith(own)]


def noun_of(path: Path) -> str:
    """The name of a noun's file, or of its folder."""
    return path.relative_to(FOLDER).parts[0].removesuffix(".py")
