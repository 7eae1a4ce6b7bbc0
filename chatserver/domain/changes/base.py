"""What a change is: the fields of the conversation that an event sets, in groups by what they are about.

The return type of the function that makes a change names the groups it may set fields of. The type checker holds it to
that, and `fields_of` reads it for everybody who needs to know what an event can touch.
"""

from collections.abc import Callable
from typing import Any, TypedDict, get_type_hints

from chatserver.domain.conversation import Offer, Participant, PastOffer, Phase
from chatserver.domain.hospital import Person
from chatserver.domain.parts import Parts


class Nothing(TypedDict, total=False):
    """No field."""


class Talk(TypedDict, total=False):
    """Who spoke last and when, and what waits for an answer."""

    unanswered_since: int | None
    overdue: bool
    replied: bool
    last_human_at: int
    last_line: str
    inactive: bool
    close_warned_at: int | None
    gone_on: int
    alarmed_at: int | None
    nobody_answered_at: int | None
    acknowledged_at: int | None


class Answers(TypedDict, total=False):
    """What each consultant answered, with its rating."""

    parts: Parts


class Connections(TypedDict, total=False):
    """Who lost the connection."""

    owner_left_at: int | None
    visitor_left_at: int | None
    reply_until: int


class Company(TypedDict, total=False):
    """The colleagues beside the owner."""

    participants: tuple[Participant, ...]


class Serving(TypedDict, total=False):
    """The phase, the owner, and the open offer."""

    phase: Phase
    fence: int
    owner: Person | None
    last_owner: Person | None
    offer: Offer | None
    past_offer: PastOffer | None
    hops: int
    given_at: int
    silent: tuple[Person, ...]


class Queueing(TypedDict, total=False):
    """The group, and the place in its queue."""

    group: str
    group_since: int
    priority: int
    queued_at: int
    tried: tuple[str, ...]
    tried_at: int
    preferred: str | None
    look_again_at: int
    closes_at: int | None


class Emergency(TypedDict, total=False):
    """An emergency, and who acknowledged its alarm."""

    emergency: str | None
    emergency_level: str | None
    emergencies: tuple[str, ...]
    attentions: tuple[str, ...]
    acknowledged_by: Person | None
    spared: bool
    crowded: bool


class Ending(TypedDict, total=False):
    """How it ended, or what holds the end."""

    closed_at: int | None
    closed_by: str | None
    close_reason: str | None
    outcome: str | None
    held_until: int


class Subject(TypedDict, total=False):
    """What it is about."""

    department: str


class Spoken(Talk, Answers):
    """What a message changes."""


class Alarming(Talk, Queueing, Emergency):
    """What an emergency, and what becomes of its alarm, changes."""


class Unanswered(Serving, Queueing):
    """What a missed ring changes."""


class Moved(Talk, Connections, Company, Serving, Queueing):
    """What changes with the owner."""


class Ended(Connections, Company, Serving, Ending):
    """What the end changes."""


class Changes(Talk, Answers, Connections, Company, Serving, Queueing, Emergency, Ending, Subject):
    """Every field that an event can set."""


COUNTED = ("last_seq", "last_visitor_seq", "version")
"""What the unit of work counts; no event sets it."""


def fields_of(change: Callable[..., Any]) -> frozenset[str]:
    """The fields that this change may set."""
    return frozenset(get_type_hints(get_type_hints(change)["return"]))
