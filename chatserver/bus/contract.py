"""What a bus must do. One contract, one suite of tests, every implementation.

A bus tells and watches. What must survive is in the store; what a bus loses is found again there. No word of a chat and
no name is ever given to it: ids and places only.
"""

from collections.abc import Sequence
from typing import NamedTuple, Protocol


class Doorbell(NamedTuple):
    """A conversation has changed: its row is this `version` now, and its entries go up to these places."""

    conversation: str
    version: int
    seq: int
    visitor_seq: int


class StaffBell(NamedTuple):
    """A consultant's row has changed: it is this `version` now."""

    consultant: str
    version: int


class TypingBell(NamedTuple):
    """Somebody writes, or has stopped: the conversation's visitor, or else its owner; or a colleague `beside` the
    owner, which shows to nobody. Worth nothing later."""

    conversation: str
    by_visitor: bool
    on: bool
    beside: bool = False


class DraftBell(NamedTuple):
    """A member of staff has another draft here now, or none: the store has its words. Worth nothing later."""

    consultant: str
    conversation: str
    mode: str


class SeenBell(NamedTuple):
    """This visitor or member of staff has had the conversation on a screen up to here. Worth nothing later."""

    person: str
    conversation: str
    seq: int


Bell = Doorbell | StaffBell | TypingBell | DraftBell | SeenBell
PASSING = (TypingBell, DraftBell, SeenBell)
"""What is not looked for again when it was lost."""


class Ear(Protocol):
    """Who listens on a node. Called in the event loop, must not wait and must not raise."""

    def heard(self, bell: Bell) -> None:
        """Another node rang."""

    def missed(self) -> None:
        """Bells may have been lost since the last call: look at everything."""

    def presence_changed(self, people: Sequence[str]) -> None:
        """These may have come or gone at other nodes. None: what is known of everybody can be believed again."""


class Bus(Protocol):
    """One node's end of it. Nothing but `start` and `stop` waits; nothing raises when the bus is away."""

    async def start(self, world: str, ear: Ear) -> bool:
        """Join the nodes of this `world` (the database's epoch). Whether nobody was there before.

        False too when that cannot be known, because the bus is away.
        """

    async def stop(self) -> None:
        """Leave: the others are told at once that this node's connections are no more."""

    def ring(self, bell: Bell) -> None:
        """Tell it to all other nodes, in the order rung, or not at all."""

    def came(self, person: str, connection: str, since: int) -> None:
        """A connection of this person's at this node, since then (ms)."""

    def left(self, person: str, connection: str) -> None:
        """It is no more. One that is not known changes nothing."""

    def elsewhere(self, person: str) -> Sequence[int]:
        """Since when (ms) each of his connections at other nodes has been there, as far as is known; none: empty."""

    @property
    def up(self) -> bool:
        """Whether bells are carried at this moment. Always for a bus that has no other nodes."""

    @property
    def trusted(self) -> bool:
        """Whether `elsewhere` may be believed when it says that somebody is not there.

        Not while the bus is away, nor until every node has had the time to say who is with it: unknown is not gone.
        """

    @property
    def works_timers(self) -> bool:
        """Whether deadlines are this node's to work: it holds the lease, or nobody can say who does."""

    @property
    def shared(self) -> bool:
        """Whether there can be other nodes at all."""

    @property
    def peers(self) -> int:
        """How many other nodes said lately that they can serve."""

    def say_healthy(self, healthy: bool) -> None:
        """Whether this node can serve; the others count it among their `peers` or not."""
