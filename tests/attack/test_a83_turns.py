"""A83: one read full of tiny frames does not block the event loop for others, whatever the frames are."""

import asyncio
import contextlib
import statistics
from collections.abc import AsyncIterator

import pytest

from tests.attack.peer import CLOSE, CONTINUED, PING, PONG, TEXT, Peer, Port, frame, hello, text
from tests.e2e.patience import allowed
from tests.e2e.quarters import CANARY, Quarters

pytestmark = [pytest.mark.whole, pytest.mark.alone, pytest.mark.asyncio(loop_scope="module")]

READ = 256 * 1024
SOCKETS = 20
KINDS = {
    "texts before hello": frame(TEXT, b"x"),
    "empty texts before hello": frame(TEXT),
    "pings": frame(PING),
    "pongs": frame(PONG),
    "bad opcodes": frame(3),
    "closes": frame(CLOSE, b"\x03\xe8"),
    "closes without a code": frame(CLOSE),
    "binary frames": frame(2),
    "pieces of nothing": frame(CONTINUED),
    "texts in two pieces": frame(TEXT, fin=False) + frame(CONTINUED),
    "texts without a mask": frame(TEXT, mask=None),
}
AFTER_HELLO = ("texts before hello", "pings", "pongs", "texts in two pieces", "closes")
LONGEST = 1.0
"""Seconds an honest message may take while twenty clients flood: before reads were divided into turns it took ten."""


async def acks(quarters: Quarters, count: int) -> list[float]:
    """How long the honest visitor waited for each of so many messages to be accepted."""
    loop, waited = asyncio.get_running_loop(), []
    for each in range(count):
        began = loop.time()
        await quarters.ann.answer(await quarters.ann.say(f"{CANARY} {each}"))
        waited.append(loop.time() - began)
        await asyncio.sleep(0.02)
    return waited


@contextlib.asynccontextmanager
async def flooded(peers: list[Peer], piece: bytes) -> AsyncIterator[None]:
    """Each of them has sent one read of it, and continues unless disconnected."""

    async def flood(peer: Peer) -> None:
        many = piece * (READ // len(piece))
        with contextlib.suppress(ConnectionError):
            while not peer.writer.transport.is_closing():
                peer.send(many)
                await peer.writer.drain()
                await asyncio.sleep(0.05)

    floods = [asyncio.create_task(flood(peer)) for peer in peers]
    try:
        yield
    finally:
        for each in floods:
            each.cancel()
        await asyncio.gather(*floods, return_exceptions=True)


async def assert_unharmed(quarters: Quarters, peers: list[Peer], piece: bytes) -> None:
    quiet = statistics.median(await acks(quarters, 10))
    async with flooded(peers, piece):
        waited = await acks(quarters, 20)
    # All but one: a disk may be slow for once, the turns of a loop are not.
    assert sorted(waited)[-2] < allowed(LONGEST), sorted(waited)
    assert statistics.median(waited) < max(3 * quiet, allowed(0.1)), (quiet, sorted(waited))


@pytest.mark.parametrize("kind", KINDS)
async def test_a_read_full_of_tiny_frames_delays_nobody(quarters: Quarters, port: Port, kind: str) -> None:
    async with quarters.undisturbed(stored=True):
        peers = [await port.peer() for _ in range(SOCKETS)]
        for peer in peers:
            await peer.upgrade()
        await assert_unharmed(quarters, peers, KINDS[kind])


@pytest.mark.parametrize("kind", AFTER_HELLO)
async def test_tiny_frames_after_a_hello_delay_nobody(quarters: Quarters, port: Port, kind: str) -> None:
    async with quarters.undisturbed(stored=True):
        peers = [await port.peer() for _ in range(5)]
        for peer in peers:
            await peer.upgrade()
            peer.send(text(hello(token=await asyncio.to_thread(quarters.server.visitor_token))))
            await peer.until("welcome")
        await assert_unharmed(quarters, peers, KINDS[kind])
