"""What can happen to a conversation. Past tense; each one that is an entry stands in the transcript for ever.

`SilentEvent`s change the conversation but leave no entry: they are what the system sees (a connection came
or went), not what anybody said or did. Which fields a visitor may see is decided in `audience`, not here.
"""

from dataclasses import dataclass
from functools import cache
from typing import Literal

from chatserver.domain.emergency_words.signs import Emergency as Emergency
from chatserver.domain.emergency_words.signs import Level as EmergencyLevel
from chatserver.domain.emergency_words.signs import Level as Level
from chatserver.domain.hospital import Person

How = Literal["automatic", "ring", "claim", "hand"]
RingMissedReason = Literal["expired", "declined", "lost", "closed"]
TransferEndedReason = Literal["withdrawn", "expired", "lost", "returned", "closed"]
ReturnReason = Literal["connection_lost", "no_first_reply", "emergency", "released"]
AskedFor = Literal["help", "join"]
ClosedBy = Literal["visitor", "consultant", "system"]
CloseReason = Literal["ended", "left", "idle", "abandoned", "message_left", "closed_hours", "waited_too_long"]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened; an entry of the transcript unless it is a `SilentEvent`."""


@dataclass(frozen=True, slots=True)
class SilentEvent(Event):
    """Changes the conversation, leaves no entry."""


@dataclass(frozen=True, slots=True)
class MessagePosted(Event):
    """消息: words between the visitor and whoever answers (`by`). `from_visitor` runs or stops the waiting clock."""

    body: str
    from_visitor: bool
    by: Person | None = None


@dataclass(frozen=True, slots=True)
class NoteWritten(Event):
    """内部备注: words the visitor can never see."""

    body: str


@dataclass(frozen=True, slots=True)
class Opened(Event):
    """The visitor asked; the conversation waits in its group's queue. `greeting` is what the widget had said;
    `preferred` served him not long ago; `closes_at` is when the opening hours end."""

    department: str
    group: str
    language: str
    greeting: str
    preferred: str | None = None
    closes_at: int | None = None


@dataclass(frozen=True, slots=True)
class Why:
    """The numbers behind a giving: what he had (`load` of `capacity`, before it), how many of the group had room
    (`among`), how long it had waited, and since when he was given nothing (`idle_ms`). `preferred`: he served this
    visitor before. `skill` and `level`: what the department asks for; `lacking`: he has not got that, or does not speak
    the language, and nobody who does was free in time. `again`: he missed or declined it; nobody else was there.
    `emergency`: it was given at once, past all of this; `availability`: what the receiver had chosen, if not 在线."""

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


@dataclass(frozen=True, slots=True)
class Assigned(Event):
    """分配: it was given to a consultant. `how`: automatic, ring, claim, or by a supervisor's hand (`by`). `why` is a
    sentence where it was given before the numbers were kept."""

    consultant: Person
    group: str
    how: How
    why: Why | str
    fence: int
    by: Person | None = None


@dataclass(frozen=True, slots=True)
class Rung(Event):
    """It was held out to one consultant until `ends_at`; his place is reserved meanwhile."""

    offer: str
    consultant: Person
    ends_at: int
    why: Why | str
    fence: int


@dataclass(frozen=True, slots=True)
class RingMissed(Event):
    """The ring ended without him. `reason`: expired, declined, lost (his connection) or closed."""

    offer: str
    consultant: Person
    reason: RingMissedReason


@dataclass(frozen=True, slots=True)
class TransferOffered(Event):
    """转接: the owner held it out to a colleague or to a group, with a note why."""

    offer: str
    by: Person
    consultant: Person | None
    group: str | None
    note: str
    ends_at: int


@dataclass(frozen=True, slots=True)
class TransferDeclined(Event):
    """A colleague said no, with a reason. An offer to a group goes on for the others."""

    offer: str
    consultant: Person
    reason: str


@dataclass(frozen=True, slots=True)
class TransferEnded(Event):
    """The offer is over. `reason`: withdrawn, expired, lost (the colleague's connection): the owner keeps the
    conversation; returned: it went back to the queue; closed: it ended.
    """

    offer: str
    reason: TransferEndedReason


@dataclass(frozen=True, slots=True)
class Transferred(Event):
    """A colleague accepted: the owner changed, everything said so far went with it."""

    offer: str
    consultant: Person
    previous: Person
    group: str
    note: str
    fence: int


@dataclass(frozen=True, slots=True)
class ReturnedToQueue(Event):
    """Taken from its owner, to the head of the queue. `reason`: connection_lost, no_first_reply, emergency (no answer
    to one, and somebody else is there), or released: he gave it back himself, with a `note`."""

    consultant: Person
    reason: ReturnReason
    fence: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class MovedForward(Event):
    """优先接待: a supervisor put it further ahead in the queue."""

    by: Person


@dataclass(frozen=True, slots=True)
class Overflowed(Event):
    """It had waited so long that the group which helps out has it in its queue now, where it keeps its time."""

    previous_group: str
    group: str


@dataclass(frozen=True, slots=True)
class GroupChanged(Event):
    """Its department is served by another group from now on; what waits follows, and keeps its time. `closes_at`: when
    the opening hours of that group end."""

    previous_group: str
    group: str
    closes_at: int | None = None


@dataclass(frozen=True, slots=True)
class DepartmentSet(Event):
    """Whoever answers said which department it is about. It stays in its group: a transfer moves it."""

    department: str
    previous: str
    by: Person


@dataclass(frozen=True, slots=True)
class EmergencyNoticed(Event):
    """The visitor used words of an emergency: of the `body`, of the `mind`, or of somebody who must be protected
    (`protect`). `level`: critical comes before everything else; attention is a mark for whoever answers. `crowded`:
    many came from one address, so this one has no priority."""

    emergency: Emergency
    level: EmergencyLevel = "critical"
    crowded: bool = False

    @property
    def calls_for_people(self) -> bool:
        """Whether somebody is called because of it, unless it is one of many."""
        return self.level == "critical" or self.emergency == "protect"


@dataclass(frozen=True, slots=True)
class AlarmAcknowledged(Event):
    """Somebody has seen the alarm (`alarm`: emergency, silent or overdue). Only an answer to the visitor ends it."""

    by: Person
    alarm: str


@dataclass(frozen=True, slots=True)
class NobodyAnswered(Event):
    """It was given to `consultants` one after the other, and none of them has answered: those of them who were 在线
    are paused, and the supervisor is called."""

    consultants: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class EmergencyDismissed(Event):
    """误报: a supervisor saw that it is none."""

    by: Person


@dataclass(frozen=True, slots=True)
class ColleagueAsked(Event):
    """协助: a colleague was asked to help in notes, or (`join`) to answer the visitor as well."""

    by: Person
    consultant: Person
    asked_for: AskedFor
    note: str


@dataclass(frozen=True, slots=True)
class ColleagueJoined(Event):
    """三方会话: a second consultant answers too; the visitor is told who."""

    consultant: Person
    group: str


@dataclass(frozen=True, slots=True)
class ColleagueLeft(Event):
    """A colleague takes no part any more. Only of one who had `joined` is the visitor told. `by` nobody: the connection
    was lost for longer than the grace, or the account was closed."""

    consultant: Person
    by: Person | None
    joined: bool


@dataclass(frozen=True, slots=True)
class ReplyOverdue(Event):
    """The visitor has waited past the alarm for an answer; the supervisor is shown it."""

    consultant: Person
    waited_ms: int


@dataclass(frozen=True, slots=True)
class WentInactive(Event):
    """Nobody wrote for a while and the visitor is answered: it no longer counts in the owner's load."""


@dataclass(frozen=True, slots=True)
class IdleWarned(Event):
    """The visitor is told that it will be closed at `ends_at` if nobody writes."""

    ends_at: int


@dataclass(frozen=True, slots=True)
class Closed(Event):
    """It ended. `by`: visitor, consultant or system; `reason`: ended, left (a waiting visitor), idle, abandoned,
    message_left (a 留言 instead of waiting on), closed_hours (the opening hours ended), waited_too_long."""

    by: ClosedBy
    reason: CloseReason
    outcome: str | None


@dataclass(frozen=True, slots=True)
class Reopened(Event):
    """The visitor wrote again soon after the end, and it waits in the queue; or staff went on with it (`by`), who are
    given it in the same moment. The old owner's fence is void."""

    fence: int
    closes_at: int | None = None
    by: Person | None = None


@dataclass(frozen=True, slots=True)
class OutcomeSet(Event):
    """After the end, staff said how it ended, or corrected what had been said (`previous`)."""

    outcome: str
    previous: str | None
    by: Person


@dataclass(frozen=True, slots=True)
class Rated(Event):
    """评价 by the visitor of one of those who answered (`part`; none in old entries); may be given again within the
    rating time."""

    consultant: Person
    stars: int
    tags: tuple[str, ...]
    comment: str
    part: int | None = None


@dataclass(frozen=True, slots=True)
class OwnerLeft(SilentEvent):
    """The owner's last connection went; his grace runs."""


@dataclass(frozen=True, slots=True)
class OwnerCameBack(SilentEvent):
    """The owner is connected again within the grace."""


@dataclass(frozen=True, slots=True)
class ColleagueAway(SilentEvent):
    """The last connection of a colleague who has joined went; the grace runs."""

    consultant: str


@dataclass(frozen=True, slots=True)
class ColleagueBack(SilentEvent):
    """A colleague who has joined is connected again within the grace."""

    consultant: str


@dataclass(frozen=True, slots=True)
class VisitorLeft(SilentEvent):
    """The visitor's last connection went."""


@dataclass(frozen=True, slots=True)
class VisitorCameBack(SilentEvent):
    """The visitor is connected again."""


@dataclass(frozen=True, slots=True)
class ReplyExtended(SilentEvent):
    """He is writing the first reply at this moment: he is given until `until`."""

    until: int


@dataclass(frozen=True, slots=True)
class EndHeld(SilentEvent):
    """Somebody is writing into it at this moment: no clock ends it before `until`."""

    until: int


@dataclass(frozen=True, slots=True)
class NobodyElse(SilentEvent):
    """It should go further, but nobody else is there; that is looked at again at `until`."""

    until: int


def entry_kinds() -> dict[str, type[Event]]:
    """Every event that is an entry, by its name on the wire and in the store (`transfer_offered` …)."""
    kinds = {snake(kind.__name__): kind for kind in Event.__subclasses__()}
    # By name: a dataclass with slots is made twice, and its first draft is a subclass until it is collected.
    del kinds["silent_event"]
    return kinds


@cache
def snake(name: str) -> str:
    """`TransferOffered` → `transfer_offered`."""
    return "".join("_" + letter.lower() if letter.isupper() else letter for letter in name).lstrip("_")
