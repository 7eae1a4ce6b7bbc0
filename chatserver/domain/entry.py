"""条目: one entry of a transcript, with its place."""

from dataclasses import dataclass
from enum import StrEnum

from msgspec import Struct

from chatserver.domain.events.base import Event
from chatserver.domain.events.files import FilePosted
from chatserver.domain.events.kinds import snake
from chatserver.domain.events.messages import MessagePosted, NoteWritten
from chatserver.domain.hospital import Person


class AuthorKind(StrEnum):
    VISITOR = "visitor"
    CONSULTANT = "consultant"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote or caused it. Only consultants have a `person`. A ref is unique per conversation and `id`."""

    kind: AuthorKind
    id: str
    person: Person | None = None


SYSTEM = Author(AuthorKind.SYSTEM, "system")


class Entry(Struct, frozen=True):
    """`seq` counts every entry of the conversation, `visitor_seq` those the visitor may see; both without gaps.

    `at` is when it was decided (ms); the order is that of `seq`, not of `at`. `ref` is the client's key, on the last
    entry of its command.
    """

    conversation: str
    seq: int
    visitor_seq: int | None
    id: str
    at: int
    author: Author
    event: Event
    ref: str | None = None

    @property
    def kind(self) -> str:
        """message, note, file or event."""
        if isinstance(self.event, MessagePosted):
            return "message"
        if isinstance(self.event, NoteWritten):
            return "note"
        return "file" if isinstance(self.event, FilePosted) else "event"

    @property
    def name(self) -> str:
        """The event's name: `assigned`, `transfer_offered` …"""
        return snake(type(self.event).__name__)
