"""The strict decoder of frames and HTTP bodies. Whatever it does not accept becomes a typed refusal.

It does not decide what a sender may do, and lets no exception of the JSON library out.
"""

import re
from typing import Any, Generic, TypeVar

import msgspec

from chatserver.domain.refusals import BadFrame, Refused, TextInvalid, TooLarge, UnknownType
from chatserver.domain.text import LINE_BREAKS, with_newlines
from chatserver.wire.frames import StaffFrame, VisitorFrame

VISITOR_FRAME = 16 * 1024
STAFF_FRAME = 64 * 1024
"""The longest frame that a visitor or a member of staff may send, in bytes."""

LONGEST = 4
"""Bytes of one character in UTF-8."""

DEPTH = 8
"""The most levels of nesting. Deeper ones would reach the recursion limit of the JSON library."""

NOT_TEXT = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")
ESCAPED = re.compile(r"\\[ubfr]")
STRINGS = re.compile(r'"(?:[^"\\]|\\.)*+\\?(?:"|\Z)', re.DOTALL)
"""A JSON string, or an unfinished one up to the end of the text. It always matches, so that finding all strings takes
linear time."""
HALF_A_PAIR = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(?P<half>u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)
"""An escape; `half` if it is one surrogate without the other, which JSON libraries refuse."""
REF = re.compile(r'"ref"\s*:\s*"([^"\\\x00-\x1f\ud800-\udfff]{1,43})"')
"""Finds the ref of a frame that is otherwise invalid, so that the refusal can name it."""
QUOTED = re.compile(r"""(['"]).*\1""", re.DOTALL)


T = TypeVar("T")


class _Head(msgspec.Struct):
    type: str
    ref: str | None = None


class Unreadable(Exception):
    """A frame was refused; `ref` is its ref, where that could be read, so that the sender knows which frame it was."""

    def __init__(self, refusal: Refused, ref: str | None = None) -> None:
        super().__init__(str(refusal))
        self.refusal = refusal
        self.ref = ref


class FrameReader:
    """Reads the frames of one socket. `door`: the union of these frames; `limit`: the longest one, in bytes of
    UTF-8."""

    def __init__(self, door: Any, limit: int) -> None:
        self.limit = limit
        self._any = msgspec.json.Decoder(door)
        self._head = msgspec.json.Decoder(_Head)
        self._decoders = {kind.__struct_config__.tag: msgspec.json.Decoder(kind) for kind in door.__args__}

    def read(self, text: str) -> Any:
        """The frame. Raises `Unreadable` with `BadFrame`, `UnknownType`, `TextInvalid` or `TooLarge`."""
        if len(text) * LONGEST > self.limit and len(text.encode("utf-8", "surrogatepass")) > self.limit:
            raise Unreadable(TooLarge(limit=self.limit), _ref_in(text))
        if _too_deep(text):
            raise Unreadable(BadFrame(why="depth"), _ref_in(text))
        if text.isprintable() and "\\" not in text:
            # Printable text without escapes, as in nearly all frames: one check instead of three.
            try:
                frame = self._any.decode(text)
            except (msgspec.MsgspecError, ValueError, RecursionError):
                pass  # What is wrong with it is found out below.
            else:
                # This also checks a ref in a frame that needs none.
                if hasattr(frame, "ref") or '"ref"' not in text:
                    return frame
        return self._examine(text)

    def _examine(self, text: str) -> Any:
        """Decode the type first, so that an unknown type is distinguished from a wrong shape."""
        ref = _ref_in(text)
        try:
            whole = _without_halves(text)
            head = self._head.decode(whole)
            decoder = self._decoders.get(head.type)
            if decoder is None:
                if whole != text:
                    raise Unreadable(TextInvalid(why="characters"), ref)
                raise Unreadable(UnknownType(type=head.type[:40]), ref)
            if decoder.type.droppable:
                text = _without_malformed(text, whole, decoder.type)
            if NOT_TEXT.search(text):
                raise Unreadable(TextInvalid(why="characters"), ref)
            if ESCAPED.search(text) is None and LINE_BREAKS.search(text) is None:
                return decoder.decode(text)
            value = msgspec.json.decode(text)
            if any(NOT_TEXT.search(string) for string in _strings(value)):
                raise Unreadable(TextInvalid(why="characters"), ref)
            return msgspec.convert(_in_lines(value), decoder.type)
        except (msgspec.MsgspecError, ValueError, RecursionError) as failure:
            if any(escape["half"] for escape in HALF_A_PAIR.finditer(text)):
                raise Unreadable(TextInvalid(why="characters"), ref) from None
            raise Unreadable(BadFrame(why=_first_line(failure)), ref) from None


class BodyReader(Generic[T]):
    """Reads the JSON body of one kind of request. `limit`: the longest body, bytes."""

    def __init__(self, kind: type[T], limit: int) -> None:
        self.limit = limit
        self._kind = kind

    def read(self, body: bytes) -> T:
        """The body. Raises `BadFrame` or `TextInvalid`."""
        try:
            value = msgspec.json.decode(body)
            if any(NOT_TEXT.search(string) for string in _strings(value)):
                raise TextInvalid(why="characters")
            return msgspec.convert(_in_lines(value), self._kind)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            raise BadFrame(why="shape") from None


VISITOR = FrameReader(VisitorFrame, VISITOR_FRAME)
STAFF = FrameReader(StaffFrame, STAFF_FRAME)


def _without_halves(text: str) -> str:
    """The frame with a control character in place of each half of a surrogate pair, so that the JSON library reads
    it."""
    if "\\u" not in text:
        return text
    return HALF_A_PAIR.sub(lambda escape: "\\u0001" if escape["half"] else escape[0], text)


def _without_malformed(text: str, whole: str, kind: Any) -> str:
    """The frame without those of its droppable fields that are malformed. `whole`: it without halves of pairs."""
    value = msgspec.json.decode(whole)
    types = {field.name: field.type for field in msgspec.structs.fields(kind)}
    malformed = {name for name in kind.droppable & value.keys() if not _is_well_formed(value[name], types[name])}
    if not malformed:
        return text
    return msgspec.json.encode({name: each for name, each in value.items() if name not in malformed}).decode()


def _is_well_formed(value: Any, kind: Any) -> bool:
    if any(NOT_TEXT.search(string) for string in _strings(value)):
        return False
    try:
        msgspec.convert(value, kind)
    except (msgspec.ValidationError, RecursionError):
        return False
    return True


def _ref_in(text: str) -> str | None:
    found = REF.search(text)
    return None if found is None else found[1]


def _too_deep(text: str) -> bool:
    if text.count("{") + text.count("[") <= DEPTH:
        return False
    level = 0
    for bracket in STRINGS.sub("", text):
        if bracket in "{[":
            level += 1
            if level > DEPTH:
                return True
        elif bracket in "}]":
            level -= 1
    return False


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [string for pair in value.items() for part in pair for string in _strings(part)]
    if isinstance(value, list):
        return [string for part in value for string in _strings(part)]
    return []


def _in_lines(value: Any) -> Any:
    """The decoded JSON with every kind of line break turned into a newline."""
    if isinstance(value, str):
        return with_newlines(value)
    if isinstance(value, dict):
        return {name: _in_lines(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_in_lines(part) for part in value]
    return value


def _first_line(failure: Exception) -> str:
    """The decoder's message, without the sender's own text."""
    return QUOTED.sub("'…'", str(failure)).split("\n", 1)[0][:120]
