"""docs/protocol.md describes every frame with every field, and its examples are true."""

import json
import re
import subprocess
import sys
import types
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec
import pytest

from chatserver.wire.closing import CloseCode
from chatserver.wire.events import EVENTS, Event
from chatserver.wire.fields import EventBase, Id, Key, Place, Ref, Text
from chatserver.wire.frames import StaffFrame, StaffServerFrame, VisitorFrame, VisitorServerFrame
from tests.browser import hospital
from tests.wire.frames_of import structs

from .paths import DOCUMENTS

TEXT = DOCUMENTS["docs/protocol.md"]
STRUCTS = {name: kind for name, kind in structs().items() if not issubclass(kind, EventBase)}
NAMED = {
    "id": Id,
    "ref": Ref,
    "key": Key,
    "text": Text,
    "place": Place,
}
RANGES = (400, 4000, 4499, 4500, 4999)
"""Numbers in the document that are bounds, not codes."""

Row = tuple[str, str, str]


def described() -> dict[str, tuple[str | None, list[Row]]]:
    """Struct → the tag in its heading and the rows of its table, as the document has them."""
    sections = re.split(r"^#### ", TEXT, flags=re.MULTILINE)[1:]
    found = {}
    for section in sections:
        title, _, body = section.partition("\n")
        tag, _, name = title.rpartition(" · ")
        rows = re.findall(r"^\| `(\w+)` \| (.+?) \| ?(.*?) ?\|", body.partition("\n## ")[0], flags=re.MULTILINE)
        found[name] = (tag.strip("`") or None, rows)
    return found


def defined(kind: type[msgspec.Struct]) -> list[Row]:
    """The rows that its table must have."""
    return [(field.encode_name, spelled(field.type), default(field)) for field in msgspec.structs.fields(kind)]


def default(field: Any) -> str:
    """What it means when the field is missing."""
    if field.required:
        return ""
    value = field.default_factory() if field.default is msgspec.NODEFAULT else field.default
    return "none" if value is None else f"`{json.dumps(value)}`"


def spelled(kind: Any) -> str:
    """A type in the words of the document."""
    for name, known in NAMED.items():
        if kind == known:
            return name
    arguments = get_args(kind)
    match get_origin(kind):
        case origin if origin is Annotated:
            return limited(arguments[0], arguments[1])
        case origin if origin is Literal:
            return ", ".join(f"`{value}`" for value in arguments)
        case origin if origin in (Union, types.UnionType) and set(get_args(Event)) <= set(arguments):
            return "Event"
        case origin if origin in (Union, types.UnionType):
            return " or ".join(spelled(each) for each in arguments if each is not types.NoneType)
        case origin if origin is tuple:
            return f"list of {spelled(arguments[0])}" if arguments[-1] is Ellipsis else f"{len(arguments)} integers"
        case origin if origin is dict:
            return "object"
    return {str: "text", int: "integer", bool: "boolean"}.get(kind) or str(kind.__name__)


def limited(kind: Any, meta: msgspec.Meta) -> str:
    if meta.max_length is not None:
        each = " each" if get_origin(kind) is tuple and "at most" in spelled(kind) else ""
        return f"{spelled(kind)}{each}, at most {meta.max_length}"
    if meta.ge is not None and meta.le is not None and meta.le <= 100:
        return f"{meta.ge} to {meta.le}"
    return spelled(kind)


def session() -> list[tuple[str, dict[str, Any]]]:
    """The example session: who sends each frame, and the frame."""
    [example] = re.findall(r"```text\n(→ .*?)```", TEXT, flags=re.DOTALL)
    lines = [line.replace("{…}", "{}").partition(" ") for line in example.strip().splitlines()]
    return [(arrow, json.loads(frame)) for arrow, _, frame in lines]


def fields_of(door: Any, tag: str) -> set[str]:
    """The fields of the frame of this type."""
    [kind] = [kind for kind in get_args(door) if kind.__struct_config__.tag == tag]
    return {"type", *kind.__struct_fields__}


def test_every_frame_and_part_is_described_and_nothing_else() -> None:
    assert described().keys() == STRUCTS.keys() | {"Event"}


def test_the_fields_of_all_events_are_described_in_one_table() -> None:
    kinds: dict[str, list[str]] = {}
    for event in EVENTS.values():
        for name, kind, _ in defined(event):
            kinds.setdefault(name, [])
            kinds[name] += [kind] if kind not in kinds[name] else []
    names = ", ".join(f"`{name}`" for name in EVENTS)
    rows = {name: " or ".join(found) for name, found in kinds.items()} | {"name": names}
    assert {name: kind for name, kind, _ in described()["Event"][1]} == rows


@pytest.mark.parametrize("name", STRUCTS)
def test_a_frame_is_described_as_it_is(name: str) -> None:
    tag, rows = described()[name]
    assert tag == STRUCTS[name].__struct_config__.tag
    assert rows == defined(STRUCTS[name])


def test_every_frame_stands_where_its_senders_are_described() -> None:
    places = {
        "Frames from a visitor": VisitorFrame,
        "Frames from staff": StaffFrame,
        "Frames to a visitor": VisitorServerFrame,
        "Frames to staff": StaffServerFrame,
    }
    for heading, door in places.items():
        both = "Frames from both" if " from " in heading else "Frames to both"
        there = [
            part.partition("\n## ")[0] for part in re.split(rf"^## (?:{heading}|{both})$", TEXT, flags=re.MULTILINE)[1:]
        ]
        named = set(re.findall(r"^#### .* · (\w+)$", "\n".join(there), flags=re.MULTILINE))
        assert named == {kind.__name__ for kind in get_args(door)}, heading


def test_every_close_code_named_exists() -> None:
    named = {int(code) for code in re.findall(r"(?<![\d.])4\d{3}(?!\d)", TEXT)}
    assert named - set(RANGES) <= {int(code) for code in CloseCode}


def test_the_example_session_is_made_of_frames_that_exist() -> None:
    for arrow, frame in session():
        door = VisitorFrame if arrow == "→" else VisitorServerFrame
        assert frame.keys() <= fields_of(door, frame["type"]), frame


@pytest.mark.whole
@pytest.mark.timeout(2 * hospital.PATIENCE)
def test_the_example_client_asks_and_is_told(tmp_path: Path) -> None:
    [client] = re.findall(r"```python\n(.*?)```", TEXT, flags=re.DOTALL)
    demo = hospital.start(tmp_path)
    arguments = [sys.executable, "-u", "-c", client, demo.staff, "demo", "gynecology", "孕前检查要空腹吗？"]
    asking = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)
    try:
        assert asking.stdout is not None
        told = [asking.stdout.readline() for _ in range(3)]
    finally:
        asking.terminate()
        asking.communicate()
        demo.close()
    assert "'ahead': 0" in told[0]
    assert "opened" in told[1]
    assert told[2] == "visitor 孕前检查要空腹吗？\n"
