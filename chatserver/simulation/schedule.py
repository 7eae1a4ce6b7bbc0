"""Simulated time: scheduled calls in the order of their times (ms). Nothing waits."""

from collections.abc import Callable
from heapq import heappop, heappush
from typing import Any

Happening = tuple[int, int, Callable[..., None], tuple[Any, ...]]


class Schedule:
    """Jumps from one scheduled call to the next. Calls for the same time run in the order they were scheduled."""

    def __init__(self) -> None:
        self.now = 0
        self._coming: list[Happening] = []
        self._count = 0

    def at(self, when: int, happens: Callable[..., None], *about: Any) -> None:
        """Call it at that time, or at once if that is past."""
        self._count += 1
        heappush(self._coming, (max(when, self.now), self._count, happens, about))

    def run(self, after_each: Callable[[], None]) -> None:
        """Run until nothing is scheduled."""
        while self._coming:
            self.now, _, happens, about = heappop(self._coming)
            happens(*about)
            after_each()
