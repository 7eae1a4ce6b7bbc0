"""The strict decoder: it returns a frame or raises a typed refusal."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given

from chatserver.domain.refusals import BadFrame, Refused, TextInvalid, TooLarge, UnknownType
from chatserver.wire import encoding
from chatserver.wire.decoding import STAFF, STRINGS, VISITOR, FrameReader, Unreadable
from chatserver.wire.drafts import DraftSave
from chatserver.wire.messages import MessagePost
from chatserver.wire.offline_messages import OfflineLeave
from chatserver.wire.ratings import ConversationRate
from chatserver.wire.session import Bye, Pong

REF = "018bcfe5-6800-7abc-8def-0123456789ab"
CONVERSATION = "A" * 22
DOORS = pytest.mark.parametrize("door", [VISITOR, STAFF], ids=["visitor", "staff"])


def message(**changes: Any) -> str:
    """A `message.post` as a client would write it."""
    return json.dumps({"type": "message.post", "ref": REF, "conversation": CONVERSATION, "body": "您好"} | changes)


def raw(field: str, value: str) -> str:
    """A `message.post` in which one field has exactly this JSON."""
    return f'{{"type":"message.post","ref":"{REF}","conversation":"{CONVERSATION}","body":"x","{field}":{value}}}'


@contextmanager
def assert_unreadable(kind: type[Refused], ref: str | None = None) -> Iterator[None]:
    """The body raises this refusal, which can be sent back to the sender."""
    with pytest.raises(Unreadable) as caught:
        yield
    assert type(caught.value.refusal) is kind
    assert caught.value.ref == ref
    assert encoding.text(encoding.refused(caught.value.refusal, caught.value.ref))


def test_a_message_is_read() -> None:
    assert VISITOR.read(message(body="您好")) == MessagePost(REF, CONVERSATION, "您好")
    assert STAFF.read(message(fence=7)) == MessagePost(REF, CONVERSATION, "您好", 7)


@DOORS
@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "null",
        "true",
        "1",
        '"hello"',
        "[]",
        "{}",
        "{",
        '{"type":"bye"',
        '{"type":"bye"} {"type":"bye"}',
        '{"type":"bye"},',
        '{"type":"bye",}',
        "{'type':'bye'}",
        '{type:"bye"}',
        '{"type":"bye"}//',
        '\ufeff{"type":"bye"}',
        '{"type":null}',
        '{"type":1}',
        '{"type":["bye"]}',
        '{"type":{"$ne":null}}',
        '{"Type":"bye"}',
        '["type","bye"]',
        '[{"type":"bye"}]',
        '{"type":"bye","ref":7}',
        "hello",
        "\\u0000",
    ],
)
def test_what_is_no_frame(door: FrameReader, text: str) -> None:
    with assert_unreadable(BadFrame):
        door.read(text)


@DOORS
@pytest.mark.parametrize(
    "kind", ["", "x", "message", "MESSAGE.POST", " bye", "bye ", "__proto__", "constructor", "消息"]
)
def test_an_unknown_type(door: FrameReader, kind: str) -> None:
    with assert_unreadable(UnknownType, REF):
        door.read(json.dumps({"type": kind, "ref": REF}))


def test_an_unknown_type_is_reported_as_such_whatever_else_is_wrong() -> None:
    with assert_unreadable(UnknownType):
        VISITOR.read('{"type":"x","body":7,"text":"\\u0000"}')


def test_of_an_unknown_type_only_the_beginning_is_echoed() -> None:
    with pytest.raises(Unreadable) as caught:
        VISITOR.read(json.dumps({"type": "x" * 5_000}))
    assert caught.value.refusal.details == {"type": "x" * 40}


@pytest.mark.parametrize("kind", ["note.post", "conversation.claim", "transfer.offer", "offer.accept", "list.get"])
def test_a_visitor_has_no_frames_of_staff(kind: str) -> None:
    with assert_unreadable(UnknownType, REF):
        VISITOR.read(json.dumps({"type": kind, "ref": REF, "conversation": CONVERSATION, "body": "x"}))


@pytest.mark.parametrize("kind", ["conversation.open", "conversation.rate"])
def test_staff_have_no_frames_of_a_visitor(kind: str) -> None:
    with assert_unreadable(UnknownType, REF):
        STAFF.read(json.dumps({"type": kind, "ref": REF}))


def test_no_door_takes_the_servers_frames() -> None:
    for kind in ("entry", "accepted", "refused", "welcome", "ping", "live"):
        for door in (VISITOR, STAFF):
            with assert_unreadable(UnknownType):
                door.read(json.dumps({"type": kind}))


# A refusal names the frame that it refuses. Otherwise its sender would send it again for ever.

BROKEN = {
    "too large": (TooLarge, raw("x", json.dumps("x" * 70_000))),
    "too large, and not even JSON": (TooLarge, raw("x", '"' + "x" * 70_000)),
    "half a surrogate pair": (TextInvalid, raw("body", '"\\ud83d"')),
    "the other half": (TextInvalid, raw("body", '"\\uDE00 \\ud83d\\ude00"')),
    "both halves in the wrong order": (TextInvalid, raw("body", '"\\ude00\\ud83d"')),
    "half a pair in the name of a field": (TextInvalid, message()[:-1] + ',"\\ud83d":1}'),
    "an end that is missing": (BadFrame, message()[:-1]),
    "something behind it": (BadFrame, message() + "x"),
    "an escape that is none": (BadFrame, raw("body", '"\\x"')),
    "too deep": (BadFrame, raw("x", "[" * 9 + "]" * 9)),
    "a type that is no text": (BadFrame, message(type=7)),
    "a type that is missing": (BadFrame, json.dumps({"ref": REF, "body": "x"})),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_frame_that_is_refused_is_refused_under_its_ref(name: str) -> None:
    kind, text = BROKEN[name]
    for door in (VISITOR, STAFF):
        with assert_unreadable(kind, REF):
            door.read(text)


@pytest.mark.parametrize("body", ["\\ud800", "\\\\ud800", "\\\\\\udead"])
def test_a_backslash_before_something_like_a_surrogate_is_text(body: str) -> None:
    assert VISITOR.read(message(body=body)).body == body


@pytest.mark.parametrize("told", ['"\\ud800"', '"' + "x" * 44 + '"', "7", "null", '""', '"a\x00b"', '"a\\"b"'])
def test_what_is_no_ref_is_not_echoed(told: str) -> None:
    with assert_unreadable(TooLarge):
        VISITOR.read(f'{{"type":"bye","ref":{told},"x":"{"x" * 70_000}"}}')


def test_a_ref_inside_of_a_text_is_not_taken_for_the_frames() -> None:
    words = json.dumps(f'so: "ref":"{"b" * 22}"')
    with assert_unreadable(TooLarge):
        VISITOR.read(f'{{"type":"bye","body":{words},"x":"{"x" * 70_000}"}}')


# Size and depth.


def padded(length: int, letter: str = "x") -> str:
    """A `pong` of exactly this many bytes."""
    bare = '{"type":"pong","n":1,"x":""}'
    fill, rest = divmod(length - len(bare), len(letter.encode()))
    return f'{{"type":"pong","n":1,"x":"{letter * fill + "-" * rest}"}}'


@pytest.mark.parametrize(("door", "limit"), [(VISITOR, 16 * 1024), (STAFF, 64 * 1024)], ids=["visitor", "staff"])
@pytest.mark.parametrize("letter", ["x", "é", "痛", "😀"])
def test_size_is_counted_in_bytes(door: FrameReader, limit: int, letter: str) -> None:
    assert len(padded(limit, letter).encode()) == limit
    assert door.read(padded(limit, letter)) == Pong(1)
    with assert_unreadable(TooLarge):
        door.read(padded(limit + 1, letter))


def test_the_limit_is_told() -> None:
    with pytest.raises(Unreadable) as caught:
        VISITOR.read(" " * (16 * 1024 + 1))
    assert caught.value.refusal.details == {"limit": 16 * 1024}


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_eight_levels_and_no_more(opening: str, closing: str) -> None:
    assert VISITOR.read(f'{{"type":"bye","x":{opening * 7}1{closing * 7}}}') == Bye()
    with assert_unreadable(BadFrame):
        VISITOR.read(f'{{"type":"bye","x":{opening * 8}1{closing * 8}}}')


@DOORS
@pytest.mark.parametrize("opening", ["[", '{"a":', '[{"a":'])
def test_thirty_thousand_levels(door: FrameReader, opening: str) -> None:
    deep = opening * (door.limit // len(opening))
    with assert_unreadable(BadFrame):
        door.read(deep)
    with pytest.raises(Unreadable):
        door.read(opening * 30_000)


def test_brackets_in_words_are_no_levels() -> None:
    body = '[[[[[[[[[[{{{{{{{{{{ "[" \\" ["'
    assert VISITOR.read(message(body=body)).body == body


def test_many_objects_side_by_side_are_not_deep() -> None:
    position = {"conversation": CONVERSATION, "epoch": "e", "after": 1}
    frame = VISITOR.read(json.dumps({"type": "heads.get", "ref": REF, "at": [position] * 50}))
    assert len(frame.at) == 50


UNFINISHED = ['\\"', '"\\"', '"\\\\"', '"\\', '"', '\\\\"', '"a\\"']


@DOORS
@pytest.mark.parametrize("piece", UNFINISHED)
@pytest.mark.parametrize("tail", ["", "\\", '"'])
def test_strings_that_never_end(door: FrameReader, piece: str, tail: str) -> None:
    with assert_unreadable(BadFrame):
        door.read("[" * 9 + (piece * door.limit)[: door.limit - 10] + tail)


@given(st.text(st.sampled_from('"\\a\n[')))
def test_no_scan_for_strings_starts_twice_at_the_same_place(text: str) -> None:
    """A search that begins again at each quotation mark of an unfinished string took 20 s for a frame full of them."""
    assert STRINGS.match('"' + text)


# Duplicate fields and unknown ones.


def test_of_two_equal_fields_the_last_one_counts() -> None:
    assert VISITOR.read(raw("body", '"y"')).body == "y"
    assert STAFF.read(raw("fence", '1,"fence":2')).fence == 2


def test_two_different_types_are_refused() -> None:
    for first, second in [("typing", "message.post"), ("message.post", "typing"), ("x", "bye")]:
        text = (
            f'{{"type":"{first}","conversation":"{CONVERSATION}","on":true,"ref":"{REF}","body":"x","type":"{second}"}}'
        )
        with assert_unreadable(BadFrame, REF):
            VISITOR.read(text)


@pytest.mark.parametrize("key", ["__proto__", "constructor", "toString", "role", "author", "seq", "at", "visibility"])
@pytest.mark.parametrize("value", [{"admin": True}, "supervisor", 1, None, []])
def test_fields_nobody_asked_for_are_ignored(key: str, value: object) -> None:
    assert VISITOR.read(message(**{key: value})) == MessagePost(REF, CONVERSATION, "您好")


def test_such_names_are_text_where_text_is_due() -> None:
    assert VISITOR.read(message(body="__proto__")).body == "__proto__"


# Types.


@pytest.mark.parametrize(
    "number",
    [
        "NaN",
        "Infinity",
        "-Infinity",
        "1e999",
        "-1e999",
        "9" * 5_000,
        str(2**31),
        str(2**63),
        str(2**64),
        "-1",
        "1.0",
        "1e0",
        "0.0",
        "1.5",
        "01",
        "+1",
        ".1",
        "0x1",
        "1_0",
        "true",
        "false",
        '"1"',
        '"\uff11"',
        "[]",
        "{}",
    ],
    ids=lambda number: str(number[:12]),
)
def test_what_is_no_whole_number(number: str) -> None:
    text = raw("fence", number)
    with pytest.raises(Unreadable) as caught:
        STAFF.read(text)
    assert type(caught.value.refusal) is BadFrame
    assert STAFF.read(raw("fence", str(2**31 - 1))).fence == 2**31 - 1


@pytest.mark.parametrize("field", ["ref", "conversation", "body"])
@pytest.mark.parametrize(
    "value", [{"$ne": None}, {"$regex": ""}, [], ["x"], None, 0, 1, True, False, 1.5], ids=lambda value: str(value)
)
def test_objects_and_numbers_are_no_text(field: str, value: object) -> None:
    ref = None if field == "ref" else REF
    with assert_unreadable(BadFrame, ref):
        VISITOR.read(message(**{field: value}))


@pytest.mark.parametrize("field", ["ref", "conversation", "body"])
def test_nothing_may_be_missing(field: str) -> None:
    fields = json.loads(message())
    del fields[field]
    with assert_unreadable(BadFrame, fields.get("ref")):
        VISITOR.read(json.dumps(fields))


@pytest.mark.parametrize(
    "id",
    [
        "",
        "A" * 21,
        "A" * 44,
        "A" * 21 + " ",
        " " + "A" * 22,
        "A" * 22 + "\n",
        "A" * 21 + "\uff10",
        "../" + "A" * 22,
        "0",
    ],
)
def test_what_is_no_id(id: str) -> None:
    with assert_unreadable(BadFrame, REF):
        VISITOR.read(message(conversation=id))
    with pytest.raises(Unreadable):
        VISITOR.read(message(ref=id))


@pytest.mark.parametrize("department", ["", "Gynecology", "妇科", "a b", "a\n", "a" * 41, "../etc"])
def test_what_is_no_department(department: str) -> None:
    fields = {"type": "conversation.open", "ref": REF, "body": "x", "department": department}
    with assert_unreadable(BadFrame, REF):
        VISITOR.read(json.dumps(fields))


@pytest.mark.parametrize(
    ("fields", "fits"),
    [
        ({"stars": 1}, True),
        ({"stars": 5}, True),
        ({"stars": 0}, False),
        ({"stars": 6}, False),
        ({"stars": 5, "tags": ["a", "b", "c"]}, True),
        ({"stars": 5, "tags": ["a", "b", "c", "d"]}, False),
        ({"stars": 5, "tags": [""]}, False),
        ({"stars": 5, "comment": "好" * 500}, True),
        ({"stars": 5, "comment": "好" * 501}, False),
    ],
)
def test_a_rating_has_limits(fields: dict[str, object], fits: bool) -> None:
    text = json.dumps({"type": "conversation.rate", "ref": REF, "conversation": CONVERSATION} | fields)
    if fits:
        assert VISITOR.read(text).stars == fields["stars"]
        return
    with assert_unreadable(BadFrame, REF):
        VISITOR.read(text)


@pytest.mark.parametrize(("limit", "fits"), [(1, True), (100, True), (0, False), (101, False), (10**9, False)])
def test_history_has_a_limit(limit: int, fits: bool) -> None:
    text = json.dumps({"type": "history.get", "ref": REF, "conversation": CONVERSATION, "limit": limit})
    if fits:
        assert VISITOR.read(text).limit == limit
        return
    with assert_unreadable(BadFrame, REF):
        VISITOR.read(text)


def test_fifty_conversations_are_resumed_and_no_more() -> None:
    position = {"conversation": CONVERSATION, "epoch": "e", "after": 0}
    hello = {"type": "hello", "version": 1, "token": "t", "client": {"name": "w", "version": "1"}}
    assert len(VISITOR.read(json.dumps(hello | {"resume": [position] * 50})).resume) == 50
    with assert_unreadable(BadFrame):
        VISITOR.read(json.dumps(hello | {"resume": [position] * 51}))


def test_what_somebody_wrote_is_not_told_in_the_refusal() -> None:
    for text in (
        raw("fence", '"13800138000"'),
        f'{{"type":"conversation.open","ref":"{REF}","department":"a","body":"x","language":"13800138000"}}',
        f'{{"type":"conversation.open","ref":"{REF}","department":"a","body":"x","language":"a\\n13800138000"}}',
        f'{{"type":"conversation.open","ref":"{REF}","department":"a","body":"x","language":"\'13800138000"}}',
        f'{{"type":"13800138000","type":"bye","ref":"{REF}"}}',
    ):
        with pytest.raises(Unreadable) as caught:
            VISITOR.read(text)
        assert "138" not in str(caught.value.refusal)


# Text.


@pytest.mark.parametrize("code", [*range(0x20), 0x7F, *range(0x80, 0xA0)])
def test_controls_raw_and_escaped(code: int) -> None:
    escaped = raw("body", f'"a\\u{code:04x}b"')
    if chr(code) in "\n\t\r\v\f\x85":
        assert VISITOR.read(escaped).body == ("a\tb" if chr(code) == "\t" else "a\nb")
    else:
        with assert_unreadable(TextInvalid, REF):
            VISITOR.read(escaped)
    if chr(code) == "\x85":
        assert VISITOR.read(raw("body", f'"a{chr(code)}b"')).body == "a\nb"
        return
    # JSON forbids raw controls below 0x20 and allows those above.
    with assert_unreadable(BadFrame if code < 0x20 else TextInvalid, REF):
        VISITOR.read(raw("body", f'"a{chr(code)}b"'))


def test_a_control_with_a_letter_of_its_own() -> None:
    with assert_unreadable(TextInvalid, REF):
        VISITOR.read(raw("body", r'"a\bb"'))


@DOORS
@pytest.mark.parametrize(
    ("line_break", "escaped"),
    [*((each, True) for each in ("\v", "\f", "\r", "\r\n")), *product(("\x85", "\u2028", "\u2029"), (True, False))],
)
def test_every_line_break_in_a_frame_is_a_newline(door: FrameReader, line_break: str, escaped: bool) -> None:
    written = json.dumps(
        {"type": "message.post", "ref": REF, "conversation": CONVERSATION, "body": f"一{line_break}二"},
        ensure_ascii=escaped,
    )
    assert door.read(written) == MessagePost(REF, CONVERSATION, "一\n二")


def test_the_line_breaks_of_every_field_are_newlines() -> None:
    left = {"type": "offline.leave", "ref": REF, "kind": "question", "body": "\u2028体检\v要空腹吗", "name": "王\f芳"}
    assert VISITOR.read(json.dumps(left)) == OfflineLeave(REF, "question", "\n体检\n要空腹吗", name="王\n芳")
    rated = {"type": "conversation.rate", "ref": REF, "conversation": CONVERSATION, "stars": 5, "tags": ["耐\r心"]}
    assert VISITOR.read(json.dumps(rated)) == ConversationRate(REF, CONVERSATION, 5, ("耐\n心",))
    saved = {"type": "draft.save", "ref": REF, "conversation": CONVERSATION, "mode": "note", "body": "\x85"}
    assert STAFF.read(json.dumps(saved)) == DraftSave(REF, CONVERSATION, "note", "\n")


@DOORS
def test_a_frame_with_line_breaks_is_read_as_strictly_as_any(door: FrameReader) -> None:
    for wrong in ({"body": 7}, {"body": None}, {"ref": "short"}, {"fence": "1"}, {"fence": 1.5}, {"fence": True}):
        with assert_unreadable(BadFrame, wrong.get("ref", REF)):  # type: ignore[arg-type]
            door.read(message(**({"body": "一\v二"} | wrong), more="\u2028"))


@pytest.mark.parametrize("code", [0xD800, 0xDBFF, 0xDC00, 0xDFFF])
@pytest.mark.parametrize("field", ["body", "ref", "type", "extra"])
def test_half_a_character_raw_and_escaped(code: int, field: str) -> None:
    for spelled in (f'"\\u{code:04x}"', f'"\\u{code:04X}x"', f'"{chr(code)}"', f'"a\\u{code:04x}\\u0041"'):
        with pytest.raises(Unreadable) as caught:
            VISITOR.read(raw(field, spelled))
        assert type(caught.value.refusal) in (BadFrame, TextInvalid)
        encoding.text(encoding.refused(caught.value.refusal, caught.value.ref))


def test_two_halves_make_a_character() -> None:
    assert VISITOR.read(raw("body", '"\\ud83d\\ude00"')).body == "😀"


def test_an_escaped_backslash_escapes_nothing() -> None:
    assert VISITOR.read(raw("body", '"\\\\u0000"')).body == "\\u0000"


def test_bad_text_is_found_in_names_and_in_what_is_ignored() -> None:
    for text in (raw("a\\u0000", "1"), raw("x", '["\\u0000"]'), raw("x", '{"a":{"\\u009f":1}}'), raw("x", '"\x7f"')):
        with assert_unreadable(TextInvalid, REF):
            VISITOR.read(text)


def test_a_ref_that_is_no_ref_is_not_echoed_at_length() -> None:
    with assert_unreadable(UnknownType):
        VISITOR.read(json.dumps({"type": "x", "ref": "A" * 44}))
