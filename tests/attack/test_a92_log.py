"""A65, A75, A92: what strangers send, however broken and frequent, leaves no traceback in the log and does not fill
it."""

import asyncio
import re
import socket
import struct
import time
from collections import Counter

import psutil
import pytest

from chatserver.log_lines import LINES_A_MINUTE
from tests.attack.peer import PING, TEXT, Port, frame, hello, text
from tests.e2e.quarters import Quarters

pytestmark = [pytest.mark.whole, pytest.mark.asyncio(loop_scope="module")]

TIMES = 100
CANARY = "secret-7f3a"
"""Occurs in paths and headers, and must not occur in any log."""


def event_lines(said: str) -> Counter[str]:
    """The number of lines of each event."""
    return Counter(re.findall(r"event=(\w+)", said))


def reset(port: int, data: bytes, read: int = 0) -> None:
    """Send that, read so much, and reset the connection."""
    with socket.create_connection(("127.0.0.1", port)) as peer:
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        peer.sendall(data)
        if read:
            peer.recv(read)


def broken_requests(port: int) -> list[bytes]:
    here = f"Host: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\n".encode()
    form = b"Content-Type: application/x-www-form-urlencoded\r\n"
    return [
        b"POST /sign-in HTTP/1.1\r\n" + here + form + b"Content-Length: 100\r\n\r\nlogin=",
        b"POST /v1/visitor/session HTTP/1.1\r\n"
        + here
        + b"Content-Type: application/json\r\nContent-Length: 9\r\n\r\n{",
        b"POST /sign-in HTTP/1.1\r\n" + here + form + b"Transfer-Encoding: chunked\r\n\r\n5\r\nlogin\r\n",
        b"POST /sign-in HTTP/1.1\r\n" + here + form + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET /sign-in HTTP/1.1\r\n" + here + b"\r\n",
        b"GET /widget.js HTTP/1.1\r\n" + here + b"\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET /" + CANARY.encode() + b"\xff\x00 HTTP/1.1\r\n\r\n",
        b"GET /" + CANARY.encode() + b" HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        b"GET /%0a" + CANARY.encode() + b"%1b[31m HTTP/1.1\r\nHost: evil.example\r\nUser-Agent: \x1b[31m\r\n\r\n",
    ]


async def test_broken_requests_by_the_hundred_leave_neither_a_trace_nor_a_full_log(quarters: Quarters) -> None:
    async with quarters.undisturbed():
        for data in broken_requests(quarters.server.port):
            for number in range(TIMES):
                await asyncio.to_thread(reset, quarters.server.port, data, data.startswith(b"GET") and number % 2)
    await tells_nothing(quarters)


async def test_broken_sockets_by_the_hundred_leave_neither_a_trace_nor_a_full_log(
    quarters: Quarters, port: Port
) -> None:
    async with quarters.undisturbed():
        for number in range(TIMES):
            peer = await port.socket(quarters.token)
            peer.send(frame(TEXT, b"\xff\xfe"))
            assert await peer.closed() == 1007
            peer = await port.peer()
            await peer.upgrade()
            peer.send(text(hello(token=quarters.token)) + frame(PING) * number + b"\x81")
            peer.drop()
            for wrong in ({"Origin": f"https://{CANARY}.example"}, {"Host": CANARY}, {"Sec-WebSocket-Protocol": ""}):
                peer = await port.peer()
                peer.send(peer.handshake(f"/ws/{CANARY}" if number % 2 else "/ws/visitor", wrong))
                status, _ = await peer.answer()
                assert status in (400, 403, 404, 421)
                peer.drop()
            peer = await port.peer()
            peer.send(peer.handshake(headers={"Sec-WebSocket-Version": "8"}))
            await peer.answer()
            peer.drop()
    await tells_nothing(quarters)


async def tells_nothing(quarters: Quarters) -> None:
    """No traceback, no false error, nothing that was sent, and no event more often than allowed."""
    await asyncio.sleep(0.2)
    said = quarters.server.said()
    for line in said.splitlines():
        assert "Traceback" not in line, line[:500]
        assert "level=error" not in line, line
        assert CANARY not in line, line
        assert "\x1b" not in line, line
    minutes = (time.time() - psutil.Process(quarters.server.pid).create_time()) / 60
    assert max(event_lines(said).values()) <= (int(minutes) + 2) * LINES_A_MINUTE, event_lines(said)
