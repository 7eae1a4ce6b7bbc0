"""The bytes that hostile sockets send: requests, frames, and whole reads full of small frames."""

import json
import os
import secrets
from base64 import b64encode
from collections.abc import Callable
from typing import Any

READ = 256 * 1024
"""How much the server reads from one socket at once."""


def masked(first: int, payload: bytes = b"") -> bytes:
    """A client's frame with that first byte; the mask is zero."""
    size = len(payload)
    if size < 126:
        head = bytes((first, 0x80 | size))
    elif size < 65_536:
        head = bytes((first, 0xFE)) + size.to_bytes(2, "big")
    else:
        head = bytes((first, 0xFF)) + size.to_bytes(8, "big")
    return head + b"\0\0\0\0" + payload


def text(frame: dict[str, Any]) -> bytes:
    """A text frame of JSON."""
    return masked(0x81, json.dumps(frame, ensure_ascii=False).encode())


def full(*frames: bytes) -> bytes:
    """One whole read filled with these frames, repeated."""
    turn = b"".join(frames)
    return turn * (READ // len(turn))


def request(port: int, start: str, *lines: str) -> bytes:
    """A request's head, with the server's own name."""
    return "\r\n".join([f"{start} HTTP/1.1", f"Host: 127.0.0.1:{port}", *lines, "", ""]).encode()


def upgrade(port: int, *lines: str, path: str = "/ws/visitor") -> bytes:
    """A valid handshake, with additional header lines."""
    key = b64encode(os.urandom(16)).decode()
    return request(
        port,
        f"GET {path}",
        f"Origin: http://127.0.0.1:{port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {key}",
        "Sec-WebSocket-Protocol: hchat.v1",
        *lines,
    )


def hello(token: str) -> bytes:
    return text(
        {"type": "hello", "version": 1, "token": token, "client": {"name": "bench", "version": "1"}, "rating": True}
    )


def refs(letter: str) -> Callable[[], str]:
    """A function that returns new refs. Their last twelve characters, a number to `bench.load.score`, never match an
    honest tab's."""
    count, run = 0, secrets.randbelow(2**16)

    def next_ref() -> str:
        nonlocal count
        count += 1
        return f"00000000-0000-7000-8000-{letter}{run:04x}{count:07x}"

    return next_ref
