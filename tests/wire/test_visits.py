"""A visit in the first message: nothing about it refuses the message."""

import json
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given

from chatserver.domain.refusals import TextInvalid
from chatserver.wire.decoding import VISITOR, Unreadable
from chatserver.wire.queue import ConversationOpen
from chatserver.wire.visits import MOST_PAGES, PageSeen, Touch, VisitTold
from tests.wire.test_decoding import REF

PAGE = "https://www.hospital.example/fuke/"
TOUCH = {
    "at": 1,
    "page": PAGE,
    "title": "妇科",
    "referrer": "https://www.baidu.com/s",
    "parameters": {"utm_source": "b"},
}
VISIT: dict[str, Any] = {"first": TOUCH, "device": "phone", "pages": [{"page": PAGE, "title": "妇科", "at": 1}]}


def opening(visit: Any, body: str = "您好\n医生") -> str:
    return json.dumps({"type": "conversation.open", "ref": REF, "body": body, "visit": visit})


def test_a_visit_is_read() -> None:
    touch = Touch(1, PAGE, "妇科", "https://www.baidu.com/s", {"utm_source": "b"})
    told = VisitTold(touch, "phone", pages=(PageSeen(PAGE, 1, "妇科"),))
    assert VISITOR.read(opening(VISIT)) == ConversationOpen(REF, "您好\n医生", visit=told)


MALFORMED = {
    "not an object": "visit",
    "a list": [VISIT],
    "a number": 7,
    "empty": {},
    "no device": {"first": TOUCH},
    "another device": VISIT | {"device": "watch"},
    "a time that is text": VISIT | {"first": TOUCH | {"at": "now"}},
    "a long page": VISIT | {"first": TOUCH | {"page": "x" * 501}},
    "a long title": VISIT | {"first": TOUCH | {"title": "题" * 121}},
    "many parameters": VISIT | {"first": TOUCH | {"parameters": {str(n): "" for n in range(13)}}},
    "a parameter that is a list": VISIT | {"first": TOUCH | {"parameters": {"utm_source": ["b"]}}},
    "many pages": VISIT | {"pages": [{"page": PAGE, "at": n} for n in range(MOST_PAGES + 1)]},
    "a control character": VISIT | {"first": TOUCH | {"title": "\x00"}},
    "half a character": VISIT | {"first": TOUCH | {"title": "\ud83d"}},
    "half a character as a name": VISIT | {"\udc00": 1},
    "null in the trail": VISIT | {"pages": [None]},
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_visit_is_ignored_and_the_message_goes_on(name: str) -> None:
    assert VISITOR.read(opening(MALFORMED[name])) == ConversationOpen(REF, "您好\n医生")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False),
        lambda inner: st.lists(inner, max_size=3),
    )
)
def test_whatever_stands_there_the_message_is_read(visit: Any) -> None:
    if "[" * 7 not in json.dumps(visit):
        assert VISITOR.read(opening(visit)).body == "您好\n医生"


@pytest.mark.parametrize("body", ["\x00", "\ud83d"])
@pytest.mark.parametrize("visit", [VISIT, MALFORMED["half a character"]])
def test_a_bad_message_is_refused_as_without_a_visit(visit: Any, body: str) -> None:
    with pytest.raises(Unreadable) as caught:
        VISITOR.read(opening(visit, body))
    assert isinstance(caught.value.refusal, TextInvalid)
    assert caught.value.ref == REF
