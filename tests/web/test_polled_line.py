"""The line of a client that polls: what it takes, what it repeats, and when it ends."""

import asyncio
from typing import Any

import pytest

from chatserver.domain.refusals import BadFrame
from chatserver.web.sockets import polled_line
from chatserver.web.sockets.polled_line import FULL, MOST_UNREAD, PolledLine
from chatserver.wire.visitor_polling import LineEnd, VisitorPoll


def poll(got: int = 0, at: int = 0, *texts: str) -> VisitorPoll:
    return VisitorPoll(got, at, list(texts))


async def received(line: PolledLine, count: int) -> list[Any]:
    async with asyncio.timeout(10):
        messages = [await line.receive() for _ in range(count)]
    return [each.get("text") or each["type"] for each in messages]


async def test_frames_that_are_repeated_reach_the_socket_once() -> None:
    line = PolledLine()
    line.write_texts([b"welcome"])
    assert (await line.exchange(poll(0, 0, "hello"))).taken == 1
    assert (await line.exchange(poll(0, 0, "hello", "one"))).taken == 2
    assert (await line.exchange(poll(0, 1, "one", "two"))).taken == 3
    assert await received(line, 4) == ["websocket.connect", "hello", "one", "two"]


async def test_frames_for_the_client_are_repeated_until_it_has_them() -> None:
    line = PolledLine()
    line.write_texts([b"one", b"two"])
    assert (await line.exchange(poll())).texts == ["one", "two"]
    assert (await line.exchange(poll(1))).texts == ["two"]
    line.write_texts([b"three"])
    assert (await line.exchange(poll(2))).texts == ["three"]


async def test_a_later_request_answers_an_earlier_one_that_waits() -> None:
    line = PolledLine()
    first = asyncio.create_task(line.exchange(poll()))
    await asyncio.sleep(0)
    second = asyncio.create_task(line.exchange(poll(0, 0, "hello")))
    assert (await first).texts == []
    line.write_texts([b"welcome"])
    assert (await second).texts == ["welcome"]


async def test_a_request_without_news_is_answered_after_the_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polled_line, "HOLD", 0.01)
    line = PolledLine()
    answer = await line.exchange(poll(0, 0, "hello"))
    assert (answer.texts, answer.taken, answer.end) == ([], 1, None)


@pytest.mark.parametrize("wrong", [poll(1), poll(0, 1), poll(2**40, 0), poll(0, 2**40, "x")])
async def test_numbers_that_cannot_be_right_are_refused_and_change_nothing(wrong: VisitorPoll) -> None:
    line = PolledLine()
    with pytest.raises(BadFrame):
        await line.exchange(wrong)
    line.write_texts([b"welcome"])
    assert (await line.exchange(poll(0, 0, "hello"))).texts == ["welcome"]


async def test_a_client_that_no_longer_asks_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polled_line, "LINGER", 0.01)
    line = PolledLine()
    line.write_texts([b"welcome"])
    await line.exchange(poll(0, 0, "hello"))
    assert await received(line, 3) == ["websocket.connect", "hello", "websocket.disconnect"]
    assert line.has_gone


async def test_a_client_that_waits_is_not_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polled_line, "LINGER", 0.01)
    line = PolledLine()
    line.write_texts([b"welcome"])
    await line.exchange(poll(0, 0, "hello"))
    waiting = asyncio.create_task(line.exchange(poll(1, 1)))
    await asyncio.sleep(0.1)
    assert not line.has_gone
    line.write_texts([b"news"])
    assert (await waiting).texts == ["news"]


async def test_a_broken_off_request_begins_the_wait_for_the_next_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polled_line, "LINGER", 0.01)
    line = PolledLine()
    waiting = asyncio.create_task(line.exchange(poll(0, 0, "hello")))
    await asyncio.sleep(0)
    waiting.cancel()
    assert await received(line, 3) == ["websocket.connect", "hello", "websocket.disconnect"]


async def test_the_close_code_follows_what_was_said_before() -> None:
    line = PolledLine()
    line.write_texts([b"refused"])
    await line.send({"type": "websocket.close", "code": 4503, "reason": "why"})
    line.ended()
    answer = await line.exchange(poll(0, 0, "hello"))
    assert (answer.texts, answer.end) == (["refused"], LineEnd(4503, "why"))
    line.write_texts([b"too late"])
    assert (await line.exchange(poll(1, 1))).texts == []


async def test_a_line_that_the_client_does_not_read_is_full_until_it_does() -> None:
    line = PolledLine()
    room: list[bool] = []
    line.on_room(lambda: room.append(line.full))
    fullness = []
    for size in (FULL, 1):
        line.write_texts([b"x" * size])
        fullness.append(line.full)
    assert fullness == [False, True]
    assert len((await line.exchange(poll())).texts) == 2
    assert not room
    line.write_texts([b"y"])
    await line.exchange(poll(2))
    assert room == [False]


async def test_frames_that_the_socket_has_not_read_are_bounded() -> None:
    line = PolledLine()
    line.write_texts([b"welcome"])
    texts = [str(number) for number in range(MOST_UNREAD)]
    first = await line.exchange(poll(0, 0, *texts))
    assert first.taken < MOST_UNREAD, "the queue holds the connect, too"
    more = await line.exchange(poll(0, first.taken, *texts[first.taken :], "last"))
    assert more.taken == first.taken
    await received(line, 10)
    assert (await line.exchange(poll(0, more.taken, *texts[more.taken :], "last"))).taken == MOST_UNREAD + 1
