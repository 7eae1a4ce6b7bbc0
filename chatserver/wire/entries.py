"""The transcript: its entries, live and from the history."""

from typing import Annotated, Literal

from msgspec import Meta

from chatserver.wire.events import Event
from chatserver.wire.fields import Frame, Id, Place, Ref
from chatserver.wire.files import FileShown
from chatserver.wire.people import Author


class Entry(Frame, tag="entry", frozen=True, omit_defaults=True):
    """One entry of a transcript. Clients apply it only when `seq` is their last one plus one; they drop a smaller one,
    and hold a larger one and send `history.get`. `body` for messages and notes, `event` for events, `file` for files,
    whose `body` is a word for clients that do not know files."""

    conversation: str
    epoch: str
    seq: int
    id: str
    kind: Literal["message", "note", "file", "event"]
    at: int
    author: Author
    body: str | None = None
    event: Event | None = None
    file: FileShown | None = None
    ref: str | None = None


class Entries(Frame, tag="entries", frozen=True, omit_defaults=True):
    """Several consecutive entries of one conversation: a replay."""

    conversation: str
    epoch: str
    entries: tuple[Entry, ...]


class Live(Frame, tag="live", frozen=True, omit_defaults=True):
    """The replay of this conversation ends at `seq`; what follows is new."""

    conversation: str
    epoch: str
    seq: int


class History(Frame, tag="history", frozen=True, omit_defaults=True):
    """The answer to `history.get`. `more`: there are more entries in that direction."""

    ref: str
    conversation: str
    epoch: str
    entries: tuple[Entry, ...]
    more: bool


class HistoryGet(Frame, tag="history.get", frozen=True, omit_defaults=True):
    """Ask for entries after `after` (oldest first), or the last ones before `before`. Answered by `history`."""

    ref: Ref
    conversation: Id
    after: Place | None = None
    before: Place | None = None
    limit: Annotated[int, Meta(ge=1, le=100)] = 100
