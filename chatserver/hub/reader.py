"""One session's reading of one conversation: entries are held back until the replay's start is known."""

from chatserver.domain.cursor import Cursor
from chatserver.wire.following import UnfollowedWhy


class Reader:
    """Subscribe first, read second, merge third: entries that arrive before `begin` are held.

    `muted`: the session may not read the conversation at this moment, and `why` says why. What it misses meanwhile is
    read from the store once it may read again. `live`: the session was told that it is up to date. `ends`: it is
    unsubscribed once nothing is missing.
    """

    __slots__ = ("_before", "_begun", "_head", "cursor", "ends", "filling", "live", "muted", "why")

    def __init__(self) -> None:
        self.cursor: Cursor[bytes] = Cursor(0)
        self.filling = False
        self.muted = False
        self.why: UnfollowedWhy = "given"
        self.live = False
        self.ends = False
        self._begun = False
        self._head = 0
        self._before: list[tuple[int, bytes]] = []

    def begin(self, after: int) -> None:
        """The session has everything up to `after`; from now on `arrive` lets later entries through, in order."""
        if not self._begun or after > self.cursor.sent:
            self.cursor = Cursor(after)
            self.cursor.heard(self._head)
        self._begun = True

    def heard(self, head: int) -> None:
        """The conversation has entries up to `head`. This is remembered even before `begin`."""
        if head > self._head:
            self._head = head
        self.cursor.heard(head)

    @property
    def highest(self) -> int:
        """The highest place that is known, from a head or an entry."""
        return max([self._head, self.cursor.head, *(seq for seq, _ in self._before)])

    def arrive(self, seq: int, text: bytes) -> list[bytes]:
        """An encoded entry arrived: returns what may be sent now."""
        if not self._begun:
            self._before.append((seq, text))
            return []
        return self.cursor.arrive(seq, text)

    def merge(self) -> list[bytes]:
        """After the replay: returns the entries that arrived meanwhile and are not in it."""
        came, self._before = self._before, []
        return [text for seq, held in came for text in self.cursor.arrive(seq, held)]

    @property
    def begun(self) -> bool:
        return self._begun
