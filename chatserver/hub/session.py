"""One socket's session: whose it is, what it follows, and its outbox. The outbox is bounded, so that no other session
waits for a slow client."""

import asyncio
import random
from collections.abc import Callable, Sequence
from typing import Protocol

from chatserver.domain.audience import Audience
from chatserver.domain.refusals import Refused
from chatserver.domain.token_bucket import TokenBucket
from chatserver.hub.options import HubOptions
from chatserver.hub.reader import Reader
from chatserver.wire import encoding
from chatserver.wire.closing import CloseCode, close_reason
from chatserver.wire.fields import Frame
from chatserver.wire.session import Ping

CLOSE_WAIT = 1.0
"""Seconds a socket is given to take its close frame before it is cut."""

JITTER = 0.1
"""Each ping comes earlier by a random share of up to this, so that sockets that were opened together are not pinged
together for ever."""


class Outlet(Protocol):
    """The socket under a session."""

    @property
    def full(self) -> bool:
        """Whether the client has not taken everything that was written."""

    def write(self, texts: Sequence[bytes]) -> None:
        """Write the frames at once."""

    def on_room(self, then: Callable[[], object]) -> None:
        """`then` is called each time that the socket stops being full."""

    async def close(self, code: int, reason: str) -> None:
        """Send the close frame, as soon as the client takes it."""


class Session:
    """`id` is the connection's, `person` the visitor's or consultant's.

    `since` is when it came in (ms); `heard_at` when something last came from the client (seconds of a monotonic clock);
    `instance` the page it belongs to, if the client says so; `busy`: one of its frames is being carried out, and later
    frames are not read until then.
    """

    def __init__(
        self, id: str, person: str, audience: Audience, options: HubOptions, outlet: Outlet, steady: Callable[[], float]
    ) -> None:
        self.id = id
        self.person = person
        self.audience = audience
        self.since = 0
        self._steady = steady
        self.heard_at = steady()
        self.instance: str | None = None
        self.busy = False
        self.readers: dict[str, Reader] = {}
        self.closed_with: CloseCode | None = None
        self.on_cut: Callable[[], object] = lambda: None
        self.on_refused: Callable[[Refused], object] = lambda _refusal: None
        self._options = options
        self._outlet = outlet
        self._outbox: list[bytes] = []
        self._is_due = False
        self._size = 0
        self._room: asyncio.Future[None] | None = None
        self._closing: asyncio.Task[None] | None = None
        self._welcomed = False
        self._timer: asyncio.TimerHandle | None = None
        self._pings = 0
        self._ponged = True
        is_visitor = audience is Audience.VISITOR
        rate = options.frames_per_second if is_visitor else options.staff_frames_per_second
        self.frames = TokenBucket(rate, rate * 2)
        self.ping_every = options.visitor_ping if is_visitor else options.staff_ping
        self._pong_within = options.visitor_pong if is_visitor else options.staff_pong

    # To the client.

    def push(self, frame: Frame) -> None:
        """Send the frame when its turn comes."""
        self.push_text(encoding.text(frame))

    @property
    def welcomed(self) -> bool:
        return self._welcomed

    def welcome(self, frame: Frame) -> None:
        """Send the first frame; what was pushed before it follows."""
        self._welcomed = True
        self._outbox.insert(0, encoding.text(frame))
        self._size += len(self._outbox[0])
        self._outlet.on_room(self._flush)
        self._flush()

    def push_text(self, text: bytes) -> None:
        """Send a frame that is already encoded. A session whose client is too slow for its outbox is closed; the client
        then resumes."""
        if self.closed_with is not None:
            return
        self._outbox.append(text)
        self._size += len(text)
        if len(self._outbox) > self._options.outbox_frames or self._size > self._options.outbox_bytes:
            # Try to write it first: if the client takes everything, there was no backlog, only many frames in one
            # moment.
            self._flush()
            if self._outbox:
                self.close(CloseCode.SLOW_CONSUMER)
        elif self._welcomed and not self._is_due:
            # Frames that are pushed in the same moment are written together.
            self._is_due = True
            asyncio.get_running_loop().call_soon(self._flush)

    async def has_room(self) -> None:
        """Wait until the client has taken what was sent so far. For long content that is sent in pieces."""
        if self.closed_with is None and (self._outbox or self._outlet.full):
            if self._room is None:
                self._room = asyncio.get_running_loop().create_future()
            await asyncio.shield(self._room)

    def close(self, code: CloseCode, retry_ms: int | None = None, why: str | None = None) -> None:
        """Close the socket. What waits in the outbox is dropped; the client gets it by resuming. `why`: a word of a
        fixed list, for the screen that comes next."""
        if self.closed_with is not None:
            return
        self.closed_with = code
        self._empty()
        self._closing = asyncio.create_task(self._say_goodbye(code, close_reason(retry_ms, why)))

    def gone(self) -> None:
        """The socket has ended: nothing is sent any more, and the timers stop."""
        if self.closed_with is None:
            self.closed_with = CloseCode.NORMAL
        self._empty()
        if self._timer is not None:
            self._timer.cancel()
        if self._closing is not None and self._closing is not asyncio.current_task():
            self._closing.cancel()

    def _flush(self) -> None:
        self._is_due = False
        if self._outbox and self._welcomed and not self._outlet.full:
            going, self._outbox, self._size = self._outbox, [], 0
            self._outlet.write(going)
        if not self._outbox and not self._outlet.full:
            self._tell_room()

    def _empty(self) -> None:
        """Drop what waits, and release those who wait for room."""
        self._outbox.clear()
        self._size = 0
        self._tell_room()

    def _tell_room(self) -> None:
        if self._room is not None and not self._room.done():
            self._room.set_result(None)
        self._room = None

    async def _say_goodbye(self, code: CloseCode, reason: str) -> None:
        try:
            async with asyncio.timeout(CLOSE_WAIT):
                await self._outlet.close(code, reason)
        except (TimeoutError, OSError):
            self.on_cut()

    # The heartbeat: the server pings, because browsers slow down the timers of hidden tabs but not their answers.

    def start_heartbeat(self) -> None:
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(self.ping_every * random.uniform(1 - JITTER, 1), self._ping)

    def _ping(self) -> None:
        self._pings += 1
        self._ponged = False
        self.push(Ping(self._pings))
        self._timer = asyncio.get_running_loop().call_later(self._pong_within, self._expect_pong)

    def _expect_pong(self) -> None:
        if not self._ponged and self.busy:
            # The pong may wait behind a frame that waits for the store: a client is not cut off because the server is
            # slow.
            self._timer = asyncio.get_running_loop().call_later(self._pong_within, self._expect_pong)
            return
        if not self._ponged:
            self.close(CloseCode.NO_PONG)
            return
        rest = max(0.1, self.ping_every * random.uniform(1 - JITTER, 1) - self._pong_within)
        self._timer = asyncio.get_running_loop().call_later(rest, self._ping)

    def heard(self) -> None:
        """Something came from the client, so it is alive."""
        self.heard_at = self._steady()
        self._ponged = True
