"""The WebSocket handshake (RFC 6455, section 4.2) as every browser sends it. There is no other parser: a request that
looks like a handshake but differs from this form is refused with 400.
"""

import base64
import binascii
import hashlib
from collections.abc import Sequence

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
LONGEST = 8_192
"""Bytes of the URL, and of a header's value; browsers do not send more."""

BODY = (b"content-length", b"transfer-encoding", b"expect")
ONCE = (b"connection", b"upgrade", b"sec-websocket-key", b"sec-websocket-version")

Header = tuple[bytes, bytes]


def is_handshake(headers: Sequence[Header]) -> bool:
    """Whether the request asks for an upgrade, correctly or not. Header names are in lower case."""
    return any(name == b"upgrade" or name.startswith(b"sec-websocket-") for name, _ in headers)


def plain_key(method: bytes, version: str, url: bytes, headers: Sequence[Header]) -> bytes | None:
    """The key of a handshake in the plain form; None for any other request."""
    asked: dict[bytes, bytes] = {}
    if method != b"GET" or version != "1.1" or not url.startswith(b"/") or not url.isascii() or len(url) > LONGEST:
        return None
    for name, value in headers:
        if len(value) > LONGEST or name in BODY:
            return None
        if name in ONCE:
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
    """The subprotocols that the client offers."""
    offers = [value.decode("ascii", "surrogateescape") for name, value in headers if name == b"sec-websocket-protocol"]
    return [token.strip() for offer in offers for token in offer.split(",")]


def switching(key: bytes, subprotocol: str | None) -> bytes:
    """The 101 answer to that key, with the chosen subprotocol."""
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
