"""会话: the state of one conversation. The package `changes` says how each event changes it."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Literal

from msgspec import Struct

from chatserver.domain.consent import Consents
from chatserver.domain.events.colleagues import AskedFor
from chatserver.domain.events.queue import Opened
from chatserver.domain.hospital import Person
from chatserver.domain.parts import AnsweredParts


class Phase(StrEnum):
    """waiting → active → closed. `ringing` is waiting with an open ring, `transferring` is active with an open
    transfer."""

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


class Talk(Struct, frozen=True, gc=False):
    """Who spoke last and when, and what waits for an answer."""

    unanswered_since: int | None = None
    overdue: bool = False
    replied: bool = False
    last_human_at: int = 0
    last_line: str = ""
    inactive: bool = False
    close_warned_at: int | None = None


class Alarms(Struct, frozen=True, gc=False):
    """When each alarm was raised, and when somebody acknowledged it. A consultant's answer ends them all.
    `escalations`: how often the conversation moved on because its owner did not answer an emergency."""

    emergency_at: int | None = None
    nobody_answered_at: int | None = None
    acknowledged_at: int | None = None
    escalations: int = 0


class Answers(Struct, frozen=True, gc=False):
    """What each consultant answered, with the rating for it."""

    parts: AnsweredParts = ()


class Connections(Struct, frozen=True, gc=False):
    """When (ms) the owner and the visitor lost their connections, and until when an owner who came back may reply."""

    owner_left_at: int | None = None
    visitor_left_at: int | None = None
    reply_until: int = 0


class Company(Struct, frozen=True, gc=False):
    """The colleagues beside the owner."""

    participants: tuple[Participant, ...] = ()


class Serving(Struct, frozen=True, gc=False):
    """The owner, and the open offer. `silent`: the owners since the last answer, none of whom answered."""

    owner: Person | None = None
    last_owner: Person | None = None
    fence: int = 0
    given_at: int = 0
    offer: Offer | None = None
    past_offer: PastOffer | None = None
    hops: int = 0
    silent: tuple[Person, ...] = ()


class Queueing(Struct, frozen=True, gc=False):
    """The group, and the place in its queue."""

    group: str
    group_since: int = 0
    since: int = 0
    priority: int = Priority.NORMAL
    tried: tuple[str, ...] = ()
    tried_at: int = 0
    preferred: str | None = None
    look_again_at: int = 0
    closes_at: int | None = None


class Emergency(Struct, frozen=True, gc=False):
    """The emergency that was recognised: the kind and level that count now, and all kinds that were found, by level.

    `acknowledged_by`: who acknowledged the alarm; it stays when an answer ends the alarm. `spared`: the visitor is not
    asked for a rating, because there was an emergency. `crowded`: an emergency without priority, because there were
    many from the visitor's address.
    """

    kind: str | None = None
    level: str | None = None
    critical_kinds: tuple[str, ...] = ()
    attention_kinds: tuple[str, ...] = ()
    acknowledged_by: Person | None = None
    spared: bool = False
    crowded: bool = False


class Ending(Struct, frozen=True, gc=False):
    """How it ended. `held_until`: no deadline ends it before then (ms), because somebody is typing. `unrated`: why
    the visitor is asked for no rating, which stays after a reopening: complaint, emergency (both left as a 留言) or
    harassment (until that outcome is corrected)."""

    at: int | None = None
    by: str | None = None
    reason: str | None = None
    outcome: str | None = None
    held_until: int = 0
    unrated: str | None = None


class Subject(Struct, frozen=True, gc=False):
    """What it is about."""

    department: str


class Agreed(Struct, frozen=True, gc=False):
    """What the visitor agreed to, refused or withdrew."""

    consents: Consents = ()


class Identity(Struct, frozen=True, gc=False):
    """Who the visitor is, as the hospital's own website has said since `verified_at` (ms). `doubted_at`: when it named
    somebody else."""

    name: str | None = None
    number: str | None = None
    verified_at: int | None = None
    doubted_at: int | None = None


class Conversation(Struct, frozen=True, gc=False):
    """One chat, from the visitor's first message to its end. Times are ms; 0 or None: not yet.

    The fields that events change are in groups, each a separate struct. An event replaces the groups that it touches;
    the other groups stay the same objects. The unit of work counts the three numbers at the end.

    These are structs because every message copies a conversation, which takes 0.1 µs; with one dataclass of all fields
    it took 18 µs. They cannot be part of a reference cycle, so the garbage collector need not track them (`gc=False`).
    """

    id: str
    site: str
    visitor: str
    language: str
    opened_at: int
    subject: Subject
    queue: Queueing
    phase: Phase = Phase.WAITING
    talk: Talk = Talk()
    alarms: Alarms = Alarms()
    answers: Answers = Answers()
    connections: Connections = Connections()
    company: Company = Company()
    serving: Serving = Serving()
    emergency: Emergency = Emergency()
    ending: Ending = Ending()
    agreed: Agreed = Agreed()
    identity: Identity = Identity()
    last_seq: int = 0
    last_visitor_seq: int = 0
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
        return self.phase in OWNED and not self.talk.inactive

    @property
    def holder(self) -> Person | None:
        """The consultant whose capacity it uses: its owner while it counts, or the one for whom it rings."""
        if self.counts:
            return self.serving.owner
        offer = self.serving.offer
        return offer.to if offer is not None and self.phase is Phase.RINGING else None

    @property
    def stars(self) -> int | None:
        """The rating of the consultant who answered last."""
        return self.answers.parts[-1].stars if self.answers.parts else None

    @property
    def is_emergency(self) -> bool:
        """Whether it is an emergency of either level."""
        return self.emergency.kind is not None

    @property
    def ended_by_visitor(self) -> bool:
        """Whether the visitor ended it, in any way. Then nobody can reopen it, because somebody else may use that
        browser next."""
        return self.phase is Phase.CLOSED and self.ending.by == "visitor"

    @property
    def is_critical(self) -> bool:
        """Whether it is an emergency that comes before everything else. An emergency that was stored before levels
        existed counts as critical."""
        return self.is_emergency and self.emergency.level != "attention" and not self.emergency.crowded

    @property
    def had_it(self) -> tuple[str, ...]:
        """The ids of the owners since the last answer, none of whom answered."""
        return () if self.talk.replied else tuple(each.id for each in self.serving.silent)

    def participant(self, person: str) -> Participant | None:
        """This person as a participant, if they are one."""
        return next((each for each in self.company.participants if each.person.id == person), None)


def start(event: Opened, *, id: str, site: str, visitor: str, at: int) -> Conversation:
    """The conversation as it is right after its `Opened`."""
    queue = Queueing(event.group, group_since=at, since=at, preferred=event.preferred, closes_at=event.closes_at)
    subject = Subject(event.department)
    return Conversation(id, site, visitor, event.language, at, subject, queue)
