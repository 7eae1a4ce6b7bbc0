"""A TCP proxy in front of a Redis server that can make subscriptions silent: nothing is closed, nothing arrives."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Proxy:
    """`port` is where it listens."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._subscriptions: set[asyncio.Task[None]] = set()
        self._ways: set[asyncio.Task[None]] = set()
        self._silent: set[asyncio.Task[None]] = set()
        self.port = 0

    def silence_subscriptions(self) -> None:
        """Those that exist now; new ones work."""
        self._silent |= self._subscriptions

    @asynccontextmanager
    async def listening(self) -> AsyncIterator["Proxy"]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for way in self._ways:
                way.cancel()
            await asyncio.gather(*self._ways, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self._target)
        back = asyncio.create_task(self._carry(there_reader, writer))
        out = asyncio.create_task(self._carry(reader, there_writer, answers=back))
        self._ways |= {back, out}

    async def _carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answers: asyncio.Task[None] | None = None
    ) -> None:
        """One direction of one connection; `answers` is the opposite direction of a client's."""
        try:
            while piece := await reader.read(65_536):
                if answers is not None and b"SUBSCRIBE" in piece:
                    self._subscriptions.add(answers)
                if asyncio.current_task() not in self._silent:
                    writer.write(piece)
                    await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()
