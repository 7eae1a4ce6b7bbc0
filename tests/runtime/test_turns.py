"""Turns: a read full of frames is handled in parts, between which all others get their turn, in order, and bounded."""

import asyncio
import itertools

import pytest

from chatserver.transport import turns
from chatserver.transport.incoming_frames import IN_ONE_READ
from chatserver.transport.lean_asyncio import ROOM, Mailbox
from chatserver.transport.turns import FRAMES, Turns
from chatserver.transport.websocket_protocol import WebSocketProtocol
from tests.hub.harness import eventually
from tests.runtime.port import CONTINUED, PING, PONG, TEXT, App, frame, served, text


class Worker:
    """Has so many things to do, a little more than a millisecond each."""

    def __init__(self, name: str, things: int, all_of_them: Turns, did: list[str], clock: "Clock") -> None:
        self._name = name
        self._left = things
        self._turns = all_of_them
        self._did = did
        self._clock = clock

    def go_on(self, until: float) -> None:
        while self._left:
            self._left -= 1
            self._did.append(self._name)
            self._clock.now += 0.00101
            if self._clock.now >= until:
                break
        if self._left:
            self._turns.wait(self)


class Clock:
    now = 1.0

    def monotonic(self) -> float:
        return self.now


async def test_a_busy_worker_takes_turns_with_the_others_and_with_the_loop(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock, did = Clock(), list[str]()
    monkeypatch.setattr(turns, "time", clock)
    all_of_them = Turns()
    for name, things in (("a", 5), ("b", 3)):
        all_of_them.wait(Worker(name, things, all_of_them, did, clock))
    for _ in range(10):
        did.append("|")
        await asyncio.sleep(0)
    # Two milliseconds per turn of the loop for all workers together.
    assert "".join(did).strip("|") == "aa|bb|aa|ba"


async def test_a_turns_time_is_shared_by_all_and_ends_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(turns, "time", clock)
    all_of_them = Turns()
    first = all_of_them.until()
    clock.now += 1
    assert all_of_them.until() == first
    await asyncio.sleep(0)
    assert all_of_them.until() > first


@pytest.mark.parametrize("order", list(itertools.permutations(("flood", "other flood", "one text"))))
async def test_a_single_text_is_handled_before_simultaneous_floods(order: tuple[str, ...]) -> None:
    texts: list[str] = []

    def take(_line: WebSocketProtocol, text: str) -> None:
        texts.append(text)

    many = 7 * FRAMES
    async with served(App(take)) as port:
        peers = {name: await port.socket() for name in order}
        for name in order:
            peers[name].send(frame(TEXT, f"now {name}".encode()) * (1 if name == "one text" else many))
        await eventually(lambda: len(texts) == 2 * many + 1)
        assert texts.index("now one text") <= 4 * FRAMES


async def test_the_queue_for_a_slow_application_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    most = 0
    put = Mailbox.put_nowait

    def counted(self: Mailbox, letter: object) -> None:
        nonlocal most
        put(self, letter)
        most = max(most, len(self._letters or ()))

    monkeypatch.setattr(Mailbox, "put_nowait", counted)
    app = App()
    texts = [f"{each:03}" for each in range(7 * ROOM)]
    async with served(app) as port:
        peer = await port.socket()
        peer.send(frame(TEXT, b"wait") + b"".join(frame(TEXT, each.encode()) for each in texts))
        await asyncio.sleep(0.1)
        app.may_go_on.set()
        said = await peer.receives(texts[-1].encode())
        assert said == b"".join(text(each) for each in ["wait", *texts])
        assert 1 < most <= ROOM + 1


@pytest.mark.parametrize("kind", [TEXT, PING, PONG, CONTINUED])
async def test_a_read_of_implausibly_many_frames_ends_its_connection(kind: int) -> None:
    async with served(App()) as port:
        peer = await port.socket()
        begun = frame(TEXT, fin=False) if kind == CONTINUED else b""
        peer.send(begun + frame(kind, fin=kind != CONTINUED) * (IN_ONE_READ + FRAMES + 2))
        said = await peer.ended(0)
        at = said.rindex(b"\x88")
        assert int.from_bytes(said[at + 2 : at + 4], "big") == 4029
        assert said[at + 4 :] == b'{"retry_ms":1000}'
