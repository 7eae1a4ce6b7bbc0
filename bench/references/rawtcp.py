"""The bare reference for a fan-out: every line received is written unchanged to all connections.

uvloop and nothing else: no framing, no checks, no application. `python -m bench.references.rawtcp PORT`.
"""

import asyncio
import sys

import uvloop


class Listener(asyncio.Protocol):
    """One connection."""

    everybody: "dict[Listener, asyncio.WriteTransport]" = {}  # noqa: RUF012 shared by all connections

    def __init__(self) -> None:
        self._left = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.everybody[self] = transport  # type: ignore[assignment]  # uvloop's is not a subclass

    def connection_lost(self, exc: Exception | None) -> None:
        del self.everybody[self]

    def data_received(self, data: bytes) -> None:
        *lines, self._left = (self._left + data).split(b"\n")
        for line in lines:
            whole = line + b"\n"
            for transport in self.everybody.values():
                transport.write(whole)


async def serve(port: int) -> None:
    """Serve until the process ends."""
    server = await asyncio.get_running_loop().create_server(Listener, "127.0.0.1", port, backlog=2048)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1])))
