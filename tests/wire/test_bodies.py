"""JSON bodies of HTTP are read as strictly as frames, and the server answers with structs alone."""

import re

import msgspec
import pytest

from chatserver.domain.refusals import BadFrame, TextInvalid
from chatserver.wire.bodies import BODIES
from chatserver.wire.decoding import BodyReader
from tests.setup.paths import ROOT


class Note(msgspec.Struct, forbid_unknown_fields=True):
    """A body for these tests."""

    body: str
    at: int = 0


READER = BodyReader(Note, 1024)


def test_line_breaks_become_newlines() -> None:
    assert READER.read(b'{"body":"a\\r\\nb\\u2028c","at":3}') == Note("a\nb\nc", 3)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b"{}", b'{"body":1}', b'{"body":"a","more":1}', b'{"body":"\xff"}', b'{"body":"\\ud800"}',
        b"[" * 100_000, b'{"body":"a","at":1.5}',
    ],
)  # fmt: skip
def test_another_shape_is_refused(body: bytes) -> None:
    with pytest.raises(BadFrame):
        READER.read(body)


def test_a_control_character_is_refused() -> None:
    with pytest.raises(TextInvalid):
        READER.read(b'{"body":"a\\u0000b"}')


def test_no_body_takes_fields_that_it_does_not_know() -> None:
    sent = [kind for kind in BODIES if kind.__name__.endswith(("Start", "Save"))]
    assert sent
    assert all(kind.__struct_config__.forbid_unknown_fields for kind in sent)


def test_one_place_alone_writes_json_answers() -> None:
    writes = re.compile(r"json\.encode|json\.dumps\(\{|JSONResponse|application/json\"\)")
    found = {
        path.name for path in (ROOT / "chatserver/web").rglob("*.py") if writes.search(path.read_text(encoding="utf-8"))
    }
    assert found == {"json_answer.py"}
