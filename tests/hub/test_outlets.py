"""A session and the socket under it: what is written together, and what waits while the client does not read."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import msgspec
import pytest

from chatserver.domain.audience import Audience
from chatserver.hub.session import Session
from chatserver.wire.closing import CloseCode
from chatserver.wire.session import Ping
from tests.hub.harness import QUICK, eventually


class Pipe:
    """Records each write. It is `full` when the test says so."""

    def __init__(self) -> None:
        self.writes: list[list[int]] = []
        self.full = False
        self.closed: list[int] = []
        self._on_room: list[Callable[[], object]] = []

    def write(self, texts: Sequence[bytes]) -> None:
        assert not self.full, "nothing is written to who does not read"
        self.writes.append([msgspec.json.decode(text)["n"] for text in texts])

    def on_room(self, then: Callable[[], object]) -> None:
        self._on_room.append(then)

    def drains(self) -> None:
        self.full = False
        for then in self._on_room:
            then()

    async def close(self, code: int, reason: str) -> None:
        self.closed.append(code)


def session_over(pipe: Pipe, outbox_frames: int = 256, outbox_bytes: int = 1_000_000) -> Session:
    options = replace(QUICK, outbox_frames=outbox_frames, outbox_bytes=outbox_bytes)
    session = Session("c", "p", Audience.VISITOR, options, pipe, time.monotonic)
    session.welcome(Ping(0))
    return session


def push(session: Session, *numbers: int) -> None:
    for number in numbers:
        session.push(Ping(number))


async def later() -> None:
    """Let everything that is scheduled for this moment happen."""
    await asyncio.sleep(0)


async def test_frames_of_one_moment_leave_in_one_write() -> None:
    pipe = Pipe()
    session = session_over(pipe)
    push(session, 1, 2, 3)
    assert pipe.writes == [[0]], "the moment is not over"
    await later()
    push(session, 4)
    await later()
    assert pipe.writes == [[0], [1, 2, 3], [4]]


async def test_nothing_leaves_before_the_welcome() -> None:
    pipe = Pipe()
    session = Session("c", "p", Audience.VISITOR, QUICK, pipe, time.monotonic)
    push(session, 1, 2)
    await later()
    assert pipe.writes == []
    session.welcome(Ping(0))
    assert pipe.writes == [[0, 1, 2]]


async def test_what_a_slow_client_has_not_taken_waits_in_order() -> None:
    pipe = Pipe()
    session = session_over(pipe)
    pipe.full = True
    for number in range(1, 6):
        push(session, number)
        await later()
    assert pipe.writes == [[0]]
    pipe.drains()
    assert pipe.writes == [[0], [1, 2, 3, 4, 5]]
    push(session, 6)
    await later()
    assert pipe.writes[2:] == [[6]]


PING_BYTES = len(b'{"type":"ping","n":1}')


@pytest.mark.parametrize("bounds", [{"outbox_frames": 3}, {"outbox_bytes": 3 * PING_BYTES}])
async def test_the_outbox_of_a_client_who_never_reads_has_an_end(bounds: dict[str, int]) -> None:
    pipe = Pipe()
    session = session_over(pipe, **bounds)
    pipe.full = True
    push(session, 1, 2, 3)
    await later()
    assert pipe.closed == []
    push(session, 4)
    await eventually(lambda: pipe.closed)
    assert pipe.closed == [CloseCode.SLOW_CONSUMER]
    pipe.drains()
    push(session, 5)
    await later()
    assert pipe.writes == [[0]]


async def test_much_in_one_moment_is_not_a_backlog_of_a_client_that_reads() -> None:
    pipe = Pipe()
    session = session_over(pipe, outbox_frames=3)
    push(session, *range(1, 11))
    await later()
    assert session.closed_with is None
    assert [number for write in pipe.writes for number in write] == list(range(11))


async def test_there_is_room_when_all_of_it_is_taken() -> None:
    pipe = Pipe()
    session = session_over(pipe)
    await asyncio.wait_for(session.has_room(), 1)
    pipe.full = True
    push(session, 1)
    waiting = [asyncio.create_task(session.has_room()) for _ in range(2)]
    await later()
    await later()
    assert not any(task.done() for task in waiting)
    waiting.pop().cancel()
    await later()
    pipe.drains()
    await asyncio.wait_for(waiting[0], 1)
    assert pipe.writes == [[0], [1]]


async def test_nobody_waits_for_room_in_a_session_that_is_gone_or_closed() -> None:
    for end in (Session.gone, lambda session: session.close(CloseCode.NO_PONG)):
        pipe = Pipe()
        session = session_over(pipe)
        pipe.full = True
        push(session, 1)
        waiting = asyncio.create_task(session.has_room())
        await later()
        end(session)
        await asyncio.wait_for(waiting, 1)
        await asyncio.wait_for(session.has_room(), 1)
