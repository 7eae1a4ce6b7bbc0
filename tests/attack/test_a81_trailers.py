"""A81: endless data after a chunked body is neither kept nor waited for, whatever the request."""

import asyncio
import contextlib

import psutil
import pytest

from chatserver.transport.bounds import BOUNDS, State
from tests.attack.peer import LATE, Peer, Port
from tests.e2e.quarters import Quarters

pytestmark = [pytest.mark.whole, pytest.mark.asyncio(loop_scope="module")]

CHUNKED = {"Transfer-Encoding": "chunked"}
ASKED = ["GET /live", "GET /nothing", "POST /v1/visitor/session", "HEAD /ready", "DELETE /v1/visitor/session"]
PIECES = {
    "many trailers": (b"0\r\n", b"X-More: " + b"x" * 80 + b"\r\n"),
    "one trailer without end": (b"0\r\nX-More: ", b"x" * 90),
    "the name of a trailer without end": (b"0\r\n", b"x" * 90),
    "a chunk extension without end": (b"1;", b"x" * 90),
    "a size without end": (b"", b"0" * 90),
    "chunks of one byte": (b"", b"1\r\nx\r\n" * 15),
}
SENT = 48 * 2**20
"""Bytes: many times what may stay in memory."""
ALLOWED = 2 * 2**20


def rss(quarters: Quarters) -> int:
    held: int = psutil.Process(quarters.server.pid).memory_info().rss
    return held


async def pour(peer: Peer, begin: bytes, piece: bytes) -> int:
    """Send until the server ends it; returns how much was sent."""
    peer.send(begin)
    many, sent = piece * (65_536 // len(piece)), 0
    with contextlib.suppress(ConnectionError):
        while sent < SENT and not peer.writer.transport.is_closing():
            peer.send(many)
            await peer.writer.drain()
            sent += len(many)
            await asyncio.sleep(0)
    return sent


@pytest.mark.parametrize("asked", ASKED)
@pytest.mark.parametrize("kind", PIECES)
async def test_endless_data_after_a_request_is_not_kept(quarters: Quarters, port: Port, asked: str, kind: str) -> None:
    begin, piece = PIECES[kind]
    async with quarters.undisturbed():
        peer = await port.peer()
        peer.send(peer.head(f"{asked} HTTP/1.1", CHUNKED))
        before = rss(quarters)
        reading = asyncio.create_task(peer.ended(within=5 + 8))
        async with asyncio.timeout(5 + 8):
            sent = await pour(peer, begin, piece)
        said = await reading
        assert sent < SENT, "it took everything"
        assert rss(quarters) - before < ALLOWED
        # None, if it is cut off while it continues.
        assert said.count(b"HTTP/1.1 ") <= 1


@pytest.mark.parametrize("asked", ASKED)
async def test_a_trailer_is_refused_however_small(quarters: Quarters, port: Port, asked: str) -> None:
    async with quarters.undisturbed():
        peer = await port.peer()
        peer.send(peer.head(f"{asked} HTTP/1.1", CHUNKED) + b"0\r\nX-More: x\r\n\r\n")
        said = await peer.ended()
        assert said.startswith(b"HTTP/1.1 400 "), said
        assert said.count(b"HTTP/1.1 ") == 1


async def test_a_slow_trailer_after_an_answer_is_not_waited_for(quarters: Quarters, port: Port) -> None:
    loop = asyncio.get_running_loop()
    async with quarters.undisturbed():
        peer = await port.peer()
        peer.send(peer.head("GET /live HTTP/1.1", CHUNKED) + b"0\r\nX-More: ")
        assert (await peer.answer())[0] == 200
        began = loop.time()

        async def drip() -> None:
            while True:
                peer.send(b"x")
                await asyncio.sleep(0.2)

        dripping = asyncio.create_task(drip())
        await peer.ended(within=5 + 8)
        dripping.cancel()
        assert loop.time() - began < BOUNDS[State.REST].seconds + LATE
