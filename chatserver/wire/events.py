"""What happened in a conversation, as an entry of its transcript."""

from typing import Literal

from msgspec import Struct

from chatserver.wire.colleagues import AskedFor
from chatserver.wire.ending import Outcome
from chatserver.wire.people import Person

EventName = Literal[
    "opened",
    "assigned",
    "rung",
    "ring_missed",
    "transfer_offered",
    "transfer_declined",
    "transfer_ended",
    "transferred",
    "returned_to_queue",
    "reply_overdue",
    "went_inactive",
    "idle_warned",
    "closed",
    "reopened",
    "outcome_set",
    "rated",
    "moved_forward",
    "overflowed",
    "group_changed",
    "department_set",
    "emergency_noticed",
    "emergency_dismissed",
    "alarm_acknowledged",
    "nobody_answered",
    "colleague_asked",
    "colleague_joined",
    "colleague_left",
]


class Why(Struct, frozen=True, omit_defaults=True):
    """The numbers behind a giving (docs/routing.md). `load` of `capacity` before it; `among`: how many had room;
    `idle_ms`: since he was last given one; `waited_ms`: how long it had waited; `preferred`: he served this
    visitor before; `skill` and `level`: asked for, and `lacking` when after a time nobody with it was free; `again`:
    he had missed or declined it, and nobody else was there. `emergency`: given at once, past all of this, to somebody
    who had chosen `availability` (none: 在线)."""

    load: int
    capacity: int
    among: int = 0
    waited_ms: int = 0
    idle_ms: int | None = None
    preferred: bool = False
    skill: str | None = None
    level: int | None = None
    lacking: bool = False
    again: bool = False
    emergency: bool = False
    availability: str | None = None


class Event(Struct, frozen=True, omit_defaults=True):
    """What happened; which fields are there depends on `name` and on who reads (docs/protocol.md)."""

    name: EventName
    department: str | None = None
    group: str | None = None
    language: str | None = None
    greeting: str | None = None
    consultant: Person | None = None
    previous: Person | str | None = None
    by: Person | str | None = None
    how: str | None = None
    why: Why | str | None = None
    reason: str | None = None
    note: str | None = None
    offer: str | None = None
    ends_at: int | None = None
    waited_ms: int | None = None
    fence: int | None = None
    outcome: Outcome | None = None
    stars: int | None = None
    tags: tuple[str, ...] | None = None
    comment: str | None = None
    preferred: str | None = None
    previous_group: str | None = None
    emergency: str | None = None
    level: Literal["critical", "attention"] | None = None
    alarm: str | None = None
    consultants: tuple[Person, ...] | None = None
    asked_for: AskedFor | None = None
    closes_at: int | None = None
    joined: bool | None = None
    part: int | None = None
    crowded: bool = False
