"""A13, A82: no connection stays in a state longer than allowed, in real time on the real server.

All states at once, ten connections each, from several addresses; tests/runtime/test_ends.py tests each state separately
with shorter times.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator

import psutil
import pytest

from chatserver.transport.bounds import BOUNDS, State
from tests.attack.peer import LATE, TEXT, Peer, Port, frame
from tests.e2e.patience import allowed
from tests.e2e.quarters import Quarters

pytestmark = [pytest.mark.whole, pytest.mark.asyncio(loop_scope="module")]

PLACES = 60
SETTINGS = {"CHATSERVER_CONNECTIONS_PER_ADDRESS": str(PLACES)}
EACH = 10
POST = "POST /v1/visitor/session HTTP/1.1"
CHUNKED = {"Transfer-Encoding": "chunked", "Content-Type": "application/json"}
LONG = {"Content-Length": "4000", "Content-Type": "application/json"}


def staying(peer: Peer) -> dict[str, tuple[State, bytes, bytes]]:
    """What is sent first, and what follows every half second."""
    live = peer.head("GET /live HTTP/1.1")
    return {
        "nothing": (State.HEAD, b"", b""),
        "half a head": (State.HEAD, live[:-2], b""),
        "a head byte by byte": (State.HEAD, live[:-2] + b"X: ", b"x"),
        "headers one by one": (State.HEAD, live[:-2], b"X: y\r\n"),
        "empty lines": (State.HEAD, b"", b"\r\n"),
        "half an upgrade": (State.HEAD, peer.handshake()[:-2], b"X: y\r\n"),
        "half a body": (State.BODY, peer.head(POST, LONG) + b"{", b""),
        "a body byte by byte": (State.BODY, peer.head(POST, LONG), b" "),
        "half a chunk": (State.BODY, peer.head(POST, CHUNKED) + b"9\r\nx", b""),
        "a body behind an answer": (State.REST, peer.head("GET /live HTTP/1.1", {"Content-Length": "9"}), b""),
        "chunks behind an answer": (State.REST, peer.head("GET /live HTTP/1.1", CHUNKED), b"1\r\nx\r\n"),
        "a body behind a refusal": (State.REST, peer.head("POST /nothing HTTP/1.1", LONG), b""),
        "idle": (State.IDLE, live, b""),
        "idle at an asset": (State.IDLE, peer.head("GET /widget.js HTTP/1.1"), b""),
        "an upgrade of 9 KB": (State.LEAVING, peer.handshake("/ws/visitor", {"Cookie": "x" * 9_000}), b"x"),
        "an upgrade of 129 headers": (
            State.LEAVING,
            peer.handshake("/ws/visitor", None, *[f"X-{each}: x" for each in range(129)]),
            b"x",
        ),
        "an upgrade that is refused": (State.LEAVING, peer.handshake("/ws/visitor", {"Origin": "null"}), b"x"),
        "no HTTP": (State.LEAVING, b"\x16\x03\x01\x02\x00\x01", b"x"),
        "a goodbye": (State.GOODBYE, peer.handshake(), b""),
        "nothing behind the 101": (State.HELLO, peer.handshake(), b""),
    }


KINDS = tuple(staying(Peer(None, None, None, 0)))  # type: ignore[arg-type]  # only for their names


def held(quarters: Quarters) -> set[tuple[str, int]]:
    """Address and port of the clients whose connections the server has open. Two addresses may use the same port."""
    return {
        (each.raddr.ip, each.raddr.port)
        for each in psutil.Process(quarters.server.pid).net_connections("tcp")
        if each.laddr.port == quarters.server.port and each.raddr
    }


@contextlib.asynccontextmanager
async def dripping(peers: dict[Peer, bytes]) -> AsyncIterator[None]:
    async def drip() -> None:
        while True:
            for peer, piece in peers.items():
                if piece and not peer.writer.transport.is_closing():
                    peer.send(piece)
            await asyncio.sleep(0.5)

    task = asyncio.create_task(drip())
    try:
        yield
    finally:
        task.cancel()


async def test_no_connection_outlasts_its_state(quarters: Quarters, port: Port) -> None:
    loop = asyncio.get_running_loop()
    async with quarters.undisturbed():
        peers: dict[Peer, bytes] = {}
        where: dict[tuple[str, int], tuple[str, float]] = {}
        for number, kind in enumerate(KINDS):
            for each in range(EACH):
                peer = await port.peer(f"127.0.0.{2 + (number + each) % 8}")
                peer.writer.transport.pause_reading()  # type: ignore[attr-defined]  # a stream's transport can pause
                state, first, piece = staying(peer)[kind]
                peer.send(first)
                if kind == "a goodbye":
                    await asyncio.sleep(0.05)
                    peer.send(frame(TEXT, b"?"))
                peers[peer] = piece
                where[peer.writer.get_extra_info("sockname")] = kind, BOUNDS[state].seconds
        assert len(where) == len(peers)
        began = loop.time()
        async with dripping(peers):
            for seconds in sorted({seconds for _, seconds in where.values()}):
                # An idle connection may have begun a head that never ends, in which case a refusal comes first.
                due = began + seconds + BOUNDS[State.GOODBYE].seconds + allowed(LATE)
                while left := {each for each in held(quarters) & {*where} if where[each][1] <= seconds}:
                    assert loop.time() < due, {where[each][0] for each in left}
                    await asyncio.sleep(0.2)


async def test_each_address_has_its_own_limit_of_connections(quarters: Quarters, port: Port) -> None:
    hoarder, other = "127.0.0.9", "127.0.0.10"
    async with quarters.undisturbed():
        hoarded = [await port.peer(hoarder) for _ in range(PLACES)]
        for address in (hoarder, hoarder, other):
            began = time.monotonic()
            peer = await port.peer(address)
            peer.send(peer.head("GET /live HTTP/1.1"))
            assert (await peer.answer())[0] == 200, "a half-open connection makes room for a request"
            assert time.monotonic() - began < BOUNDS[State.HEAD].seconds - 1
        at_work = [await port.peer(hoarder) for _ in range(PLACES)]
        for peer in at_work:
            peer.send(peer.head("POST /sign-in HTTP/1.1", None, "Content-Length: 100") + b"login=")
        status, head = await turned_away(port, hoarder)
        assert status in (0, 429)
        assert status == 0 or b"retry-after" in head
        peer = await port.peer(other)
        peer.send(peer.head("GET /live HTTP/1.1"))
        assert (await peer.answer())[0] == 200
        for peer in (*hoarded, *at_work):
            await peer.ended(BOUNDS[State.BODY].seconds + LATE)
        peer = await port.peer(hoarder)
        peer.send(peer.head("GET /live HTTP/1.1"))
        assert (await peer.answer())[0] == 200


async def turned_away(port: Port, source: str) -> tuple[int, bytes]:
    """The answer to a connection from that address that asks for nothing. While the server has not read what the
    others send, there is room for it, and no answer."""
    async with asyncio.timeout(LATE):
        while True:
            peer = await port.peer(source)
            try:
                return await peer.answer(within=0.5)
            except TimeoutError:
                peer.drop()


async def test_open_sockets_do_not_count_towards_the_limit(quarters: Quarters, port: Port) -> None:
    async with quarters.undisturbed():
        for _ in range(PLACES + 5):
            peer = await port.peer("127.0.0.11")
            await peer.upgrade()
