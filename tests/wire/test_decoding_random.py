"""Whatever arrives, the decoder returns a frame or raises `Unreadable`, and nothing else."""

import json
from functools import cache

import hypothesis.strategies as st
import pytest
from hypothesis import given

from chatserver.wire import encoding
from chatserver.wire.decoding import STAFF, VISITOR, FrameReader, Unreadable
from chatserver.wire.fields import Frame

from .frames_of import frames_of, kinds, tag_of

READERS = {"VisitorFrame": VISITOR, "StaffFrame": STAFF}
EITHER = st.sampled_from([VISITOR, STAFF])
BITS = """
" \\ { } [ ] : , \\u0000 \\ud800 \\u NaN 1e999 - 1.0 null true é {} [[[[[[[[[ "type": "ref":
"""
PIECES = st.sampled_from([*BITS.split(), " ", "\n", "\x00", "\x85", "\ud800", "\ufeff", "\U0010ffff", "9" * 400])
TYPES = [tag_of(kind) for door in READERS for kind in kinds(door)]
NAMES = st.sampled_from(["type", "ref", "conversation", "body", "fence", "at"]) | st.text()
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(TYPES),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=5),
    max_leaves=12,
)


def assert_answers(door: FrameReader, text: str) -> None:
    """The text is a frame, or its refusal can be sent back."""
    try:
        frame = door.read(text)
    except Unreadable as unreadable:
        said = encoding.text(encoding.refused(unreadable.refusal, unreadable.ref))
        assert len(said) < 1_000
        return
    encoding.text(frame)


@cache
def sendable(door: str) -> st.SearchStrategy[Frame]:
    return st.one_of([frames_of(kind) for kind in kinds(door)])


@pytest.mark.parametrize("door", READERS)
@given(data=st.data())
def test_every_valid_frame_is_read_as_it_was_written(door: str, data: st.DataObject) -> None:
    frame = data.draw(sendable(door))
    assert READERS[door].read(encoding.text(frame).decode()) == frame


@given(EITHER, st.binary(max_size=200))
def test_any_bytes(door: FrameReader, data: bytes) -> None:
    assert_answers(door, data.decode("utf-8", "surrogateescape"))
    assert_answers(door, data.decode("latin-1"))


@given(EITHER, st.text(st.characters()))
def test_any_text(door: FrameReader, text: str) -> None:
    assert_answers(door, text)


@given(EITHER, st.lists(PIECES, max_size=40).map("".join))
def test_any_heap_of_pieces(door: FrameReader, text: str) -> None:
    assert_answers(door, text)


@given(EITHER, JSON)
def test_any_json(door: FrameReader, value: object) -> None:
    assert_answers(door, json.dumps(value))
    assert_answers(door, json.dumps(value, ensure_ascii=False))


@pytest.mark.parametrize("door", READERS)
@given(data=st.data())
def test_any_valid_frame_with_something_changed(door: str, data: st.DataObject) -> None:
    text = encoding.text(data.draw(sendable(door))).decode()
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 10)))
        text = text[:start] + data.draw(PIECES | st.text(max_size=3)) + text[end:]
    assert_answers(READERS[door], text)


@pytest.mark.parametrize("door", READERS)
@given(data=st.data())
def test_any_valid_frame_with_a_field_of_another_kind(door: str, data: st.DataObject) -> None:
    fields = json.loads(encoding.text(data.draw(sendable(door))))
    fields[data.draw(st.sampled_from(sorted(fields)))] = data.draw(JSON)
    assert_answers(READERS[door], json.dumps(fields))
