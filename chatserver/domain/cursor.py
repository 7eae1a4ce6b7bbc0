"""One reader's place in one conversation: what to deliver now, what to hold, what to fetch.

Whatever is lost, doubled or reordered on the way here, the reader gets every entry once and in order.
"""

from typing import Generic, TypeVar

T = TypeVar("T")

HOLD = 256
"""Entries held past a gap. More are let go: fetching the gap brings them again."""


class Cursor(Generic[T]):
    """`sent` is the last place delivered; `head` the highest place heard of."""

    __slots__ = ("_held", "head", "sent")

    def __init__(self, after: int) -> None:
        self.sent = after
        self.head = after
        self._held: dict[int, T] = {}

    def arrive(self, seq: int, item: T) -> list[T]:
        """`item` is the entry at `seq`: what may be delivered now, in order (nothing, it, or it and held ones)."""
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
        """Somebody said that the conversation goes up to `head`."""
        if head > self.head:
            self.head = head

    @property
    def behind(self) -> bool:
        """Whether something is to be fetched, from after `sent`."""
        return self.sent < self.head
