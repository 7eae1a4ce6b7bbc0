"""What can be asked of a conversation. Imperative; who asks is part of the command, taken from his session.

Commands that speak to the visitor or change the conversation carry the `fence` the asker last saw; those that
answer an offer carry its id instead. What a giving needs to know of the receiver (`load`) is counted by the
caller inside the same transaction.
"""

from dataclasses import dataclass

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
class Command:
    """Something asked."""


@dataclass(frozen=True, slots=True)
class PostMessage(Command):
    """Say something to the other side. `fence` is required of staff and ignored of visitors."""

    actor: Visitor | Staff
    body: str
    fence: int | None = None


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
    why: str


@dataclass(frozen=True, slots=True)
class Ring(Command):
    """The router holds it out to a consultant for a time. `offer` is the new offer's id."""

    to: Person
    offer: str
    load: int
    capacity: int
    why: str


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
    """End it. Staff say with which `outcome`; a visitor just ends it, or stops waiting."""

    actor: Visitor | Staff
    fence: int | None = None
    outcome: str | None = None


@dataclass(frozen=True, slots=True)
class Rate(Command):
    """The visitor's rating, 1 to 5 stars."""

    actor: Visitor
    stars: int
    tags: tuple[str, ...] = ()
    comment: str = ""


@dataclass(frozen=True, slots=True)
class TimeUp(Command):
    """Some deadline may be over: do whatever is due. `owner_typing`: he was seen typing just now."""

    owner_typing: bool = False


@dataclass(frozen=True, slots=True)
class NoteOwner(Command):
    """What presence says of the owner. `afresh` starts the grace anew (the server itself was away)."""

    here: bool
    afresh: bool = False


@dataclass(frozen=True, slots=True)
class NoteVisitor(Command):
    """What presence says of the visitor. `afresh` as in `NoteOwner`."""

    here: bool
    afresh: bool = False
