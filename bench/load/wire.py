"""A WebSocket client with very little overhead, so that the measurement is of the server.

Text frames only, masked with zeros (RFC 6455 allows that, and the server's work stays the same). It shares no code with
the server.
"""

import asyncio
import os
from base64 import b64encode
from collections.abc import Callable

OnText = Callable[[bytes], None]


def _nobody(_code: int, _reason: bytes) -> None:
    """The default for `on_end`."""


def framed(text: bytes) -> bytes:
    """One text frame, as a client sends it."""
    size = len(text)
    if size < 126:
        return b"\x81" + bytes((0x80 | size,)) + b"\0\0\0\0" + text
    if size < 65_536:
        return b"\x81\xfe" + size.to_bytes(2, "big") + b"\0\0\0\0" + text
    return b"\x81\xff" + size.to_bytes(8, "big") + b"\0\0\0\0" + text


class Wire(asyncio.Protocol):
    """One connection. `on_text` gets each text message; `closed` is the close code, None while it is open.

    `on_end` gets code and reason, once, when the connection has ended.
    """

    def __init__(self, on_text: OnText) -> None:
        self.on_text = on_text
        self.on_end: Callable[[int, bytes], None] = _nobody
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.closed: int | None = None
        self._reason = b""
        self._transport: asyncio.Transport | None = None
        self._left = b""
        self._is_open = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport) or hasattr(transport, "write")
        self._transport = transport  # type: ignore[assignment]  # uvloop's is not a subclass

    def connection_lost(self, exc: Exception | None) -> None:
        self._end(1006)
        self.on_end(self.closed or 1006, self._reason)

    def upgrade(self, host: str, path: str, headers: dict[str, str]) -> None:
        """Request the WebSocket; `opened` is done when it is established."""
        handshake = {
            "Host": host,
            "Origin": f"http://{host}",
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": b64encode(os.urandom(16)).decode(),
        }
        lines = [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in (handshake | headers).items()), "", ""]
        self.write("\r\n".join(lines).encode())

    def send(self, text: bytes) -> None:
        self.write(framed(text))

    def write(self, data: bytes) -> None:
        """Send bytes unchanged, such as frames made before. Does nothing if the connection has just been lost."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    def pause(self) -> None:
        """Stop reading: a slow client."""
        if self._transport is not None:
            self._transport.pause_reading()

    def drop(self) -> None:
        """Abort without a close frame."""
        if self._transport is not None:
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        if self._left:
            data = self._left + data
            self._left = b""
        at = 0
        if not self._is_open:
            end = data.find(b"\r\n\r\n")
            if end < 0:
                self._left = data
                return
            if not data.startswith(b"HTTP/1.1 101"):
                self._fail(data[:end].split(b"\r\n", 1)[0].decode())
                return
            self._is_open, at = True, end + 4
            if not self.opened.done():
                self.opened.set_result(None)
        self._left = self._frames(data, at)

    def _frames(self, data: bytes, at: int) -> bytes:
        """Handle every complete frame; returns the remaining bytes."""
        size = len(data)
        while size - at >= 2:
            length, head = data[at + 1], 2
            if length == 126:
                head = 4
                length = int.from_bytes(data[at + 2 : at + 4], "big")
            elif length == 127:
                head = 10
                length = int.from_bytes(data[at + 2 : at + 10], "big")
            end = at + head + length
            if end > size:
                break
            self._frame(data[at] & 0x0F, data[at + head : end])
            at = end
        return data[at:]

    def _frame(self, kind: int, payload: bytes) -> None:
        if kind == 1:
            self.on_text(payload)
        elif kind == 9:
            self.write(b"\x8a" + bytes((0x80 | len(payload),)) + b"\0\0\0\0" + payload)
        elif kind == 8:
            self._reason = payload[2:]
            self._end(int.from_bytes(payload[:2], "big") if payload else 1005)
            self.drop()

    def _end(self, code: int) -> None:
        if self.closed is None:
            self.closed = code
        if not self.opened.done():
            self._fail(f"ended with {code}")

    def _fail(self, why: str) -> None:
        if not self.opened.done():
            self.opened.set_exception(ConnectionError(why))
            self.opened.exception()


async def dial(
    port: int, path: str, on_text: OnText, headers: dict[str, str] | None = None, source: str | None = None
) -> Wire:
    """An open socket. Raises `OSError`, of which `ConnectionError` is one. `source`: the address to connect from."""
    loop = asyncio.get_running_loop()
    here = None if source is None else (source, 0)
    _, wire = await loop.create_connection(lambda: Wire(on_text), "127.0.0.1", port, local_addr=here)
    wire.upgrade(f"127.0.0.1:{port}", path, headers or {})
    await wire.opened
    return wire
