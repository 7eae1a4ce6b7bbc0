"""Frames that are handled at once, without a queue: none overtakes another, and each is counted like any other."""

import asyncio
from typing import Any

from chatserver.domain.token_bucket import TokenBucket
from chatserver.wire.closing import CloseCode
from tests.hub.harness import eventually

from .application import Doors
from .wires import HELLO, Desk, Wire


def pong(n: int) -> dict[str, Any]:
    """A frame that the desk handles at once."""
    return {"type": "pong", "n": n}


def post(body: str) -> dict[str, Any]:
    """A frame whose handling takes the desk some time."""
    return {"type": "message.post", "ref": "r" * 22, "conversation": "c" * 36, "body": body}


async def entered(here: Doors, desk: Desk) -> Wire:
    desk.open.set()
    wire = Wire(here)
    wire.says(HELLO)
    await eventually(lambda: wire.told)
    # Wait until the socket's task waits for the next frame.
    await eventually(lambda: wire._taker)
    await asyncio.sleep(0)
    return wire


async def test_a_frame_that_needs_no_waiting_is_handled_at_once(here: Doors, desk: Desk) -> None:
    wire = await entered(here, desk)
    wire.says(pong(1))
    assert desk.done == [1]
    wire.leaves()
    await wire.task


async def test_no_frame_overtakes_one_that_is_still_being_handled(here: Doors, desk: Desk) -> None:
    wire = await entered(here, desk)
    wire.says(post("甲"))
    await eventually(lambda: desk.begun)
    # The queue is empty: this frame waits only because the one before is still being handled.
    wire.says(pong(1))
    wire.says(pong(2))
    wire.says(post("乙"))
    wire.says(pong(3))
    await asyncio.sleep(0)
    assert desk.done == []
    desk.may_go_on.set()
    await eventually(lambda: len(desk.done) == 5)
    assert desk.done == ["甲", 1, 2, "乙", 3]
    await asyncio.sleep(0)
    wire.says(pong(4))
    assert desk.done[-1] == 4, "no frame is before it any more"
    wire.leaves()
    await wire.task


async def test_a_frame_is_counted_whether_it_is_queued_or_handled_at_once(here: Doors, desk: Desk) -> None:
    wire = await entered(here, desk)
    desk.may_go_on.set()
    desk.session.frames = TokenBucket(0.001, 6)
    for number in range(2):
        wire.says(pong(number))
        wire.says(post(f"甲{number}"))
        wire.says("{")
        await eventually(lambda: wire._coming.empty())
        await asyncio.sleep(0)
    assert refusals(wire) == ["bad_frame", "bad_frame"]
    wire.says(pong(6))
    wire.says(post("多"))
    await eventually(lambda: len(refusals(wire)) == 4)
    assert refusals(wire)[2:] == ["rate_limited", "rate_limited"]
    assert [told["ref"] for told in wire.told if told.get("code") == "rate_limited" and "ref" in told] == ["r" * 22]
    assert desk.done == [0, "甲0", 1, "甲1"]
    wire.leaves()
    await wire.task


async def test_too_many_frames_handled_at_once_close_the_connection_too(here: Doors, desk: Desk) -> None:
    wire = await entered(here, desk)
    desk.session.frames = TokenBucket(0.001, 1)
    for number in range(20):
        wire.says(pong(number))
    await eventually(lambda: wire.sent[-1]["type"] == "websocket.close")
    assert wire.sent[-1]["code"] == CloseCode.RATE_LIMITED
    assert desk.done == [0]
    wire.leaves()
    await wire.task


async def test_bad_frames_and_a_goodbye_are_handled_beside_frames_taken_at_once(here: Doors, desk: Desk) -> None:
    wire = await entered(here, desk)
    for _ in range(6):
        wire.says("{")
        await asyncio.sleep(0)
    await eventually(lambda: wire.sent[-1]["type"] == "websocket.close")
    assert wire.sent[-1]["code"] == CloseCode.BAD_FRAMES
    wire.says(pong(1))
    wire.leaves()
    await wire.task
    assert desk.done == []
    leaving = await entered(here, desk)
    leaving.says({"type": "bye"})
    await eventually(lambda: leaving.sent[-1]["type"] == "websocket.close")
    assert leaving.sent[-1]["code"] == CloseCode.NORMAL
    leaving.leaves()
    await leaving.task


def refusals(wire: Wire) -> list[str]:
    return [told["code"] for told in wire.told if told["type"] == "refused"]
