"""The beginning of a socket: its hello, the queue it waits in, and the refusal when it cannot be served."""

import asyncio
import time

import pytest

from chatserver.domain.refusals import Unavailable
from chatserver.hub.options import HubOptions
from tests.hub.harness import eventually

from .application import Doors
from .wires import HELLO, Desk, Wire


def sessions(here: Doors) -> bool:
    return b'chat_sessions{audience="visitor"} 1.0' in here.context.metrics.text()


async def test_a_hello_that_waits_in_our_queue_is_not_late(
    here: Doors, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatserver.web.sockets.socket.HELLO_WITHIN", 0.05)
    # One after the other: the time for a hello begins with the connection.
    first = Wire(here)
    first.says(HELLO)
    await eventually(lambda: desk.entered)
    second = Wire(here)
    second.says(HELLO)
    await eventually(lambda: here.context.admission.visitors.waiting)
    await asyncio.sleep(0.2)
    assert not any(each.task.done() for each in (first, second))
    desk.open.set()
    await eventually(lambda: desk.entered == 2)
    for each in (first, second):
        each.leaves()
        await each.task
        assert [message["type"] for message in each.sent] == ["websocket.accept"]


async def test_a_client_that_finds_the_queue_full_is_told_when_to_come_back(here: Doors, desk: Desk) -> None:
    wires = [Wire(here) for _ in range(3)]
    wires[0].says(HELLO)
    await eventually(lambda: desk.entered)
    wires[1].says(HELLO)
    await eventually(lambda: here.context.admission.visitors.waiting)
    wires[2].says(HELLO)
    code, reason = await wires[2].closed()
    assert code == 4013
    assert reason["retry_ms"] >= 1_000
    assert b'chat_refusals_total{code="busy"} 1.0' in here.context.metrics.text()
    desk.open.set()
    await eventually(lambda: desk.entered == 2)
    for wire in wires[:2]:
        wire.leaves()
        await wire.task


async def test_a_client_that_leaves_while_it_waits_costs_nothing_more(here: Doors, desk: Desk) -> None:
    first, second = Wire(here), Wire(here)
    for each in (first, second):
        each.says(HELLO)
        await eventually(lambda: desk.entered)
    await eventually(lambda: here.context.admission.visitors.waiting)
    second.has_gone = True
    desk.open.set()
    await second.task
    assert desk.entered == 1
    first.leaves()
    await first.task


@pytest.mark.parametrize("why", ["draining", "unavailable"])
async def test_a_node_that_stops_serving_admits_nobody_from_the_queue(here: Doors, desk: Desk, why: str) -> None:
    first, waiting = Wire(here), Wire(here)
    for each in (first, waiting):
        each.says(HELLO)
        await eventually(lambda: desk.entered)
    await eventually(lambda: here.context.admission.visitors.waiting)
    here.hub.why_not_ready = why
    late = Wire(here)
    late.says(HELLO)
    assert (await late.closed())[0] == 4013
    desk.open.set()
    code, reason = await waiting.closed()
    assert code == 4013
    assert reason["retry_ms"] >= 1_000
    assert desk.entered == 1
    assert sessions(here)
    first.leaves()
    await first.task
    assert not sessions(here)


async def test_an_unavailable_store_gives_the_client_a_retry_time(here: Doors, desk: Desk) -> None:
    desk.refusal = Unavailable()
    desk.open.set()
    wire = Wire(here)
    wire.says(HELLO)
    code, reason = await wire.closed()
    assert (code, reason["retry_ms"] >= 1_000) == (4013, True)
    assert b'chat_refusals_total{code="unavailable"} 1.0' in here.context.metrics.text()


async def test_a_hello_that_arrived_in_time_but_was_read_late_is_accepted(
    here: Doors, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatserver.web.sockets.socket.HELLO_WITHIN", 0.5)
    desk.open.set()
    wire = Wire(here)
    await wire.accepted()
    # The process is blocked while the hello arrives and the deadline passes; then it sees both in one turn of the loop.
    asyncio.get_running_loop().call_soon(time.sleep, 0.6)
    asyncio.get_running_loop().call_soon(wire.says, HELLO)
    await eventually(lambda: desk.entered)
    wire.leaves()
    await wire.task


async def test_a_client_whose_hello_was_late_may_reconnect(
    here: Doors, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatserver.web.sockets.socket.HELLO_WITHIN", 0.01)
    assert (await Wire(here).closed())[0] == 4005


async def test_another_first_frame_closes_the_socket_for_good(here: Doors, desk: Desk) -> None:
    wire = Wire(here)
    wire.says({"type": "pong", "n": 1})
    assert (await wire.closed())[0] == 4501


async def test_nobody_is_disconnected_for_a_pong_behind_a_frame_that_waits(here: Doors, desk: Desk) -> None:
    desk.open.set()
    desk.options = HubOptions(visitor_ping=0.02, visitor_pong=0.05)
    wire = Wire(here)
    wire.says(HELLO)
    await eventually(lambda: desk.entered)
    desk.session.start_heartbeat()
    wire.says({"type": "message.post", "ref": "r" * 22, "conversation": "c" * 36, "body": "您好"})
    await eventually(lambda: desk.begun)
    await asyncio.sleep(0.5)
    assert desk.session.closed_with is None
    desk.may_go_on.set()
    # From here on pongs are read, so a client that sends none is considered gone.
    await eventually(lambda: wire.sent[-1]["type"] == "websocket.close")
    assert wire.sent[-1]["code"] == 4003
    wire.leaves()
    await wire.task
