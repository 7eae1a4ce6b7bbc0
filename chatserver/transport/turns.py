"""Turns: one read may hold thousands of frames, and every other connection would wait while they are handled.

The first frame of a read is handled at once. All others of all connections share 2 ms of each turn of the event loop; a
connection with more waits in line with reading paused, and everything else that is due runs in between.
"""

import asyncio
import time
from collections import deque
from typing import Protocol

SECONDS = 0.002
FRAMES = 32
"""Of one connection in a turn."""


class Waiting(Protocol):
    """Somebody who has more to do."""

    def go_on(self, until: float) -> None:
        """Do some of it, until that moment (`time.monotonic`)."""


class Turns:
    """Of all connections of one server."""

    def __init__(self) -> None:
        self._line: deque[Waiting] = deque()
        self._until: float | None = None

    def until(self) -> float:
        """When the time of this turn is used up; it begins with the first who asks."""
        if self._until is None:
            self._until = time.monotonic() + SECONDS
            asyncio.get_running_loop().call_soon(self._next)
        return self._until

    def wait(self, who: Waiting) -> None:
        """`who` goes on when those before it had their turn."""
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
