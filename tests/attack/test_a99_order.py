"""A11, A12, A99: a second frame before the welcome closes the socket; frames after a close are ignored."""

import asyncio
import json
import secrets

import pytest

from tests.attack.peer import BINARY, CLOSE, PING, PONG, STAFF, TEXT, VISITORS, Port, frame, hello, text
from tests.e2e.quarters import CANARY, Quarters

pytestmark = [pytest.mark.whole, pytest.mark.asyncio(loop_scope="module")]


def post(quarters: Quarters) -> bytes:
    ref = secrets.token_urlsafe(24)
    said = {"type": "message.post", "ref": ref, "conversation": quarters.mallorys, "body": f"{CANARY} early"}
    return text(json.dumps(said))


@pytest.mark.parametrize(
    "second", ["a message", "a hello", "a pong", "a binary frame", "nonsense", "a message in pieces"]
)
async def test_a_second_frame_before_the_welcome_closes_the_socket(quarters: Quarters, port: Port, second: str) -> None:
    said = {
        "a message": post(quarters),
        "a hello": text(hello(token=quarters.token)),
        "a pong": text({"type": "pong", "n": 1}),
        "a binary frame": frame(BINARY, b"x"),
        "nonsense": text("?"),
        "a message in pieces": frame(TEXT, b"{", fin=False) + frame(0, b"}"),
    }[second]
    async with quarters.undisturbed():
        peer = await port.peer()
        await peer.upgrade()
        peer.send(text(hello(token=quarters.token)) + said)
        assert await peer.closed() == 4501
        assert await peer.ended() == b""


@pytest.mark.parametrize("door", [VISITORS, STAFF])
async def test_pings_before_the_welcome_do_not_count_as_frames(quarters: Quarters, port: Port, door: str) -> None:
    async with quarters.undisturbed():
        peer = await port.peer()
        await peer.upgrade(door, {"Cookie": f"session={quarters.people['bo'].cookie}"})
        said = hello() if door == STAFF else hello(token=quarters.token)
        peer.send(frame(PING, b"1") + frame(PONG) + text(said) + frame(PING, b"2"))
        await peer.until("welcome")


@pytest.mark.parametrize("goodbye", ["the client's", "the server's"])
async def test_nothing_after_a_close_is_carried_out(quarters: Quarters, port: Port, goodbye: str) -> None:
    async with quarters.undisturbed():
        peer = await port.socket(quarters.token)
        if goodbye == "the client's":
            peer.send(frame(CLOSE, b"\x03\xe8") + post(quarters) * 100 + frame(3))
            assert await peer.closed() == 1000
        else:
            peer.send(frame(BINARY, b"x"))
            assert await peer.closed() == 1003
            # Neither these nor invalid frames make a difference any more.
            peer.send(post(quarters) * 100 + frame(3))
        assert await peer.ended(within=2 + 8) == b""


async def test_the_answer_to_a_close_ends_the_connection_at_once(quarters: Quarters, port: Port) -> None:
    loop = asyncio.get_running_loop()
    took = []
    async with quarters.undisturbed():
        for _ in range(3):
            peer = await port.socket(quarters.token)
            peer.send(frame(BINARY, b"x"))
            assert await peer.closed() == 1003
            began = loop.time()
            peer.send(text({"type": "pong", "n": 1}) + frame(CLOSE, b"\x03\xeb"))
            await peer.ended()
            took.append(loop.time() - began)
    # The fastest: a busy machine slows some down, but makes none faster than a wait.
    assert min(took) < 1.5, "the server waited although the answer had come"
