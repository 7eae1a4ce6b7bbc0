"""Counts sockets: how fast one address opens them, how many it holds, how many there are altogether.

One address may be thousands of honest patients (a hospital's Wi-Fi, a mobile carrier), so the bounds are wide.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus

from chatserver.protocol import LET_GO_WITHIN
from chatserver.web.buckets import Buckets
from chatserver.web.house import Limits

BEYOND = 1.2
"""Times the limit of all sockets: up to there one too many is let in to be told so; beyond, even that is too dear."""


class Turnstile:
    """`refused`, then `inside` for as long as the socket is open. `now` is the clock, in ms."""

    def __init__(self, limits: Limits, now: Callable[[], int]) -> None:
        self._limits = limits
        self._handshakes = Buckets(limits.handshakes_per_s, limits.handshakes_burst, now)
        self._open: Counter[str] = Counter()
        self._altogether = 0

    @property
    def full(self) -> bool:
        """Whether whoever comes next is only let in to be told to come back."""
        return self._altogether >= self._limits.sockets

    def refused(self, address: str) -> int | None:
        """The HTTP status with which this address is turned away for now; None when it may come in."""
        if self._altogether >= self._limits.sockets * BEYOND:
            return HTTPStatus.SERVICE_UNAVAILABLE
        if self._open.get(address, 0) >= self._limits.sockets_per_address or self._handshakes.take(address):
            return HTTPStatus.TOO_MANY_REQUESTS
        return None

    @contextmanager
    def inside(self, address: str) -> Iterator[None]:
        """Counted until it leaves."""
        self._enter(address)
        try:
            yield
        finally:
            self._leave(address)

    def told(self, address: str) -> None:
        """Counted for as long as a socket that was only let in to be told may take to go."""
        self._enter(address)
        asyncio.get_running_loop().call_later(LET_GO_WITHIN, self._leave, address)

    def _enter(self, address: str) -> None:
        self._open[address] += 1
        self._altogether += 1

    def _leave(self, address: str) -> None:
        self._altogether -= 1
        self._open[address] -= 1
        if not self._open[address]:
            del self._open[address]
