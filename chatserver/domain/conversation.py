"""会话: what is known of one conversation. `changes` says how each event changes it."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Literal

from msgspec import Struct

from chatserver.domain.events.colleagues import AskedFor
from chatserver.domain.events.queue import Opened
from chatserver.domain.hospital import Person
from chatserver.domain.parts import Parts


class Phase(StrEnum):
    """waiting → active → closed, with an open offer as a part of it."""

    WAITING = "waiting"
    RINGING = "ringing"
    ACTIVE = "active"
    TRANSFERRING = "transferring"
    CLOSED = "closed"


OPEN = frozenset({Phase.WAITING, Phase.RINGING, Phase.ACTIVE, Phase.TRANSFERRING})

OWNED = frozenset({Phase.ACTIVE, Phase.TRANSFERRING})

QUEUED = frozenset({Phase.WAITING, Phase.RINGING})


class Priority(IntEnum):
    """A higher priority is a head start in waiting time (`queue.HEAD_START`), so that nobody waits for ever."""

    NORMAL = 0
    FORWARD = 5
    RETURNED = 10
    EMERGENCY = 20


@dataclass(frozen=True, slots=True)
class Offer:
    """转接请求 / 新会话提示: open to a person or to a group until `ends_at` (ms)."""

    id: str
    to: Person | None
    group: str | None
    by: Person | None
    note: str
    ends_at: int
    declined: tuple[str, ...] = ()

    @property
    def is_ring(self) -> bool:
        return self.by is None


@dataclass(frozen=True, slots=True)
class Participant:
    """A colleague beside the owner: reads along and writes notes, and answers the visitor after having `joined`.
    `left_at`: when a colleague who has joined lost the connection (ms)."""

    person: Person
    asked_for: AskedFor
    note: str
    joined: bool = False
    left_at: int | None = None


@dataclass(frozen=True, slots=True)
class PastOffer:
    """How the last offer ended, for the refusal of a late answer. `why`: taken, declined, expired …"""

    id: str
    why: str
    by: str


class Conversation(Struct, frozen=True, gc=False):
    """One chat, from the visitor's first message to its end. Times are ms; 0 or None: not yet.

    `spared`: no rating is asked for, because there was an emergency. `crowded`: an emergency without priority, because
    there were many from the visitor's address.

    A struct, because every message copies it and it has over 50 fields: 0.4 µs instead of 18 µs for a dataclass. It
    cannot be part of a reference cycle, so the garbage collector does not track it.
    """

    id: str
    site: str
    department: str
    group: str
    visitor: str
    language: str
    opened_at: int
    phase: Phase = Phase.WAITING
    fence: int = 0
    owner: Person | None = None
    last_owner: Person | None = None
    offer: Offer | None = None
    past_offer: PastOffer | None = None
    hops: int = 0
    tried: tuple[str, ...] = ()
    tried_at: int = 0
    priority: int = Priority.NORMAL
    queued_at: int = 0
    given_at: int = 0
    replied: bool = False
    reply_until: int = 0
    unanswered_since: int | None = None
    overdue: bool = False
    last_human_at: int = 0
    last_line: str = ""
    inactive: bool = False
    close_warned_at: int | None = None
    owner_left_at: int | None = None
    visitor_left_at: int | None = None
    closed_at: int | None = None
    closed_by: str | None = None
    close_reason: str | None = None
    outcome: str | None = None
    last_seq: int = 0
    last_visitor_seq: int = 0
    preferred: str | None = None
    emergency: str | None = None
    emergency_level: str | None = None
    emergencies: tuple[str, ...] = ()
    attentions: tuple[str, ...] = ()
    silent: tuple[Person, ...] = ()
    alarmed_at: int | None = None
    nobody_answered_at: int | None = None
    acknowledged_at: int | None = None
    acknowledged_by: Person | None = None
    group_since: int = 0
    look_again_at: int = 0
    gone_on: int = 0
    closes_at: int | None = None
    participants: tuple[Participant, ...] = ()
    held_until: int = 0
    parts: Parts = ()
    spared: bool = False
    crowded: bool = False
    version: int = 0

    @property
    def state(self) -> Literal["waiting", "active", "closed"]:
        """The phase without its offers."""
        if self.phase is Phase.CLOSED:
            return "closed"
        return "waiting" if self.phase in QUEUED else "active"

    @property
    def counts(self) -> bool:
        """Whether it counts in its owner's load; inactive conversations do not."""
        return self.phase in OWNED and not self.inactive

    @property
    def stars(self) -> int | None:
        """The rating of the consultant who answered last."""
        return self.parts[-1].stars if self.parts else None

    @property
    def is_emergency(self) -> bool:
        """Whether it is an emergency of either level."""
        return self.emergency is not None

    @property
    def ended_by_visitor(self) -> bool:
        """Whether the visitor ended it, in whatever way. Then nobody can reopen it, because the next person at that
        browser may be somebody else."""
        return self.phase is Phase.CLOSED and self.closed_by == "visitor"

    @property
    def is_critical(self) -> bool:
        """An emergency that comes before everything else; so do all that were stored before there were levels."""
        return self.emergency is not None and self.emergency_level != "attention" and not self.crowded

    @property
    def had_it(self) -> tuple[str, ...]:
        """The ids of the owners since the last answer, none of whom answered."""
        return () if self.replied else tuple(each.id for each in self.silent)

    def participant(self, person: str) -> Participant | None:
        """This person as a participant, if they are one."""
        return next((each for each in self.participants if each.person.id == person), None)


def start(event: Opened, *, id: str, site: str, visitor: str, at: int) -> Conversation:
    """The conversation as it is right after its `Opened`."""
    return Conversation(
        id=id,
        site=site,
        department=event.department,
        group=event.group,
        visitor=visitor,
        language=event.language,
        opened_at=at,
        queued_at=at,
        group_since=at,
        preferred=event.preferred,
        closes_at=event.closes_at,
    )
