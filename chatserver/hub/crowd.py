"""What the people behind one network address share: places in queues, and emergencies with priority.

This is kept in memory, so a restart forgets it, and each node knows only the conversations of visitors who connected to
it.
"""

import threading
from collections.abc import Callable

from chatserver.domain.conversation import QUEUED, Conversation, Phase

Picture = Callable[[str], Conversation | None]

HOUR_S = 3_600


class Crowd:
    """The people behind one address; below, "they" and "one of them" mean these people. `picture` returns this node's
    copy of a conversation. `priority` is the number of emergencies per hour that have priority. `steady` is a monotonic
    clock in seconds."""

    __slots__ = ("_asking", "_known", "_picture", "_priority", "_steady", "_turn", "_urgent")

    def __init__(self, picture: Picture, priority: int, steady: Callable[[], float]) -> None:
        self._picture = picture
        self._priority = priority
        self._steady = steady
        self._asking: dict[str, str] = {}
        self._known: set[str] = set()
        self._urgent: dict[str, float] = {}
        # The writer thread counts emergencies in conversations; the event loop counts those in 留言 and forgets old
        # ones.
        self._turn = threading.Lock()

    @property
    def is_empty(self) -> bool:
        self._forget_ended()
        with self._turn:
            self._forget_old()
        return not self._asking and not self._known and not self._urgent

    def asks(self, conversation: str, group: str) -> None:
        """One of them asks to open this conversation. It counts from now on, so that simultaneous requests are all
        counted."""
        self._asking[conversation] = group

    def answered(self, conversation: str, *, opened: bool) -> None:
        """The request to open a conversation was answered; `opened` says how."""
        self._asking.pop(conversation, None)
        if opened:
            self.has(conversation)

    def has(self, conversation: str) -> None:
        """This conversation belongs to one of them."""
        self._known.add(conversation)

    def waiting_in(self, group: str) -> int:
        """How many places in this group's queue are theirs."""
        self._forget_ended()
        found = (self._picture(id) for id in self._known)
        waiting = sum(1 for each in found if each is not None and each.queue.group == group and each.phase in QUEUED)
        return waiting + sum(asked == group for asked in self._asking.values())

    def is_beyond(self, visitor: str) -> bool:
        """Whether the address has used up its emergencies with priority, so that one of this visitor gets none. A
        visitor who had priority within the last hour keeps it."""
        if not self._urgent:
            return False
        with self._turn:
            self._forget_old()
            return visitor not in self._urgent and len(self._urgent) >= self._priority

    def had_priority(self, visitor: str) -> None:
        """An emergency of this visitor was given priority."""
        with self._turn:
            self._urgent.setdefault(visitor, self._steady())

    def _forget_old(self) -> None:
        since = self._steady() - HOUR_S
        self._urgent = {visitor: at for visitor, at in self._urgent.items() if at > since}

    def _forget_ended(self) -> None:
        over = [id for id in self._known if (known := self._picture(id)) is None or known.phase is Phase.CLOSED]
        self._known.difference_update(over)
