"""Offers: a ring, or a transfer to a colleague or a group."""

from typing import Literal

from msgspec import Struct

from chatserver.wire.fields import Frame, Id, Key, Place, Ref, Text
from chatserver.wire.people import Person


class TransferOffer(Frame, tag="transfer.offer", frozen=True, omit_defaults=True):
    """转接: hold it out to a colleague or a group (exactly one of the two), with a note why."""

    ref: Ref
    conversation: Id
    fence: Place
    note: Text
    consultant: Id | None = None
    group: Key | None = None


class OfferAccept(Frame, tag="offer.accept", frozen=True, omit_defaults=True):
    """Take what is held out to me: a ring or a transfer."""

    ref: Ref
    conversation: Id
    offer: Id


class OfferDecline(Frame, tag="offer.decline", frozen=True, omit_defaults=True):
    """Do not take it. A transfer wants a `reason`."""

    ref: Ref
    conversation: Id
    offer: Id
    reason: Text = ""


class OfferWithdraw(Frame, tag="offer.withdraw", frozen=True, omit_defaults=True):
    """Take my transfer offer back."""

    ref: Ref
    conversation: Id
    offer: Id


class OfferShown(Struct, frozen=True, omit_defaults=True):
    """An open offer on a row. `mine`: held out to me (or to my group, and I have not declined)."""

    id: str
    kind: Literal["ring", "transfer"]
    ends_at: int
    mine: bool
    by: Person | None = None
    consultant: Person | None = None
    group: str | None = None
    note: str = ""
