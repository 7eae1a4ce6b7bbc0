"""An application served by uvicorn with our protocols on its own port, and clients that send raw bytes."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import cast

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from chatserver.serving import Site, listen
from chatserver.transport.config import Config
from chatserver.transport.line import line_of
from chatserver.transport.websocket_protocol import WebSocketProtocol

LATE = 3.0
"""Seconds that a busy machine may add to what is promised."""

TEXT, PING, PONG, CONTINUED, CLOSE = 1, 9, 10, 0, 8
GET = b"GET / HTTP/1.1\r\nHost: here\r\n"
UPGRADE = (
    GET + b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


class App:
    """Echoes over HTTP and WebSocket; the text `flood` makes it send without end, `close` makes it close.

    Of the texts offered to it before they are queued, it takes those that begin with `now`, if `take` is given.
    """

    def __init__(self, take: Callable[[WebSocketProtocol, str], None] | None = None) -> None:
        self.flooding = 0
        self.gone: list[Callable[[], bool]] = []
        self.offered: list[str] = []
        self.may_go_on = asyncio.Event()
        self._take = take

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._answer(receive, send)
        elif scope["type"] == "websocket":
            # At once, because the scope is emptied when texts are taken.
            line = cast(WebSocketProtocol, line_of(scope))
            self.gone.append(lambda: line.has_gone)
            await self._talk(receive, send, line)
        else:
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})

    async def _answer(self, receive: Receive, send: Send) -> None:
        body = b""
        while (message := await receive()).get("more_body"):
            body += message["body"]
        if message["type"] == "http.disconnect":
            return
        length = [(b"content-length", str(len(body + message["body"])).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": length})
        await send({"type": "http.response.body", "body": body + message["body"]})

    def _offer(self, line: WebSocketProtocol, text: str) -> bool:
        self.offered.append(text)
        if self._take is None or not text.startswith("now"):
            return False
        self._take(line, text)
        return True

    async def _talk(self, receive: Receive, send: Send, line: WebSocketProtocol) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        line.taken_by(lambda text: self._offer(line, text))
        while (message := await receive())["type"] == "websocket.receive":
            if message["text"] == "close":
                await send({"type": "websocket.close", "code": 1000})
                return
            if message["text"] == "wait":
                await self.may_go_on.wait()
            await send({"type": "websocket.send", "text": message["text"]})
            while message["text"] == "flood":
                self.flooding += 1
                await send({"type": "websocket.send", "text": "x" * 60_000})


class Peer:
    """A client that sends raw bytes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self.writer = writer

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    async def receives(self, wanted: bytes) -> bytes:
        async with asyncio.timeout(LATE):
            return await self._reader.readuntil(wanted)

    async def reads(self, most: int) -> bytes:
        async with asyncio.timeout(LATE):
            return await self._reader.read(most)

    async def ended(self, within: float) -> bytes:
        """What was received before the server closed the connection."""
        said = b""
        async with asyncio.timeout(within + LATE):
            try:
                while piece := await self._reader.read(65_536):
                    said += piece
            except ConnectionError:
                pass
        return said

    async def upgrades(self) -> None:
        self.send(UPGRADE)
        assert b" 101 " in await self.receives(b"\r\n\r\n")


class Port:
    """The port at which the app is served."""

    def __init__(self, port: int, server: uvicorn.Server) -> None:
        assert isinstance(server.config, Config)
        self._port = port
        self._config = server.config
        self._connections = server.server_state.connections
        self._peers: list[Peer] = []

    def allow(self, most: int) -> None:
        """Allow so many connections altogether."""
        self._config.most = most

    @property
    def connected(self) -> int:
        """Connections of either kind."""
        return len(self._connections)

    @property
    def opened(self) -> int:
        """HTTP connections and unanswered upgrades, as the server counts them."""
        return self._config.places.opened("127.0.0.1")

    async def peer(self) -> Peer:
        peer = Peer(*await asyncio.open_connection("127.0.0.1", self._port, limit=1_000_000))
        self._peers.append(peer)
        return peer

    async def socket(self) -> Peer:
        """A connection that has been upgraded."""
        peer = await self.peer()
        await peer.upgrades()
        return peer

    def leave(self) -> None:
        for peer in self._peers:
            peer.writer.transport.abort()


@asynccontextmanager
async def served(app: ASGIApp, per_address: int = 1_000) -> AsyncIterator[Port]:
    listening = listen("127.0.0.1", 0)
    # Served as an additional site, it installs no signal handlers; its protocols are the same.
    server = Site(app, listening, per_address).server  # type: ignore[arg-type]  # any application will do
    port = Port(listening.getsockname()[1], server)
    serving = asyncio.create_task(server.serve([listening]))
    try:
        yield port
    finally:
        port.leave()
        server.should_exit = True
        await serving


def frame(opcode: int, payload: bytes = b"", *, fin: bool = True) -> bytes:
    """A masked frame; the mask is zero, so that the payload stays readable."""
    assert len(payload) < 126
    return bytes([fin << 7 | opcode, 0x80 | len(payload)]) + bytes(4) + payload


def text(told: str) -> bytes:
    """The frame in which a server sends it."""
    payload = told.encode()
    return _head(len(payload)) + payload


def long_frame(payload: bytes) -> bytes:
    """A client's text of any length below 64 KiB, with a nonzero mask."""
    head, mask = bytearray(_head(len(payload))), b"mask"
    head[1] |= 0x80
    return bytes(head) + mask + bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))


def _head(size: int) -> bytes:
    return bytes([0x81, size]) if size < 126 else b"\x81\x7e" + size.to_bytes(2, "big")
