"""Reads a socket frame by frame, in turns, and ends a socket that sends too much.

The application never sees a ping or a fragment, so they are bounded here: a flood of control frames, a message in
endless pieces and a read full of tiny frames end the socket, or wait.
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
"""Pings and pongs in `SPAN` seconds; a browser sends none but its answers to ours."""

CONTROL_FRAMES_UNREAD = 20
"""The same from a client that leaves more than `UNREAD_BYTES` unread: every answer would stay here."""

UNREAD_BYTES = 64 * 1024
SPAN = 10.0

FRAGMENTS = 1_024
"""In `SPAN` seconds. An empty one adds nothing to the size of its message, so the limit of that would never be met."""

IN_ONE_READ = 256
"""Frames. A visitor may send 20 in a second, staff 50: after no stall that is borne do so many wait together."""
TOO_FAST = close_reason(retry_ms=1_000)

OPCODES = frozenset(Opcode)

WHOLE_TEXT = 0x81
"""The first byte of a text message in one frame."""
GOODBYE = 0x88
MASKED = 0x80
HEADS = [6] * 126 + [8, 14]
"""Bytes of a client's frame before its payload, by the length that is told first."""


class IncomingFrames(WebSocketsSansIOProtocol):
    """Offers whole texts to whoever takes them at once; all else goes by the library, and to the queue of ASGI."""

    config: Config
    bounds = BOUNDS
    queue: Mailbox  # type: ignore[assignment]  # as much of it as is used

    _taker: Callable[[str], bool] | None = None
    _on_room: Callable[[], object] | None = None
    _begun = bytearray()
    """Of a frame whose end is still to come."""
    _rest = b""
    _at = 0
    """Whole frames that wait for their turn, from there on; reading is paused meanwhile."""
    _is_in_line = False
    _has_spoken = False
    _behind_goodbye = 0
    """Bytes that came after we had said goodbye."""
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
                # Nobody may speak before our answer, and nobody has much to say after our goodbye.
                self.transport.abort()
                return
        if self._rest:
            # Uvicorn has reading go on when it says goodbye.
            self._rest, self._at = self._rest[self._at :] + data, 0
            return
        if self._begun:
            self._begun += data
            if self._frame(self._begun, 0) is None:
                return
            data, self._begun = bytes(self._begun), bytearray()
        self._go_through(data, 0, 0.0, is_new=True)

    def go_on(self, until: float) -> None:
        """It is this connection's turn again."""
        self._is_in_line = False
        if self.transport.is_closing():
            self._rest = b""
        elif not self.queue.is_full or self.close_sent:
            rest, self._rest = self._rest, b""
            self._go_through(rest, self._at, until)
            self._read_on()

    def _go_through(self, data: bytes, at: int, until: float, *, is_new: bool = False) -> None:
        """Frame by frame; what there is no time for in this turn waits for the next."""
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
            # What is too long, or not masked, the library refuses; what follows does not matter any more.
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
        """One frame that was not taken. After our goodbye nothing is looked at but whether it is the answer."""
        if not self.close_sent:
            super().data_received(frame)
        elif frame[0] == GOODBYE or not is_sound:
            self.transport.close()

    def _is_flood(self, data: bytes, at: int) -> bool:
        """Whether there are more frames in this read than anybody sends: thousands of such reads, each kept until its
        turn comes, would be hundreds of megabytes."""
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
        """When nothing that came waits any more; after our goodbye nobody takes it."""
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
        """Say goodbye, and end without waiting for the answer."""
        self.conn.send_close(code, reason)
        self.handle_parser_exception()

    def _frame(self, data: bytes | bytearray, at: int) -> tuple[int, int] | None:
        """Where the payload of the frame that begins at `at` begins, and where it ends; None while it is not all there.

        What is no frame, or too long, is not waited for: then the end may be behind the data.
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
        """Whether the one who takes what needs no waiting has taken this text."""
        if self._taker is None or self.close_sent or self.conn.current_size is not None or not self.queue.empty():
            return False
        try:
            text = apply_mask(data[start:end], data[start - 4 : start]).decode()
        except UnicodeDecodeError:
            # The library says so, and closes.
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
        """Count one control frame; whether the connection is ending, because of too many."""
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
