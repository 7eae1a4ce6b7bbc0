"""A waiting conversation is claimed, or assigned by a supervisor."""

from msgspec import Struct

from chatserver.wire.fields import EventBase, Frame, Id, Place, Ref
from chatserver.wire.people import Person


class ConversationClaim(Frame, tag="conversation.claim", frozen=True, omit_defaults=True):
    """接入: take a conversation from the queue. Exactly one claim succeeds; the others are refused with `offer_gone`,
    which names the new owner."""

    ref: Ref
    conversation: Id


class ConversationAssign(Frame, tag="conversation.assign", frozen=True, omit_defaults=True):
    """A supervisor assigns a waiting conversation to a consultant. Beyond what that consultant could claim, it needs
    `above`; without it, it is refused with `no_room`."""

    ref: Ref
    conversation: Id
    fence: Place
    consultant: Id
    above: bool = False


class Why(Struct, frozen=True, omit_defaults=True):
    """The numbers behind an assignment (docs/routing.md): `load` of `capacity` before it; `among`: how many had room;
    `idle_ms`: how long ago the consultant last got a conversation; `waited_ms`: how long it had waited; `preferred`:
    they served this visitor before; `skill` and `level`: asked for, and `lacking` when nobody with the skill was free
    in time; `again`: they had missed or declined it, and nobody else was available. `emergency`: assigned at once,
    regardless of these numbers; `availability`: what the consultant had chosen (none: 在线)."""

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


class AssignedEvent(EventBase, tag="assigned", frozen=True, omit_defaults=True):
    """A consultant became the owner."""

    group: str
    consultant: Person
    by: Person | None = None
    how: str | None = None
    why: Why | str | None = None
    fence: int | None = None
