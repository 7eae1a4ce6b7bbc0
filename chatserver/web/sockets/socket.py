"""What both sockets have in common: a hello first and in time, frames read one by one, limits, a clean end.

Pure ASGI, without Starlette's WebSocket object: it costs a tenth of the CPU and a third of the memory of a socket.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import cached_property, partial
from typing import Any, Generic, TypeVar
from typing import Protocol as TypingProtocol

import structlog
from starlette.types import Receive, Scope
from starlette.types import Send as AsgiSend

from chatserver.domain.refusals import Busy, Forbidden, RateLimited, Refused, TextInvalid, Unauthenticated
from chatserver.domain.token_bucket import TokenBucket
from chatserver.hub.session import Session
from chatserver.transport.bounds import BOUNDS, State
from chatserver.transport.line import Line, line_of
from chatserver.web.context import Context
from chatserver.web.gate.admission import HelloQueue
from chatserver.web.gate.guards import SUBPROTOCOL
from chatserver.wire import encoding
from chatserver.wire.closing import CloseCode, close_reason
from chatserver.wire.decoding import FrameReader, Unreadable
from chatserver.wire.fields import Frame
from chatserver.wire.session import VERSION, Bye, StaffHello, VisitorHello

log = structlog.get_logger()

HELLO_WITHIN = BOUNDS[State.HELLO].seconds
LAST_LOOK = 0.1
"""Seconds of a second wait for the hello. After a stall of this process, a hello that came in time may still be unread
when the first wait ends."""

BAD_FRAMES = 5
"""Unreadable frames that are tolerated; the next one closes the connection."""

RATE_REFUSALS_A_MINUTE = 5

S = TypeVar("S", bound=Session)
C = TypeVar("C", bound=Session, contravariant=True)


class Desk(TypingProtocol[C]):
    """Handles a session's frames."""

    async def handle(self, session: C, frame: Frame) -> None: ...

    def is_at_once(self, frame: Frame) -> bool: ...

    def handle_now(self, session: C, frame: Frame) -> None: ...

    def leave(self, session: C) -> None: ...


class Gone(Exception):
    """The client has disconnected."""


class Socket(Generic[S]):
    """One WebSocket connection, from its upgrade to its end."""

    def __init__(
        self, scope: Scope, receive: Receive, send: AsgiSend, reader: FrameReader, context: Context, queue: HelloQueue
    ) -> None:
        self._scope = scope
        self._receive = receive
        self._send = send
        self._reader = reader
        self._hub = context.hub
        self._metrics = context.metrics
        self._steady = context.clock.steady
        self._queue = queue
        self._bad = 0
        self._is_cut = False
        self._patience = TokenBucket(RATE_REFUSALS_A_MINUTE / 60, RATE_REFUSALS_A_MINUTE)
        self._task = asyncio.current_task()

    async def run(
        self,
        enter: Callable[[Any], Awaitable[S]],
        desk: Desk[S],
    ) -> None:
        """Call `enter` with the hello, pass every frame to the desk, and tell the desk when the session has ended."""
        await self._receive()
        await self._send({"type": "websocket.accept", "subprotocol": SUBPROTOCOL})
        session: S | None = None
        try:
            session = await self._hello(enter)
            session.on_cut = self._cut
            session.on_refused = self._metrics.refused
            self._metrics.came(session.audience)
            self._line.taken_by(partial(self._take, session, desk))
            await self._read(session, desk)
        except Gone:
            pass
        except asyncio.CancelledError:
            if not self._is_cut:
                raise
        finally:
            if session is not None:
                self._metrics.left(session.audience)
                session.gone()
                desk.leave(session)

    # The session's outlet.

    @property
    def full(self) -> bool:
        """Whether the client has not yet received what was written."""
        return self._line.full

    def write(self, texts: Sequence[bytes]) -> None:
        """Write these frames at once."""
        self._line.write_texts(texts)

    def on_room(self, then: Callable[[], object]) -> None:
        """Call `then` each time the client has received everything that was written."""
        self._line.on_room(then)

    async def close(self, code: int, reason: str) -> None:
        """Send a close frame."""
        self._metrics.closed(code)
        await self._send({"type": "websocket.close", "code": int(code), "reason": reason})

    @cached_property
    def _line(self) -> Line:
        return line_of(self._scope)

    async def _hello(self, enter: Callable[[Any], Awaitable[S]]) -> S:
        text = await self._first()
        if text is None:
            # The network may have stalled; the client may come back.
            raise await self._refused(CloseCode.LATE_HELLO)
        frame = self._read_first(text)
        if not isinstance(frame, VisitorHello | StaffHello):
            raise await self._refused(CloseCode.NO_HELLO)
        if frame.version != VERSION:
            raise await self._refused(CloseCode.UNSUPPORTED_VERSION)
        try:
            self._check_served()
            async with self._queue.turn():
                # This may have changed while the client was waiting.
                self._check_served()
                if self._line.has_gone:
                    raise Gone
                return await enter(frame)
        except Unauthenticated:
            raise await self._refused(CloseCode.SESSION_ENDED) from None
        except Forbidden:
            raise await self._refused(CloseCode.FORBIDDEN) from None
        except Refused as refusal:
            log.warning("hello_refused", code=refusal.code)
            self._metrics.refused(refusal)
            retry_ms = int(refusal.details.get("retry_ms") or self._queue.retry_ms())
            raise await self._refused(CloseCode.OVERLOADED, close_reason(retry_ms)) from None

    def _check_served(self) -> None:
        """Raises `Busy` while this node is stopping, or has no database."""
        if self._hub.why_not_ready is not None:
            raise Busy(retry_ms=self._queue.retry_ms())

    async def _first(self) -> str | None:
        """The first text; None when none came in time."""
        text = await self._text_within(HELLO_WITHIN)
        return text if text is not None else await self._text_within(LAST_LOOK)

    def _read_first(self, text: str) -> object:
        """The first frame; None when it cannot be read."""
        try:
            return self._reader.read(text)
        except Unreadable as unreadable:
            self._metrics.refused(unreadable.refusal)
            self.write([encoding.text(encoding.refused(unreadable.refusal, unreadable.ref))])
            return None

    async def _text_within(self, seconds: float) -> str | None:
        try:
            async with asyncio.timeout(seconds):
                return await self._next()
        except TimeoutError:
            return None

    def _take(self, session: S, desk: Desk[S], text: str) -> bool:
        """Carry a frame out at once, or refuse it as too fast, and return True. Returns False if an earlier frame is
        still being carried out, the session is being closed, or the frame cannot be read or cannot be carried out
        without waiting."""
        if session.busy or session.closed_with is not None:
            return False
        try:
            frame = self._reader.read(text)
        except Unreadable:
            return False
        if not desk.is_at_once(frame):
            return False
        wait = session.frames.take(self._steady() * 1000)
        if wait:
            self._too_fast(session, text, wait)
        else:
            desk.handle_now(session, frame)
        return True

    async def _read(self, session: S, desk: Desk[S]) -> None:
        while True:
            session.busy = False
            text = await self._next(session)
            wait = session.frames.take(self._steady() * 1000)
            if wait:
                self._too_fast(session, text, wait)
                continue
            try:
                frame = self._reader.read(text)
            except Unreadable as unreadable:
                self._not_understood(session, unreadable)
                continue
            if isinstance(frame, VisitorHello | StaffHello):
                session.close(CloseCode.NO_HELLO)
            elif isinstance(frame, Bye):
                session.close(CloseCode.NORMAL)
            else:
                session.busy = True
                await desk.handle(session, frame)

    async def _next(self, session: S | None = None) -> str:
        """The next text. Raises `Gone` when the socket has ended, or is being closed by this side."""
        while True:
            message = await self._receive()
            if message["type"] == "websocket.disconnect":
                raise Gone
            text = message.get("text")
            if session is not None and session.closed_with is not None:
                continue
            if text is not None:
                return str(text)
            await self._not_text(session)

    async def _not_text(self, session: S | None) -> None:
        if session is None:
            await self.close(CloseCode.NOT_TEXT, "")
            raise Gone
        session.close(CloseCode.NOT_TEXT)

    def _too_fast(self, session: S, text: str, wait: int) -> None:
        # With its ref, so that an honest client knows which request to send again.
        refusal = RateLimited(retry_ms=wait)
        self._metrics.refused(refusal)
        session.push(encoding.refused(refusal, self._ref(text)))
        if self._patience.take(self._steady() * 1000):
            session.close(CloseCode.RATE_LIMITED, retry_ms=max(wait, 1_000))

    def _ref(self, text: str) -> str | None:
        """The ref of a frame that is refused, if it can be read."""
        try:
            return getattr(self._reader.read(text), "ref", None)
        except Unreadable as unreadable:
            return unreadable.ref

    def _not_understood(self, session: S, unreadable: Unreadable) -> None:
        # Invalid text (a pasted control character) is not a sign of a broken client.
        self._bad += not isinstance(unreadable.refusal, TextInvalid)
        self._metrics.refused(unreadable.refusal)
        session.push(encoding.refused(unreadable.refusal, unreadable.ref))
        if self._bad > BAD_FRAMES:
            log.warning("bad_frames", connection=session.id, code=unreadable.refusal.code)
            session.close(CloseCode.BAD_FRAMES)

    async def _refused(self, code: CloseCode, reason: str = "") -> Gone:
        """Close before there is a session; returns the exception for the caller to raise."""
        await self.close(code, reason)
        return Gone()

    def _cut(self) -> None:
        """The client does not receive its close frame: end the connection without one."""
        if self._task is not None:
            self._is_cut = True
            self._task.cancel()
