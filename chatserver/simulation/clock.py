"""Simulated time: what is to happen, in the order of its times (ms). Nobody waits for anything."""

from collections.abc import Callable
from heapq import heappop, heappush
from typing import Any

Happening = tuple[int, int, Callable[..., None], tuple[Any, ...]]


class Clock:
    """Jumps from one happening to the next. What is set for the same moment happens in the order it was set."""

    def __init__(self) -> None:
        self.now = 0
        self._coming: list[Happening] = []
        self._count = 0

    def at(self, when: int, happens: Callable[..., None], *about: Any) -> None:
        """Let it happen then, or at once if that is past."""
        self._count += 1
        heappush(self._coming, (max(when, self.now), self._count, happens, about))

    def run(self, after_each: Callable[[], None]) -> None:
        """Until nothing is left to happen."""
        while self._coming:
            self.now, _, happens, about = heappop(self._coming)
            happens(*about)
            after_each()
