"""A08, A85: an upgrade request that is not a plain RFC 6455 handshake over HTTP/1.1 gets 400 and no socket."""

import pytest

from tests.attack.peer import STAFF, VISITORS, Peer, Port, hello, text
from tests.e2e.quarters import Quarters

pytestmark = [pytest.mark.whole, pytest.mark.asyncio(loop_scope="module")]

DOORS = [VISITORS, STAFF]
KEY = "dGhlIHNhbXBsZSBub25jZQ=="

STARTS = {
    "HTTP/1.0": "GET {} HTTP/1.0",
    "HTTP/2.0": "GET {} HTTP/2.0",
    "HTTP/0.9": "GET {} HTTP/0.9",
    "HTTP/1.2": "GET {} HTTP/1.2",
    "no version": "GET {}",
    "POST": "POST {} HTTP/1.1",
    "PUT": "PUT {} HTTP/1.1",
    "HEAD": "HEAD {} HTTP/1.1",
    "OPTIONS": "OPTIONS {} HTTP/1.1",
    "TRACE": "TRACE {} HTTP/1.1",
    "CONNECT": "CONNECT {} HTTP/1.1",
    "small letters": "get {} HTTP/1.1",
    "a whole address": "GET http://127.0.0.1{} HTTP/1.1",
    "an address that is no ASCII": "GET {}\u00e9 HTTP/1.1",
    "an address of 9,000": "GET {}?" + "x" * 9_000 + " HTTP/1.1",
}

HEADERS: dict[str, dict[str, str]] = {
    "version 8": {"Sec-WebSocket-Version": "8"},
    "version 14": {"Sec-WebSocket-Version": "14"},
    "two versions in one": {"Sec-WebSocket-Version": "13, 8"},
    "no version of the protocol": {"Sec-WebSocket-Version": ""},
    "version +13": {"Sec-WebSocket-Version": "+13"},
    "no key": {"Sec-WebSocket-Key": ""},
    "a key of 15 bytes": {"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25j"},
    "a key of 17 bytes": {"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQEB"},
    "a key that is no base64": {"Sec-WebSocket-Key": "*" * 24},
    "a key with more behind it": {"Sec-WebSocket-Key": f"{KEY}x"},
    "no upgrade": {"Upgrade": ""},
    "another upgrade": {"Upgrade": "h2c"},
    "two upgrades in one": {"Upgrade": "websocket, h2c"},
    "an upgrade with a version": {"Upgrade": "websocket/13"},
    "no connection": {"Connection": ""},
    "another connection": {"Connection": "keep-alive"},
    "a connection that closes": {"Connection": "close"},
    "a body of nothing": {"Content-Length": "0"},
    "a body of five": {"Content-Length": "5"},
    "a body in chunks": {"Transfer-Encoding": "chunked"},
    "both kinds of body": {"Content-Length": "5", "Transfer-Encoding": "chunked"},
    "an expectation": {"Expect": "100-continue"},
    "a cookie of 9 KB": {"Cookie": "x=" + "y" * 9_000},
}

LINES: dict[str, tuple[str, ...]] = {
    "the key twice": (f"Sec-WebSocket-Key: {KEY}",),
    "the version twice": ("Sec-WebSocket-Version: 13",),
    "the upgrade twice": ("Upgrade: websocket",),
    "the connection twice": ("Connection: Upgrade",),
    "a line that goes on in the next": ("X-More: a", " b"),
    "a name with a blank": ("X More: a",),
    "a blank behind a name": ("X-More : a",),
    "a name that is empty": (": a",),
    "no colon": ("X-More",),
    "a NUL": ("X-More: a\0b",),
    "a line end of its own": ("X-More: a\nX-Other: b",),
    "a carriage return of its own": ("X-More: a\rX-Other: b",),
}


async def assert_refused(peer: Peer, sent: bytes, behind: bytes = b"") -> None:
    """400 (or 431 for its size), and frames sent after it have no effect."""
    peer.send(sent + behind)
    said = await peer.ended()
    assert said[:12] in (b"HTTP/1.1 400", b"HTTP/1.1 431"), said[:200]
    assert said.count(b"HTTP/1.1 ") == 1
    assert b"Sec-WebSocket-Accept" not in said


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("start", STARTS)
async def test_another_first_line_opens_no_socket(quarters: Quarters, port: Port, door: str, start: str) -> None:
    async with quarters.undisturbed():
        peer = await port.peer()
        await assert_refused(peer, peer.handshake(start=STARTS[start].format(door)))


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("what", HEADERS)
async def test_other_headers_open_no_socket(quarters: Quarters, port: Port, door: str, what: str) -> None:
    async with quarters.undisturbed():
        peer = await port.peer()
        await assert_refused(peer, peer.handshake(door, HEADERS[what]))


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("what", LINES)
async def test_repeated_or_malformed_headers_open_no_socket(
    quarters: Quarters, port: Port, door: str, what: str
) -> None:
    async with quarters.undisturbed():
        peer = await port.peer()
        await assert_refused(peer, peer.handshake(door, None, *LINES[what]))


@pytest.mark.parametrize("count", [95, 129, 300])
async def test_too_many_headers_open_no_socket(quarters: Quarters, port: Port, count: int) -> None:
    async with quarters.undisturbed():
        peer = await port.peer()
        await assert_refused(peer, peer.handshake(VISITORS, None, *[f"X-{each}: x" for each in range(count)]))


async def test_a_client_that_sends_before_the_answer_gets_no_socket(quarters: Quarters, port: Port) -> None:
    async with quarters.undisturbed():
        peer = await port.peer()
        await assert_refused(peer, peer.handshake(), text(hello(token=quarters.token)))


@pytest.mark.parametrize("path", ["/", "/live", "/sign-in", "/ws/admin", "/ws/visitor/", "//ws/visitor"])
async def test_no_other_path_opens_a_socket(quarters: Quarters, port: Port, path: str) -> None:
    async with quarters.undisturbed():
        peer = await port.peer()
        peer.send(peer.handshake(path))
        status, _ = await peer.answer()
        assert status == 404
        assert await peer.ended() == b""


async def test_a_browsers_handshake_opens_a_socket(quarters: Quarters, port: Port) -> None:
    async with quarters.undisturbed():
        peer = await port.peer()
        told = {"Connection": "keep-alive, Upgrade", "Upgrade": "WebSocket", "Cookie": "a=" + "b" * 4_000}
        peer.send(peer.handshake(VISITORS, told, "Sec-WebSocket-Extensions: permessage-deflate", "Pragma: no-cache"))
        status, head = await peer.answer()
        assert status == 101
        assert b"Extensions" not in head
        peer.send(text(hello(token=quarters.token)))
        await peer.until("welcome")
