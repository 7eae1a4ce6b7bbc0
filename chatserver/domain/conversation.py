"""会话: what is known of one conversation, and how each event changes it.

`apply` never refuses: what happened, happened. Whether it may happen is decided in `transitions`.
"""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from chatserver.domain.emergency import KINDS
from chatserver.domain.events import (
    AlarmAcknowledged,
    AskedFor,
    Assigned,
    Closed,
    ColleagueAsked,
    ColleagueAway,
    ColleagueBack,
    ColleagueJoined,
    ColleagueLeft,
    DepartmentSet,
    EmergencyDismissed,
    EmergencyNoticed,
    EndHeld,
    Event,
    GroupChanged,
    IdleWarned,
    MessagePosted,
    MovedForward,
    NobodyAnswered,
    NobodyElse,
    NoteWritten,
    Opened,
    OutcomeSet,
    Overflowed,
    OwnerCameBack,
    OwnerLeft,
    Rated,
    Reopened,
    ReplyExtended,
    ReplyOverdue,
    ReturnedToQueue,
    RingMissed,
    Rung,
    TransferDeclined,
    TransferEnded,
    TransferOffered,
    Transferred,
    VisitorCameBack,
    VisitorLeft,
    WentInactive,
)
from chatserver.domain.hospital import Person
from chatserver.domain.parts import Parts, answered, rated
from chatserver.domain.rules import COMING_BACK_MS


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
    """Higher is given first, by a head start in time (`queue.HEAD_START`), so that nobody starves."""

    NORMAL = 0
    FORWARD = 5
    RETURNED = 10
    EMERGENCY = 20


@dataclass(frozen=True, slots=True)
class Offer:
    """转接请求 / 新会话提示: held out to a person or to a group until `ends_at` (ms)."""

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
    """A colleague beside the owner: reads along and writes notes; answers the visitor once he has `joined`. `left_at`:
    since when (ms) the connection of one who has joined is gone."""

    person: Person
    asked_for: AskedFor
    note: str
    joined: bool = False
    left_at: int | None = None


@dataclass(frozen=True, slots=True)
class PastOffer:
    """How the last offer ended, so that whoever comes late is told. `why`: taken, declined, expired …"""

    id: str
    why: str
    by: str


class Conversation(Struct, frozen=True, gc=False):
    """One chat, from the visitor's first message to its end. Times are ms; 0 or None: not yet.

    `spared`: no rating is asked for, because there was an emergency. `crowded`: it has words of one, but so many came
    from its visitor's address that it has no priority.

    A struct, because each message makes it anew and it has over 50 fields: 0.4 µs, 18 µs as a dataclass. It holds
    nothing that could hold it again, so the garbage collector need not look at it.
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
        """Whether it takes a place in its owner's capacity: inactive ones do not."""
        return self.phase in OWNED and not self.inactive

    @property
    def stars(self) -> int | None:
        """The rating of whoever answered last."""
        return self.parts[-1].stars if self.parts else None

    @property
    def is_emergency(self) -> bool:
        """Of whichever level."""
        return self.emergency is not None

    @property
    def ended_by_visitor(self) -> bool:
        """Whether the visitor ended it, by whichever act. Nobody opens it again, neither the visitor nor staff: the
        next person at that browser may be somebody else."""
        return self.phase is Phase.CLOSED and self.closed_by == "visitor"

    @property
    def is_critical(self) -> bool:
        """An emergency that comes before everything else. Those of the time before there were levels all do."""
        return self.emergency is not None and self.emergency_level != "attention" and not self.crowded

    @property
    def had_it(self) -> tuple[str, ...]:
        """Who had it since somebody last answered, and did not answer; ids."""
        return () if self.replied else tuple(each.id for each in self.silent)

    def participant(self, person: str) -> Participant | None:
        """Him, if he takes part beside the owner."""
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


def apply(conversation: Conversation, event: Event, at: int) -> Conversation:
    """The conversation after `event`, which happened at `at` (ms)."""
    change = _CHANGES[type(event)]
    return replace(conversation, **change(conversation, event, at))


Changes = dict[str, Any]
LINE = 60
"""Characters of the last message kept for lists."""


ANSWERED: Changes = {
    "unanswered_since": None,
    "overdue": False,
    "replied": True,
    "gone_on": 0,
    "alarmed_at": None,
    "nobody_answered_at": None,
    "acknowledged_at": None,
}
"""What a person's answer ends, every alarm with it."""


def _message_posted(before: Conversation, event: MessagePosted, at: int) -> Changes:
    changes: Changes = {
        "last_human_at": at,
        "last_line": " ".join(event.body.split())[:LINE],
        "inactive": False,
        "close_warned_at": None,
    }
    if event.by is not None:
        changes["parts"] = answered(before.parts, event.by)
    if not event.from_visitor:
        return changes | ANSWERED
    if before.unanswered_since is None:
        changes["unanswered_since"] = at
    return changes


def _note_written(before: Conversation, event: NoteWritten, at: int) -> Changes:
    return {}


def _opened(before: Conversation, event: Opened, at: int) -> Changes:
    return {}


def _given(before: Conversation, to: Person, group: str, fence: int, at: int) -> Changes:
    return {
        "phase": Phase.ACTIVE,
        "owner": to,
        "last_owner": to,
        "group": group,
        "fence": fence,
        "offer": None,
        "given_at": at,
        "silent": () if before.replied else before.silent,
        "replied": False,
        "reply_until": 0,
        "overdue": False,
        "inactive": False,
        "close_warned_at": None,
        "owner_left_at": None,
        "priority": Priority.NORMAL,
        "tried": (),
        "look_again_at": 0,
        "participants": tuple(each for each in before.participants if each.person.id != to.id),
    }


def _assigned(before: Conversation, event: Assigned, at: int) -> Changes:
    changes = _given(before, event.consultant, event.group, event.fence, at)
    if before.offer is not None:
        changes["past_offer"] = PastOffer(before.offer.id, "taken", event.consultant.name)
    return changes


def _rung(before: Conversation, event: Rung, at: int) -> Changes:
    offer = Offer(event.offer, event.consultant, None, None, "", event.ends_at)
    return {"phase": Phase.RINGING, "offer": offer, "fence": event.fence}


def _ring_missed(before: Conversation, event: RingMissed, at: int) -> Changes:
    return {
        "phase": Phase.WAITING,
        "offer": None,
        "past_offer": PastOffer(event.offer, event.reason, event.consultant.name),
        "tried": (*before.tried, event.consultant.id),
        # Whoever lost his connection did not say no: he is asked again as soon as he is back, if nobody else fits.
        "tried_at": before.tried_at if event.reason == "lost" else at,
    }


def _transfer_offered(before: Conversation, event: TransferOffered, at: int) -> Changes:
    offer = Offer(event.offer, event.consultant, event.group, event.by, event.note, event.ends_at)
    return {"phase": Phase.TRANSFERRING, "offer": offer}


def _transfer_declined(before: Conversation, event: TransferDeclined, at: int) -> Changes:
    assert before.offer is not None
    if before.offer.group is not None:
        return {"offer": dataclasses.replace(before.offer, declined=(*before.offer.declined, event.consultant.id))}
    past = PastOffer(event.offer, "declined", event.consultant.name)
    return {"phase": Phase.ACTIVE, "offer": None, "past_offer": past}


def _transfer_ended(before: Conversation, event: TransferEnded, at: int) -> Changes:
    return {"phase": Phase.ACTIVE, "offer": None, "past_offer": PastOffer(event.offer, event.reason, "")}


def _transferred(before: Conversation, event: Transferred, at: int) -> Changes:
    past = PastOffer(event.offer, "taken", event.consultant.name)
    return _given(before, event.consultant, event.group, event.fence, at) | {
        "hops": before.hops + 1,
        "past_offer": past,
    }


def _returned_to_queue(before: Conversation, event: ReturnedToQueue, at: int) -> Changes:
    return {
        "phase": Phase.WAITING,
        "owner": None,
        "fence": event.fence,
        "queued_at": at,
        "group_since": at,
        "priority": Priority.EMERGENCY if before.is_critical else Priority.RETURNED,
        # A colleague who has joined knows the conversation already.
        "preferred": next((each.person.id for each in before.participants if each.joined), None),
        "participants": (),
        "look_again_at": 0,
        "gone_on": before.gone_on + (event.reason == "emergency"),
        "silent": _silent_after(before, event),
        "tried": (event.consultant.id,),
        "tried_at": 0 if event.reason == "connection_lost" else at,
        "owner_left_at": None,
        "overdue": False,
        "inactive": False,
        "close_warned_at": None,
    }


def _silent_after(before: Conversation, event: ReturnedToQueue) -> tuple[Person, ...]:
    earlier = () if before.replied else before.silent
    return (*earlier, event.consultant) if event.reason in ("no_first_reply", "emergency") else earlier


def _moved_forward(before: Conversation, event: MovedForward, at: int) -> Changes:
    return {"priority": max(before.priority, Priority.FORWARD)}


def _overflowed(before: Conversation, event: Overflowed, at: int) -> Changes:
    return {"group": event.group, "group_since": at, "look_again_at": 0, "tried": ()}


def _alarmed(at: int) -> Changes:
    """It calls for people from now on, whatever they had seen before."""
    return {"alarmed_at": at, "acknowledged_at": None, "acknowledged_by": None}


def _emergency_noticed(before: Conversation, event: EmergencyNoticed, at: int) -> Changes:
    if event.level == "attention":
        noticed: Changes = {"attentions": (*before.attentions, event.emergency)}
        if event.emergency == "protect":
            # A supervisor is called, whatever the level, unless it is one of many.
            noticed |= {"spared": True, "crowded": True} if event.crowded else _alarmed(at) | {"spared": True}
        if before.is_critical or before.emergency == "protect":
            # A lesser word does not make a critical one less, nor takes away that somebody must be protected.
            return noticed
        return noticed | {"emergency": event.emergency, "emergency_level": event.level}
    found: Changes = {
        "emergency": _most_urgent(before, event),
        "emergency_level": event.level,
        "emergencies": (*before.emergencies, event.emergency),
        "spared": True,
        "crowded": event.crowded,
    }
    if event.crowded:
        return found
    # Whoever let it ring did not know that it is one: everybody is asked anew.
    return found | {"priority": Priority.EMERGENCY, "tried": ()} | _alarmed(at)


def _alarm_acknowledged(before: Conversation, event: AlarmAcknowledged, at: int) -> Changes:
    return {"acknowledged_at": at, "acknowledged_by": event.by}


def _nobody_answered(before: Conversation, event: NobodyAnswered, at: int) -> Changes:
    return {"nobody_answered_at": at, "acknowledged_at": None, "acknowledged_by": None}


def _most_urgent(before: Conversation, event: EmergencyNoticed) -> str:
    """Of two critical ones the one whose text is shown first."""
    known = [before.emergency] if before.is_critical and before.emergency is not None else []
    return min((*known, event.emergency), key=KINDS.index)


def _emergency_dismissed(before: Conversation, event: EmergencyDismissed, at: int) -> Changes:
    return {
        "emergency": None,
        "emergency_level": None,
        "priority": Priority.NORMAL,
        "alarmed_at": None,
        "spared": False,
    }


def _colleague_asked(before: Conversation, event: ColleagueAsked, at: int) -> Changes:
    others = tuple(each for each in before.participants if each.person.id != event.consultant.id)
    return {"participants": (*others, Participant(event.consultant, event.asked_for, event.note))}


def _colleague_joined(before: Conversation, event: ColleagueJoined, at: int) -> Changes:
    others = tuple(each for each in before.participants if each.person.id != event.consultant.id)
    known = before.participant(event.consultant.id)
    note = "" if known is None else known.note
    return {"participants": (*others, Participant(event.consultant, "join", note, joined=True))}


def _colleague_left(before: Conversation, event: ColleagueLeft, at: int) -> Changes:
    return {"participants": tuple(each for each in before.participants if each.person.id != event.consultant.id)}


def _group_changed(before: Conversation, event: GroupChanged, at: int) -> Changes:
    return {
        "group": event.group,
        "group_since": at,
        "look_again_at": 0,
        "tried": (),
        "closes_at": event.closes_at,
    }


def _department_set(before: Conversation, event: DepartmentSet, at: int) -> Changes:
    return {"department": event.department}


def _colleague_away(before: Conversation, event: ColleagueAway, at: int) -> Changes:
    return {"participants": _since(before, event.consultant, at)}


def _colleague_back(before: Conversation, event: ColleagueBack, at: int) -> Changes:
    return {"participants": _since(before, event.consultant, None)}


def _since(before: Conversation, consultant: str, left_at: int | None) -> tuple[Participant, ...]:
    return tuple(
        dataclasses.replace(each, left_at=left_at) if each.person.id == consultant else each
        for each in before.participants
    )


def _nobody_else(before: Conversation, event: NobodyElse, at: int) -> Changes:
    return {"look_again_at": event.until}


def _reply_overdue(before: Conversation, event: ReplyOverdue, at: int) -> Changes:
    return {"overdue": True}


def _went_inactive(before: Conversation, event: WentInactive, at: int) -> Changes:
    return {"inactive": True}


def _idle_warned(before: Conversation, event: IdleWarned, at: int) -> Changes:
    return {"close_warned_at": at}


def _closed(before: Conversation, event: Closed, at: int) -> Changes:
    return {
        "phase": Phase.CLOSED,
        "owner": None,
        "participants": (),
        "owner_left_at": None,
        "closed_at": at,
        "closed_by": event.by,
        "close_reason": event.reason,
        "outcome": event.outcome,
    }


def _reopened(before: Conversation, event: Reopened, at: int) -> Changes:
    changes = _open_again(before, event, at)
    if event.by is not None:
        # The visitor has not written: what was true of the visitor at the end is true still.
        changes |= {name: getattr(before, name) for name in _OF_THE_VISITOR}
    return changes


_OF_THE_VISITOR = (
    "unanswered_since",
    "visitor_left_at",
    "emergency",
    "emergency_level",
    "emergencies",
    "attentions",
    "alarmed_at",
    "acknowledged_at",
    "acknowledged_by",
)


def _open_again(before: Conversation, event: Reopened, at: int) -> Changes:
    return {
        "phase": Phase.WAITING,
        "fence": event.fence,
        "queued_at": at,
        "group_since": at,
        "look_again_at": 0,
        "closes_at": event.closes_at,
        "preferred": before.last_owner.id if before.last_owner is not None else None,
        "priority": Priority.NORMAL,
        "emergency": None,
        "emergency_level": None,
        "emergencies": (),
        "attentions": (),
        "silent": (),
        "alarmed_at": None,
        "nobody_answered_at": None,
        "acknowledged_at": None,
        "acknowledged_by": None,
        "gone_on": 0,
        "tried": (),
        "hops": 0,
        "unanswered_since": None,
        "overdue": False,
        "inactive": False,
        "close_warned_at": None,
        "visitor_left_at": None,
        "closed_at": None,
        "closed_by": None,
        "close_reason": None,
        "outcome": None,
    }


def _outcome_set(before: Conversation, event: OutcomeSet, at: int) -> Changes:
    return {"outcome": event.outcome}


def _rated(before: Conversation, event: Rated, at: int) -> Changes:
    return {"parts": rated(before.parts, event.part, event.stars, at)}


def _owner_left(before: Conversation, event: OwnerLeft, at: int) -> Changes:
    return {"owner_left_at": at}


def _owner_came_back(before: Conversation, event: OwnerCameBack, at: int) -> Changes:
    return {"owner_left_at": None, "reply_until": at + COMING_BACK_MS}


def _visitor_left(before: Conversation, event: VisitorLeft, at: int) -> Changes:
    return {"visitor_left_at": at}


def _visitor_came_back(before: Conversation, event: VisitorCameBack, at: int) -> Changes:
    return {"visitor_left_at": None}


def _reply_extended(before: Conversation, event: ReplyExtended, at: int) -> Changes:
    return {"reply_until": event.until}


def _end_held(before: Conversation, event: EndHeld, at: int) -> Changes:
    return {"held_until": event.until}


_CHANGES: dict[type[Event], Callable[[Conversation, Any, int], Changes]] = {
    MessagePosted: _message_posted,
    NoteWritten: _note_written,
    Opened: _opened,
    Assigned: _assigned,
    Rung: _rung,
    RingMissed: _ring_missed,
    TransferOffered: _transfer_offered,
    TransferDeclined: _transfer_declined,
    TransferEnded: _transfer_ended,
    Transferred: _transferred,
    ReturnedToQueue: _returned_to_queue,
    ReplyOverdue: _reply_overdue,
    WentInactive: _went_inactive,
    IdleWarned: _idle_warned,
    Closed: _closed,
    Reopened: _reopened,
    OutcomeSet: _outcome_set,
    Rated: _rated,
    OwnerLeft: _owner_left,
    OwnerCameBack: _owner_came_back,
    VisitorLeft: _visitor_left,
    VisitorCameBack: _visitor_came_back,
    ReplyExtended: _reply_extended,
    EndHeld: _end_held,
    MovedForward: _moved_forward,
    Overflowed: _overflowed,
    EmergencyNoticed: _emergency_noticed,
    EmergencyDismissed: _emergency_dismissed,
    AlarmAcknowledged: _alarm_acknowledged,
    NobodyAnswered: _nobody_answered,
    ColleagueAsked: _colleague_asked,
    ColleagueJoined: _colleague_joined,
    ColleagueLeft: _colleague_left,
    ColleagueAway: _colleague_away,
    ColleagueBack: _colleague_back,
    GroupChanged: _group_changed,
    DepartmentSet: _department_set,
    NobodyElse: _nobody_else,
}
