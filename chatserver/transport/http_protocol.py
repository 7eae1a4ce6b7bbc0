"""uvicorn's HTTP protocol, with a time limit for every state of a connection (`bounds`).

The application never sees half a request, so only this protocol can end a client that stops sending. Requests are not
pipelined: when a second one comes before the first is answered, the first is answered and the connection closed.
uvicorn's class is private, so its version is pinned exactly; tests/runtime/test_ends.py runs this class against such
clients.
"""

import asyncio

import httptools
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from chatserver.transport.bounds import BOUNDS, HEADERS, State
from chatserver.transport.config import Config
from chatserver.transport.http_connections import ConnectionPlace
from chatserver.transport.websocket_handshake import is_handshake, plain_key
from chatserver.transport.websocket_protocol import WebSocketProtocol

PIECE = 4 * 1024
"""Bytes that are parsed at a time. After each piece the state of the connection is checked."""

WAITING = (State.HEAD, State.IDLE)
"""States in which the client has asked for nothing yet. When places run out, such connections are cut to make room."""

AFTER_AN_EARLY_ANSWER = {State.BODY: State.REST, State.UPLOAD: State.DROPPED}
"""The state in which the rest of a body is dropped that was answered before its end."""

VERSIONS = ("1.0", "1.1")


class Refused(Exception):
    """Raised in a callback of httptools: the request is refused. httptools turns it into an error of its own."""


class HttpProtocol(HttpToolsProtocol):
    """One HTTP connection, until it is upgraded to a WebSocket."""

    config: Config
    bounds = BOUNDS

    _state = State.HEAD
    _bytes = 0
    _deadline: asyncio.TimerHandle | None = None
    _place: ConnectionPlace | None = None
    _status = 400
    """The status of the answer to what cannot be parsed."""
    _is_last = False
    """Whether the connection ends with the present answer, and nothing after it is read."""
    _key: bytes | None = None

    # Called by asyncio.

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        if len(self.connections) > self.config.most and not self.config.places.make_room():
            self._turn_away(503)
            return
        self._place = self.config.places.enter(self.client[0] if self.client else "")
        if self._place is None:
            self._turn_away(429)
        else:
            self._enter(State.HEAD)

    def connection_lost(self, exc: Exception | None) -> None:
        self._end_deadline()
        if self._place is not None:
            self._place.leave()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if len(data) <= PIECE:
            self._read(data)
        else:
            for at in range(0, len(data), PIECE):
                self._read(data[at : at + PIECE])
        if self._key is not None:
            self.handle_websocket_upgrade()

    def _read(self, data: bytes) -> None:
        if self._is_unwanted(data):
            return
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            if self._key is None or upgrade.args[0] < len(data):
                self._refuse(400)
        except httptools.HttpParserError:
            if not self._is_last:
                self._refuse(self._status)

    def _is_unwanted(self, data: bytes) -> bool:
        """Whether this data is dropped, because of what came before it."""
        if self._key is not None:
            # A client that has asked for an upgrade must wait for the answer.
            self._refuse(400)
        elif self._state is not State.LEAVING and not self._is_last:
            if self._is_owed():
                self._be_last()
            elif self._state in (State.IDLE, State.UNREAD):
                self._enter(State.HEAD)
        self._bytes += len(data)
        is_too_much = self._bytes > self.bounds[self._state].bytes
        if self._state is State.LEAVING or self._is_last:
            if is_too_much and self._bytes > self.bounds[State.LEAVING].bytes:
                self.transport.abort()
            return True
        if is_too_much:
            self._refuse(431 if self._state is State.HEAD else 413)
        return is_too_much

    def _is_owed(self) -> bool:
        """Whether there is an answer that is not sent yet, or that the client has not read to its end. Until then it
        has no reason to send."""
        return self._state is State.ANSWER or (
            self._state in (State.IDLE, State.UNREAD) and self.transport.get_write_buffer_size() > 0
        )

    def _is_answering(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is not None and not cycle.response_complete

    # Called by httptools.

    def on_message_begin(self) -> None:
        if self._is_answering():
            self._be_last()
            raise Refused("a request before the answer to the last")
        if self._state is not State.HEAD:
            self._enter(State.HEAD)
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._state is not State.HEAD:
            raise Refused("a trailer")
        super().on_header(name, value)
        if len(self.headers) > HEADERS:
            self._status = 431
            raise Refused("too many headers")

    def on_headers_complete(self) -> None:
        version = self.parser.get_http_version()
        if version not in VERSIONS:
            raise Refused("another version")
        if self.parser.should_upgrade() or is_handshake(self.headers):
            key = plain_key(self.parser.get_method(), version, self.url, self.headers)
            if key is None or not self.parser.should_upgrade():
                raise Refused("no plain handshake")
            self.scope["method"] = "GET"
            self._key = key
            return
        super().on_headers_complete()
        self._enter(State.UPLOAD if self.config.is_upload(self.parser.get_method(), self.url) else State.BODY)

    def on_message_complete(self) -> None:
        if self._key is None:
            super().on_message_complete()
            self._enter(State.IDLE if self._state in (State.REST, State.DROPPED) else State.ANSWER)

    # Called by uvicorn.

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._unset_keepalive_if_required()
        if self.transport.is_closing():
            # It closes as soon as the client has read the answer.
            self._enter(State.UNREAD)
        elif self._state is not State.LEAVING:
            self._enter(AFTER_AN_EARLY_ANSWER.get(self._state, State.IDLE))

    def handle_websocket_upgrade(self) -> None:
        key, self._key = self._key, None
        if key is None or self.transport.is_closing():
            return
        self._end_deadline()
        self.connections.discard(self)
        if self._place is not None:
            self._place.works()
        protocol = WebSocketProtocol(self.config, self.server_state, self.app_state)
        protocol.connection_made(self.transport)
        protocol.begins(key, self.url, self.headers, self._place)
        self.transport.set_protocol(protocol)

    # What ends the connection.

    def _enter(self, state: State) -> None:
        self._end_deadline()
        self._state, self._bytes = state, 0
        if self._place is not None:
            if state in WAITING:
                self._place.waits(self._make_room)
            else:
                self._place.works()
        self._deadline = self.loop.call_later(self.bounds[state].seconds, self._late)

    def _make_room(self) -> bool:
        """Cut this connection at once, for another of the same address; False if an answer is still on its way."""
        if self.transport.get_write_buffer_size():
            return False
        # `connection_lost` comes a moment later; until then it must not count any more.
        self.connections.discard(self)
        self.transport.abort()
        return True

    def _late(self) -> None:
        if self._state is State.IDLE and self.transport.get_write_buffer_size():
            self._enter(State.UNREAD)
        else:
            # Not `close`, which waits until the client has read everything.
            self.transport.abort()

    def _end_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _be_last(self) -> None:
        """End the connection with the present answer, because the client did not wait for it."""
        self._is_last = True
        self.flow.pause_reading()
        if self.cycle.response_complete:
            self._enter(State.UNREAD)
            self.transport.close()
        else:
            self.cycle.keep_alive = False

    def _turn_away(self, status: int) -> None:
        """Refuse without waiting until the client has read the answer: there may be thousands of these connections."""
        self.transport.write(_refusal(status))
        self.transport.close()

    def _refuse(self, status: int) -> None:
        """Answer with this status, unless an answer has begun, and end the connection."""
        self._key = None
        if self.transport.is_closing() or self._state is State.LEAVING:
            return
        if self._is_answering():
            # The application's next read of the body reports the disconnect; its answer is dropped.
            self.cycle.disconnected = True
            self.cycle.message_event.set()
            if self.cycle.response_started:
                self.transport.abort()
                return
        if self._state not in (State.REST, State.DROPPED):
            self.transport.write(_refusal(status))
        # Read and drop what still comes, for a moment: after an immediate close the kernel would discard our answer.
        self._enter(State.LEAVING)
        self.flow.resume_reading()
        self.transport.write_eof()


def _refusal(status: int) -> bytes:
    again = b"retry-after: 5\r\n" if status in (429, 503) else b""
    return (
        STATUS_LINE[status] + b"content-type: text/plain; charset=utf-8\r\ncontent-length: 0\r\n" + again
    ) + b"connection: close\r\n\r\n"
