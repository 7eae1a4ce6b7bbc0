"""What waits in the inbox, and what becomes of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from chatserver.domain.commands.base import Command
from chatserver.domain.conversation import Conversation
from chatserver.domain.entry import Author, Entry
from chatserver.domain.events.queue import Opened
from chatserver.domain.refusals import (
    Refused,
)
from chatserver.hub.crowd import Crowd
from chatserver.store import drafts


class Held(NamedTuple):
    """How many places of a queue the visitor's address has already, and whether many honest people share it."""

    places: int
    is_shared: bool


@dataclass(frozen=True, slots=True)
class Opening:
    """A visitor's first message: the conversation that it opens, if none of theirs is open. `id` is the new one's;
    `wait_ms` how long it would wait, if that is known; `earlier` as in `Asked`."""

    id: str
    site: str
    opened: Opened
    wait_ms: int | None
    held: Held
    earlier: bytes | None = None


@dataclass(slots=True)
class Done:
    """What became of a command: the conversation after it, and the entry that answers it, if it made one."""

    conversation: Conversation
    entry: Entry | None
    repeat: bool = False


class Draft(NamedTuple):
    """What a message or note was before it was sent: the draft kept there, as it was known `at` (ms)."""

    place: drafts.Place
    at: int


Then = Callable[[Done | Refused], object]
"""Called once with what became of a command, after the commit."""


@dataclass(slots=True)
class Asked:
    """A command on its way. `ref` and `digest` make a repeat recognisable; commands of the system have none. `at` is
    when it came (seconds of a steady clock). `draft` is forgotten with it; `lives_until` (ms) is written with it as the
    end of its visitor's token; `crowd` is everybody behind its visitor's address. `earlier`: the digest that an earlier
    version would have stored, if that is another."""

    conversation: str
    command: Command
    author: Author
    then: Then
    ref: str | None = None
    digest: bytes | None = None
    opening: Opening | None = None
    at: float = 0.0
    draft: Draft | None = None
    lives_until: int | None = None
    crowd: Crowd | None = None
    earlier: bytes | None = None
