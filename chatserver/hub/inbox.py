"""The commands that wait in the inbox, and their results."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from chatserver.domain.commands.base import Command
from chatserver.domain.conversation import Conversation
from chatserver.domain.entry import Author, Entry
from chatserver.domain.events.queue import Opened
from chatserver.domain.refusals import Refused
from chatserver.domain.visits import Visit
from chatserver.hub.crowd import Crowd
from chatserver.store import drafts


class Held(NamedTuple):
    """How many places in a queue the visitor's address has already, and whether many honest people share that
    address."""

    places: int
    is_shared: bool


@dataclass(frozen=True, slots=True)
class Opening:
    """A visitor's first message: the conversation that it opens, if the visitor has no open one. `id` is the new
    conversation's; `wait_ms` is the estimated wait, if known; `visit`: where the visitor came from, if the page said
    so."""

    id: str
    site: str
    opened: Opened
    wait_ms: int | None
    held: Held
    visit: Visit | None = None


@dataclass(slots=True)
class Done:
    """The result of a command: the conversation after it, and the entry that answers it, if it made one."""

    conversation: Conversation
    entry: Entry | None
    repeat: bool = False


class SentDraft(NamedTuple):
    """The draft that a message or note came from: the place where it is kept, and the time `at` (ms) of the version
    that the client knew."""

    place: drafts.DraftKey
    at: int


Then = Callable[[Done | Refused], object]
"""Called once with the result of a command, after the commit."""


@dataclass(slots=True)
class Asked:
    """A command under way. `ref` and `digest` make a repeat recognisable; commands of the system have none. `at` is
    when it came (seconds of a monotonic clock). `draft` is deleted in the transaction of the command; `lives_until`
    (ms) is written in it as the end of the visitor's token; `crowd` is everybody behind the visitor's address."""

    conversation: str
    command: Command
    author: Author
    then: Then
    ref: str | None = None
    digest: bytes | None = None
    opening: Opening | None = None
    at: float = 0.0
    draft: SentDraft | None = None
    lives_until: int | None = None
    crowd: Crowd | None = None
