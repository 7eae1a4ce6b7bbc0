"""The JSON Schema and the TypeScript types describe the frames as they are."""

from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from typing import Any, get_args

import hypothesis.strategies as st
import msgspec
import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator

from chatserver.domain.audience import VISITORS_FIELDS
from chatserver.domain.changes.table import entry_kinds
from chatserver.domain.entry import AuthorKind
from chatserver.domain.hospital import Availability, Mode, Role, Title
from chatserver.domain.refusals import Retry
from chatserver.wire import encoding
from chatserver.wire.availability import AvailabilityChosen
from chatserver.wire.events import EVENTS
from chatserver.wire.fields import Frame
from chatserver.wire.people import Author, Person
from chatserver.wire.replies import Refused
from chatserver.wire.schema import json_schema, typescript
from chatserver.wire.session import VERSION

from ..setup.paths import ROOT
from .frames_of import DOORS, EVERY_KIND, Kind, frames_of, kinds, structs, tag_of

DOCUMENT = json_schema()
KINDS = pytest.mark.parametrize("kind", EVERY_KIND, ids=lambda kind: str(kind.__name__))


@cache
def schema_of(name: str) -> Draft202012Validator:
    return Draft202012Validator({"$ref": f"#/$defs/{name}", "$defs": DOCUMENT["$defs"]})


def test_the_document_is_a_schema() -> None:
    Draft202012Validator.check_schema(DOCUMENT)
    assert set(DOORS) <= set(DOCUMENT["$defs"])


@KINDS
@settings(max_examples=5, database=None)
@given(data=st.data())
def test_every_frame_is_what_its_schema_says(kind: Kind, data: st.DataObject) -> None:
    sent = msgspec.json.decode(encoding.text(data.draw(frames_of(kind))))
    schema_of(kind.__name__).validate(sent)
    for door in DOORS:
        assert schema_of(door).is_valid(sent) == (kind in kinds(door)) or is_twin(kind, door)


def is_twin(kind: Kind, door: str) -> bool:
    """Whether the union has another frame of the same type: a staff `hello` may also be valid as a visitor's."""
    return tag_of(kind) in {tag_of(each) for each in kinds(door) if each is not kind}


@KINDS
@settings(max_examples=5, database=None)
@given(data=st.data())
def test_every_frame_comes_back_as_it_went(kind: Kind, data: st.DataObject) -> None:
    frame = data.draw(frames_of(kind))
    assert msgspec.json.decode(encoding.text(frame), type=kind) == frame


@pytest.mark.parametrize("door", DOORS)
def test_the_types_of_one_door_differ(door: str) -> None:
    tags = [tag_of(kind) for kind in kinds(door)]
    assert len(set(tags)) == len(tags)


@KINDS
def test_every_frame_is_explained(kind: Kind) -> None:
    assert kind.__doc__
    assert kind.__doc__ != Frame.__doc__
    assert DOCUMENT["$defs"][kind.__name__]["description"]


def test_no_frame_is_forgotten() -> None:
    assert {kind for kind in structs().values() if issubclass(kind, Frame)} == set(EVERY_KIND)


def test_no_part_of_a_frame_is_left_over() -> None:
    assert structs().keys() == {name for name in DOCUMENT["$defs"] if name not in DOORS and name != "Event"}


# The wire's names are the domain's.


def test_every_entry_event_has_its_struct_on_the_wire() -> None:
    entries = set(entry_kinds()) - {"message_posted", "note_written", "file_posted"}
    assert set(EVENTS) == entries, "wire/events.py: the union Event needs one struct for each entry"


@pytest.mark.parametrize("name", EVENTS)
def test_every_field_of_an_event_has_its_place_on_the_wire(name: str) -> None:
    assert set(EVENTS[name].__struct_fields__) == {each.name for each in fields(entry_kinds()[name])}


@pytest.mark.parametrize("name", EVENTS)
def test_a_field_that_visitors_do_not_get_may_be_missing(name: str) -> None:
    required = {field.name for field in msgspec.structs.fields(EVENTS[name]) if field.required}
    shown = VISITORS_FIELDS.get(entry_kinds()[name])
    assert shown is None or required <= set(shown)


def literals(struct: type[msgspec.Struct], field: str) -> set[str]:
    [found] = [each for each in msgspec.structs.fields(struct) if each.name == field]
    return set(get_args(found.type))


def test_the_wire_knows_the_domains_kinds() -> None:
    assert literals(Author, "kind") == {kind.value for kind in AuthorKind}
    assert literals(Person, "title") == {title.value for title in Title}
    assert literals(Refused, "retry") == set(get_args(Retry))
    assert set(get_args(AvailabilityChosen)) == {each.value for each in Availability} - {"paused"}
    assert {each.value for each in Mode} == {"automatic", "ring", "claim"}
    assert {each.value for each in Role} == {"consultant", "group_leader", "supervisor", "administrator", "auditor"}


# Patterns must mean the same to Python and to a browser.


def patterns(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("pattern"), str):
            yield value["pattern"]
        for each in value.values():
            yield from patterns(each)
    elif isinstance(value, list):
        for each in value:
            yield from patterns(each)


def test_no_pattern_lets_a_trailing_line_end_through() -> None:
    found = set(patterns(DOCUMENT))
    assert len(found) == 2
    for pattern in found:
        validator = Draft202012Validator({"pattern": pattern})
        assert validator.is_valid("a" * 30)
        assert not validator.is_valid("a" * 30 + "\n")
        assert not validator.is_valid("\n" + "a" * 30)
        assert not validator.is_valid("0" * 29 + "\uff10")


# TypeScript.


def test_the_types_of_the_front_end_are_these() -> None:
    committed = (ROOT / "widget/src/shared/frames.ts").read_text(encoding="utf-8")
    assert committed == typescript(), "the frames have changed: run `make types`"


def test_every_definition_is_a_type() -> None:
    source = typescript()
    for name, definition in DOCUMENT["$defs"].items():
        word = "interface" if "properties" in definition else "type"
        assert f"export {word} {name} " in source
    assert f"export const VERSION = {VERSION}\n" in source
