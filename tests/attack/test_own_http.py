"""Requests that proxies and servers are known to interpret differently, or to fail on: refused, and closed.

Each is answered with one of the expected statuses (0: the connection ends without an answer), opens no socket, and
leaves the next honest request unaffected.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.attack.peer import Peer, Port
from tests.e2e.quarters import Quarters

pytestmark = [pytest.mark.whole, pytest.mark.asyncio(loop_scope="module")]

REFUSED = frozenset({0, 400})
NOT_FOUND = frozenset({0, 400, 404})
ANSWERED = frozenset({200, 303, 304, 307})
JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
SESSION = "POST /v1/visitor/session HTTP/1.1"
ASKED = json.dumps({"site": "demo", "language": "zh", "touch": False}).encode()


@dataclass(frozen=True)
class Request:
    """The bytes, and the acceptable statuses."""

    made: Callable[[Peer], bytes]
    due: frozenset[int]


def get(path: str, *more: str, due: frozenset[int] = REFUSED) -> Request:
    """A GET with additional header lines."""
    return Request(lambda peer: peer.head(f"GET {path} HTTP/1.1", None, *more), due)


def lines(*told: str, due: frozenset[int] = REFUSED, end: str = "\r\n") -> Request:
    """A head with the test's own lines only; %H is the server's name."""

    def made(peer: Peer) -> bytes:
        return end.join([*told, "", ""]).replace("%H", f"127.0.0.1:{peer.port}").encode("latin-1")

    return Request(made, due)


def post(start: str, headers: dict[str, str], body: bytes, *more: str, due: frozenset[int] = REFUSED) -> Request:
    """A body with the right length, unless a header says another."""

    def made(peer: Peer) -> bytes:
        told = {"Content-Length": str(len(body))} | headers
        return peer.head(start, told, *more) + body

    return Request(made, due)


def started(body: bytes, due: frozenset[int] = REFUSED) -> Request:
    return post(SESSION, JSON, body, due=due)


def upgrade(*more: str, start: str = "", tail: bytes = b"", due: frozenset[int] = REFUSED, **headers: str) -> Request:
    """A handshake with a fault, and what follows at once."""
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    return Request(lambda peer: peer.handshake("/ws/visitor", told, *more, start=start) + tail, due)


CHUNKED = {"Transfer-Encoding": "chunked", "Content-Length": ""} | JSON
INSIDE = b"GET /live HTTP/1.1\r\nHost: inside\r\n\r\n"

LENGTHS = {
    "two lengths that differ": post(SESSION, JSON, ASKED, "Content-Length: 3"),
    "a length with a sign": post(SESSION, JSON | {"Content-Length": "+5"}, ASKED),
    "a negative length": post(SESSION, JSON | {"Content-Length": "-1"}, ASKED),
    "a length with two numbers": post(SESSION, JSON | {"Content-Length": "5, 5"}, ASKED),
    "a length in hexadecimal": post(SESSION, JSON | {"Content-Length": "0x10"}, ASKED),
    "a length of twenty nines": post(SESSION, JSON | {"Content-Length": "9" * 20}, ASKED),
    "a length and chunks": post(SESSION, JSON | {"Transfer-Encoding": "chunked"}, b"0\r\n\r\n" + INSIDE),
    "chunks under another name": post(SESSION, CHUNKED | {"Transfer-Encoding": "xchunked"}, b"0\r\n\r\n" + INSIDE),
    "chunks that are not the last coding": post(
        SESSION, CHUNKED | {"Transfer-Encoding": "chunked, identity"}, b"0\r\n"
    ),
    "a chunk size that is not a number": post(SESSION, CHUNKED, b"zz\r\n{}\r\n0\r\n\r\n"),
    "a negative chunk size": post(SESSION, CHUNKED, b"-2\r\n{}\r\n0\r\n\r\n"),
    "a chunk of 2^80 bytes": post(SESSION, CHUNKED, b"1" + b"0" * 20 + b"\r\n{}\r\n"),
    "a chunk longer than its size": post(SESSION, CHUNKED, b"2\r\n{}{}{}\r\n0\r\n\r\n"),
}

HEADS = {
    "a header name followed by a space": lines("GET /frame HTTP/1.1", "Host : %H"),
    "a name with a NUL": lines("GET /frame HTTP/1.1", "Host: %H", "X\0: x"),
    "a value with a NUL": lines("GET /frame HTTP/1.1", "Host: %H", "X: a\0b"),
    "an empty header name": lines("GET /frame HTTP/1.1", "Host: %H", ": x"),
    "a line without a colon": lines("GET /frame HTTP/1.1", "Host: %H", "nothing"),
    "a space before the first header": lines("GET /frame HTTP/1.1", " Host: %H"),
    "a carriage return alone": lines("GET /frame HTTP/1.1", "Host: %H", "X: a\rSet-Cookie: b"),
    "two hosts": lines("GET /frame HTTP/1.1", "Host: %H", "Host: evil.example", due=frozenset({0, 400, 421})),
    "no host": lines("GET /frame HTTP/1.1", due=frozenset({0, 400, 421})),
    "an empty host": lines("GET /frame HTTP/1.1", "Host:", due=frozenset({0, 400, 421})),
    "a host with a user": lines("GET /frame HTTP/1.1", "Host: a@%H", due=frozenset({0, 400, 421})),
    "a host with a path": lines("GET /frame HTTP/1.1", "Host: %H/x", due=frozenset({0, 400, 421})),
    "a host and another": lines("GET /frame HTTP/1.1", "Host: %H, evil.example", due=frozenset({0, 400, 421})),
    "an address of another machine": lines(
        "GET http://evil.example/frame HTTP/1.1", "Host: evil.example", due=frozenset({0, 400, 421})
    ),
    "a CONNECT request": lines(
        "CONNECT evil.example:443 HTTP/1.1", "Host: %H", due=frozenset({0, 400, 403, 404, 405, 421})
    ),
    "no version": lines("GET /frame", due=frozenset({0, 400, 421})),
    "a version of 9.9": lines("GET /frame HTTP/9.9", "Host: %H"),
    "a version in lower case": lines("GET /frame http/1.1", "Host: %H"),
    "a method of 10,000 letters": lines("G" * 10_000 + " /frame HTTP/1.1", "Host: %H"),
    "a method in lower case": lines("get /frame HTTP/1.1", "Host: %H"),
    "a TRACE request": lines("TRACE /frame HTTP/1.1", "Host: %H", due=frozenset({0, 400, 403, 405})),
    "HTTP/2 without negotiation": Request(lambda _: b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", REFUSED),
    "TLS at a plain port": Request(lambda _: b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(64), REFUSED),
    "the PROXY protocol's first line": Request(
        lambda _: b"PROXY TCP4 10.0.0.1 10.0.0.2 1 2\r\nGET /live HTTP/1.1\r\n\r\n", REFUSED
    ),
    "another protocol's greeting": Request(lambda _: b"SSH-2.0-x\r\n\r\n", REFUSED),
    "nothing but NULs": Request(lambda _: bytes(1_000), REFUSED),
    "20,000 spaces in the first line": lines("GET" + " " * 20_000 + "/frame HTTP/1.1", "Host: %H", due=NOT_FOUND),
}

HANDSHAKES = {
    "an upgrade to two protocols": upgrade(Upgrade="websocket, h2c", due=frozenset({0, 400, 404, 426})),
    "an upgrade with Connection: keep-alive": upgrade(Connection="keep-alive", due=frozenset({0, 400, 404, 426})),
    "two keys": upgrade("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="),
    "a key of 15 bytes": upgrade(Sec_WebSocket_Key="AAAAAAAAAAAAAAAAAAAA"),
    "a key that is not base64": upgrade(Sec_WebSocket_Key="!" * 24),
    "two versions": upgrade("Sec-WebSocket-Version: 13"),
    "a version of 13.0": upgrade(Sec_WebSocket_Version="13.0"),
    "an upgrade by PUT": upgrade(start="PUT /ws/visitor HTTP/1.1", due=frozenset({0, 400, 404, 405})),
    "an upgrade with chunks": upgrade(Transfer_Encoding="chunked", tail=b"0\r\n\r\n"),
    "a socket at an unknown path": upgrade(start="GET /ws/visitor/ HTTP/1.1", due=NOT_FOUND),
    "a socket behind an encoded slash": upgrade(start="GET /ws%2Fvisitor/x HTTP/1.1", due=NOT_FOUND),
    "a socket at the console's page": upgrade(start="GET /console HTTP/1.1", due=NOT_FOUND),
    "an origin with a path": upgrade(Origin="http://127.0.0.1/x", due=frozenset({403})),
    "an origin of a file": upgrade(Origin="file://", due=frozenset({403})),
    "an origin with a NUL": upgrade(Origin="http://127.0.0.1\0", due=frozenset({0, 400, 403})),
}

ASSETS = {
    name: name
    for name in (
        "../settings.py",
        "..%2fsettings.py",
        "%2e%2e/%2e%2e/etc/passwd",
        "..%252f..%252fetc%252fpasswd",
        "..\\..\\x",
        "%c0%ae%c0%ae/x",
        "%00",
        "frame.js%00.css",
        "/etc/passwd",
        "%2fetc%2fpasswd",
        ".",
        "..",
        "%ff%fe",
        "manifest.json",
        "../manifest.json",
        "*",
        "frame.js;x",
        "con",
        "~root",
    )
} | {
    "without a name": "",
    "of 20,000 letters": "a" * 20_000,
    "in full-width characters": "．．／x".encode().decode("latin-1"),
}

PATHS = {f"the asset {called}": get(f"/assets/{name}", due=NOT_FOUND) for called, name in ASSETS.items()}

QUERIES = {
    "3,000 parameters": get("/frame?" + "&".join(f"a{n}=1" for n in range(3_000)), due=NOT_FOUND),
    "a site of NUL": get("/frame?site=%00", due=NOT_FOUND),
    "two sites": get("/frame?site=evil&site=demo", due=frozenset({200, 404})),
    "a site that is a list": get("/frame?site[]=demo", due=NOT_FOUND),
    "a language with a line break": get("/sign-in?lang=zh%0d%0aSet-Cookie:%20evil=1", due=ANSWERED),
    "a redirect target with a line break": get("/sign-in?next=/console%0d%0aSet-Cookie:%20evil=1", due=ANSWERED),
    "a redirect to another machine": get("/sign-in?next=//evil.example", due=ANSWERED),
    "a query that is not UTF-8": get("/sign-in?next=%ff%fe%fd", due=ANSWERED),
    "a query of 30,000 characters": get("/sign-in?" + "%" * 30_000, due=ANSWERED | REFUSED),
    "thousands of languages": get(
        "/sign-in", "Accept-Language: " + ",".join(f"x{n};q=0.{n}" for n in range(2_000)), due=ANSWERED
    ),
    "thousands of encodings": get(
        "/widget.js", "Accept-Encoding: " + ",".join(f"x{n};q=0" for n in range(2_500)), due=ANSWERED
    ),
    "thousands of entity tags": get(
        "/widget.js", "If-None-Match: " + ",".join(f'"{n}"' for n in range(4_000)), due=ANSWERED
    ),
    "thousands of ranges": get("/widget.js", "Range: bytes=" + ",".join("0-" for _ in range(5_000)), due=ANSWERED),
    "another method in a header": get("/v1/visitor/session", "X-HTTP-Method-Override: DELETE", due=frozenset({405})),
    "another path in a header": get(
        "/live", "X-Original-URL: /console", "X-Rewrite-URL: /console", due=frozenset({200})
    ),
    "thousands of cookies": get("/console", "Cookie: " + "; ".join(f"c{n}=x" for n in range(2_500)), due=ANSWERED),
    "a session twice": get("/console", "Cookie: session=a; session=b", "Cookie: session=c", due=frozenset({303, 307})),
    "a session of NULs": get("/console", 'Cookie: session="\\000\\000"', due=frozenset({303, 307})),
    "a session of 8,000 characters": get("/console", "Cookie: session=" + "a" * 8_000, due=frozenset({303, 307})),
}

BODIES = {
    "a byte order mark before the JSON": started(b"\xef\xbb\xbf" + ASKED),
    "JSON in UTF-16": started(ASKED.decode().encode("utf-16")),
    "JSON followed by more text": started(ASKED + b"{}"),
    "3,900 levels": started(b"[" * 3_900),
    "a site twice": started(b'{"site":"none","site":"demo","language":"zh","touch":false}', frozenset({200, 400})),
    "a lone surrogate": started(b'{"site":"\\ud800","language":"zh","touch":false}'),
    "a site with a line break": started(b'{"site":"demo\\n","language":"zh","touch":false}'),
    "a site of a path": started(b'{"site":"../demo","language":"zh","touch":false}'),
    "touch as a number": started(b'{"site":"demo","language":"zh","touch":1}'),
    "a number of 3,000 digits": started(b'{"site":' + b"9" * 3_000 + b"}"),
    "compressed JSON": post(SESSION, JSON | {"Content-Encoding": "gzip"}, b"\x1f\x8b\x08" + bytes(20)),
    "a form of 1,000 fields": post(
        "POST /sign-in HTTP/1.1",
        FORM,
        b"&".join(b"a%d=" % n for n in range(700)),
        due=frozenset({400, 401, 403, 413, 422}),
    ),
    "a form with a login twice": post(
        "POST /sign-in HTTP/1.1", FORM, b"login=mei&login=bo&password=x", due=frozenset({400, 401, 403, 422})
    ),
    "a multipart form": post(
        "POST /sign-in HTTP/1.1",
        {"Content-Type": "multipart/form-data; boundary=x"},
        b"--x\r\n\r\n" * 300,
        due=frozenset({400, 401, 403, 413, 415, 422}),
    ),
    "a form with an incomplete percent escape": post(
        "POST /sign-in HTTP/1.1", FORM, b"login=%f&password=%", due=frozenset({400, 401, 403, 422})
    ),
    "a form in another character set": post(
        "POST /sign-in HTTP/1.1",
        {"Content-Type": "application/x-www-form-urlencoded; charset=utf-7"},
        b"login=+ADw-&password=x",
        due=frozenset({400, 401, 403, 415, 422}),
    ),
}

ATTACKS = LENGTHS | HEADS | HANDSHAKES | PATHS | QUERIES | BODIES


@pytest.mark.parametrize("name", ATTACKS)
async def test_an_odd_request_is_refused_and_closed(quarters: Quarters, port: Port, name: str) -> None:
    attack = ATTACKS[name]
    async with quarters.undisturbed():
        peer = await port.peer()
        peer.send(attack.made(peer))
        status, head = await peer.answer()
        assert status in attack.due, head
        assert b"evil" not in head.lower()


@pytest.mark.parametrize("name", LENGTHS)
async def test_what_follows_a_body_with_two_lengths_is_not_a_request(port: Port, name: str) -> None:
    peer = await port.peer()
    peer.send(ATTACKS[name].made(peer) + INSIDE)
    said = await peer.ended(20)
    assert said.count(b"HTTP/1.1 ") <= 1, said
    assert b" 200 " not in said
