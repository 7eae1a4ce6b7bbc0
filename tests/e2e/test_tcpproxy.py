"""The proxy does what the fault tests rely on: each kind of weather, each kind of end."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from tests.e2e.patience import eventually
from tests.e2e.tcpproxy import Proxy, Way, proxy_to

Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]
SOON, NEVER = 5.0, 0.2
"""Seconds: what must happen does so within the first; for what must not, we wait no longer than the second."""


class Echo:
    """A server that returns what it receives, in capitals; `heard` is all of it."""

    def __init__(self) -> None:
        self.heard = b""
        self.ended = asyncio.Event()

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65_536):
                self.heard += data
                writer.write(data.upper())
                await writer.drain()
        except OSError:
            pass
        finally:
            self.ended.set()
            writer.close()


@pytest.fixture
async def echo() -> Echo:
    return Echo()


@pytest.fixture
async def proxy(echo: Echo) -> AsyncIterator[Proxy]:
    server = await asyncio.start_server(echo.answer, "127.0.0.1", 0)
    async with server, proxy_to(server.sockets[0].getsockname()[:2]) as made:
        yield made


@pytest.fixture
async def ends(proxy: Proxy) -> AsyncIterator[Ends]:
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    yield reader, writer
    writer.close()


async def said(ends: Ends, data: bytes) -> bytes:
    """Send, and return the answer."""
    reader, writer = ends
    writer.write(data)
    return await asyncio.wait_for(reader.readexactly(len(data)), SOON)


async def test_in_fair_weather_everything_passes(ends: Ends) -> None:
    assert await said(ends, b"hello" * 50_000) == b"HELLO" * 50_000


async def test_a_delay_delays_and_loses_nothing(proxy: Proxy, ends: Ends) -> None:
    loop = asyncio.get_running_loop()
    await said(ends, b"open")
    await proxy.delay(100, jitter_ms=10)
    began = loop.time()
    assert await said(ends, b"late") == b"LATE"
    assert loop.time() - began >= 0.18


async def test_a_throttle_limits_the_speed(proxy: Proxy, ends: Ends) -> None:
    loop = asyncio.get_running_loop()
    await said(ends, b"open")
    await proxy.throttle(10_000)
    began = loop.time()
    assert await said(ends, b"x" * 1_000) == b"X" * 1_000
    assert loop.time() - began >= 0.2


@pytest.mark.parametrize(("way", "arrives"), [("up", b""), ("down", b"lost")])
async def test_a_blackhole_holds_one_direction_and_later_delivers_everything(
    proxy: Proxy, ends: Ends, echo: Echo, way: Way, arrives: bytes
) -> None:
    await said(ends, b"open")
    await proxy.blackhole(way)
    ends[1].write(b"lost")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(ends[0].read(1), NEVER)
    assert echo.heard == b"open" + arrives
    await proxy.fair()
    assert await asyncio.wait_for(ends[0].readexactly(4), SOON) == b"LOST"


async def test_a_reset_reaches_both_ends(proxy: Proxy, ends: Ends, echo: Echo) -> None:
    await said(ends, b"open")
    proxy.reset()
    with pytest.raises(ConnectionResetError):
        await asyncio.wait_for(ends[0].read(1), SOON)
    await asyncio.wait_for(echo.ended.wait(), SOON)
    assert not proxy.links


async def test_a_half_close_ends_one_direction(proxy: Proxy, ends: Ends, echo: Echo) -> None:
    await said(ends, b"open")
    proxy.half_close("down")
    assert await asyncio.wait_for(ends[0].read(1), SOON) == b""
    ends[1].write(b"still heard")
    await eventually(lambda: echo.heard == b"openstill heard", SOON)


@pytest.mark.parametrize("after", [0, 1, 7, 9])
async def test_a_cut_after_so_many_bytes_lets_exactly_these_pass(proxy: Proxy, echo: Echo, after: int) -> None:
    proxy.on_link = lambda link: link.cut_after.__setitem__("up", after)
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    writer.write(b"0123456789")
    with pytest.raises(ConnectionResetError):
        await asyncio.wait_for(reader.read(), SOON)
    await asyncio.wait_for(echo.ended.wait(), SOON)
    assert b"0123456789".startswith(echo.heard)
    assert len(echo.heard) <= after
    assert proxy.cuts == 1


async def test_a_swallowed_answer_was_sent_and_never_arrives(proxy: Proxy, ends: Ends, echo: Echo) -> None:
    proxy.swallow_answer_to(b"commit", after=b"mine")
    assert await said(ends, b"commit;mine;") == b"COMMIT;MINE;"
    ends[1].write(b"com")
    await asyncio.sleep(0.05)
    assert await asyncio.wait_for(ends[0].readexactly(3), SOON) == b"COM"
    ends[1].write(b"mit;")
    with pytest.raises(ConnectionResetError):
        await asyncio.wait_for(ends[0].read(1), SOON)
    assert echo.heard == b"commit;mine;commit;"
    assert proxy.swallowed == 1
    again = await asyncio.open_connection("127.0.0.1", proxy.port)
    assert await said(again, b"commit;") == b"COMMIT;"
    again[1].close()


async def test_an_unreachable_target_opens_no_link(proxy: Proxy, ends: Ends) -> None:
    await said(ends, b"open")
    proxy.target = "/nowhere/at/all"
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    with contextlib.suppress(ConnectionResetError):
        assert await asyncio.wait_for(reader.read(1), SOON) == b""
    writer.close()
    assert len(proxy.links) == 1
