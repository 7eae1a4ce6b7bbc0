"""What both sockets have in common: hello first and in time, frames read one by one, limits, a clean end.

Pure ASGI, without Starlette's WebSocket object: it costs a tenth of the CPU and a third of the memory of a socket.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Generic, TypeVar

import structlog
from starlette.types import Receive, Scope
from starlette.types import Send as AsgiSend

from chatserver.domain.refusals import Forbidden, RateLimited, Refused, TextInvalid, Unauthenticated
from chatserver.hub.session import Bucket, Session
from chatserver.web.guards import SUBPROTOCOL
from chatserver.wire import encoding, frames
from chatserver.wire.closing import CloseCode
from chatserver.wire.decoding import FrameReader, Unreadable

log = structlog.get_logger()

HELLO_WITHIN = 5.0
BAD_FRAMES = 5
"""Frames that could not be understood before the connection is closed with the next."""

RATE_REFUSALS_A_MINUTE = 5
OVERLOADED_RETRY_MS = 2_000

S = TypeVar("S", bound=Session)


class Gone(Exception):
    """The client has left."""


class Socket(Generic[S]):
    """One WebSocket connection, from its upgrade to its end."""

    def __init__(self, scope: Scope, receive: Receive, send: AsgiSend, reader: FrameReader) -> None:
        self._receive = receive
        self._send = send
        self._reader = reader
        self._bad = 0
        self._is_cut = False
        self._patience = Bucket(RATE_REFUSALS_A_MINUTE / 60, RATE_REFUSALS_A_MINUTE)
        self._task = asyncio.current_task()

    async def run(
        self,
        enter: Callable[[Any], Awaitable[S]],
        handle: Callable[[S, object], Awaitable[None]],
        leave: Callable[[S], None],
    ) -> None:
        """`enter` on hello, `handle` on every other frame, `leave` at the end, however it ends."""
        await self._receive()
        await self._send({"type": "websocket.accept", "subprotocol": SUBPROTOCOL})
        session: S | None = None
        try:
            session = await self._hello(enter)
            session.on_cut = self._cut
            await self._read(session, handle)
        except Gone:
            pass
        except asyncio.CancelledError:
            if not self._is_cut:
                raise
        finally:
            if session is not None:
                session.gone()
                leave(session)

    async def text(self, text: str) -> None:
        """Send one frame."""
        await self._send({"type": "websocket.send", "text": text})

    async def close(self, code: int, reason: str) -> None:
        """Say goodbye."""
        await self._send({"type": "websocket.close", "code": int(code), "reason": reason})

    async def _hello(self, enter: Callable[[Any], Awaitable[S]]) -> S:
        frame = await self._first()
        if not isinstance(frame, frames.VisitorHello | frames.StaffHello):
            raise await self._refused(CloseCode.NO_HELLO)
        if frame.version != frames.VERSION:
            raise await self._refused(CloseCode.UNSUPPORTED_VERSION)
        try:
            return await enter(frame)
        except Unauthenticated:
            raise await self._refused(CloseCode.SESSION_ENDED) from None
        except Forbidden:
            raise await self._refused(CloseCode.FORBIDDEN) from None
        except Refused as refusal:
            log.warning("hello_refused", code=refusal.code)
            reason = f'{{"retry_ms": {OVERLOADED_RETRY_MS}}}'
            raise await self._refused(CloseCode.OVERLOADED, reason) from None

    async def _first(self) -> object:
        """The first frame, in time; None for anything that cannot be read."""
        try:
            async with asyncio.timeout(HELLO_WITHIN):
                return self._reader.read(await self._next())
        except TimeoutError:
            return None
        except Unreadable as unreadable:
            await self.text(encoding.text(encoding.refused(unreadable.refusal, unreadable.ref)))
            return None

    async def _read(self, session: S, handle: Callable[[S, object], Awaitable[None]]) -> None:
        while True:
            text = await self._next(session)
            wait = session.frames.take()
            if wait:
                self._too_fast(session, text, wait)
                continue
            try:
                frame = self._reader.read(text)
            except Unreadable as unreadable:
                self._not_understood(session, unreadable)
                continue
            if isinstance(frame, frames.VisitorHello | frames.StaffHello):
                session.close(CloseCode.NO_HELLO)
            elif isinstance(frame, frames.Bye):
                session.close(CloseCode.NORMAL)
            else:
                await handle(session, frame)

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
        # With its ref, or an honest client would not know which of his requests to send again.
        session.push(encoding.refused(RateLimited(retry_ms=wait), self._ref(text)))
        if self._patience.take():
            session.close(CloseCode.RATE_LIMITED, retry_ms=max(wait, 1_000))

    def _ref(self, text: str) -> str | None:
        """The ref of a frame that is not carried out, where it can be read."""
        try:
            return getattr(self._reader.read(text), "ref", None)
        except Unreadable as unreadable:
            return unreadable.ref

    def _not_understood(self, session: S, unreadable: Unreadable) -> None:
        # Text that is none (a pasted control character) is no sign of a broken client.
        self._bad += not isinstance(unreadable.refusal, TextInvalid)
        session.push(encoding.refused(unreadable.refusal, unreadable.ref))
        if self._bad > BAD_FRAMES:
            log.warning("bad_frames", connection=session.id, code=unreadable.refusal.code)
            session.close(CloseCode.BAD_FRAMES)

    async def _refused(self, code: CloseCode, reason: str = "") -> Gone:
        """Close before there is a session; the reason for the caller to stop."""
        await self.close(code, reason)
        return Gone()

    def _cut(self) -> None:
        """The client does not take its close frame: the connection ends without one."""
        if self._task is not None:
            self._is_cut = True
            self._task.cancel()
