"""One reader's position in one conversation: what to deliver now, what to hold, what to fetch.

Even if entries are lost, duplicated or reordered on the way here, the reader gets each one once and in order.
"""

from typing import Generic, TypeVar

T = TypeVar("T")

HOLD = 256
"""The most entries that are held behind a gap. Further ones are dropped, because fetching the gap brings them again."""


class Cursor(Generic[T]):
    """`sent`: the last place that was delivered; `head`: the highest place known."""

    __slots__ = ("_held", "head", "sent")

    def __init__(self, after: int) -> None:
        self.sent = after
        self.head = after
        self._held: dict[int, T] = {}

    def arrive(self, seq: int, item: T) -> list[T]:
        """Takes the entry at `seq`. Returns what may be delivered now, in order: this entry and the held ones that
        follow it, or nothing."""
        self.heard(seq)
        if seq <= self.sent:
            return []
        if seq > self.sent + 1:
            if len(self._held) < HOLD:
                self._held[seq] = item
            return []
        ready = [item]
        self.sent = seq
        while (following := self._held.pop(self.sent + 1, None)) is not None:
            ready.append(following)
            self.sent += 1
        return ready

    def heard(self, head: int) -> None:
        """Notes that the conversation goes up to `head`."""
        if head > self.head:
            self.head = head

    @property
    def behind(self) -> bool:
        """Whether entries after `sent` have to be fetched."""
        return self.sent < self.head
