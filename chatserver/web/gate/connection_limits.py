"""Counts sockets: how fast one key opens them, how many it holds, how many there are altogether.

The key is a network, or the session of whoever is signed in. One network may be thousands of honest patients (a
hospital's Wi-Fi, a mobile carrier), so the bounds are wide, and when it is full those who only have the page open make
room for the next: a socket that never said hello first, then one that never opened a conversation.
"""

import asyncio
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus

from starlette.types import Scope

from chatserver.hub.session import Session
from chatserver.transport.websocket_protocol import LET_GO_WITHIN
from chatserver.web.gate.rate_limits import RateLimits
from chatserver.web.options import Limits
from chatserver.wire.closing import CloseCode

BEYOND = 1.2
"""Times the limit of all sockets: up to there one too many is let in to be told so; beyond, even that is too dear."""

MADE_ROOM_RETRY_MS = 30_000, 60_000
"""Between these whoever made room for somebody is to come back: the page is open, and nothing was asked yet."""

PLACE = "chatserver.place"


def leave_it() -> bool:
    """Nothing can be done about it."""
    return False


class Place:
    """One socket in the count. `cut` ends it without a word."""

    __slots__ = ("_cut", "_idle", "_session")

    def __init__(self, cut: Callable[[], object] = leave_it) -> None:
        self._cut = cut
        self._session: Session | None = None
        self._idle: Callable[[], bool] = leave_it

    def taken(self, session: Session, idle: Callable[[], bool] = leave_it) -> None:
        """It said hello. `idle`: whether it would miss nothing if it had to come back later."""
        self._session, self._idle = session, idle

    @property
    def silent(self) -> bool:
        """It never said hello."""
        return self._session is None

    @property
    def idle(self) -> bool:
        return self._session is not None and self._idle()

    def make_room(self) -> None:
        """It ends, to come back later."""
        if self._session is None:
            self._cut()
        else:
            self._session.close(CloseCode.OVERLOADED, random.randint(*MADE_ROOM_RETRY_MS))


def place_of(scope: Scope) -> Place:
    """The place of this socket; of one that stands in no count, a place of its own."""
    place = scope.get("extensions", {}).get(PLACE)
    return place if isinstance(place, Place) else Place()


class ConnectionLimits:
    """`refused`, then `inside` for as long as the socket is open. `now` is the clock, in ms."""

    def __init__(self, limits: Limits, now: Callable[[], int]) -> None:
        self._limits = limits
        self._handshakes = RateLimits(limits.handshakes_per_s, limits.handshakes_burst, now)
        self._open: dict[str, dict[Place, None]] = {}
        self._altogether = 0

    @property
    def full(self) -> bool:
        """Whether whoever comes next is only let in to be told to come back."""
        return self._altogether >= self._limits.sockets

    def too_fast(self, key: str) -> int | None:
        """One more handshake, a wrong one too; the HTTP status with which it is turned away."""
        return HTTPStatus.TOO_MANY_REQUESTS if self._handshakes.take(key) else None

    def refused(self, key: str) -> int | None:
        """The HTTP status with which this key is turned away for now; None when it may come in."""
        if self._altogether >= self._limits.sockets * BEYOND:
            return HTTPStatus.SERVICE_UNAVAILABLE
        too_fast = self.too_fast(key)
        if too_fast is not None:
            return too_fast
        if len(self._open.get(key, ())) >= self._limits.sockets_per_address and not self._make_room(key):
            return HTTPStatus.TOO_MANY_REQUESTS
        return None

    @contextmanager
    def inside(self, key: str, place: Place | None = None) -> Iterator[None]:
        """Counted until it leaves, or makes room."""
        place = place or Place()
        self._enter(key, place)
        try:
            yield
        finally:
            self._leave(key, place)

    def count_briefly(self, key: str) -> None:
        """Counted for as long as a socket that was only let in to be told may take to go."""
        place = Place()
        self._enter(key, place)
        asyncio.get_running_loop().call_later(LET_GO_WITHIN, self._leave, key, place)

    def _make_room(self, key: str) -> bool:
        """Whether one of this key's had nothing to lose; it is no longer counted then."""
        places = self._open[key]
        silent = (place for place in places if place.silent)
        idle = (place for place in places if place.idle)
        leaving = next(silent, None) or next(idle, None)
        if leaving is None:
            return False
        self._leave(key, leaving)
        leaving.make_room()
        return True

    def _enter(self, key: str, place: Place) -> None:
        self._open.setdefault(key, {})[place] = None
        self._altogether += 1

    def _leave(self, key: str, place: Place) -> None:
        places = self._open.get(key, {})
        if place not in places:
            return
        del places[place]
        self._altogether -= 1
        if not places:
            del self._open[key]
