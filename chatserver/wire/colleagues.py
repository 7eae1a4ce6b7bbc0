"""The list of colleagues, and colleagues who take part in a conversation beside its owner."""

from typing import Literal

from msgspec import Struct

from chatserver.wire.fields import EventBase, Frame, Id, Ref, Text
from chatserver.wire.people import Person
from chatserver.wire.shifts import ShiftShown

AskedFor = Literal["help", "join"]


class ColleagueAsk(Frame, tag="colleague.ask", frozen=True, omit_defaults=True):
    """协助 (`help`): ask a colleague to read along and help in notes. 三方会话 (`join`): ask them to answer, too."""

    ref: Ref
    conversation: Id
    consultant: Id
    asked_for: AskedFor
    note: Text


class ColleagueJoin(Frame, tag="colleague.join", frozen=True, omit_defaults=True):
    """Join as the second consultant, whose name the visitor sees. For colleagues who were asked to join, and for
    supervisors."""

    ref: Ref
    conversation: Id


class ColleagueLeave(Frame, tag="colleague.leave", frozen=True, omit_defaults=True):
    """Stop taking part. With `consultant`, the owner removes that colleague."""

    ref: Ref
    conversation: Id
    consultant: Id | None = None


class ParticipantShown(Struct, frozen=True, omit_defaults=True):
    """A colleague beside the owner: reading along (`help`), asked to join, or joined. `note`: why they were asked."""

    person: Person
    asked_for: AskedFor
    joined: bool = False
    note: str = ""


class SkillShown(Struct, frozen=True):
    """A skill and its level, 1 to 5."""

    id: str
    level: int


class Colleague(Struct, frozen=True, omit_defaults=True):
    """A colleague, for the transfer picker. `why_not`: why nothing can be offered to them now; `shift`: their current
    shift, or the next one today."""

    id: str
    name: str
    number: str
    title: str
    role: str
    groups: tuple[str, ...]
    availability: str
    present: bool
    load: int
    capacity: int
    why_not: str | None = None
    skills: tuple[SkillShown, ...] = ()
    languages: tuple[str, ...] = ()
    shift: ShiftShown | None = None


class ColleagueList(Frame, tag="colleagues", frozen=True, omit_defaults=True):
    """The list of colleagues. It works like `conversations`."""

    version: int
    whole: bool = False
    put: tuple[Colleague, ...] = ()
    gone: tuple[str, ...] = ()


class ColleagueAskedEvent(EventBase, tag="colleague_asked", frozen=True, omit_defaults=True):
    """A colleague was asked to help or to join."""

    consultant: Person
    by: Person
    note: str
    asked_for: AskedFor


class ColleagueJoinedEvent(EventBase, tag="colleague_joined", frozen=True, omit_defaults=True):
    """A second consultant answers, too."""

    group: str
    consultant: Person


class ColleagueLeftEvent(EventBase, tag="colleague_left", frozen=True, omit_defaults=True):
    """A colleague no longer takes part."""

    consultant: Person
    by: Person | None = None
    joined: bool | None = None
