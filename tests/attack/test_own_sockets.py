"""Frames at unusual states of a socket, and handshakes with two identities, of which at most one is accepted."""

import json
from collections.abc import Awaitable, Callable

import pytest

from tests.attack.peer import CLOSE, CONTINUED, PING, PONG, STAFF, TEXT, Peer, Port, frame, hello, text
from tests.e2e.badframes import INVENTED
from tests.e2e.quarters import CANARY, Quarters

pytestmark = [pytest.mark.whole, pytest.mark.asyncio(loop_scope="module")]

WELCOMED = 0
"""Where no close code is expected."""

Way = Callable[[Peer, Quarters], Awaitable[object]]
ATTACKS: dict[str, tuple[Way, set[int]]] = {}


def attack(name: str, *due: int) -> Callable[[Way], Way]:
    """What is sent, and how the server may end it: with one of these codes, or not at all (`WELCOMED`)."""

    def keep(way: Way) -> Way:
        ATTACKS[name] = way, set(due)
        return way

    return keep


def greeting(quarters: Quarters, **fields: object) -> bytes:
    return json.dumps(hello(token=quarters.token) | fields).encode()


@attack("a hello byte by byte", WELCOMED)
async def _(peer: Peer, quarters: Quarters) -> None:
    await peer.upgrade()
    for byte in frame(TEXT, greeting(quarters), mask=b"abcd"):
        peer.send(bytes([byte]))
        await peer.flush()


@attack("a fragmented hello with pings in between", WELCOMED)
async def _(peer: Peer, quarters: Quarters) -> None:
    await peer.upgrade()
    told = greeting(quarters)
    peer.send(frame(TEXT, told[:9], fin=False) + frame(PING, b"?") + frame(CONTINUED, told[9:]) + frame(PONG, b"!"))


@attack("a hello before the answer to the handshake", WELCOMED, 1002, 1006)
async def _(peer: Peer, quarters: Quarters) -> None:
    peer.send(peer.handshake() + frame(TEXT, greeting(quarters)))
    assert (await peer.answer())[0] in (101, 400, 0)


@attack("another request instead of frames", 1002)
async def _(peer: Peer, quarters: Quarters) -> None:
    await peer.upgrade()
    peer.send(peer.head("GET /live HTTP/1.1"))


@attack("a second handshake", 1002)
async def _(peer: Peer, quarters: Quarters) -> None:
    await peer.enter(quarters.token)
    peer.send(peer.handshake())


@attack("a close within a message", 1000, 1002)
async def _(peer: Peer, quarters: Quarters) -> None:
    await peer.enter(quarters.token)
    peer.send(frame(TEXT, b'{"type":', fin=False) + frame(CLOSE, b"\x03\xe8"))


@attack("a close before the hello", 1000)
async def _(peer: Peer, quarters: Quarters) -> None:
    await peer.upgrade()
    peer.send(frame(CLOSE, b"\x03\xe8"))


@attack("a close of 125 bytes", 1000)
async def _(peer: Peer, quarters: Quarters) -> None:
    await peer.enter(quarters.token)
    peer.send(frame(CLOSE, b"\x03\xe8" + b"x" * 123))


@attack("a length of eight bytes for a frame of two", WELCOMED, 1002)
async def _(peer: Peer, quarters: Quarters) -> None:
    await peer.upgrade()
    told = greeting(quarters)
    peer.send(b"\x81\xff" + len(told).to_bytes(8, "big") + bytes(4) + told)


@attack("a hello of another version", 4511)
async def _(peer: Peer, quarters: Quarters) -> None:
    await peer.upgrade()
    peer.send(frame(TEXT, greeting(quarters, version=2**53 - 1)))


@attack("a hello whose version is a text", 4501)
async def _(peer: Peer, quarters: Quarters) -> None:
    await peer.upgrade()
    peer.send(frame(TEXT, greeting(quarters, version="1")))


@attack("a hello with the positions of fifty strangers", WELCOMED)
async def _(peer: Peer, quarters: Quarters) -> None:
    await peer.upgrade()
    place = {"conversation": quarters.ann.conversation, "epoch": "x", "after": 0}
    peer.send(frame(TEXT, greeting(quarters, resume=[place] * 50)))
    welcome = await peer.until("welcome")
    assert quarters.ann.conversation not in json.dumps(welcome)


@attack("a hello with fifty-one positions", 4501)
async def _(peer: Peer, quarters: Quarters) -> None:
    await peer.upgrade()
    place = {"conversation": INVENTED, "epoch": "x", "after": 0}
    peer.send(frame(TEXT, greeting(quarters, resume=[place] * 51)))


@attack("a hello with a role", WELCOMED)
async def _(peer: Peer, quarters: Quarters) -> None:
    await peer.upgrade()
    peer.send(frame(TEXT, greeting(quarters, role="supervisor", consultant=quarters.people["mei"].id, rating=True)))
    assert "me" not in await peer.until("welcome")


@attack("a token in the list of protocols", 4501, 4401)
async def _(peer: Peer, quarters: Quarters) -> None:
    await peer.upgrade(headers={"Sec-WebSocket-Protocol": f"hchat.v1, {quarters.token}"})
    peer.send(text({"type": "hello", "version": 1, "client": {"name": "x", "version": "1"}}))


@attack("a token in a header", 4501, 4401)
async def _(peer: Peer, quarters: Quarters) -> None:
    await peer.upgrade(headers={"Authorization": f"Bearer {quarters.token}"})
    peer.send(text(hello(token="")))


@attack("a consultant's cookie at the visitors' endpoint", 4501, 4401)
async def _(peer: Peer, quarters: Quarters) -> None:
    await peer.upgrade(headers={"Cookie": f"session={quarters.people['mei'].cookie}"})
    peer.send(text(hello(token=quarters.people["mei"].cookie)))


@attack("a visitor's token at the staff's endpoint", 4401)
async def _(peer: Peer, quarters: Quarters) -> None:
    await peer.upgrade(STAFF, {"Cookie": f"session={quarters.token}"})
    peer.send(text(hello(token=quarters.token)))


@attack("two people's cookies in one header", WELCOMED, 4401)
async def _(peer: Peer, quarters: Quarters) -> None:
    await peer.upgrade(STAFF, {"Cookie": f"session={quarters.token}; session={quarters.people['bo'].cookie}"})
    peer.send(text(hello()))


@attack("two people's cookies in two headers", WELCOMED, 4401, 1006)
async def _(peer: Peer, quarters: Quarters) -> None:
    peer.send(peer.handshake(STAFF, {"Cookie": "session=a"}, f"Cookie: session={quarters.people['bo'].cookie}"))
    assert (await peer.answer())[0] in (101, 400)
    peer.send(text(hello()))


@attack("a cookie under the name for https", 4401)
async def _(peer: Peer, quarters: Quarters) -> None:
    await peer.upgrade(STAFF, {"Cookie": f"__Host-session={quarters.people['bo'].cookie}"})
    peer.send(text(hello()))


@attack("a cookie in quotes", WELCOMED, 4401)
async def _(peer: Peer, quarters: Quarters) -> None:
    await peer.upgrade(STAFF, {"Cookie": f'session="{quarters.people["bo"].cookie}"'})
    peer.send(text(hello()))


@attack("a message after the close", 1000)
async def _(peer: Peer, quarters: Quarters) -> None:
    await peer.enter(quarters.token)
    said = {"type": "message.post", "ref": "r" * 32, "conversation": quarters.mallorys, "body": f"{CANARY} late"}
    peer.send(text({"type": "bye"}) + text(said))


@pytest.mark.parametrize("name", ATTACKS)
async def test_a_socket_in_an_unusual_state_behaves_as_expected(quarters: Quarters, port: Port, name: str) -> None:
    way, due = ATTACKS[name]
    async with quarters.undisturbed():
        peer = await port.peer()
        await way(peer, quarters)
        assert await end_of(peer, patience=0.5 if WELCOMED in due else 8.0) in due


async def end_of(peer: Peer, patience: float) -> int:
    """The close code; `WELCOMED` if there is none."""
    try:
        return await peer.closed(patience)
    except TimeoutError:
        return WELCOMED
