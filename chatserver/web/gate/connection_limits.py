"""Limits sockets: how fast one key opens them, how many it holds, and how many there are altogether.

The key is a network, or a staff session. One network may be thousands of honest patients (a hospital's Wi-Fi, a mobile
carrier), so the bounds are wide. When a network is full, an idle socket is closed to make room for the next one: first
a socket that has not sent its hello, then one without a conversation.
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
"""Up to this multiple of the limit of all sockets, a surplus socket is accepted, and closed with a time to come back.
Beyond that its handshake is refused, because even accepting costs too much."""

MADE_ROOM_RETRY_MS = 30_000, 60_000
"""A socket that was closed to make room comes back after a random time between these."""

PLACE = "chatserver.place"


def leave_it() -> bool:
    """Does nothing and returns False. It is the default for `cut` (this socket cannot be cut) and for `idle` (it is not
    idle)."""
    return False


class SocketPlace:
    """One counted socket. `cut` ends its connection without a close frame."""

    __slots__ = ("_cut", "_idle", "_session")

    def __init__(self, cut: Callable[[], object] = leave_it) -> None:
        self._cut = cut
        self._session: Session | None = None
        self._idle: Callable[[], bool] = leave_it

    def taken(self, session: Session, idle: Callable[[], bool] = leave_it) -> None:
        """The socket has a session. `idle`: whether its client would lose nothing by coming back later."""
        self._session, self._idle = session, idle

    @property
    def silent(self) -> bool:
        """Whether it has not sent a hello yet."""
        return self._session is None

    @property
    def idle(self) -> bool:
        return self._session is not None and self._idle()

    def make_room(self) -> None:
        """End the socket; its client comes back later."""
        if self._session is None:
            self._cut()
        else:
            self._session.close(CloseCode.OVERLOADED, random.randint(*MADE_ROOM_RETRY_MS))


def place_of(scope: Scope) -> SocketPlace:
    """The place of this socket; a new one when the socket is not counted."""
    place = scope.get("extensions", {}).get(PLACE)
    return place if isinstance(place, SocketPlace) else SocketPlace()


class ConnectionLimits:
    """Call `refused` before a socket opens, and keep the socket in the context `inside` while it is open. `now` is the
    clock, in ms."""

    def __init__(self, limits: Limits, now: Callable[[], int]) -> None:
        self._limits = limits
        self._handshakes = RateLimits(limits.handshakes_per_s, limits.handshakes_burst, now)
        self._open: dict[str, dict[SocketPlace, None]] = {}
        self._altogether = 0

    @property
    def full(self) -> bool:
        """Whether the next socket is accepted only to be closed with a time to come back."""
        return self._altogether >= self._limits.sockets

    def too_fast(self, key: str) -> int | None:
        """Count a handshake, valid or not. Returns the HTTP status that refuses it; None when it may go on."""
        return HTTPStatus.TOO_MANY_REQUESTS if self._handshakes.take(key) else None

    def refused(self, key: str) -> int | None:
        """The HTTP status that refuses a socket of this key for now; None when it may open."""
        if self._altogether >= self._limits.sockets * BEYOND:
            return HTTPStatus.SERVICE_UNAVAILABLE
        too_fast = self.too_fast(key)
        if too_fast is not None:
            return too_fast
        if len(self._open.get(key, ())) >= self._limits.sockets_per_address and not self._make_room(key):
            return HTTPStatus.TOO_MANY_REQUESTS
        return None

    @contextmanager
    def inside(self, key: str, place: SocketPlace | None = None) -> Iterator[None]:
        """Count the socket until it closes or makes room for another."""
        place = place or SocketPlace()
        self._enter(key, place)
        try:
            yield
        finally:
            self._leave(key, place)

    def count_briefly(self, key: str) -> None:
        """Count a socket that is accepted only to be closed, for as long as closing may take."""
        place = SocketPlace()
        self._enter(key, place)
        asyncio.get_running_loop().call_later(LET_GO_WITHIN, self._leave, key, place)

    def _make_room(self, key: str) -> bool:
        """End a socket of this key whose client loses nothing. Returns whether there was one."""
        places = self._open[key]
        silent = (place for place in places if place.silent)
        idle = (place for place in places if place.idle)
        leaving = next(silent, None) or next(idle, None)
        if leaving is None:
            return False
        self._leave(key, leaving)
        leaving.make_room()
        return True

    def _enter(self, key: str, place: SocketPlace) -> None:
        self._open.setdefault(key, {})[place] = None
        self._altogether += 1

    def _leave(self, key: str, place: SocketPlace) -> None:
        places = self._open.get(key, {})
        if place not in places:
            return
        del places[place]
        self._altogether -= 1
        if not places:
            del self._open[key]
