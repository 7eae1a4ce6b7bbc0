"""Shares the event loop between connections: one read may hold thousands of frames, and all others would have to wait.

The first frame of a read is handled at once. All further frames of all connections share 2 ms of each turn of the event
loop. A connection with more of them waits in a queue, with reading paused, and everything else that is due runs first.
"""

import asyncio
import time
from collections import deque
from typing import Protocol

SECONDS = 0.002
FRAMES = 32
"""Frames of one connection in a turn."""


class Waiting(Protocol):
    """A connection with frames left to handle."""

    def go_on(self, until: float) -> None:
        """Handle frames until that time (`time.monotonic`)."""


class Turns:
    """The queue of all connections of one server that have frames left."""

    def __init__(self) -> None:
        self._line: deque[Waiting] = deque()
        self._until: float | None = None

    def until(self) -> float:
        """When this turn ends (`time.monotonic`). The first call begins it."""
        if self._until is None:
            self._until = time.monotonic() + SECONDS
            asyncio.get_running_loop().call_soon(self._next)
        return self._until

    def wait(self, who: Waiting) -> None:
        """Put `who` at the end of the queue."""
        self._line.append(who)
        self.until()

    def _next(self) -> None:
        self._until = None
        if not self._line:
            return
        until = self.until()
        for _ in range(len(self._line)):
            self._line.popleft().go_on(until)
            if time.monotonic() >= until:
                break
