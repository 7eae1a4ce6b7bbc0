"""A29: connections that end irregularly leave neither a task nor an open file behind."""

import asyncio
import re
from collections.abc import Awaitable, Callable

import psutil
import pytest

from tests.attack.peer import CLOSE, CONTINUED, TEXT, VISITORS, Peer, Port, frame, hello, text
from tests.e2e.patience import allowed, eventually
from tests.e2e.procs import Server
from tests.e2e.quarters import Quarters
from tests.ports import free_port

pytestmark = [pytest.mark.whole, pytest.mark.asyncio(loop_scope="module")]

METRICS = free_port()
SETTINGS = {"CHATSERVER_METRICS_PORT": str(METRICS)}
EACH, AT_ONCE = 200, 20
SOME = 8
"""Tasks and files that come and go by themselves."""


async def reset_within_a_frame(peer: Peer, token: str) -> None:
    await peer.enter(token)
    peer.send(frame(TEXT, b"x" * 1_000)[:-500])
    await peer.flush()
    peer.drop()


async def half_closed_within_a_message(peer: Peer, token: str) -> None:
    await peer.enter(token)
    peer.send(frame(TEXT, b"x", fin=False) + frame(CONTINUED, b"y", fin=False))
    peer.writer.write_eof()


async def half_closed_before_the_answer(peer: Peer, token: str) -> None:
    peer.send(peer.handshake(VISITORS))
    peer.writer.write_eof()


async def gone_with_the_hello_under_way(peer: Peer, token: str) -> None:
    await peer.upgrade()
    peer.send(text(hello(token=token)))
    peer.drop()


async def a_close_frame_and_no_end(peer: Peer, token: str) -> None:
    await peer.enter(token)
    peer.send(frame(CLOSE, b"\x03\xe8"))


Way = Callable[[Peer, str], Awaitable[None]]
WAYS: list[Way] = [
    reset_within_a_frame,
    half_closed_within_a_message,
    half_closed_before_the_answer,
    gone_with_the_hello_under_way,
    a_close_frame_and_no_end,
]


def held(server: Server) -> tuple[int, int]:
    """Numbers of tasks and of open files."""
    beside = Server(server.data, port=METRICS)
    found = re.search(r"^chat_tasks (\S+)$", beside.get("/metrics").body.decode(), re.MULTILINE)
    assert found is not None
    return round(float(found[1])), psutil.Process(server.pid).num_fds()


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
async def test_a_connection_that_ends_irregularly_leaves_nothing(quarters: Quarters, port: Port, way: Way) -> None:
    async with quarters.undisturbed():
        tokens = [await asyncio.to_thread(quarters.server.visitor_token) for _ in range(AT_ONCE)]
        tasks, files = await asyncio.to_thread(held, quarters.server)
        for _ in range(EACH // AT_ONCE):
            peers = [await port.peer(f"127.0.1.{number + 2}") for number in range(AT_ONCE)]
            await asyncio.gather(*(way(peer, token) for peer, token in zip(peers, tokens, strict=True)))

        def nothing_is_left() -> bool:
            now = held(quarters.server)
            return now[0] <= tasks + SOME and now[1] <= files + SOME

        await eventually(nothing_is_left, allowed(20))
