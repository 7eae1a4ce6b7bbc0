"""From domain values to frames: every event and every refusal can be encoded."""

from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator

from chatserver.domain import refusals
from chatserver.domain.audience import Audience, view
from chatserver.domain.conversation import Phase
from chatserver.domain.entry import SYSTEM, Author, AuthorKind, Entry
from chatserver.domain.events.base import Event
from chatserver.domain.events.messages import MessagePosted, NoteWritten
from chatserver.domain.events.offers import TransferOffered
from chatserver.wire import encoding
from chatserver.wire.entries import Entry as WireEntry
from chatserver.wire.schema import json_schema

from ..domain.people import LI_MIN, VISITOR, WANG_FANG
from ..domain.test_audience import AUTHORS, EXAMPLES

DEFINITIONS = json_schema()["$defs"]
EPOCH = "epoch-of-the-database-1"
LI = Author(AuthorKind.CONSULTANT, LI_MIN.person.id, LI_MIN.person)


def sent(event: Event, audience: Audience, author: Author = LI, ref: str | None = None) -> dict[str, Any]:
    """What this audience is sent, checked against the schema."""
    entry = Entry("conversation-1", 9, 3, "entry-1", 1_700_000_000_000, author, event, ref)
    seen = view(entry, audience)
    assert seen is not None
    text = encoding.text(encoding.entry(seen, EPOCH))
    Draft202012Validator({"$ref": "#/$defs/Entry", "$defs": DEFINITIONS}).validate(msgspec.json.decode(text))
    assert encoding.text(msgspec.json.decode(text, type=WireEntry)) == text
    return dict(msgspec.json.decode(text))


@pytest.mark.parametrize("author", AUTHORS, ids=lambda author: f"{author.kind}{'' if author.person else ' unnamed'}")
@pytest.mark.parametrize("kind", EXAMPLES, ids=lambda kind: str(kind.__name__))
def test_every_event_is_spelled_for_staff(kind: type[Event], author: Author) -> None:
    frame = sent(EXAMPLES[kind], Audience.STAFF, author)
    assert frame["seq"] == 9
    assert frame["kind"] in ("message", "note", "file", "event")


def test_a_message_to_a_visitor() -> None:
    assert sent(MessagePosted("您好", from_visitor=False), Audience.VISITOR, ref="ref-1") == {
        "type": "entry",
        "conversation": "conversation-1",
        "epoch": EPOCH,
        "seq": 3,
        "id": "entry-1",
        "kind": "message",
        "at": 1_700_000_000_000,
        "author": {
            "kind": "consultant",
            "person": {"name": "李敏", "number": "012", "title": "consultant"},
        },
        "body": "您好",
    }, "a visitor does not get the ref of staff"


def test_a_visitors_own_id_is_not_spelled() -> None:
    frame = sent(MessagePosted("您好", from_visitor=True), Audience.VISITOR, Author(AuthorKind.VISITOR, VISITOR.id))
    assert frame["author"] == {"kind": "visitor"}
    assert sent(MessagePosted("欢迎", from_visitor=False), Audience.STAFF, SYSTEM)["author"] == {"kind": "system"}


def test_a_transfer_offer_to_staff() -> None:
    event = TransferOffered("offer-1", LI_MIN.person, WANG_FANG.person, None, "想约周六", 77)
    assert sent(event, Audience.STAFF)["event"] == {
        "name": "transfer_offered",
        "by": {"name": "李敏", "number": "012", "title": "consultant", "id": "staff-li"},
        "consultant": {"name": "王芳", "number": "013", "title": "nurse", "id": "staff-wang"},
        "offer": "offer-1",
        "note": "想约周六",
        "ends_at": 77,
    }


def test_a_note_is_spelled_as_a_note() -> None:
    frame = sent(NoteWritten("她怕疼"), Audience.STAFF)
    assert (frame["kind"], frame["body"]) == ("note", "她怕疼")
    assert "event" not in frame


@pytest.mark.parametrize("kind", refusals.family(), ids=lambda kind: str(kind.code))
def test_every_refusal_is_spelled(kind: type[refusals.Refused]) -> None:
    frame = encoding.refused(kind(why="x", phase=Phase.CLOSED, limit=5, retry_ms=1_000), "ref-1")
    spelled = msgspec.json.decode(encoding.text(frame))
    Draft202012Validator({"$ref": "#/$defs/Refused", "$defs": DEFINITIONS}).validate(spelled)
    assert spelled == {
        "type": "refused",
        "code": kind.code,
        "retry": kind.retry,
        "ref": "ref-1",
        "retry_ms": 1_000,
        "details": {"why": "x", "phase": "closed", "limit": 5},
    }


def test_a_refusal_without_a_ref_has_none() -> None:
    assert msgspec.json.decode(encoding.text(encoding.refused(refusals.BadFrame(), None))) == {
        "type": "refused",
        "code": "bad_frame",
        "retry": "no",
    }


def test_spelling_a_refusal_does_not_change_it() -> None:
    refusal = refusals.RateLimited(retry_ms=500)
    encoding.refused(refusal, None)
    assert refusal.details == {"retry_ms": 500}
