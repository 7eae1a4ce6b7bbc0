"""Words: messages and notes."""

from dataclasses import dataclass

from chatserver.domain.events.base import Event
from chatserver.domain.hospital import Person


@dataclass(frozen=True, slots=True)
class MessagePosted(Event):
    """消息: a message of the visitor, or of a consultant (`by`). The visitor's starts the waiting clock, an answer
    stops it."""

    body: str
    from_visitor: bool
    by: Person | None = None


@dataclass(frozen=True, slots=True)
class NoteWritten(Event):
    """内部备注: a note for staff; the visitor never sees it."""

    body: str
