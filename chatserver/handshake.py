"""The handshake of a WebSocket (RFC 6455, section 4.2), as every browser begins it.

uvicorn spells the request, which it has parsed, once more, has websockets parse it again, and does half of that for the
answer: a third of the CPU of a socket that comes back. Whatever is not as browsers do it goes that way still.
"""

import base64
import binascii
import hashlib
from collections.abc import Sequence

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
HEADERS = 64
LONGEST = 4_096
"""Headers, and bytes of one or of the address: more is not as browsers do it."""

Header = tuple[bytes, bytes]


def plain_key(url: bytes, headers: Sequence[Header]) -> bytes | None:
    """The key of a handshake without anything unusual; None of any other. Names are in small letters."""
    asked: dict[bytes, bytes] = {}
    if not url.isascii() or len(url) > LONGEST or len(headers) > HEADERS:
        return None
    for name, value in headers:
        if len(value) > LONGEST:
            return None
        if name in (b"connection", b"upgrade", b"sec-websocket-key", b"sec-websocket-version"):
            if name in asked:
                return None
            asked[name] = value
    if len(asked) < 4 or asked[b"sec-websocket-version"] != b"13":
        return None
    connection = [token.strip() for token in asked[b"connection"].lower().split(b",")]
    if b"upgrade" not in connection or asked[b"upgrade"].lower() != b"websocket":
        return None
    key = asked[b"sec-websocket-key"]
    return key if _is_nonce(key) else None


def subprotocols(headers: Sequence[Header]) -> list[str]:
    """Those that are offered."""
    offers = [value.decode("ascii", "surrogateescape") for name, value in headers if name == b"sec-websocket-protocol"]
    return [token.strip() for offer in offers for token in offer.split(",")]


def switching(key: bytes, subprotocol: str | None) -> bytes:
    """The answer to that key, with the subprotocol that was chosen."""
    answer = [
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ",
        base64.b64encode(hashlib.sha1(key + GUID, usedforsecurity=False).digest()),
    ]
    if subprotocol is not None:
        answer += [b"\r\nSec-WebSocket-Protocol: ", subprotocol.encode()]
    return b"".join([*answer, b"\r\n\r\n"])


def _is_nonce(key: bytes) -> bool:
    try:
        return len(binascii.a2b_base64(key, strict_mode=True)) == 16
    except binascii.Error:
        return False
