"""Turns values of the domain into frames, and frames into text. `audience` has decided who may see what."""

from dataclasses import asdict
from typing import Any

import msgspec

from chatserver.domain.audience import Seen
from chatserver.domain.conversation import Priority
from chatserver.domain.entry import Author
from chatserver.domain.events.assignment import Why
from chatserver.domain.files import File
from chatserver.domain.hospital import Person
from chatserver.domain.quick_questions import Answered
from chatserver.domain.refusals import Refused
from chatserver.wire.assignment import Why as WireWhy
from chatserver.wire.conversation_list import PriorityName
from chatserver.wire.entries import Entry
from chatserver.wire.events import EVENTS, Event
from chatserver.wire.fields import Frame
from chatserver.wire.files import FileShown
from chatserver.wire.people import Author as WireAuthor
from chatserver.wire.people import Person as WirePerson
from chatserver.wire.quick_questions import QuickAnswer
from chatserver.wire.replies import Refused as WireRefused

_encoder = msgspec.json.Encoder()


def text(frame: Frame) -> bytes:
    """The frame as the text message that crosses the socket, in UTF-8."""
    return _encoder.encode(frame)


def entry(seen: Seen, epoch: str) -> Entry:
    """One entry, as its audience sees it."""
    return Entry(
        conversation=seen.conversation,
        epoch=epoch,
        seq=seen.seq,
        id=seen.id,
        kind=seen.kind,  # type: ignore[arg-type]  # message, note, file or event by construction
        at=seen.at,
        author=author(seen.author),
        body=seen.body,
        event=None if seen.event is None else _event(seen.event, seen.details),
        file=None if seen.file is None else file(seen.file),
        ref=seen.ref,
    )


def file(shown: File) -> FileShown:
    return FileShown(
        id=shown.id,
        type=shown.type.value,
        name=shown.name,
        bytes=shown.bytes,
        width=shown.width,
        height=shown.height,
        intimate=shown.intimate,
    )


def author(who: Author) -> WireAuthor:
    return WireAuthor(kind=who.kind.value, person=None if who.person is None else person(who.person))


def person(who: Person) -> WirePerson:
    """A person as frames name them; without an id for visitors."""
    return WirePerson(name=who.name, number=who.number, title=who.title.value, id=who.id or None)


PRIORITIES: dict[int, PriorityName] = {
    Priority.NORMAL: "normal",
    Priority.FORWARD: "forward",
    Priority.RETURNED: "returned",
    Priority.EMERGENCY: "emergency",
}


def priority(of: int) -> PriorityName:
    return PRIORITIES[of]


def refused(refusal: Refused, ref: str | None) -> WireRefused:
    """The refusal as the frame that its sender gets."""
    details = dict(refusal.details)
    retry_ms = details.pop("retry_ms", None)
    return WireRefused(
        code=refusal.code,
        retry=refusal.retry,
        ref=ref,
        retry_ms=retry_ms if isinstance(retry_ms, int) else None,
        details=details,
    )


def _event(name: str, details: dict[str, Any]) -> Event:
    event: Event = EVENTS[name](**{key: _spelled(value) for key, value in details.items()})
    return event


def _spelled(value: object) -> Any:
    if isinstance(value, Person):
        return person(value)
    if isinstance(value, tuple) and value and isinstance(value[0], Person):
        return tuple(person(each) for each in value)
    if isinstance(value, tuple) and value and isinstance(value[0], Answered):
        return tuple(QuickAnswer(**asdict(each)) for each in value)
    return WireWhy(**asdict(value)) if isinstance(value, Why) else value
