"""What can be asked of a conversation. Imperative; who asks is part of the command, taken from his session.

Commands that speak to the visitor or change the conversation carry the `fence` the asker last saw; those that
answer an offer carry its id instead. What a giving needs to know of the receiver (`load`) is counted by the
caller inside the same transaction.
"""

from dataclasses import dataclass

from chatserver.domain.emergency import BUILT_IN, Words
from chatserver.domain.events import AskedFor, Why
from chatserver.domain.hospital import Person, Role


@dataclass(frozen=True, slots=True)
class Visitor:
    """The visitor of this conversation; membership is checked by the decision, never assumed."""

    id: str


@dataclass(frozen=True, slots=True)
class Staff:
    """A signed-in member of staff."""

    person: Person
    role: Role
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Service:
    """Whether a department is served at this hour, until when, and when again (ms; None: not in sight)."""

    open: bool = True
    closes_at: int | None = None
    opens_at: int | None = None


@dataclass(frozen=True, slots=True)
class Command:
    """Something asked."""


@dataclass(frozen=True, slots=True)
class PostMessage(Command):
    """Say something to the other side. `fence` is required of staff and ignored of visitors; `service` matters when a
    visitor's message takes up a conversation that has ended, `words` are those of an emergency to look for in it.
    `crowded`: as many emergencies as have priority came from the visitor's address already."""

    actor: Visitor | Staff
    body: str
    fence: int | None = None
    service: Service = Service()
    words: Words = BUILT_IN
    crowded: bool = False


@dataclass(frozen=True, slots=True)
class WriteNote(Command):
    """Write an internal note."""

    actor: Staff
    body: str


@dataclass(frozen=True, slots=True)
class Assign(Command):
    """The router gives it to a consultant who is online, in its group, and has room."""

    to: Person
    load: int
    capacity: int
    why: Why | str


@dataclass(frozen=True, slots=True)
class AssignUrgently(Command):
    """The router gives a critical emergency to somebody of `domain.urgent`'s order, whatever rings at that moment;
    `group` is the one for which the receiver was found."""

    to: Person
    group: str
    load: int
    capacity: int
    why: Why


@dataclass(frozen=True, slots=True)
class Ring(Command):
    """The router holds it out to a consultant for a time. `offer` is the new offer's id."""

    to: Person
    offer: str
    load: int
    capacity: int
    why: Why | str


@dataclass(frozen=True, slots=True)
class AssignManually(Command):
    """A supervisor gives it to somebody; beyond what he could claim himself only `above`."""

    actor: Staff
    fence: int
    to: Person
    to_groups: tuple[str, ...]
    load: int
    capacity: int
    above: bool = False


@dataclass(frozen=True, slots=True)
class MoveForward(Command):
    """A supervisor puts it further ahead in the queue."""

    actor: Staff


@dataclass(frozen=True, slots=True)
class Release(Command):
    """The owner gives it back to the queue, with a note."""

    actor: Staff
    fence: int
    note: str


@dataclass(frozen=True, slots=True)
class AskColleague(Command):
    """The owner (or a supervisor) asks a colleague to help, or to join."""

    actor: Staff
    to: Person
    asked_for: AskedFor
    note: str


@dataclass(frozen=True, slots=True)
class Join(Command):
    """Whoever was asked to, or a supervisor, answers the visitor beside the owner."""

    actor: Staff


@dataclass(frozen=True, slots=True)
class Leave(Command):
    """A colleague takes no part any more; or the owner lets `consultant` go."""

    actor: Staff
    consultant: str | None = None


@dataclass(frozen=True, slots=True)
class DismissEmergency(Command):
    """A supervisor says that it is none."""

    actor: Staff


@dataclass(frozen=True, slots=True)
class SetDepartment(Command):
    """Whoever answers, or a supervisor, says which department it is about."""

    actor: Staff
    department: str


@dataclass(frozen=True, slots=True)
class ChangeGroup(Command):
    """Its department was served by `previous` and is served by `group` now; nothing, if it is in a third one already.
    `closes_at`: when the opening hours of the new group end (ms)."""

    previous: str
    group: str
    closes_at: int | None = None


@dataclass(frozen=True, slots=True)
class AcknowledgeAlarm(Command):
    """Somebody says that they have seen its alarm. Whether they have it is decided where alarms are (`hub.alarms`)."""

    by: Person
    alarm: str


@dataclass(frozen=True, slots=True)
class Claim(Command):
    """A consultant takes it from the queue himself."""

    actor: Staff
    load: int
    capacity: int


@dataclass(frozen=True, slots=True)
class AcceptOffer(Command):
    """The one it was held out to takes it."""

    actor: Staff
    offer: str
    load: int
    capacity: int


@dataclass(frozen=True, slots=True)
class DeclineOffer(Command):
    """The one it was held out to does not take it. A transfer needs a `reason`."""

    actor: Staff
    offer: str
    reason: str


@dataclass(frozen=True, slots=True)
class WithdrawOffer(Command):
    """The owner takes his transfer offer back."""

    actor: Staff
    offer: str


@dataclass(frozen=True, slots=True)
class DropOffer(Command):
    """The one it was held out to has lost his connection: open offers end at once."""

    consultant: str


@dataclass(frozen=True, slots=True)
class CloseAccount(Command):
    """The account is closed: whatever this consultant holds, was offered or takes part in is over at once."""

    consultant: str


@dataclass(frozen=True, slots=True)
class OfferTransfer(Command):
    """The owner holds it out to a colleague (`to`, with his role) or to a group. `offer` is the new offer's id."""

    actor: Staff
    fence: int
    offer: str
    note: str
    to: Person | None = None
    to_role: Role | None = None
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Close(Command):
    """End it. Staff say with which `outcome`; a visitor just ends it, or stops waiting (and has `message_left`)."""

    actor: Visitor | Staff
    fence: int | None = None
    outcome: str | None = None
    message_left: bool = False


@dataclass(frozen=True, slots=True)
class Reopen(Command):
    """Staff go on with what the clock or staff ended a while ago; they are given it as by a claim."""

    actor: Staff
    fence: int
    load: int
    capacity: int


@dataclass(frozen=True, slots=True)
class SetOutcome(Command):
    """Say how it ended, or correct that. Needs no fence: it says nothing to the visitor, and once the conversation has
    been taken up again it is refused."""

    actor: Staff
    outcome: str


@dataclass(frozen=True, slots=True)
class Rate(Command):
    """The visitor's rating, 1 to 5 stars, of whoever has this `part`; of whoever answered last, if none is named."""

    actor: Visitor
    stars: int
    tags: tuple[str, ...] = ()
    comment: str = ""
    part: int | None = None


@dataclass(frozen=True, slots=True)
class DeadlineReached(Command):
    """Some deadline may be over: do whatever is due. `owner_typing`: the owner was seen typing just now; `elsewhere`:
    somebody else has room for it (of the group that helps out while it waits, of its own while it is owned);
    `somebody_typing`: the visitor, the owner or a colleague who has joined was seen typing just now."""

    owner_typing: bool = False
    elsewhere: bool = False
    somebody_typing: bool = False


@dataclass(frozen=True, slots=True)
class NoteOwner(Command):
    """What presence says of the owner. `afresh` starts the grace anew (the server itself was away)."""

    here: bool
    afresh: bool = False


@dataclass(frozen=True, slots=True)
class NoteColleague(Command):
    """What presence says of a colleague who has joined. `afresh` as in `NoteOwner`."""

    consultant: str
    here: bool
    afresh: bool = False


@dataclass(frozen=True, slots=True)
class NoteVisitor(Command):
    """What presence says of the visitor. `afresh` as in `NoteOwner`."""

    here: bool
    afresh: bool = False
