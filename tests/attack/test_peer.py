"""The attacking client itself: the server's last words are received, however much is being sent."""

import socket

import pytest

from tests.attack.peer import Port, frame, text

CLOSED = bytes([0x88, 2]) + (4029).to_bytes(2, "big")


@pytest.mark.asyncio
async def test_the_close_code_is_received_after_a_flood() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = Port(listening.getsockname()[1])
        peer = await port.peer()
        there, _ = listening.accept()
        there.sendall(CLOSED)
        there.close()
        for _ in range(5):
            # Nothing is read meanwhile; from the second time on the kernel reports a closed connection.
            peer.send(text("flood") + frame(9))
        assert await peer.closed() == 4029
        await port.leave()
