"""Clients that request everything and then never read again: only what the network's buffers can hold is delivered."""

import asyncio
import contextlib
import json
import secrets
import socket
from base64 import b64encode
from collections.abc import Iterable, Mapping
from typing import Any

LITTLE = 4_096
"""Bytes the machine may buffer for a client; the rest stays at the server."""
SIGN_EVERY = 3.0
"""Seconds between heartbeats, more often than the server requires."""
WELCOME = b'"type":"welcome"'
PONG = {"type": "pong", "n": 1}


class Sleeper:
    """`fall_asleep` says hello and what it wants to follow; `end` frees the machine's buffers."""

    def __init__(self, port: int, door: str, headers: Mapping[str, str] | None = None) -> None:
        self._port = port
        self._door = door
        self._headers = dict(headers or {})
        self._socket = socket.socket()

    async def fall_asleep(self, asks: Iterable[Mapping[str, Any]]) -> None:
        """Connect, send all of this, and read nothing of the answers but the welcome."""
        loop = asyncio.get_running_loop()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, LITTLE)
        self._socket.setblocking(False)
        await loop.sock_connect(self._socket, ("127.0.0.1", self._port))
        await loop.sock_sendall(self._socket, self._upgrade())
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            byte = await loop.sock_recv(self._socket, 1)
            assert byte, f"no upgrade: {head!r}"
            head += byte
        assert head.startswith(b"HTTP/1.1 101"), head
        first, *others = [_frame(json.dumps(each).encode()) for each in asks]
        await loop.sock_sendall(self._socket, first)
        heard = b""
        while WELCOME not in heard:
            piece = await loop.sock_recv(self._socket, LITTLE)
            assert piece, f"no welcome: {heard!r}"
            heard += piece
        await loop.sock_sendall(self._socket, b"".join(others))

    async def talk_in_sleep(self) -> None:
        """Send heartbeats, so that it counts as alive, until the server closes the connection."""
        loop = asyncio.get_running_loop()
        with contextlib.suppress(OSError):
            while True:
                await asyncio.sleep(SIGN_EVERY)
                await loop.sock_sendall(self._socket, _frame(json.dumps(PONG).encode()))

    def end(self) -> None:
        self._socket.close()

    def _upgrade(self) -> bytes:
        host = f"127.0.0.1:{self._port}"
        told = {
            "Host": host,
            "Origin": f"http://{host}",
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": b64encode(secrets.token_bytes(16)).decode(),
            "Sec-WebSocket-Protocol": "hchat.v1",
        }
        lines = [f"{name}: {value}" for name, value in (told | self._headers).items()]
        return "\r\n".join([f"GET {self._door} HTTP/1.1", *lines, "", ""]).encode()


def hello(**fields: Any) -> dict[str, Any]:
    return {"type": "hello", "version": 1, "client": {"name": "sleeper", "version": "1"}} | fields


def _frame(text: bytes) -> bytes:
    """Masked with zeros, which is allowed."""
    size = len(text)
    assert size < 65_536
    head = bytes((0x80 | size,)) if size < 126 else b"\xfe" + size.to_bytes(2, "big")
    return b"\x81" + head + b"\0\0\0\0" + text
