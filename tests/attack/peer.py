"""A client that sends the given bytes and reports what comes back: HTTP answers, frames, how the connection ended.

It knows nothing of the product, and does not correct what a test sends.
"""

import asyncio
import contextlib
import json
import secrets
from base64 import b64encode
from dataclasses import dataclass
from typing import Any

VISITORS, STAFF = "/ws/visitor", "/ws/staff"
CONTINUED, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
LATE = 8.0
"""Seconds that a busy machine may add to what is promised."""


def frame(
    opcode: int, payload: bytes = b"", *, fin: bool = True, mask: bytes | None = b"\0\0\0\0", rsv: int = 0
) -> bytes:
    """A client's frame. `mask` None: unmasked, which no client may send. `rsv`: the three reserved bits."""
    size, masked = len(payload), 0x80 if mask is not None else 0
    head = bytes([fin << 7 | rsv << 4 | opcode])
    if size < 126:
        head += bytes([masked | size])
    elif size < 65_536:
        head += bytes([masked | 126]) + size.to_bytes(2, "big")
    else:
        head += bytes([masked | 127]) + size.to_bytes(8, "big")
    if mask is None:
        return head + payload
    if any(mask):
        payload = bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))
    return head + mask + payload


def text(received: str | dict[str, Any]) -> bytes:
    """A text frame; a dict is sent as JSON."""
    return frame(TEXT, (received if isinstance(received, str) else json.dumps(received)).encode())


def hello(**fields: Any) -> dict[str, Any]:
    """A client's first frame; a visitor's has a `token`."""
    return {"type": "hello", "version": 1, "client": {"name": "attack", "version": "1"}, "resume": []} | fields


@dataclass(frozen=True)
class ServerFrame:
    """One frame from the server."""

    opcode: int
    payload: bytes

    @property
    def code(self) -> int:
        """The code of a close frame; 1005 if it has none."""
        return int.from_bytes(self.payload[:2], "big") if len(self.payload) >= 2 else 1005

    def json(self) -> dict[str, Any]:
        received: dict[str, Any] = json.loads(self.payload)
        return received


class Peer:
    """One TCP connection. `send` bytes; `answer`, `next_frame`, `ended` report what came.

    Each direction has its own transport. With a single one, a server that closes the connection during a flood would
    make the next `send` fail, and what it had sent before, including the close code, would be discarded unread.
    """

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        listening: asyncio.StreamWriter,
        port: int,
    ) -> None:
        self.reader = reader
        self.writer = writer
        self.port = port
        self._listening = listening

    @classmethod
    async def open(cls, port: int, source: str) -> "Peer":
        """Connect from that address of this machine."""
        reader, opened = await asyncio.open_connection("127.0.0.1", port, limit=2**20, local_addr=(source, 0))
        _, writer = await asyncio.open_connection(sock=opened.get_extra_info("socket").dup())
        writer.transport.pause_reading()  # type: ignore[attr-defined]  # a stream's transport can pause
        return cls(reader, writer, opened, port)

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    async def flush(self, within: float = LATE) -> None:
        """Wait until the server has read everything; a connection that it closed is not an error."""
        async with asyncio.timeout(within):
            with contextlib.suppress(ConnectionError):
                await self.writer.drain()

    def head(self, start: str, headers: dict[str, str] | None = None, *more: str) -> bytes:
        """A request's head: its first line, our own Host and Origin unless `headers` overrides them ("" omits one), and
        further lines unchanged."""
        here = f"127.0.0.1:{self.port}"
        received = {"Host": here, "Origin": f"http://{here}"} | (headers or {})
        lines = [start, *(f"{name}: {value}" for name, value in received.items() if value), *more, "", ""]
        return "\r\n".join(lines).encode("latin-1")

    def handshake(
        self, path: str = VISITORS, headers: dict[str, str] | None = None, *more: str, start: str = ""
    ) -> bytes:
        """The head of a valid upgrade, with the given faults."""
        received = {
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": b64encode(secrets.token_bytes(16)).decode(),
            "Sec-WebSocket-Protocol": "hchat.v1",
        }
        return self.head(start or f"GET {path} HTTP/1.1", received | (headers or {}), *more)

    async def answer(self, within: float = LATE) -> tuple[int, bytes]:
        """Status and head of the next HTTP answer; 0 if the connection ended without one."""
        async with asyncio.timeout(within):
            try:
                head = await self.reader.readuntil(b"\r\n\r\n")
            except (asyncio.IncompleteReadError, ConnectionError):
                return 0, b""
        return int(head.split(b" ", 2)[1]), head

    async def next_frame(self, within: float = LATE) -> ServerFrame:
        """The next frame. Raises `IncompleteReadError` or `ConnectionError` if there is none."""
        async with asyncio.timeout(within):
            first, size = await self.reader.readexactly(2)
            assert not size & 0x80, "a server masks nothing"
            if size == 126:
                size = int.from_bytes(await self.reader.readexactly(2), "big")
            elif size == 127:
                size = int.from_bytes(await self.reader.readexactly(8), "big")
            return ServerFrame(first & 0x0F, await self.reader.readexactly(size))

    async def until(self, type: str, within: float = LATE) -> dict[str, Any]:
        """The next text frame of that type."""
        async with asyncio.timeout(within):
            while True:
                received = await self.next_frame(within)
                assert received.opcode != CLOSE, f"closed with {received.code} before {type}"
                if received.opcode == TEXT and (frame := received.json())["type"] == type:
                    return frame

    async def closed(self, within: float = LATE) -> int:
        """The code of the close frame; 1006 if the connection ended without one. Frames before it are dropped."""
        async with asyncio.timeout(within):
            try:
                while (received := await self.next_frame(within)).opcode != CLOSE:
                    pass
            except (asyncio.IncompleteReadError, ConnectionError):
                return 1006
        return received.code

    async def ended(self, within: float = LATE) -> bytes:
        """Everything received until the server closed the connection."""
        said = b""
        async with asyncio.timeout(within):
            try:
                while piece := await self.reader.read(65_536):
                    said += piece
            except ConnectionError:
                pass
        return said

    async def upgrade(self, path: str = VISITORS, headers: dict[str, str] | None = None) -> None:
        """A valid handshake, and its 101."""
        self.send(self.handshake(path, headers))
        status, head = await self.answer()
        assert status == 101, head

    async def enter(self, token: str) -> dict[str, Any]:
        """Open a visitor's socket; returns the welcome."""
        await self.upgrade()
        self.send(text(hello(token=token)))
        return await self.until("welcome")

    async def enter_staff(self, cookie: str) -> dict[str, Any]:
        """Open a consultant's socket; returns the welcome."""
        await self.upgrade(STAFF, {"Cookie": f"session={cookie}"})
        self.send(text(hello()))
        return await self.until("welcome")

    def drop(self) -> None:
        """Abort without a close frame."""
        self.writer.transport.abort()
        self._listening.transport.abort()


class Port:
    """The server's port. `leave` drops all connections opened here."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._peers: list[Peer] = []

    async def peer(self, source: str = "127.0.0.1") -> Peer:
        """A connection from that address of this machine (127.0.0.2 is another client)."""
        self._peers.append(peer := await Peer.open(self.port, source))
        return peer

    async def socket(self, token: str, source: str = "127.0.0.1") -> Peer:
        """A visitor's socket, welcomed."""
        peer = await self.peer(source)
        await peer.enter(token)
        return peer

    async def leave(self) -> None:
        """Drop all connections. They are closed when this returns."""
        for peer in self._peers:
            peer.drop()
        await asyncio.sleep(0)
