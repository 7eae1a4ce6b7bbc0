"""Every state of a connection ends: a client that stays in it in any way is gone after its seconds or bytes.

In each test, the state under test lasts half a second and all others two minutes, so that no other deadline ends it.
What follows a complete request to `/` is sent once that is answered.
"""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress

import pytest
from starlette.types import Receive, Scope, Send

from chatserver.transport.bounds import BOUNDS, HEADERS, Bound, State
from chatserver.transport.http_protocol import HttpProtocol
from chatserver.transport.incoming_frames import IncomingFrames
from tests.hub.harness import eventually
from tests.runtime.port import CLOSE, GET, LATE, TEXT, UPGRADE, App, Peer, Port, frame, served

SHORT, LONG = 0.5, 120.0
LARGE = 12 * 2**20
"""Bytes: more than the kernel buffers for a client that does not read."""

POST = b"POST /read HTTP/1.1\r\nHost: here\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"
AT_ONCE = b"POST /at-once HTTP/1.1\r\nHost: here\r\n"
UPLOAD = b"PUT /v1/visitor/files/0123456789012345678901?read HTTP/1.1\r\nHost: here\r\n"
UPLOAD_AT_ONCE = UPLOAD.replace(b"?read", b"?name=photo.jpg")
LARGE_ONE = b"GET /large HTTP/1.1\r\nHost: here\r\n\r\n"
NEVER = b"GET /never HTTP/1.1\r\nHost: here\r\n\r\n"
WHOLE = GET + b"\r\n"
PART = POST + b"Content-Length: 4\r\n\r\nab"
DRIP = 0.1

TRICKLES: set[asyncio.Task[None]] = set()

Behaviour = tuple[bytes, bytes, Callable[[Peer], None]]
"""What is sent first, what follows slowly, and what else is done."""


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """By path: `/never` is not answered, `/at-once` does not read the body, `/large` is large. A file is read if the
    query is `read`."""
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    if scope["path"] == "/never":
        while (await receive())["type"] != f"{scope['type']}.disconnect":
            pass
    elif scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.http.response.start", "status": 404, "headers": []})
        await send({"type": "websocket.http.response.body", "body": b""})
    else:
        reads = scope["path"] == "/read" or scope["query_string"] == b"read"
        while reads and (await receive()).get("more_body"):
            pass
        size = LARGE if scope["path"] == "/large" else 2
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", str(size).encode())]})
        await send({"type": "http.response.body", "body": b"x" * size})


def nothing(_peer: Peer) -> None:
    """Does nothing else."""


def deaf(peer: Peer) -> None:
    """Reads nothing."""
    peer.writer.transport.pause_reading()  # type: ignore[attr-defined]  # a stream's transport can pause


def trickling(peer: Peer) -> None:
    """Reads a little, again and again."""
    deaf(peer)

    async def trickle() -> None:
        while not peer.writer.transport.is_closing():
            await peer.reads(100)
            peer.writer.transport.resume_reading()  # type: ignore[attr-defined]  # as above
            await asyncio.sleep(0)
            deaf(peer)
            await asyncio.sleep(DRIP)

    TRICKLES.add(asyncio.create_task(trickle()))


def half_closed(peer: Peer) -> None:
    """Closes its sending side, and reads nothing."""
    deaf(peer)
    peer.writer.write_eof()


def flooded(peer: Peer) -> None:
    """The same, after requesting more than is ever accepted."""
    peer.send(frame(TEXT, b"flood"))
    half_closed(peer)


STAYING: dict[State, list[Behaviour]] = {
    State.HEAD: [
        (b"", b"", nothing),
        (b"GET", b"", nothing),
        (GET, b"", nothing),
        (GET + b"X: ", b"x", nothing),
        (GET, b"X: y\r\n", nothing),
        (b"GET /", b"x", nothing),
        (b"", b"\r\n", nothing),
        (UPGRADE[:-2], b"", nothing),
        (WHOLE + GET, b"", nothing),
        (WHOLE, b"\r\n", nothing),
    ],
    State.BODY: [
        (POST + b"Content-Length: 9\r\n\r\n", b"", nothing),
        (POST + b"Content-Length: 900\r\n\r\n", b"x", nothing),
        (POST + b"Expect: 100-continue\r\nContent-Length: 9\r\n\r\n", b"", nothing),
        (POST + CHUNKED, b"", nothing),
        (POST + CHUNKED, b"1\r\nx\r\n", nothing),
        (POST + CHUNKED, b"0", nothing),
        (POST + CHUNKED + b"1;", b"x", nothing),
        (POST + CHUNKED + b"0\r\n", b"", nothing),
        (POST + CHUNKED + b"0\r\nX: ", b"x", nothing),
    ],
    State.ANSWER: [
        (NEVER, b"", nothing),
        (NEVER, b"", deaf),
        (NEVER, b"\r\n", nothing),
        (NEVER + NEVER, b"x", nothing),
        (b"POST /never HTTP/1.1\r\nHost: here\r\nContent-Length: 1\r\n\r\nx", b"", nothing),
    ],
    State.REST: [
        (AT_ONCE + b"Content-Length: 9\r\n\r\n", b"", nothing),
        (AT_ONCE + b"Content-Length: 900\r\n\r\n", b"x", nothing),
        (AT_ONCE + CHUNKED, b"1\r\nx\r\n", nothing),
        (AT_ONCE + CHUNKED + b"0\r\nX: ", b"x", nothing),
        (b"HEAD /at-once HTTP/1.1\r\nHost: here\r\nContent-Length: 9\r\n\r\n", b"", nothing),
    ],
    State.UPLOAD: [
        (UPLOAD + b"Content-Length: 9000000\r\n\r\n", b"x", nothing),
        (UPLOAD + CHUNKED, b"1\r\nx\r\n", nothing),
        (UPLOAD + CHUNKED, b"", nothing),
    ],
    State.DROPPED: [
        (UPLOAD_AT_ONCE + b"Content-Length: 9000000\r\n\r\n", b"x", nothing),
        (UPLOAD_AT_ONCE + CHUNKED, b"", nothing),
    ],
    State.IDLE: [
        (WHOLE, b"", nothing),
        (AT_ONCE + b"Content-Length: 1\r\n\r\nx", b"", nothing),
        (b"HEAD / HTTP/1.1\r\nHost: here\r\n\r\n", b"", nothing),
    ],
    State.UNREAD: [
        (LARGE_ONE, b"", deaf),
        (LARGE_ONE, b"", trickling),
        (LARGE_ONE, b"", half_closed),
        (LARGE_ONE[:-2] + b"Connection: close\r\n\r\n", b"", deaf),
        (b"GET /large HTTP/1.0\r\nHost: here\r\n\r\n", b"", deaf),
    ],
    State.LEAVING: [
        (b"nonsense\r\n", b"", nothing),
        (b"\x16\x03\x01\x02\x00", b"x", nothing),
        (b"nonsense\r\n", b"x", deaf),
        (POST + CHUNKED + b"0\r\nX: y\r\n\r\n", b"x", nothing),
        (UPGRADE.replace(b"13", b"12"), b"x", nothing),
        (UPGRADE + b"x", b"x", deaf),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"x", nothing),
        (b"CONNECT here:443 HTTP/1.1\r\nHost: here\r\n\r\n", b"x", nothing),
    ],
    State.HANDSHAKE: [
        (UPGRADE.replace(b"GET /", b"GET /never"), b"", nothing),
        (UPGRADE.replace(b"GET /", b"GET /never"), b"", deaf),
    ],
}


def shorten(monkeypatch: pytest.MonkeyPatch, state: State | None) -> None:
    # Whether an answer was accepted is checked when an idle connection's time is up.
    short = (State.IDLE, State.UNREAD) if state is State.UNREAD else (state,)
    bounds = {each: Bound(SHORT if each in short else LONG, bound.bytes) for each, bound in BOUNDS.items()}
    for protocol in (HttpProtocol, IncomingFrames):
        monkeypatch.setattr(protocol, "bounds", bounds)


async def drip(peer: Peer, piece: bytes) -> None:
    while piece:
        peer.send(piece)
        await asyncio.sleep(DRIP)


async def gone(port: Port) -> None:
    await eventually(lambda: not port.opened)


@pytest.mark.parametrize("state", STAYING)
async def test_no_connection_outlasts_its_state(monkeypatch: pytest.MonkeyPatch, state: State) -> None:
    shorten(monkeypatch, state)
    loop = asyncio.get_running_loop()
    async with served(app) as port:
        drips = []
        began = loop.time()
        for first, piece, also in STAYING[state]:
            peer = await port.peer()
            if first.startswith(WHOLE):
                peer.send(WHOLE)
                await peer.receives(b"\r\n\r\nxx")
                first = first[len(WHOLE) :]
            peer.send(first)
            also(peer)
            drips.append(asyncio.create_task(drip(peer, piece)))
        await asyncio.sleep(SHORT / 2)
        # On a busy machine the first ones may already have had their time.
        assert port.opened == len(STAYING[state]) or loop.time() - began >= SHORT
        await gone(port)
        for each in (*drips, *TRICKLES):
            each.cancel()
        await asyncio.gather(*TRICKLES, return_exceptions=True)
        TRICKLES.clear()


async def test_a_client_who_reads_in_time_keeps_its_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    shorten(monkeypatch, State.IDLE)
    async with served(app) as port:
        peer = await port.peer()
        for _ in range(2):
            peer.send(LARGE_ONE)
            deaf(peer)
            await asyncio.sleep(2 * SHORT)
            peer.writer.transport.resume_reading()  # type: ignore[attr-defined]  # as above
            await peer.receives(b"\r\n\r\n" + b"x" * 9)
            left = LARGE - 9
            while left:
                piece = await peer.reads(left)
                assert piece, "it was cut"
                left -= len(piece)


TOO_MUCH: dict[State, list[tuple[bytes, bytes, bytes]]] = {
    State.HEAD: [
        (GET + b"X: ", b"x", b" 431 "),
        (GET, b"X: y\r\n", b" 431 "),
        (b"GET /", b"x", b" 431 "),
        (UPGRADE[:-2] + b"X: ", b"x", b" 431 "),
    ],
    State.BODY: [
        (POST + b"Content-Length: 9999999\r\n\r\n", b"x", b" 413 "),
        (POST + CHUNKED, b"1\r\nx\r\n", b" 413 "),
        (POST + CHUNKED + b"1;", b"x", b" 413 "),
        (POST + CHUNKED, b"0", b" 413 "),
        (POST + CHUNKED + b"0\r\nX: ", b"x", b" 413 "),
    ],
    State.REST: [
        (AT_ONCE + b"Content-Length: 9999999\r\n\r\n", b"x", b" 200 "),
        (AT_ONCE + CHUNKED + b"0\r\nX: ", b"x", b" 200 "),
    ],
    State.UPLOAD: [
        (UPLOAD + b"Content-Length: 99999999\r\n\r\n", b"x", b" 413 "),
        (UPLOAD + CHUNKED, b"1\r\nx\r\n", b" 413 "),
    ],
    State.DROPPED: [(UPLOAD_AT_ONCE + b"Content-Length: 99999999\r\n\r\n", b"x", b" 200 ")],
    State.LEAVING: [(b"nonsense\r\n", b"x", b" 400 ")],
}


@pytest.mark.parametrize("state", TOO_MUCH)
async def test_no_connection_sends_more_than_its_state_allows(monkeypatch: pytest.MonkeyPatch, state: State) -> None:
    shorten(monkeypatch, None)
    async with served(app) as port:
        for first, piece, answer in TOO_MUCH[state]:
            peer = await port.peer()
            peer.send(first)
            await eventually(lambda: port.opened)
            if state in (State.REST, State.DROPPED):
                await peer.receives(b"\r\n\r\n")
            heard = asyncio.create_task(peer.ended(LATE))
            with suppress(ConnectionError):
                while port.opened and not peer.writer.transport.is_closing():
                    peer.send(piece * (4_096 // len(piece)))
                    await peer.writer.drain()
                    await asyncio.sleep(0)
            said = await heard
            assert answer in said or state in (State.REST, State.DROPPED), said[:200]
            assert said.count(b"HTTP/1.1 ") == (0 if state in (State.REST, State.DROPPED) else 1)
            await gone(port)


async def test_no_request_has_more_than_a_hundred_headers() -> None:
    async with served(app) as port:
        for head, answer in ((GET, b" 200 "), (UPGRADE[:-2], b" 404 ")):
            most = HEADERS - head.count(b"\r\n") + 1
            peer = await port.peer()
            peer.send(head + b"X: y\r\n" * most + b"\r\n")
            assert answer in await peer.receives(b"\r\n\r\n")
            peer = await port.peer()
            peer.send(head + b"X: y\r\n" * (most + 1) + b"\r\n")
            assert b" 431 " in await peer.ended(LATE)


@pytest.mark.parametrize("many", [2, 500])
async def test_only_the_first_of_two_requests_at_once_is_answered(many: int) -> None:
    async with served(app) as port:
        peer = await port.peer()
        peer.send(WHOLE * many)
        said = await peer.ended(LATE)
        assert said.count(b"HTTP/1.1 200 ") == said.count(b"HTTP/1.1 ") == 1


async def test_a_client_that_does_not_read_gets_no_second_answer() -> None:
    async with served(app) as port:
        peer = await port.peer()
        deaf(peer)
        for _ in range(3):
            peer.send(LARGE_ONE)
            await asyncio.sleep(0.1)
        peer.writer.transport.resume_reading()  # type: ignore[attr-defined]  # as above
        assert (await peer.ended(LATE)).count(b"HTTP/1.1 ") == 1


async def test_an_address_has_so_many_connections_and_no_more() -> None:
    async with served(app, per_address=3) as port:
        held = [await port.peer() for _ in range(3)]
        for peer in held:
            peer.send(PART)
        await asyncio.sleep(0.1)
        assert b" 429 " in await (await port.peer()).ended(LATE)
        held[0].writer.close()
        await eventually(lambda: port.opened < 3)
        held[1].send(b"cd")
        assert b" 200 " in await held[1].receives(b"\r\n\r\nxx")
        held[1].send(UPGRADE)
        assert b" 404 " in await held[1].receives(b"\r\n\r\n")
        peer = await port.peer()
        peer.send(WHOLE)
        assert b" 200 " in await peer.receives(b"\r\n\r\n")


async def test_an_address_that_is_full_makes_room_by_the_connection_that_waited_longest() -> None:
    async with served(app, per_address=3) as port:
        at_work = await port.peer()
        at_work.send(PART)
        silent, idle = await port.peer(), await port.peer()
        idle.send(WHOLE)
        await idle.receives(b"\r\n\r\n")
        for gone in (silent, idle):
            began = time.monotonic()
            peer = await port.peer()
            peer.send(PART)
            await gone.ended(0)
            assert time.monotonic() - began < BOUNDS[State.HEAD].seconds - 1
        assert b" 429 " in await (await port.peer()).ended(LATE)
        for each in (at_work, peer):
            each.send(b"cd")
            assert b" 200 " in await each.receives(b"\r\n\r\n")


async def test_an_honest_client_at_a_flooding_address_gets_an_answer() -> None:
    async with served(app, per_address=20) as port:
        for _ in range(5):
            for _ in range(20):
                await port.peer()
            peer = await port.peer()
            peer.send(WHOLE)
            assert b" 200 " in await peer.receives(b"\r\n\r\n")
            assert port.opened <= 20


async def test_an_answer_being_read_is_not_cut_off_to_make_room() -> None:
    async with served(app, per_address=1) as port:
        peer = await port.peer()
        deaf(peer)
        peer.send(LARGE_ONE)
        await asyncio.sleep(0.3)
        assert b" 429 " in await (await port.peer()).ended(LATE)
        peer.writer.transport.resume_reading()  # type: ignore[attr-defined]  # as above
        taken = 0
        while taken < LARGE:
            piece = await peer.reads(LARGE)
            assert piece
            taken += len(piece)


async def test_files_are_left_for_the_database_however_many_connect() -> None:
    async with served(App()) as port:
        port.allow(4)
        socket, other = await port.socket(), await port.socket()
        silent, held = await port.peer(), await port.peer()
        held.send(PART)
        await asyncio.sleep(0.1)
        began = time.monotonic()
        held, before = await port.peer(), held
        held.send(PART)
        await silent.ended(0)
        assert time.monotonic() - began < BOUNDS[State.HEAD].seconds - 1, "it has made room"
        assert b" 503 " in await (await port.peer()).ended(LATE)
        for each in (before, held):
            each.send(b"cd")
            assert b" 200 " in await each.receives(b"\r\n\r\n")
        other.writer.transport.abort()
        await eventually(lambda: port.connected < 4)
        held = await port.peer()
        held.send(WHOLE)
        assert b" 200 " in await held.receives(b"\r\n\r\n")
        socket.send(frame(TEXT, b"undisturbed"))
        await socket.receives(b"undisturbed")


GOODBYES: dict[str, Callable[[Peer], None]] = {
    "says goodbye and stays": lambda peer: peer.send(frame(CLOSE, b"\x03\xe8")),
    "is told goodbye and stays": lambda peer: peer.send(frame(TEXT, b"close")),
    "is told goodbye and says no goodbye": lambda peer: peer.send(frame(TEXT, b"close") + frame(TEXT, b"x") * 9),
    "is told goodbye and begins a frame": lambda peer: peer.send(frame(TEXT, b"close") + frame(TEXT, b"x")[:3]),
    "sends what is no frame": lambda peer: peer.send(frame(3)),
    "has half closed": half_closed,
    "has half closed with much unread": flooded,
}


@pytest.mark.parametrize("what", GOODBYES)
async def test_no_connection_stays_open_after_a_close(monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    shorten(monkeypatch, State.GOODBYE)
    app = App()
    async with served(app) as port:
        peer = await port.socket()
        GOODBYES[what](peer)
        await eventually(app.gone[0])


async def test_a_flood_after_a_close_is_cut_off_early(monkeypatch: pytest.MonkeyPatch) -> None:
    shorten(monkeypatch, None)
    app = App()
    async with served(app) as port:
        peer = await port.socket()
        peer.send(frame(TEXT, b"close"))
        await peer.receives(b"\x88")
        peer.send(frame(TEXT, b"x") * 1_000)
        await asyncio.sleep(0.2)
        assert not peer.writer.transport.is_closing()
        peer.send(frame(TEXT, b"x") * (BOUNDS[State.GOODBYE].bytes // 7))
        await peer.ended(0)
