"""A conversation enters the queue, moves in it, or comes back to it."""

from dataclasses import dataclass
from typing import Literal

from chatserver.domain.events.base import Event
from chatserver.domain.hospital import Person
from chatserver.domain.quick_questions import Answered

ReturnReason = Literal["connection_lost", "no_first_reply", "emergency", "released"]


@dataclass(frozen=True, slots=True)
class Opened(Event):
    """The visitor wrote a first message; the conversation waits in its group's queue. `greeting`: the greeting that the
    widget showed; `answered`: the quick questions that it answered before; `preferred`: the consultant who served this
    visitor recently; `closes_at`: when the opening hours end (ms)."""

    by_department = True

    department: str
    group: str
    language: str
    greeting: str
    preferred: str | None = None
    closes_at: int | None = None
    answered: tuple[Answered, ...] = ()


@dataclass(frozen=True, slots=True)
class ReturnedToQueue(Event):
    """It lost its owner and is at the head of the queue again. `reason`: connection_lost, no_first_reply, emergency
    (the owner did not answer one and somebody else is available), or released (the owner gave it back, with a
    `note`)."""

    is_parting = True

    consultant: Person
    reason: ReturnReason
    fence: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class MovedForward(Event):
    """优先接待: a supervisor moved it forward in the queue."""

    by: Person


@dataclass(frozen=True, slots=True)
class Overflowed(Event):
    """It had waited too long and moved to the queue of the group that helps out. Its waiting time goes on counting."""

    previous_group: str
    group: str
