"""A10, A13, A14: thousands of heads that never end, heads that are too long, and sockets that say nothing."""

import asyncio

import pytest

from chatserver.transport.bounds import BOUNDS, State
from tests.attack.peer import LATE, STAFF, VISITORS, Port
from tests.e2e.patience import allowed
from tests.e2e.quarters import Quarters

pytestmark = [pytest.mark.whole, pytest.mark.alone, pytest.mark.asyncio(loop_scope="module")]

SLOW = 1_000
"""Connections: as many as one address may have."""
P95 = 0.5

LONG = {
    "one header of 200 kB": "X: " + "x" * 200_000,
    "one header of 33 kB": "X: " + "x" * 33_000,
    "a name of 200 kB": "x" * 200_000 + ": x",
    "many headers of 33 kB": "\r\n".join(f"X-{each}: " + "x" * 1_000 for each in range(40)),
    "101 headers": "\r\n".join(f"X-{each}: x" for each in range(101)),
    "5,000 headers": "\r\n".join("X: y" for _ in range(5_000)),
    "a cookie in pieces of 33 kB": "\r\n".join("Cookie: " + "x" * 4_000 for _ in range(9)),
}


@pytest.mark.parametrize("what", LONG)
@pytest.mark.parametrize("asked", ["a page", "a socket"])
async def test_a_long_head_is_refused(quarters: Quarters, port: Port, what: str, asked: str) -> None:
    async with quarters.undisturbed():
        peer = await port.peer()
        head = peer.head("GET /live HTTP/1.1") if asked == "a page" else peer.handshake()
        peer.send(head[:-2] + LONG[what].encode() + b"\r\n\r\n")
        said = await peer.ended()
        assert said[:12] in (b"", b"HTTP/1.1 431"), said[:100]


async def test_a_long_address_is_refused(quarters: Quarters, port: Port) -> None:
    async with quarters.undisturbed():
        peer = await port.peer()
        peer.send(peer.head(f"GET /{'x' * 200_000} HTTP/1.1"))
        assert (await peer.ended())[:12] in (b"", b"HTTP/1.1 431")


async def test_a_thousand_slow_heads_are_cut_off_and_delay_nobody(quarters: Quarters, port: Port) -> None:
    loop = asyncio.get_running_loop()
    async with quarters.undisturbed():
        slow = [await port.peer(f"127.0.0.{2 + each % 8}") for each in range(SLOW)]
        began = loop.time()

        async def drip() -> None:
            while True:
                for peer in slow:
                    if not peer.writer.transport.is_closing():
                        peer.send(b"G" if loop.time() - began < 1 else b"x")
                await asyncio.sleep(1)

        dripping = asyncio.create_task(drip())
        took = []
        for _ in range(20):
            asked = loop.time()
            peer = await port.peer()
            await peer.upgrade()
            took.append(loop.time() - asked)
            peer.drop()
            await asyncio.sleep(0.05)
        await asyncio.gather(*(peer.ended(BOUNDS[State.HEAD].seconds + LATE) for peer in slow))
        dripping.cancel()
        assert sorted(took)[-2] < allowed(P95), sorted(took)


@pytest.mark.parametrize("door", [VISITORS, STAFF])
async def test_a_silent_client_may_come_back(quarters: Quarters, port: Port, door: str) -> None:
    loop = asyncio.get_running_loop()
    async with quarters.undisturbed():
        peer = await port.peer()
        await peer.upgrade(door)
        began = loop.time()
        assert await peer.closed(BOUNDS[State.HELLO].seconds + LATE) == 4005
        assert loop.time() - began >= BOUNDS[State.HELLO].seconds - 0.2
