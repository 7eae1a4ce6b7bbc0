"""What this node still has to publish: doorbells, and the connections opened and closed here. In memory and bounded."""

from collections.abc import Sequence

from chatserver.bus.codec import Came, Lost, Moved, Notice
from chatserver.bus.contract import PASSING, Bell

BELLS = 5_000
"""The most doorbells that wait, more than the busiest hospital rings in a second. If there are more, some are dropped
and the other nodes re-read everything, which has the same result."""


class PublishQueue:
    """Doorbells waiting to be published, in the order rung. When some were dropped, `take` puts a `Lost` before the
    rest."""

    def __init__(self, bound: int = BELLS) -> None:
        self._bound = bound
        self._bells: list[Bell] = []
        self._lost = False

    def __bool__(self) -> bool:
        return bool(self._bells) or self._lost

    def __len__(self) -> int:
        return len(self._bells)

    def add(self, bell: Bell) -> None:
        if len(self._bells) < self._bound or self._has_made_room(bell):
            self._bells.append(bell)

    def lose(self, bell: Bell) -> None:
        """Drop a doorbell that cannot be published in time."""
        self._lost = self._lost or not isinstance(bell, PASSING)

    def lose_all(self) -> None:
        for bell in self._bells:
            self.lose(bell)
        self._bells = []

    def take(self) -> list[Notice]:
        """Remove and return everything that is to be published. If publishing fails, `give_back` it."""
        notices: list[Notice] = [Lost()] if self._lost else []
        notices.extend(self._bells)
        self._bells, self._lost = [], False
        return notices

    def give_back(self, notices: Sequence[Notice]) -> None:
        """Publishing failed, so the others may have missed these messages. The messages are not kept, because a re-read
        costs the others less than receiving everything twice."""
        self._lost = self._lost or any(not isinstance(each, PASSING) for each in notices)

    def _has_made_room(self, bell: Bell) -> bool:
        """Whether there is room for this doorbell now. Drop the ephemeral doorbells first. If that is not enough, drop
        all, because after one lost doorbell the others re-read everything anyway."""
        if isinstance(bell, PASSING):
            return False
        kept: list[Bell] = [each for each in self._bells if not isinstance(each, PASSING)]
        if len(kept) == self._bound:
            kept = []
            self._lost = True
        self._bells = kept
        return True


class OwnConnections:
    """The connections of this node, and which changes of them have not been published yet.

    Each publication raises `version`. While not `written`, the server does not have the list and must be given all of
    it.
    """

    def __init__(self) -> None:
        self.version = 0
        self.written = False
        self._connections: dict[str, Came] = {}
        self._unpublished: dict[str, Came | None] = {}

    @property
    def has_changes(self) -> bool:
        return bool(self._unpublished)

    def came(self, person: str, connection: str, since: int) -> None:
        came = Came(connection, person, since)
        self._connections[connection] = came
        self._note(connection, came)

    def left(self, person: str, connection: str) -> None:
        known = self._connections.get(connection)
        if known is not None and known.person == person:
            del self._connections[connection]
            self._note(connection, None)

    def take(self) -> Moved | None:
        """The changes since the last call, if any. If publishing them fails, call `unwritten`."""
        if not self._unpublished:
            return None
        self.version += 1
        moved = Moved(
            self.version,
            tuple(came for came in self._unpublished.values() if came is not None),
            tuple(connection for connection, came in self._unpublished.items() if came is None),
        )
        self._unpublished = {}
        return moved

    def take_all(self) -> list[Came]:
        """The whole list, which counts as written from now on."""
        self.version += 1
        self.written = True
        return list(self._connections.values())

    def unwritten(self) -> None:
        """The server has lost the list, or may not have received a change. Until the whole list is written again,
        changes are not published one by one."""
        self.written = False
        self._unpublished = {}

    def _note(self, connection: str, came: Came | None) -> None:
        if self.written:
            self._unpublished[connection] = came
