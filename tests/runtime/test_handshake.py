"""The handshake as browsers send it, and what is not one."""

import pytest
from websockets.utils import accept_key

from chatserver.transport.websocket_handshake import LONGEST, Header, is_handshake, plain_key, subprotocols, switching

KEY = b"dGhlIHNhbXBsZSBub25jZQ=="
PLAIN: list[Header] = [
    (b"host", b"chat.example.org"),
    (b"connection", b"keep-alive, Upgrade"),
    (b"upgrade", b"websocket"),
    (b"sec-websocket-version", b"13"),
    (b"sec-websocket-key", KEY),
]


def test_a_browsers_handshake_is_answered_as_the_library_does() -> None:
    assert plain_key(b"GET", "1.1", b"/ws/visitor", PLAIN) == KEY
    answer = switching(KEY, "hchat.v1").split(b"\r\n")
    assert answer[0] == b"HTTP/1.1 101 Switching Protocols"
    assert f"Sec-WebSocket-Accept: {accept_key(KEY.decode())}".encode() in answer
    assert b"Sec-WebSocket-Protocol: hchat.v1" in answer
    assert b"Sec-WebSocket-Protocol" not in switching(KEY, None)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (b"connection", b"keep-alive"),
        (b"upgrade", b"h2c"),
        (b"upgrade", b"websocket, h2c"),
        (b"sec-websocket-version", b"12"),
        (b"sec-websocket-key", b""),
        (b"sec-websocket-key", KEY[:-4]),
        (b"sec-websocket-key", b"*" + KEY[1:]),
        (b"sec-websocket-key", KEY + b"\n"),
        (b"cookie", b"c" * (LONGEST + 1)),
    ],
)
def test_a_handshake_unlike_a_browsers_has_no_key(name: bytes, value: bytes) -> None:
    others = [header for header in PLAIN if header[0] != name]
    assert plain_key(b"GET", "1.1", b"/ws/visitor", [*others, (name, value)]) is None


@pytest.mark.parametrize("name", [name for name, _ in PLAIN[1:]])
def test_a_handshake_with_a_missing_or_repeated_header_has_no_key(name: bytes) -> None:
    assert plain_key(b"GET", "1.1", b"/ws/visitor", [header for header in PLAIN if header[0] != name]) is None
    assert plain_key(b"GET", "1.1", b"/ws/visitor", PLAIN + [header for header in PLAIN if header[0] == name]) is None


@pytest.mark.parametrize("url", [b"/" * (LONGEST + 1), "/在".encode(), b"http://chat.example.org/ws", b"*", b""])
def test_a_handshake_whose_address_is_not_a_path_has_no_key(url: bytes) -> None:
    assert plain_key(b"GET", "1.1", url, PLAIN) is None


@pytest.mark.parametrize(
    ("method", "version"), [(b"POST", "1.1"), (b"HEAD", "1.1"), (b"CONNECT", "1.1"), (b"GET", "1.0"), (b"GET", "2.0")]
)
def test_a_handshake_that_is_not_a_get_of_http_1_1_has_no_key(method: bytes, version: str) -> None:
    assert plain_key(method, version, b"/ws/visitor", PLAIN) is None


@pytest.mark.parametrize("header", [(b"content-length", b"0"), (b"transfer-encoding", b"chunked"), (b"expect", b"x")])
def test_a_handshake_with_a_body_has_no_key(header: Header) -> None:
    assert plain_key(b"GET", "1.1", b"/ws/visitor", [*PLAIN, header]) is None


@pytest.mark.parametrize("header", [*PLAIN[2:], (b"upgrade", b"h2c"), (b"sec-websocket-protocol", b"hchat.v1")])
def test_a_request_for_another_protocol_is_recognised(header: Header) -> None:
    assert is_handshake([PLAIN[0], header])
    assert not is_handshake(PLAIN[:2])


def test_subprotocols_may_be_offered_in_several_headers() -> None:
    offered = [(b"sec-websocket-protocol", b"hchat.v2, hchat.v1"), (b"sec-websocket-protocol", b"other")]
    assert subprotocols(offered) == ["hchat.v2", "hchat.v1", "other"]
