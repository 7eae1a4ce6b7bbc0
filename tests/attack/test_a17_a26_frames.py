"""A17–A23, A25, A26: frames too large, fragmented, not UTF-8 or binary; endless pings; and clients that never read."""

import asyncio
import contextlib

import psutil
import pytest

from chatserver.transport.incoming_frames import CONTROL_FRAMES, FRAGMENTS
from tests.attack.peer import BINARY, CONTINUED, PING, PONG, TEXT, Peer, Port, frame, text
from tests.e2e.quarters import Quarters

pytestmark = [pytest.mark.whole, pytest.mark.asyncio(loop_scope="module")]

MB = 2**20
SOON = 1.0 + 4.0
"""A second, plus what a busy machine adds."""
NO_TEXT = [b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xf8\x88\x80\x80\x80", b"{\xc0\x80}", b"\xf4\x90\x80\x80"]


class Memory:
    """Memory of the server."""

    def __init__(self, quarters: Quarters) -> None:
        self._process = psutil.Process(quarters.server.pid)
        self._before = self._process.memory_info().rss

    def assert_less(self, more: int) -> None:
        assert self._process.memory_info().rss - self._before < more


async def pour(peer: Peer, piece: bytes, most: int) -> int:
    """Send it until the server closes the connection; returns the number of bytes sent."""
    sent = 0
    many = piece * max(1, 65_536 // len(piece))
    with contextlib.suppress(ConnectionError):
        while sent < most and not peer.writer.transport.is_closing():
            peer.send(many)
            await peer.writer.drain()
            sent += len(many)
            await asyncio.sleep(0)
    return sent


@pytest.mark.parametrize("size", [65_537, 17 * MB, 2**40])
async def test_a_text_that_is_too_large_is_refused_by_its_header(quarters: Quarters, port: Port, size: int) -> None:
    async with quarters.undisturbed():
        peer = await port.socket(quarters.token)
        memory = Memory(quarters)
        peer.send(b"\x81\xff" + size.to_bytes(8, "big") + bytes(4) + b"x" * 1_000)
        assert await peer.closed() == 1009
        memory.assert_less(2 * MB)


async def test_240_megabytes_in_pieces_are_refused_at_64_kilobytes(quarters: Quarters, port: Port) -> None:
    async with quarters.undisturbed():
        peer = await port.socket(quarters.token)
        memory = Memory(quarters)
        peer.send(frame(TEXT, b"x" * 60_000, fin=False))
        closing = asyncio.create_task(peer.closed(SOON))
        assert await pour(peer, frame(CONTINUED, b"x" * 60_000, fin=False), 240 * MB) < 240 * MB
        assert await closing in (1009, 1006)
        memory.assert_less(2 * MB)


@pytest.mark.parametrize("piece", [b"", b"x"])
async def test_an_endlessly_fragmented_message_is_cut_off(quarters: Quarters, port: Port, piece: bytes) -> None:
    async with quarters.undisturbed():
        peer = await port.socket(quarters.token)
        memory = Memory(quarters)
        peer.send(frame(TEXT, piece, fin=False))
        ended = asyncio.create_task(peer.ended(SOON))
        await pour(peer, frame(CONTINUED, piece, fin=False), 300_000 * 7)
        await ended
        memory.assert_less(2 * MB)


async def test_fragments_are_counted_over_several_messages(quarters: Quarters, port: Port) -> None:
    async with quarters.undisturbed():
        peer = await port.socket(quarters.token)
        many = frame(TEXT, b"", fin=False) + frame(CONTINUED, fin=False) * 300 + frame(CONTINUED, b"?")
        peer.send(many * (FRAGMENTS // 300 + 1))
        assert await peer.ended(SOON) != b"", "until then they were bad frames"


async def test_nothing_is_compressed(quarters: Quarters, port: Port) -> None:
    async with quarters.undisturbed():
        peer = await port.peer()
        peer.send(peer.handshake("/ws/visitor", None, "Sec-WebSocket-Extensions: permessage-deflate"))
        status, head = await peer.answer()
        assert status == 101
        assert b"extensions" not in head.lower()
        peer.send(frame(TEXT, b"\xaa\x56\x4a\x2d\x4e\x55\xb2\x02\x00", rsv=4))
        assert await peer.closed() == 1002


@pytest.mark.parametrize("control", [PING, PONG])
async def test_endless_control_frames_without_reading_are_cut_off(quarters: Quarters, port: Port, control: int) -> None:
    async with quarters.undisturbed():
        peer = await port.socket(quarters.token)
        peer.writer.transport.pause_reading()  # type: ignore[attr-defined]  # a stream's transport can pause
        memory = Memory(quarters)
        async with asyncio.timeout(SOON):
            sent = await pour(peer, frame(control, b"x" * 125), 400 * MB)
        assert sent < 400 * MB
        memory.assert_less(10 * MB)


async def test_as_many_pings_as_are_allowed_are_answered(quarters: Quarters, port: Port) -> None:
    async with quarters.undisturbed():
        peer = await port.socket(quarters.token)
        peer.send(b"".join(frame(PING, str(each).encode()) for each in range(CONTROL_FRAMES)))
        pongs: list[int] = []
        async with asyncio.timeout(SOON):
            while len(pongs) < CONTROL_FRAMES:
                told = await peer.next_frame()
                if told.opcode == PONG:
                    pongs.append(int(told.payload))
        assert pongs == [*range(CONTROL_FRAMES)]


async def test_a_client_that_never_reads_delays_nobody(quarters: Quarters, port: Port) -> None:
    async with quarters.undisturbed():
        peer = await port.socket(quarters.token)
        peer.writer.transport.pause_reading()  # type: ignore[attr-defined]  # a stream's transport can pause
        memory = Memory(quarters)
        ask = text(
            {"type": "history.get", "ref": "r" * 24, "conversation": quarters.mallorys, "after": 0, "limit": 100}
        )
        for _ in range(300):
            peer.send(ask)
            await asyncio.sleep(0.005)
        memory.assert_less(10 * MB)


@pytest.mark.parametrize("where", ["before hello", "after it", "in pieces", "a hundred of them"])
async def test_text_that_is_not_utf_8_ends_its_connection(quarters: Quarters, port: Port, where: str) -> None:
    async with quarters.undisturbed():
        before = quarters.server.said().count("\n")
        for bad in NO_TEXT:
            if where == "before hello":
                peer = await port.peer()
                await peer.upgrade()
            else:
                peer = await port.socket(quarters.token)
            if where == "in pieces":
                peer.send(frame(TEXT, bad[:1], fin=False) + frame(CONTINUED, bad[1:]))
            else:
                peer.send(frame(TEXT, bad) * (100 if where.startswith("a hundred") else 1))
            assert await peer.closed() == 1007
        assert quarters.server.said().count("\n") - before <= len(NO_TEXT)
        quarters.server.assert_no_traceback()


@pytest.mark.parametrize("count", [1, 200])
async def test_a_binary_frame_ends_its_connection(quarters: Quarters, port: Port, count: int) -> None:
    async with quarters.undisturbed():
        peer = await port.socket(quarters.token)
        peer.send(frame(BINARY, b"{}") * count)
        assert await peer.closed() == 1003
