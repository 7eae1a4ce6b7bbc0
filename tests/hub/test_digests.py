"""What tells a repeat from another command: derived from every frame, without what may differ between two tries."""

from collections.abc import Iterator
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
import pytest

from chatserver.hub.digests import Digests, is_repeat
from chatserver.wire.frames import StaffFrame, VisitorFrame
from chatserver.wire.messages import MessagePost
from chatserver.wire.queue import ConversationOpen
from chatserver.wire.ratings import ConversationRate

DIGESTS = Digests(b"a key")
FRAMES = {
    kind.__struct_config__.tag: kind
    for kind in (*get_args(VisitorFrame), *get_args(StaffFrame))
    if "ref" in kind.__struct_fields__
}
MAY_DIFFER = {"ref", "fence", "draft", "consent"}
MAY_ALSO_DIFFER = {
    "conversation.open": {"language", "visit"},
    "offline.leave": {"visit"},
    "callback.request": {"visit"},
}


def values(kind: Any) -> list[Any]:
    """Two different values of a field's type, and None where it may be missing."""
    if get_origin(kind) in (Union, UnionType):
        return [each for part in get_args(kind) for each in values(part)]
    if kind is type(None):
        return [None]
    if get_origin(kind) is Literal:
        return list(get_args(kind))[:2]
    if get_origin(kind) is tuple:
        return [(), tuple(values(get_args(kind)[0])[:1]), tuple(values(get_args(kind)[0]))]
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return [kind(**{name: both[n] for name, both in fields(kind).items()}) for n in (0, 1)]
    plain: dict[Any, list[Any]] = {str: ["甲", "乙"], int: [1, 2], bool: [False, True]}
    if get_origin(kind) is dict:
        return [{"甲": each} for each in values(get_args(kind)[1])]
    return plain[kind]


def fields(kind: type[msgspec.Struct]) -> dict[str, list[Any]]:
    hints = get_type_hints(kind)
    return {name: values(hints[name]) for name in kind.__struct_fields__}


def changes(kind: type[msgspec.Struct]) -> Iterator[tuple[str, Any, Any]]:
    """Each field changed to each of its values: its name, the frame before and after."""
    known = fields(kind)
    frame = kind(**{name: each[0] for name, each in known.items()})
    for name, each in known.items():
        for value in each[1:]:
            yield name, frame, msgspec.structs.replace(frame, **{name: value})


@pytest.mark.parametrize("tag", FRAMES)
def test_a_change_of_any_field_is_another_command_unless_it_may_differ_between_two_tries(tag: str) -> None:
    covered = {name for name, before, after in changes(FRAMES[tag]) if DIGESTS.of(before) != DIGESTS.of(after)}
    same = {name for name, before, after in changes(FRAMES[tag]) if DIGESTS.of(before) == DIGESTS.of(after)}
    may_differ = (MAY_DIFFER | MAY_ALSO_DIFFER.get(tag, set())) & set(FRAMES[tag].__struct_fields__)
    assert same == may_differ
    assert covered == set(FRAMES[tag].__struct_fields__) - may_differ


@pytest.mark.parametrize("tag", FRAMES)
def test_blanks_around_a_text_are_no_change(tag: str) -> None:
    frame = next(changes(FRAMES[tag]))[1]
    blank = {
        name: f" \n{value}　" for name in frame.__struct_fields__ if isinstance(value := getattr(frame, name), str)
    }
    assert DIGESTS.of(msgspec.structs.replace(frame, **blank)) == DIGESTS.of(frame)


def test_every_type_of_frame_is_another_command() -> None:
    every = [next(changes(kind))[1] for kind in FRAMES.values()]
    assert len({DIGESTS.of(frame) for frame in every}) == len(FRAMES) > 20


def test_a_missing_field_and_a_field_that_spells_it_are_different() -> None:
    said = [ConversationOpen("r", "在吗", department) for department in (None, "none", "null", "")]
    assert len({DIGESTS.of(frame) for frame in said}) == len(said)
    rated = [ConversationRate("r", "c", 5, tags) for tags in ((), (" ",), (" ", " "), ("a b",), ("a", "b"))]
    assert len({DIGESTS.of(frame) for frame in rated}) == len(rated)


def test_another_key_makes_another_digest() -> None:
    frame = MessagePost("r", "c", "在吗")
    assert Digests(b"one").of(frame) != Digests(b"another").of(frame)


def test_a_digest_of_this_version_counts_only_for_the_same_command() -> None:
    digest, other = (DIGESTS.of(MessagePost("r", "c", body)) for body in ("在吗", "别的"))
    assert is_repeat(digest, digest)
    assert not is_repeat(digest, other)


@pytest.mark.parametrize("stored", [None, b"", b"digest", bytes(16), b"\x01" * 16, b"\x02" + bytes(16)])
def test_a_digest_of_another_version_counts_by_its_ref_alone(stored: bytes | None) -> None:
    """Before there was a version, a digest was 16 bytes, of which the first could be anything."""
    assert is_repeat(stored, DIGESTS.of(MessagePost("r", "c", "在吗")))
