"""Clients that send half of something, too much of it, or nothing, against uvicorn with our limits.

uvicorn's classes are private, so these tests must also pass before its pinned version may be raised.
"""

import asyncio
import inspect
import time

import pytest
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from chatserver.serving import _config, _Main
from chatserver.transport.bounds import BOUNDS, State
from chatserver.transport.http_protocol import HttpProtocol
from chatserver.transport.incoming_frames import CONTROL_FRAMES, CONTROL_FRAMES_UNREAD, FRAGMENTS, IncomingFrames
from chatserver.transport.websocket_protocol import LET_GO_WITHIN, WebSocketProtocol
from tests.hub.harness import eventually
from tests.runtime.port import CONTINUED, GET, LATE, PING, PONG, TEXT, UPGRADE, App, Peer, frame, served

HEAD_WITHIN, HEAD_BYTES = BOUNDS[State.HEAD]


def test_the_server_is_run_with_these_protocols() -> None:
    config = _config(App(), ())  # type: ignore[arg-type]  # any application will do
    assert (config.http, config.ws) == (HttpProtocol, WebSocketProtocol)
    assert config.ws_per_message_deflate is False


ADDED: dict[type, set[str]] = {
    WebSocketProtocol: {"has_gone", "full", "write_texts", "on_room", "taken_by", "begins", "abort"},
    IncomingFrames: {"bounds", "go_on"},
    HttpProtocol: {"bounds"},
}
"""The public names that we add for the application; all others override uvicorn's."""


def test_overridden_methods_exist_with_the_same_parameters() -> None:
    assert uvicorn.__version__ == "0.54.0"
    for ours, theirs in (
        (HttpProtocol, HttpToolsProtocol),
        (WebSocketProtocol, WebSocketsSansIOProtocol),
        (IncomingFrames, WebSocketsSansIOProtocol),
        (_Main, uvicorn.Server),
    ):
        for name, method in vars(ours).items():
            if inspect.isfunction(method) and name != "__init__" and hasattr(theirs, name):
                told = inspect.signature(getattr(theirs, name)).parameters
                assert list(inspect.signature(method).parameters) == list(told), name
        public = {name for name in vars(ours) if not name.startswith("_")}
        # Our names must not exist in uvicorn: it would call them, or they would replace its own.
        assert {name for name in public if not hasattr(theirs, name)} == ADDED.get(ours, set())


async def test_a_silent_or_incomplete_request_is_closed_after_five_seconds() -> None:
    async with served(App()) as port:
        began = time.monotonic()
        silent, half, kept, dripping, blank = [await port.peer() for _ in range(5)]
        half.send(UPGRADE[:-3])
        for peer in (kept, blank):
            peer.send(GET + b"\r\n")
            await peer.receives(b"\r\n\r\n")
        kept.send(GET)
        dripping.send(GET + b"X: ")

        async def drip(peer: Peer, piece: bytes) -> None:
            while True:
                peer.send(piece)
                await asyncio.sleep(0.2)

        drips = [asyncio.create_task(drip(dripping, b"x")), asyncio.create_task(drip(blank, b"\r\n"))]
        for peer in (silent, half, kept, dripping, blank):
            await peer.ended(HEAD_WITHIN)
        assert time.monotonic() - began >= HEAD_WITHIN - 0.1
        for task in drips:
            task.cancel()


async def test_a_slow_request_after_its_head_is_left_alone() -> None:
    async with served(App()) as port:
        body, socket = await port.peer(), await port.socket()
        body.send(b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 4\r\n\r\nab")
        await asyncio.sleep(HEAD_WITHIN + 0.5)
        body.send(b"cd")
        assert b" 200 " in await body.receives(b"abcd")
        socket.send(frame(TEXT, b"still here"))
        await socket.receives(b"still here")


async def test_a_long_head_is_refused_with_or_without_an_end() -> None:
    async with served(App()) as port:
        for head in (
            GET + b"X: " + b"x" * HEAD_BYTES + b"\r\n\r\n",
            GET + b"X: " + b"x" * 200_000,
            GET + b"X: y\r\n" * HEAD_BYTES,
            b"GET /" + b"x" * HEAD_BYTES + b" HTTP/1.1\r\nHost: here\r\n\r\n",
            UPGRADE[:-2] + b"X: " + b"x" * HEAD_BYTES + b"\r\n\r\n",
        ):
            peer = await port.peer()
            peer.send(head)
            assert b" 431 " in await peer.ended(0)
        peer = await port.peer()
        for _ in range(2):
            peer.send(GET + b"X: " + b"x" * (HEAD_BYTES - 1_000) + b"\r\n\r\n")
            assert b" 200 " in await peer.receives(b"\r\n\r\n")


async def test_a_long_body_does_not_count_as_a_long_head() -> None:
    async with served(App()) as port:
        peer = await port.peer()
        for _ in range(2):
            peer.send(b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 10001\r\n\r\n" + b"x" * 10_000 + b"!")
            assert b" 200 " in await peer.receives(b"!")


@pytest.mark.parametrize("control", [PING, PONG])
async def test_a_flood_of_control_frames_ends_its_connection_only(control: int) -> None:
    async with served(App()) as port:
        flooding, honest = await port.socket(), await port.socket()
        flooding.send(frame(control, b"?") * CONTROL_FRAMES + frame(TEXT, b"as many as allowed"))
        await flooding.receives(b"as many as allowed")
        flooding.send(frame(control, b"?"))
        await flooding.ended(0)
        honest.send(frame(TEXT, b"undisturbed"))
        await honest.receives(b"undisturbed")


async def test_pings_of_a_client_that_does_not_read_end_sooner() -> None:
    app = App()
    async with served(app) as port:
        peer = await port.socket()
        peer.writer.transport.pause_reading()  # type: ignore[attr-defined]  # a stream's transport can pause
        peer.send(frame(TEXT, b"flood"))
        before = -1
        while app.flooding > before or not app.flooding:
            before = app.flooding
            await asyncio.sleep(0.2)
        peer.send(frame(PING) * CONTROL_FRAMES_UNREAD)
        await asyncio.sleep(0.2)
        assert not app.gone[0]()
        peer.send(frame(PING))
        await eventually(app.gone[0])


async def test_a_message_in_endless_pieces_ends_the_connection() -> None:
    async with served(App()) as port:
        honest, endless = await port.socket(), await port.socket()
        for peer, pieces in ((honest, FRAGMENTS - 2), (endless, FRAGMENTS - 1)):
            peer.send(frame(TEXT, b"a", fin=False))
            for each in range(pieces):
                peer.send(frame(CONTINUED, b"b", fin=False))
                if not each % 100:
                    # So many at once would end it, too.
                    peer.send(frame(PING))
                    await peer.receives(bytes([0x80 | PONG, 0]))
            peer.send(frame(CONTINUED, b"c"))
        await honest.receives(b"bc")
        assert await endless.ended(0) == b""


async def test_a_client_that_never_reads_is_cut_off_after_the_close() -> None:
    app = App()
    async with served(app) as port:
        peer = await port.socket()
        peer.send(frame(TEXT, b"close"))
        # It neither answers the close frame nor closes.
        began = time.monotonic()
        await peer.receives(b"\x88")
        await peer.ended(LET_GO_WITHIN)
        assert time.monotonic() - began <= LET_GO_WITHIN + LATE
        await eventually(app.gone[0])


async def test_a_disconnection_is_noticed_without_reading_what_was_sent() -> None:
    app = App()
    async with served(app) as port:
        leaving, staying = await port.socket(), await port.socket()
        leaving.writer.close()
        await eventually(app.gone[0])
        assert not app.gone[1]()
        staying.send(frame(TEXT, b"here"))
        await staying.receives(b"here")
