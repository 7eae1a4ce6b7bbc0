"""uvicorn's two protocols, with ends where it has none.

The application never sees half a request, a ping or a fragment, so a client that sends nothing else is nobody's matter
but theirs: a slow or long request head, a flood of control frames, a message in endless pieces, and a socket whose
client no longer reads end here. uvicorn's classes are private: it is pinned exactly, and
tests/starting/test_protocol.py holds these against such clients.
"""

import asyncio
from collections.abc import Callable, Iterable, MutableMapping
from typing import Any, cast
from urllib.parse import unquote

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import (  # type: ignore[attr-defined]  # the quicker of its two, if there is one
    Frame,
    apply_mask,
)
from websockets.protocol import OPEN
from websockets.server import ServerProtocol

from chatserver.handshake import plain_key, subprotocols, switching
from chatserver.waiting import Gate, Mailbox

LET_GO_WITHIN = 2.0
"""Seconds in which what is left in the buffer may still go out. `close` alone waits for it for ever."""

HEAD_WITHIN = 5.0
HEAD_BYTES = 32 * 1024

CONTROL_FRAMES = 200
"""Pings and pongs in `SPAN` seconds; a browser sends none but its answers to ours."""

CONTROL_FRAMES_UNREAD = 20
"""The same from a client that leaves more than `UNREAD_BYTES` unread: every answer would stay here."""

UNREAD_BYTES = 64 * 1024
SPAN = 10.0

FRAGMENTS = 1_024
"""Of one message. An empty one adds nothing to its size, so the limit of that would never be met."""

WHOLE_TEXT = 0x81
"""The first byte of a text message in one frame."""
MASKED = 0x80
HEADS = [6] * 126 + [8, 14]
"""Bytes of a client's frame before its payload, by the length that is told first."""

LINE = "chatserver.line"


def line_of(scope: MutableMapping[str, Any]) -> "Protocol":
    """The connection under this socket, for what ASGI has no words for."""
    return cast(Protocol, scope["extensions"][LINE]["protocol"])


class HttpProtocol(HttpToolsProtocol):
    """A request head must be here within five seconds, and be short; what follows an upgrade is no head."""

    _deadline: asyncio.TimerHandle | None = None
    _head = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        self._begin_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._end_head()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._deadline is None and self._may_begin_head():
            self._begin_head()
        self._head += len(data)
        super().data_received(data)
        if self._deadline is not None and self._head > HEAD_BYTES and not self.transport.is_closing():
            self.send_400_response("The head of the request is too long.")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if self._deadline is None:
            self._begin_head()

    def on_headers_complete(self) -> None:
        self._end_head()
        if len(self.url) + sum(len(name) + len(value) for name, value in self.headers) > HEAD_BYTES:
            # Whatever is raised in here is answered with 400.
            raise ValueError("the head is too long")
        super().on_headers_complete()

    def handle_websocket_upgrade(self) -> None:
        key = plain_key(self.url, self.headers)
        if key is None or self.scope["method"] != "GET" or self.parser.get_http_version() != "1.1":
            super().handle_websocket_upgrade()
            return
        self.connections.discard(self)
        protocol = Protocol(self.config, self.server_state, self.app_state)
        protocol.connection_made(self.transport)
        protocol.begins(key, self.url, self.headers)
        self.transport.set_protocol(protocol)

    def _may_begin_head(self) -> bool:
        """Whether what comes now can only be a new request: no answer and no body is outstanding."""
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is None or (cycle.response_complete and not cycle.more_body)

    def _begin_head(self) -> None:
        self._head = 0
        self._deadline = self.loop.call_later(HEAD_WITHIN, self.transport.close)

    def _end_head(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


class Protocol(WebSocketsSansIOProtocol):
    """Cuts the connection soon after the application is done with it, and at once when it is flooded."""

    _control_frames = 0
    _since = 0.0
    _on_room: Callable[[], object] | None = None
    _taker: Callable[[str], bool] | None = None
    _begun = bytearray()
    """Of a frame whose end is still to come."""
    _is_plain = False
    _key: bytes | None = None

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.queue = Mailbox()  # type: ignore[assignment]  # as much of it as is used
        self.writable = Gate()  # type: ignore[assignment]

    # For the application, which finds it by `line_of`.

    @property
    def has_gone(self) -> bool:
        """Whether the client has left, as far as is known, without taking anything it has sent."""
        return self.disconnected

    @property
    def full(self) -> bool:
        """Whether what was written waits for the client to take it."""
        return not self.writable.is_set()

    def write_texts(self, texts: Iterable[bytes]) -> None:
        """Text messages, at once, whether or not it is full. Nothing, when the connection is ending.

        In one system call, which is most of what a delivery costs (11 µs); by way of ASGI each has one of its own, and
        a task, and the library's frame.
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
        """`then` is called each time that it is no longer full."""
        self._on_room = then

    def taken_by(self, taker: Callable[[str], bool]) -> None:
        """Each text message is offered to `taker` first, as long as none waits in the queue that ASGI receives from;
        what he does not take goes there.

        Through the library and the queue a message costs its parser, a task switch, and pausing and resuming to read:
        20 µs.
        """
        self._taker = taker
        self._forget_handshake()

    def _forget_handshake(self) -> None:
        """It is over: its headers, kept three times, would take 6 KiB for as long as the socket is open."""
        self.scope.clear()  # type: ignore[attr-defined]  # a TypedDict; every frame up to the application's holds it
        self.__dict__.pop("request", None)
        self.__dict__.pop("response", None)

    def begins(self, key: bytes, url: bytes, headers: list[tuple[bytes, bytes]]) -> None:
        """A plain handshake, parsed already: what `handle_connect` does with one that it parses itself."""
        self._key = key
        # What follows are frames, whether or not they waited for the answer.
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

    # For uvicorn.

    async def send(self, message: Any) -> None:
        key = self._key
        if message["type"] != "websocket.accept" or key is None or self.disconnected:
            await super().send(message)
        elif not self.transport.is_closing():
            self._key = None
            self.handshake_complete = True
            self.conn.state = OPEN
            self.transport.write(switching(key, message.get("subprotocol")))

    def data_received(self, data: bytes) -> None:
        if not self.handshake_initiated or self._is_plain:
            super().data_received(data)
            return
        if self._begun:
            self._begun += data
            if self._is_to_come(self._begun, 0):
                return
            data, self._begun = bytes(self._begun), bytearray()
        at = 0
        while not self._is_plain and not self._is_to_come(data, at):
            start, end = _payload(data, at)
            # What is too long, or not masked, the library refuses; what follows does not matter any more.
            self._is_plain = end - start > self.config.ws_max_size or not data[at + 1] & MASKED
            if not (data[at] == WHOLE_TEXT and not self._is_plain and self._is_taken(data, start, end)):
                super().data_received(data[at:] if self._is_plain else data[at:end])
            at = end
        if at < len(data) and not self._is_plain:
            self._begun = bytearray(data[at:])

    def _is_to_come(self, data: bytes | bytearray, at: int) -> bool:
        """Whether the frame that begins there is not all there yet; one that is too long, or not masked, is not waited
        for."""
        left = len(data) - at
        if left < 2:
            return True
        if not data[at + 1] & MASKED:
            return False
        if left < HEADS[data[at + 1] & 0x7F]:
            return True
        start, end = _payload(data, at)
        return end > len(data) and end - start <= self.config.ws_max_size

    def _is_taken(self, data: bytes, start: int, end: int) -> bool:
        """Whether the one who takes what needs no waiting has taken this text."""
        if self._taker is None or self.close_sent or self.conn.current_size is not None or not self.queue.empty():
            return False
        try:
            text = apply_mask(data[start:end], data[start - 4 : start]).decode()
        except UnicodeDecodeError:
            # The library says so, and closes.
            return False
        return self._taker(text)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._on_room is not None:
            self._on_room()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        on_room, self._on_room, self._taker = self._on_room, None, None
        self._begun = bytearray()
        if on_room is not None:
            # Nothing will ever be taken now, and whoever waits for that must not wait for ever.
            on_room()

    async def run_asgi(self) -> Any:
        self.scope["extensions"][LINE] = {"protocol": self}
        try:
            return await super().run_asgi()
        finally:
            asyncio.get_running_loop().call_later(LET_GO_WITHIN, self.transport.abort)

    def handle_ping(self) -> None:
        if not self._flooded():
            super().handle_ping()

    def handle_pong(self, event: Frame) -> None:
        if not self._flooded():
            super().handle_pong(event)

    def handle_cont(self, event: Frame) -> None:
        if len(self.frames) >= FRAGMENTS:
            self.frames = []
            self.transport.abort()
        if not self.transport.is_closing():
            super().handle_cont(event)

    def _flooded(self) -> bool:
        """Count one control frame; whether the connection is ending, because of too many."""
        now = self.loop.time()
        if now - self._since >= SPAN:
            self._since, self._control_frames = now, 0
        self._control_frames += 1
        unread = self.transport.get_write_buffer_size() > UNREAD_BYTES
        if self._control_frames > (CONTROL_FRAMES_UNREAD if unread else CONTROL_FRAMES):
            self.transport.abort()
        return self.transport.is_closing()


def _payload(data: bytes | bytearray, at: int) -> tuple[int, int]:
    """Where the payload of the client's frame at `at` begins, and where it ends, which may be behind the data."""
    length = data[at + 1] & 0x7F
    start = at + HEADS[length]
    if length >= 126:
        length = int.from_bytes(data[at + 2 : start - 4], "big")
    return start, start + length
