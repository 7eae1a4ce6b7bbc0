"""What waits to be told to the other nodes: bells, and who has come and gone here. In memory, and bounded."""

from collections.abc import Sequence

from chatserver.bus.codec import Came, Lost, Moved, News
from chatserver.bus.contract import PASSING, Bell

BELLS = 5_000
"""More than a second of the busiest hospital. Beyond it the others look at everything, which tells them as much."""


class PublishQueue:
    """Bells that wait, in the order rung. What cannot wait is lost, and `take` says so before all others."""

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
        """Do not keep it: nobody could be told in time."""
        self._lost = self._lost or not isinstance(bell, PASSING)

    def lose_all(self) -> None:
        for bell in self._bells:
            self.lose(bell)
        self._bells = []

    def take(self) -> list[News]:
        """All that is to be told, which is no longer here then. When that fails, `give_back` it."""
        news: list[News] = [Lost()] if self._lost else []
        news.extend(self._bells)
        self._bells, self._lost = [], False
        return news

    def give_back(self, news: Sequence[News]) -> None:
        """It may not have been heard. Not kept: looking at everything costs the others less than telling it twice."""
        self._lost = self._lost or any(not isinstance(each, PASSING) for each in news)

    def _has_made_room(self, bell: Bell) -> bool:
        """What passes is let go first; and one lost bell of the others costs as much as all of them."""
        if isinstance(bell, PASSING):
            return False
        kept: list[Bell] = [each for each in self._bells if not isinstance(each, PASSING)]
        if len(kept) == self._bound:
            kept = []
            self._lost = True
        self._bells = kept
        return True


class Here:
    """Who is connected to this node, and what of it the others have not been told yet.

    Each telling raises `version`. While it is not `written`, the server does not hold it and must be given all of it.
    """

    def __init__(self) -> None:
        self.version = 0
        self.written = False
        self._connections: dict[str, Came] = {}
        self._untold: dict[str, Came | None] = {}

    @property
    def has_news(self) -> bool:
        return bool(self._untold)

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
        """What has changed since the last time, if anything. When it cannot be told, it is `unwritten`."""
        if not self._untold:
            return None
        self.version += 1
        moved = Moved(
            self.version,
            tuple(came for came in self._untold.values() if came is not None),
            tuple(connection for connection, came in self._untold.items() if came is None),
        )
        self._untold = {}
        return moved

    def take_all(self) -> list[Came]:
        """All of it, which counts as written from now on."""
        self.version += 1
        self.written = True
        return list(self._connections.values())

    def unwritten(self) -> None:
        """The server has forgotten it, or may not have got it. What changes now is part of the whole."""
        self.written = False
        self._untold = {}

    def _note(self, connection: str, came: Came | None) -> None:
        if self.written:
            self._untold[connection] = came
