"""How long the event loop stood still: a task that should run ten times a second records how late it runs."""

import asyncio
from collections.abc import Callable

LOOK_EVERY = 0.1
SPAN = 15.0
"""Seconds. `longest` covers the current span and the one before, so that no stall falls between two readings."""


class LoopLag:
    """`steady` is a monotonic clock in seconds."""

    def __init__(self, steady: Callable[[], float]) -> None:
        self._steady = steady
        self._began = steady()
        self._now = self._before = 0.0
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._watch(), name="stalls")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def longest(self) -> float:
        """The longest stall (s) of this span and the one before."""
        self._turn_over()
        return max(self._now, self._before)

    def noted(self, late: float) -> None:
        """The loop ran this many seconds late."""
        self._turn_over()
        self._now = max(self._now, late)

    async def _watch(self) -> None:
        while True:
            slept = self._steady()
            await asyncio.sleep(LOOK_EVERY)
            self.noted(self._steady() - slept - LOOK_EVERY)

    def _turn_over(self) -> None:
        spans = (self._steady() - self._began) // SPAN
        if spans:
            self._before = self._now if spans == 1 else 0.0
            self._now = 0.0
            self._began += spans * SPAN
