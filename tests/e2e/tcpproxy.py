"""A TCP proxy that simulates bad networks: delay, throttling, silence, cuts, lost answers.

For every kind of link (client to node, node to PostgreSQL, node to Redis). Its behaviour can be changed while links are
open. It handles bytes, not protocols. `up` is towards the server, `down` towards the client.
"""

import asyncio
import contextlib
import random
import socket
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Literal

Way = Literal["up", "down"]
Target = tuple[str, int] | str
"""A host and port, or the path of a unix socket."""

BOTH: tuple[Way, Way] = ("up", "down")
CHUNK = 64 * 1024
RESET_AT_CLOSE = struct.pack("ii", 1, 0)


@dataclass
class Weather:
    """What happens to every chunk of bytes on its way."""

    delay_ms: float = 0.0
    jitter_ms: float = 0.0
    bytes_per_s: int = 0
    silent: frozenset[Way] = frozenset()

    def pause(self, size: int) -> float:
        """Seconds by which so many bytes are delayed."""
        late = (self.delay_ms + random.uniform(-self.jitter_ms, self.jitter_ms)) / 1000
        return late + (size / self.bytes_per_s if self.bytes_per_s else 0.0)


@dataclass(eq=False)
class Link:
    """One connection through the proxy. `cut_after`: after so many bytes in that direction both ends are reset."""

    client: asyncio.StreamWriter
    server: asyncio.StreamWriter
    passed: dict[Way, int] = field(default_factory=lambda: {"up": 0, "down": 0})
    cut_after: dict[Way, int] = field(default_factory=dict)
    answer_is_lost: bool = False
    asked: bytes = b""

    def towards(self, way: Way) -> asyncio.StreamWriter:
        return self.server if way == "up" else self.client

    def reset(self) -> None:
        """Reset both ends at once."""
        for writer in (self.client, self.server):
            taken: socket.socket | None = writer.get_extra_info("socket")
            if taken is not None and taken.family != socket.AF_UNIX and taken.fileno() >= 0:
                taken.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_AT_CLOSE)
            writer.transport.abort()


class Proxy:
    """A change of `target` applies to links opened from then on. `on_link` is called with every new link."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.port = 0
        self.links: set[Link] = set()
        self.on_link: Callable[[Link], None] = lambda link: None
        self.cuts = 0
        self.swallowed = 0
        self._weather = Weather()
        self._sky = asyncio.Condition()
        self._swallow: tuple[bytes, bytes] | None = None
        self._carrying: set[asyncio.Task[None]] = set()

    async def start(self) -> "Proxy":
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", self.port, limit=CHUNK)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def stop(self) -> None:
        self._server.close()
        self.reset()
        for task in self._carrying:
            task.cancel()
        await asyncio.gather(*self._carrying, return_exceptions=True)

    # The weather.

    async def fair(self) -> None:
        """Everything passes unchanged."""
        await self._change(Weather())

    async def delay(self, ms: float, jitter_ms: float = 0.0) -> None:
        """Every chunk is delayed by so much, in each direction."""
        await self._change(Weather(delay_ms=ms, jitter_ms=jitter_ms))

    async def throttle(self, bytes_per_s: int) -> None:
        """No more than this, in each direction of each link."""
        await self._change(Weather(bytes_per_s=bytes_per_s))

    async def blackhole(self, *ways: Way) -> None:
        """Nothing passes in that direction, or in either, without any notice."""
        await self._change(Weather(silent=frozenset(ways or BOTH)))

    # Single events.

    def reset(self) -> None:
        """Reset every open link at once."""
        for link in tuple(self.links):
            link.reset()

    def half_close(self, way: Way) -> None:
        """The receiver in this direction is told that nothing more will come; the other direction continues."""
        for link in tuple(self.links):
            with contextlib.suppress(OSError, RuntimeError):
                link.towards(way).write_eof()

    def swallow_answer_to(self, told: bytes, *, after: bytes = b"") -> None:
        """The next time these bytes go up (on a link that has carried `after` before), they arrive, but the server's
        answer does not, and the link is reset."""
        self._swallow = (told, after)

    async def _change(self, weather: Weather) -> None:
        async with self._sky:
            self._weather = weather
            self._sky.notify_all()

    async def _carry(self, from_client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._carrying.add(task)
        try:
            from_server, to_server = await self._dial()
        except OSError:
            to_client.transport.abort()
            self._carrying.discard(task)
            return
        link = Link(to_client, to_server)
        self.links.add(link)
        self.on_link(link)
        try:
            await asyncio.gather(self._pump(link, "up", from_client), self._pump(link, "down", from_server))
        except (OSError, asyncio.CancelledError):
            link.reset()
        finally:
            self.links.discard(link)
            for writer in (to_client, to_server):
                writer.close()
            self._carrying.discard(task)

    async def _dial(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if isinstance(self.target, str):
            return await asyncio.open_unix_connection(self.target, limit=CHUNK)
        return await asyncio.open_connection(*self.target, limit=CHUNK)

    async def _pump(self, link: Link, way: Way, reader: asyncio.StreamReader) -> None:
        while data := await reader.read(CHUNK):
            await self._let_pass(way, len(data))
            if way == "down" and link.answer_is_lost:
                self.swallowed += 1
                link.reset()
                return
            limit = link.cut_after.get(way)
            left = len(data) if limit is None else limit - link.passed[way]
            if way == "up":
                self._find_swallowed(link, data[:left])
            link.passed[way] += len(data[:left])
            link.towards(way).write(data[:left])
            await link.towards(way).drain()
            if left < len(data):
                self.cuts += 1
                link.reset()
                return
        with contextlib.suppress(OSError, RuntimeError):
            link.towards(way).write_eof()

    async def _let_pass(self, way: Way, size: int) -> None:
        """Returns when so many bytes may pass. Bytes held during silence are not lost: TCP would retransmit them."""
        async with self._sky:
            await self._sky.wait_for(lambda: way not in self._weather.silent)
        pause = self._weather.pause(size)
        if pause > 0:
            await asyncio.sleep(pause)

    def _find_swallowed(self, link: Link, data: bytes) -> None:
        if self._swallow is None:
            return
        told, after = self._swallow
        link.asked += data
        before = link.asked.find(after)
        if before < 0:
            link.asked = link.asked[-len(after) :]
        elif link.asked.find(told, before + len(after)) >= 0:
            self._swallow = None
            link.answer_is_lost, link.asked = True, b""


@asynccontextmanager
async def proxy_to(target: Target) -> AsyncIterator[Proxy]:
    """A proxy in fair weather; stopped afterwards."""
    proxy = await Proxy(target).start()
    try:
        yield proxy
    finally:
        await proxy.stop()
