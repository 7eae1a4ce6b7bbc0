"""A84: requests that do not wait for the previous answer are not answered, and nothing of them is kept."""

import asyncio
import contextlib

import psutil
import pytest

from tests.attack.peer import Port
from tests.e2e.procs import ROOT
from tests.e2e.quarters import Quarters

pytestmark = [pytest.mark.whole, pytest.mark.asyncio(loop_scope="module")]

ASKED = {"the console's script": "/assets/console", "a page": "/sign-in", "a small thing": "/live", "nothing": "/x"}
ALLOWED = 4 * 2**20


def path_of(asked: str) -> str:
    if not asked.startswith("/assets/"):
        return asked
    [script] = (ROOT / "build/front/assets").glob("console-*.js")
    return f"/assets/{script.name}"


@pytest.mark.parametrize("what", ASKED)
@pytest.mark.parametrize("many", [2, 600])
async def test_only_the_first_of_many_requests_in_one_write_is_answered(
    quarters: Quarters, port: Port, what: str, many: int
) -> None:
    async with quarters.undisturbed():
        peer = await port.peer()
        peer.send(peer.head(f"GET {path_of(ASKED[what])} HTTP/1.1") * many)
        said = await peer.ended()
        assert said.count(b"HTTP/1.1 ") == 1, said[:200]


async def test_unread_answers_fill_no_memory(quarters: Quarters, port: Port) -> None:
    process = psutil.Process(quarters.server.pid)
    async with quarters.undisturbed():
        before = process.memory_info().rss
        for _ in range(50):
            peer = await port.peer()
            peer.writer.transport.pause_reading()  # type: ignore[attr-defined]  # a stream's transport can pause
            asked = peer.head(f"GET {path_of('/assets/console')} HTTP/1.1")
            with contextlib.suppress(ConnectionError):
                for _ in range(40):
                    peer.send(asked * 10)
                    await asyncio.sleep(0)
        await asyncio.sleep(0.5)
        assert process.memory_info().rss - before < ALLOWED


async def test_sequential_requests_are_all_answered(quarters: Quarters, port: Port) -> None:
    async with quarters.undisturbed():
        peer = await port.peer()
        for _ in range(50):
            peer.send(peer.head("GET /live HTTP/1.1"))
            status, head = await peer.answer()
            assert status == 200
            length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length"))
            await peer.reader.readexactly(int(length.split(b":")[1]))


async def test_a_second_request_after_a_body_is_not_answered(quarters: Quarters, port: Port) -> None:
    asked = b'{"site": "demo", "language": "zh", "touch": false}'
    async with quarters.undisturbed():
        peer = await port.peer()
        told = {"Content-Length": str(len(asked)), "Content-Type": "application/json"}
        peer.send((peer.head("POST /v1/visitor/session HTTP/1.1", told) + asked) * 2)
        said = await peer.ended()
        assert said.count(b"HTTP/1.1 200 ") == said.count(b"HTTP/1.1 ") == 1
