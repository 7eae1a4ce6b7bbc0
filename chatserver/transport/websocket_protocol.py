"""uvicorn's WebSocket protocol, with a handshake that is parsed already, methods beyond ASGI, and time limits.

uvicorn's class is private, so its version is pinned exactly; tests/runtime/test_protocol.py runs this class against
clients that send half of something, too much of it, or nothing.
"""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import unquote

from uvicorn.protocols.http.httptools_impl import STATUS_LINE
from uvicorn.protocols.utils import ClientDisconnected
from websockets.protocol import OPEN
from websockets.server import ServerProtocol

from chatserver.transport.bounds import BOUNDS, State
from chatserver.transport.http_connections import ConnectionPlace
from chatserver.transport.incoming_frames import IncomingFrames
from chatserver.transport.line import LINE
from chatserver.transport.websocket_handshake import subprotocols, switching

LET_GO_WITHIN = BOUNDS[State.GOODBYE].seconds
"""Seconds in which the rest of the buffer may still be sent. `close` alone would wait for ever."""


class WebSocketProtocol(IncomingFrames):
    """One WebSocket connection. It is cut soon after the application has finished with it."""

    _key = b""
    _refusal: tuple[int, Iterable[tuple[bytes, bytes]]] = (403, ())
    _deadline: asyncio.TimerHandle | None = None
    _place: ConnectionPlace | None = None

    # Called by the application, which finds this object by `line_of` (line.py).

    @property
    def has_gone(self) -> bool:
        """Whether the client has left or was closed, as far as is known. Does not read anything it has sent."""
        return self.disconnected or self.close_sent

    @property
    def full(self) -> bool:
        """Whether output waits for the client to read it."""
        return not self.writable.is_set()

    def write_texts(self, texts: Iterable[bytes]) -> None:
        """Send text messages at once, even if the output is full. Does nothing when the connection is ending.

        All of them go in one system call, which is most of the cost of a delivery (11 µs). Through ASGI each would need
        a system call, a task and the library's frame of its own.
        """
        if self.close_sent or self.disconnected or self.transport.is_closing():
            return
        parts: list[bytes] = []
        for text in texts:
            size = len(text)
            if size < 126:
                parts.append(bytes((0x81, size)))
            elif size < 65_536:
                parts.append(b"\x81\x7e" + size.to_bytes(2, "big"))
            else:
                parts.append(b"\x81\x7f" + size.to_bytes(8, "big"))
            parts.append(text)
        self.transport.write(b"".join(parts))

    def on_room(self, then: Callable[[], object]) -> None:
        """`then` is called each time that the output is no longer full.

        Calling this also ends the handshake phase: until then the client may send only one message, its hello.
        """
        self._on_room = then

    def taken_by(self, taker: Callable[[str], bool]) -> None:
        """Offer each text message to `taker` first, as long as none waits in the queue that ASGI receives from.
        Messages that it does not take go into that queue.

        The way through the library and the queue costs 20 µs: a parser, a task switch, pausing and resuming to read.
        """
        self._taker = taker
        self._forget_handshake()

    def abort(self) -> None:
        """End the connection without a close frame."""
        self.transport.abort()

    def _forget_handshake(self) -> None:
        """Free what the handshake left: its headers, held three times, would take 6 KiB while the socket is open."""
        self.scope.clear()  # type: ignore[attr-defined]  # a TypedDict; every frame up to the application's holds it
        self.__dict__.pop("request", None)
        self.__dict__.pop("response", None)

    def begins(self, key: bytes, url: bytes, headers: list[tuple[bytes, bytes]], place: ConnectionPlace | None) -> None:
        """Begin with a handshake that is parsed already, as `handle_connect` does after parsing one itself."""
        self._key = key
        self._place = place
        self._deadline = self.loop.call_later(self.bounds[State.HANDSHAKE].seconds, self.transport.abort)
        # After the handshake only frames follow.
        self.conn.parser = super(ServerProtocol, self.conn).parse()
        next(self.conn.parser)
        self.handshake_initiated = True
        raw_path, _, query = url.partition(b"?")
        self.scope = {
            "type": "websocket",
            "asgi": {"version": self.asgi_version, "spec_version": "2.4"},
            "http_version": "1.1",
            "scheme": self.scheme,
            "server": self.server,
            "client": self.client,
            "root_path": self.root_path,
            "path": self.root_path + unquote(raw_path.decode("ascii")),
            "raw_path": self.root_path.encode("ascii") + raw_path,
            "query_string": query,
            "headers": headers,
            "subprotocols": subprotocols(headers),
            "state": self.app_state.copy(),
            "extensions": {"websocket.http.response": {}},
        }
        self.queue.put_nowait({"type": "websocket.connect"})
        task = self.loop.create_task(self.run_asgi())
        task.add_done_callback(self.on_task_complete)
        self.tasks.add(task)

    # Called by uvicorn.

    async def send(self, message: Any) -> None:
        await self.writable.wait()
        if self.close_sent or self.disconnected or self.transport.is_closing():
            # The client is gone; the application learns it by this exception.
            raise ClientDisconnected
        if self.handshake_complete:
            await super().send(message)
            # The waiting frames may hold the answer to our close frame.
            self._get_in_line()
        elif message["type"] == "websocket.accept":
            self._settle()
            self.handshake_complete = True
            self.conn.state = OPEN
            self.transport.write(switching(self._key, message.get("subprotocol")))
        elif message["type"] == "websocket.http.response.start":
            self._refusal = message["status"], message["headers"]
        else:
            self._refuse_handshake(*self._refusal)

    def send_500_response(self) -> None:
        if not self.handshake_complete:
            self._refuse_handshake(500)

    def _refuse_handshake(self, status: int, headers: Iterable[tuple[bytes, bytes]] = ()) -> None:
        """Answer with this status instead of 101, and end."""
        self.handshake_complete = self.close_sent = True
        lines = [b"%s: %s\r\n" % header for header in headers]
        self.transport.write(b"".join([STATUS_LINE[status], *lines, b"content-length: 0\r\nconnection: close\r\n\r\n"]))
        self.queue.put_nowait({"type": "websocket.disconnect", "code": 1006})
        self._end_soon()

    def _settle(self) -> None:
        """The handshake is over: this is not an HTTP connection any more."""
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
        if self._place is not None:
            self._place.leave()
            self._place = None

    def _end_soon(self) -> None:
        self.transport.close()
        self.loop.call_later(self.bounds[State.GOODBYE].seconds, self.transport.abort)

    def eof_received(self) -> None:
        # asyncio closes the connection now, but first waits for the client to read the output, without a time limit.
        self.loop.call_later(self.bounds[State.GOODBYE].seconds, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._on_room is not None:
            self._on_room()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._settle()
        on_room, self._on_room, self._taker = self._on_room, None, None
        self._begun, self._rest = bytearray(), b""
        if on_room is not None:
            # The client will never read the output now, and the caller that waits for room must not wait for ever.
            on_room()

    async def run_asgi(self) -> Any:
        self.scope["extensions"][LINE] = {"protocol": self}
        try:
            return await super().run_asgi()
        finally:
            asyncio.get_running_loop().call_later(self.bounds[State.GOODBYE].seconds, self.transport.abort)
