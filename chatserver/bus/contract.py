"""What a bus must do. One contract, tested by one suite for every implementation.

A bus carries notifications and presence. Everything that must survive is in the store, so whatever a bus loses can be
read from there again. A bus never carries chat text or names, only ids and positions.
"""

from collections.abc import Sequence
from typing import NamedTuple, Protocol


class Doorbell(NamedTuple):
    """A conversation has changed: its row now has this `version`, and its entries reach up to these positions."""

    conversation: str
    version: int
    seq: int
    visitor_seq: int


class StaffBell(NamedTuple):
    """A consultant's row has changed and now has this `version`."""

    consultant: str
    version: int


class SettingBell(NamedTuple):
    """A setting of the whole hospital has changed and now has this `version`."""

    setting: str
    version: int


class TypingBell(NamedTuple):
    """Somebody has started or stopped typing: the visitor, the owner, or a colleague `beside` the owner, whose typing
    is shown to nobody. Nothing is re-read if the bell is lost."""

    conversation: str
    by_visitor: bool
    on: bool
    beside: bool = False


class DraftBell(NamedTuple):
    """A member of staff has changed or removed their draft in this conversation; its text is in the store. Nothing is
    re-read if the bell is lost."""

    consultant: str
    conversation: str
    mode: str


class SeenBell(NamedTuple):
    """This visitor or member of staff has seen the conversation up to `seq`. Nothing is re-read if the bell is lost."""

    person: str
    conversation: str
    seq: int


Bell = Doorbell | StaffBell | SettingBell | TypingBell | DraftBell | SeenBell
PASSING = (TypingBell, DraftBell, SeenBell)
"""Ephemeral doorbells: nothing is re-read when one of them is lost."""


class Listener(Protocol):
    """A node's listener. It is called in the event loop, so it must not block and must not raise."""

    def heard(self, bell: Bell) -> None:
        """Another node rang this doorbell."""

    def missed(self) -> None:
        """Doorbells may have been lost since the last call: re-read everything."""

    def presence_changed(self, people: Sequence[str]) -> None:
        """These people may have connected or disconnected at other nodes. An empty list: presence is trustworthy again
        for everybody."""


class Bus(Protocol):
    """One node's end of the bus. Only `start` and `stop` wait; no method raises when the bus is away."""

    async def start(self, world: str, listener: Listener) -> bool:
        """Join the nodes of this `world` (the database's epoch). Returns whether this is the first node.

        Returns False, too, if that is unknown because the bus is away.
        """

    async def stop(self) -> None:
        """Leave. The other nodes are told at once that this node's connections are gone."""

    def ring(self, bell: Bell) -> None:
        """Send the doorbell to all other nodes, in the order rung. It may be lost."""

    def came(self, person: str, connection: str, since: int) -> None:
        """A connection of this person was opened at this node at `since` (ms)."""

    def left(self, person: str, connection: str) -> None:
        """That connection was closed. An unknown one changes nothing."""

    def elsewhere(self, person: str) -> Sequence[int]:
        """When (ms) each known connection of this person at other nodes was opened; empty if there is none."""

    @property
    def up(self) -> bool:
        """Whether doorbells are being carried now. Always true for a bus without other nodes."""

    @property
    def trusted(self) -> bool:
        """Whether an empty `elsewhere` means that the person is not connected to any other node.

        False while the bus is away, and until every node has had the time to report its connections. Meanwhile nobody
        counts as gone.
        """

    @property
    def works_timers(self) -> bool:
        """Whether this node runs the deadlines: it holds the timer lease, or the bus is down and nobody can know who
        does."""

    @property
    def shared(self) -> bool:
        """Whether other nodes can exist at all."""

    @property
    def peers(self) -> int:
        """How many other nodes have recently reported that they can serve."""

    def say_healthy(self, healthy: bool) -> None:
        """Report whether this node can serve. If it can, the others count it among their `peers`."""
