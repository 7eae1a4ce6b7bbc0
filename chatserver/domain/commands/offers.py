"""Offers: rings and transfers."""

from dataclasses import dataclass

from chatserver.domain.actors import Staff
from chatserver.domain.commands.base import Command
from chatserver.domain.events.assignment import Why
from chatserver.domain.hospital import Person, Role


@dataclass(frozen=True, slots=True)
class Ring(Command):
    """The router offers it to a consultant for a limited time. `offer`: the id of the new offer."""

    to: Person
    offer: str
    load: int
    capacity: int
    why: Why | str


@dataclass(frozen=True, slots=True)
class OfferTransfer(Command):
    """The owner offers it to a colleague (`to`, with `to_role`) or to a group. `offer`: the id of the new offer."""

    actor: Staff
    fence: int
    offer: str
    note: str
    to: Person | None = None
    to_role: Role | None = None
    group: str | None = None


@dataclass(frozen=True, slots=True)
class AcceptOffer(Command):
    """The receiver of the offer accepts it."""

    actor: Staff
    offer: str
    load: int
    capacity: int


@dataclass(frozen=True, slots=True)
class DeclineOffer(Command):
    """The receiver of the offer declines it. Declining a transfer needs a `reason`."""

    actor: Staff
    offer: str
    reason: str


@dataclass(frozen=True, slots=True)
class WithdrawOffer(Command):
    """The owner withdraws the transfer offer."""

    actor: Staff
    offer: str


@dataclass(frozen=True, slots=True)
class DropOffer(Command):
    """The receiver of the offer lost the connection: open offers end at once."""

    consultant: str
