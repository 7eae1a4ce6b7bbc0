"""Offers: a ring, or a transfer to a colleague or a group."""

from typing import Literal

from msgspec import Struct

from chatserver.wire.assignment import Why
from chatserver.wire.fields import EventBase, Frame, Id, Key, Place, Ref, Text
from chatserver.wire.people import Person


class TransferOffer(Frame, tag="transfer.offer", frozen=True, omit_defaults=True):
    """转接: offer the conversation to a colleague or a group (exactly one of the two), with a note that says why."""

    ref: Ref
    conversation: Id
    fence: Place
    note: Text
    consultant: Id | None = None
    group: Key | None = None


class OfferAccept(Frame, tag="offer.accept", frozen=True, omit_defaults=True):
    """Accept an offer to me: a ring or a transfer."""

    ref: Ref
    conversation: Id
    offer: Id


class OfferDecline(Frame, tag="offer.decline", frozen=True, omit_defaults=True):
    """Decline an offer. Declining a transfer needs a `reason`."""

    ref: Ref
    conversation: Id
    offer: Id
    reason: Text = ""


class OfferWithdraw(Frame, tag="offer.withdraw", frozen=True, omit_defaults=True):
    """Withdraw my transfer offer."""

    ref: Ref
    conversation: Id
    offer: Id


class OfferShown(Struct, frozen=True, omit_defaults=True):
    """An open offer on a row. `mine`: it is addressed to me, or to a group of mine and I have not declined it."""

    id: str
    kind: Literal["ring", "transfer"]
    ends_at: int
    mine: bool
    by: Person | None = None
    consultant: Person | None = None
    group: str | None = None
    note: str = ""


class RungEvent(EventBase, tag="rung", frozen=True, omit_defaults=True):
    """The conversation was offered to one consultant."""

    consultant: Person
    why: Why | str
    offer: str
    ends_at: int
    fence: int


class RingMissedEvent(EventBase, tag="ring_missed", frozen=True, omit_defaults=True):
    """The consultant did not accept the ring."""

    consultant: Person
    reason: str
    offer: str


class TransferOfferedEvent(EventBase, tag="transfer_offered", frozen=True, omit_defaults=True, kw_only=True):
    """The conversation was offered to a colleague or to a group."""

    group: str | None = None
    consultant: Person | None = None
    by: Person
    note: str
    offer: str
    ends_at: int


class TransferDeclinedEvent(EventBase, tag="transfer_declined", frozen=True, omit_defaults=True):
    """A colleague declined the transfer."""

    consultant: Person
    reason: str
    offer: str


class TransferEndedEvent(EventBase, tag="transfer_ended", frozen=True, omit_defaults=True):
    """The offer of a transfer is over, and nobody accepted it."""

    reason: str
    offer: str


class TransferredEvent(EventBase, tag="transferred", frozen=True, omit_defaults=True):
    """A colleague accepted the transfer and is the owner now."""

    group: str
    consultant: Person
    previous: Person | None = None
    note: str | None = None
    offer: str | None = None
    fence: int | None = None
