"""Reads a socket frame by frame, taking turns with the other sockets, and ends a socket that sends too much.

The application never sees pings or fragments, so they are limited here: a flood of control frames, a message in
endless fragments or a read full of tiny frames either waits or ends the socket.
"""

import time
from collections.abc import Callable
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import (  # type: ignore[attr-defined]  # the quicker of its two, if there is one
    Frame,
    Opcode,
    apply_mask,
)

from chatserver.transport.bounds import BOUNDS, State
from chatserver.transport.config import Config
from chatserver.transport.lean_asyncio import Gate, Mailbox
from chatserver.transport.turns import FRAMES
from chatserver.wire.closing import CloseCode, close_reason

CONTROL_FRAMES = 200
"""Pings and pongs allowed in `SPAN` seconds. A browser sends only its answers to our pings."""

CONTROL_FRAMES_UNREAD = 20
"""The same for a client that leaves more than `UNREAD_BYTES` unread, because the answers would pile up here."""

UNREAD_BYTES = 64 * 1024
SPAN = 10.0

FRAGMENTS = 1_024
"""Fragments allowed in `SPAN` seconds. Empty ones never reach the size limit of a message, so their number counts."""

IN_ONE_READ = 256
"""Frames allowed in one read. Visitors may send 20 a second and staff 50, so even a long stall does not gather so
many."""
TOO_FAST = close_reason(retry_ms=1_000)

OPCODES = frozenset(Opcode)

WHOLE_TEXT = 0x81
"""The first byte of a text message in one frame."""
GOODBYE = 0x88
MASKED = 0x80
HEADS = [6] * 126 + [8, 14]
"""Bytes of a client's frame before its payload, by the value of the first length field."""


class IncomingFrames(WebSocketsSansIOProtocol):
    """Offers complete text messages to a taker directly. Everything else goes through the library into ASGI's queue."""

    config: Config
    bounds = BOUNDS
    queue: Mailbox  # type: ignore[assignment]  # it has the methods that are used

    _taker: Callable[[str], bool] | None = None
    _on_room: Callable[[], object] | None = None
    _begun = bytearray()
    """The beginning of a frame whose end has not come yet."""
    _rest = b""
    _at = 0
    """`_rest` holds, from `_at` on, complete frames that wait for their turn; reading is paused meanwhile."""
    _is_in_line = False
    _has_spoken = False
    _behind_goodbye = 0
    """Bytes that came after our close frame."""
    _control_frames = 0
    _pieces = 0
    _since = 0.0

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.queue = Mailbox()
        self.writable = Gate()  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        if self.close_sent or not self.handshake_complete:
            self._behind_goodbye += len(data)
            if not self.close_sent or self._behind_goodbye > self.bounds[State.GOODBYE].bytes:
                # Nothing may come before the handshake is answered, and only little after our close frame.
                self.transport.abort()
                return
        if self._rest:
            # Reading was paused, but uvicorn resumes it when it sends a close frame.
            self._rest, self._at = self._rest[self._at :] + data, 0
            return
        if self._begun:
            self._begun += data
            if self._frame(self._begun, 0) is None:
                return
            data, self._begun = bytes(self._begun), bytearray()
        self._go_through(data, 0, 0.0, is_new=True)

    def go_on(self, until: float) -> None:
        """Continue: it is this connection's turn again."""
        self._is_in_line = False
        if self.transport.is_closing():
            self._rest = b""
        elif not self.queue.is_full or self.close_sent:
            rest, self._rest = self._rest, b""
            self._go_through(rest, self._at, until)
            self._read_on()

    def _go_through(self, data: bytes, at: int, until: float, *, is_new: bool = False) -> None:
        """Handle frame by frame; what does not fit into this turn waits for the next."""
        frames = 0
        while found := self._frame(data, at):
            if frames:
                until = until or self.config.turns.until()
                if frames == FRAMES or time.monotonic() >= until or (self.queue.is_full and not self.close_sent):
                    if is_new and self._is_flood(data, at):
                        self._fail(CloseCode.RATE_LIMITED, TOO_FAST)
                    else:
                        self._rest, self._at = data, at
                        self._pause()
                        self._get_in_line()
                    return
            start, end = found
            # The library refuses a frame that is too long or not masked; what follows it does not matter.
            is_sound = data[at + 1] & MASKED and end - start <= self.config.ws_max_size
            if not (data[at] == WHOLE_TEXT and is_sound and self._is_taken(data, start, end)):
                self._see_to(data[at : end if is_sound else start], bool(is_sound))
                if self.transport.is_closing():
                    return
            at = end
            frames += 1
        if at < len(data):
            self._begun = bytearray(data[at:])

    def _see_to(self, frame: bytes, is_sound: bool) -> None:
        """Handle a frame that the taker did not take. After our close frame only the client's close frame matters."""
        if not self.close_sent:
            super().data_received(frame)
        elif frame[0] == GOODBYE or not is_sound:
            self.transport.close()

    def _is_flood(self, data: bytes, at: int) -> bool:
        """Whether this read holds more frames than a real client sends. Thousands of such reads, each kept until its
        turn, would take hundreds of megabytes."""
        for _ in range(IN_ONE_READ):
            found = self._frame(data, at)
            if found is None or not data[at + 1] & MASKED:
                return False
            at = found[1]
        return not self.close_sent

    def _get_in_line(self) -> None:
        if self._rest and not self._is_in_line and (self.close_sent or not self.queue.is_full):
            self._is_in_line = True
            self.config.turns.wait(self)

    def _pause(self) -> None:
        if not self.read_paused:
            self.read_paused = True
            self.transport.pause_reading()

    def _read_on(self) -> None:
        """Resume reading when nothing waits any more. After our close frame nobody takes what is in the queue."""
        is_clear = not self._rest and (self.close_sent or self.queue.empty())
        if self.read_paused and is_clear and not self.transport.is_closing():
            self.read_paused = False
            self.transport.resume_reading()

    async def receive(self) -> Any:
        message = await self.queue.get()
        self._get_in_line()
        self._read_on()
        return message

    def send_receive_event_to_app(self) -> None:
        data, self.frames = b"".join(self.frames), []
        if self._has_spoken and self._taker is None and self._on_room is None:
            self._fail(CloseCode.NO_HELLO)
            return
        self._has_spoken = True
        if self.curr_msg_data_type == "text":
            try:
                self.queue.put_nowait({"type": "websocket.receive", "text": data.decode()})
            except UnicodeDecodeError:
                self._fail(1007)
                return
        else:
            self.queue.put_nowait({"type": "websocket.receive", "bytes": data})
        self._pause()

    def _fail(self, code: int, reason: str = "") -> None:
        """Send a close frame, and end without waiting for the client's."""
        self.conn.send_close(code, reason)
        self.handle_parser_exception()

    def _frame(self, data: bytes | bytearray, at: int) -> tuple[int, int] | None:
        """Start and end of the payload of the frame that begins at `at`; None while the frame is incomplete.

        An invalid or oversized frame is returned without waiting for its end, which may then lie beyond the data.
        """
        left = len(data) - at
        if left < 2:
            return None
        second = data[at + 1]
        length = second & 0x7F
        head = HEADS[length]
        start = at + head
        if second & MASKED and left < head - 4:
            return None if data[at] & 0x0F in OPCODES else (start, start + length)
        if length >= 126:
            length = int.from_bytes(data[at + 2 : start - 4], "big")
        end = start + length
        if not second & MASKED or end <= len(data) or data[at] & 0x0F not in OPCODES:
            return start, end
        return (start, end) if length > self.config.ws_max_size - (self.conn.current_size or 0) else None

    def _is_taken(self, data: bytes, start: int, end: int) -> bool:
        """Offer this text to the taker. Returns whether the taker has handled it."""
        if self._taker is None or self.close_sent or self.conn.current_size is not None or not self.queue.empty():
            return False
        try:
            text = apply_mask(data[start:end], data[start - 4 : start]).decode()
        except UnicodeDecodeError:
            # The library reports the error, and closes.
            return False
        return self._taker(text)

    def handle_ping(self) -> None:
        if not self._flooded():
            super().handle_ping()

    def handle_pong(self, event: Frame) -> None:
        if not self._flooded():
            super().handle_pong(event)

    def handle_cont(self, event: Frame) -> None:
        self._begin_span()
        self._pieces += 1
        if self._pieces >= FRAGMENTS:
            self.frames = []
            self.transport.abort()
        else:
            super().handle_cont(event)

    def _flooded(self) -> bool:
        """Count one control frame. Whether the connection is ending, because there were too many."""
        self._begin_span()
        self._control_frames += 1
        unread = self.transport.get_write_buffer_size() > UNREAD_BYTES
        if self._control_frames > (CONTROL_FRAMES_UNREAD if unread else CONTROL_FRAMES):
            self.transport.abort()
        return self.transport.is_closing()

    def _begin_span(self) -> None:
        now = self.loop.time()
        if now - self._since >= SPAN:
            self._since, self._control_frames, self._pieces = now, 0, 0
