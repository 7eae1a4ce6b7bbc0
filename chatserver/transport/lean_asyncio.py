"""asyncio's Queue and Event in less memory, with the methods that uvicorn uses.

asyncio's own classes hold deques, and an empty deque takes 620 bytes. That is 2.5 KiB for every socket, although most
of these deques never hold anything.
"""

import asyncio
from collections import deque
from typing import Any

ROOM = 32
"""How many messages may wait. Writers check `is_full` first, and keep what does not fit."""


class Mailbox:
    """A queue with one reader. It has a deque only while something waits."""

    __slots__ = ("_letters", "_reader")

    def __init__(self) -> None:
        self._letters: deque[Any] | None = None
        self._reader: asyncio.Future[None] | None = None

    @property
    def is_full(self) -> bool:
        return self._letters is not None and len(self._letters) >= ROOM

    def empty(self) -> bool:
        return self._letters is None

    def put_nowait(self, letter: Any) -> None:
        """Works also when it is full: the end of a connection must always be reported."""
        if self._letters is None:
            self._letters = deque()
        self._letters.append(letter)
        _wake(self._reader)

    async def get(self) -> Any:
        while self._letters is None:
            self._reader = asyncio.get_running_loop().create_future()
            await self._reader
        letter = self._letters.popleft()
        if not self._letters:
            self._letters = None
        return letter


class Gate:
    """An event that is set from the beginning; callers of `wait` wait while it is cleared."""

    __slots__ = ("_closed",)

    def __init__(self) -> None:
        self._closed: asyncio.Future[None] | None = None

    def is_set(self) -> bool:
        return self._closed is None

    def set(self) -> None:
        _wake(self._closed)
        self._closed = None

    def clear(self) -> None:
        if self._closed is None:
            self._closed = asyncio.get_running_loop().create_future()

    async def wait(self) -> None:
        if self._closed is not None:
            # Shielded, because others may wait for the same future.
            await asyncio.shield(self._closed)


def _wake(waiting: "asyncio.Future[None] | None") -> None:
    if waiting is not None and not waiting.done():
        waiting.set_result(None)
