"""Offers: rings and transfers."""

from dataclasses import dataclass
from typing import Literal

from chatserver.domain.events.assignment import Why
from chatserver.domain.events.base import Event
from chatserver.domain.hospital import Person

RingMissedReason = Literal["expired", "declined", "lost", "closed"]

TransferEndedReason = Literal["withdrawn", "expired", "lost", "returned", "closed"]


@dataclass(frozen=True, slots=True)
class Rung(Event):
    """It was offered to one consultant until `ends_at` (ms). Meanwhile it takes one of their places."""

    offer: str
    consultant: Person
    ends_at: int
    why: Why | str
    fence: int


@dataclass(frozen=True, slots=True)
class RingMissed(Event):
    """The consultant did not accept the ring. `reason`: expired, declined, lost (their connection) or closed."""

    is_parting = True

    offer: str
    consultant: Person
    reason: RingMissedReason


@dataclass(frozen=True, slots=True)
class TransferOffered(Event):
    """转接: the owner offered it to a colleague or to a group, with a note that says why."""

    offer: str
    by: Person
    consultant: Person | None
    group: str | None
    note: str
    ends_at: int


@dataclass(frozen=True, slots=True)
class TransferDeclined(Event):
    """A colleague declined, with a reason. An offer to a group stays open for the others."""

    is_parting = True

    offer: str
    consultant: Person
    reason: str


@dataclass(frozen=True, slots=True)
class TransferEnded(Event):
    """The offer is over. `reason`: withdrawn, expired, lost (the colleague's connection): the owner keeps the
    conversation; returned: it went back to the queue; closed: it ended.
    """

    is_parting = True

    offer: str
    reason: TransferEndedReason


@dataclass(frozen=True, slots=True)
class Transferred(Event):
    """A colleague accepted: they are the owner now, and can read everything that was said before."""

    is_parting = True

    offer: str
    consultant: Person
    previous: Person
    group: str
    note: str
    fence: int
