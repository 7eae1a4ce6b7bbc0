"""The connection under a WebSocket: texts taken at once, frames written at once, and when there is room."""

import asyncio

import pytest
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from chatserver.transport.websocket_protocol import LET_GO_WITHIN, WebSocketProtocol
from tests.hub.harness import eventually
from tests.runtime.port import CLOSE, CONTINUED, LATE, PING, PONG, TEXT, App, frame, long_frame, served, text


def echo(line: WebSocketProtocol, text: str) -> None:
    line.write_texts([text.encode()])


async def test_a_text_that_is_taken_at_once_is_answered_like_any_other() -> None:
    app = App(echo)
    async with served(app) as port:
        peer = await port.socket()
        peer.send(frame(TEXT, b"now this") + frame(TEXT, b"then that") + frame(TEXT, "now 您好".encode()))
        assert await peer.receives("now 您好".encode()) == text("now this") + text("then that") + text("now 您好")
        assert app.offered == ["now this", "then that"], "a text behind one that waits must wait, too"


async def test_a_text_in_pieces_and_what_comes_meanwhile_keep_their_order() -> None:
    app = App(echo)
    async with served(app) as port:
        peer = await port.socket()
        peer.send(frame(TEXT, b"wait") + frame(TEXT, b"now a", fin=False))
        await eventually(lambda: app.offered)
        peer.send(frame(PING, b"?") + frame(CONTINUED, b"nd then") + frame(TEXT, b"now the last"))
        await peer.receives(bytes([0x80 | PONG, 1]) + b"?")
        app.may_go_on.set()
        assert await peer.receives(b"now the last") == text("wait") + text("now and then") + text("now the last")
        assert app.offered == ["wait"]


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65_000])
async def test_a_text_may_come_byte_by_byte_and_go_at_any_length(size: int) -> None:
    sent: list[str] = []

    def take(line: WebSocketProtocol, text: str) -> None:
        sent.append(text)
        line.write_texts([text.encode(), b"x" * 70_000, b"end"])

    async with served(App(take)) as port:
        peer = await port.socket()
        told = "now" + "字" * (size // 3)
        coming = long_frame(told.encode())
        for at in range(20):
            peer.send(coming[at : at + 1])
            await asyncio.sleep(0)
        peer.send(coming[20:] + long_frame(b"now again"))
        heard = b""
        while heard.count(text("end")) < 2:
            heard += await peer.receives(text("end"))
        large = b"\x81\x7f" + (70_000).to_bytes(8, "big") + b"x" * 70_000
        assert heard == text(told) + large + text("end") + text("now again") + large + text("end")
        assert sent == [told, "now again"]


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ("no text", 1007),
        ("no mask", 1002),
        ("a bit of an extension", 1002),
        ("too much", 1009),
        ("a text within a text", 1002),
        ("a long ping", 1002),
        ("a half ping", 1002),
    ],
)
@pytest.mark.parametrize("behind", ["nothing", "a text that was taken", "a text that was queued"])
async def test_an_invalid_frame_is_refused_wherever_its_texts_are_handled(what: str, code: int, behind: str) -> None:
    bad = {
        "no text": frame(TEXT, b"now \xff"),
        "no mask": b"\x81\x05now x",
        "a bit of an extension": b"\xc1" + frame(TEXT, b"now x")[1:],
        "too much": bytes([0x81, 0x80 | 127]) + (65 * 1024).to_bytes(8, "big") + bytes(4),
        "a text within a text": frame(TEXT, b"now", fin=False) + frame(TEXT, b"now x"),
        "a long ping": bytes([0x80 | PING, 0x80 | 126]) + (126).to_bytes(2, "big") + bytes(4 + 126),
        "a half ping": frame(PING, b"?", fin=False),
    }[what]
    before = {"nothing": b"", "a text that was taken": b"now", "a text that was queued": b"later"}[behind]
    app = App(echo)
    async with served(app) as port:
        peer = await port.socket()
        peer.send((frame(TEXT, before) if before else b"") + bad)
        said = await peer.ended(LET_GO_WITHIN)
        assert b"\x88" in said, said
        at = said.rindex(b"\x88")
        assert int.from_bytes(said[at + 2 : at + 4], "big") == code
        assert app.offered == ([before.decode()] if before else [])


async def test_nothing_after_a_close_is_taken() -> None:
    app = App(echo)
    async with served(app) as port:
        peer = await port.socket()
        peer.send(frame(CLOSE, (1000).to_bytes(2, "big")) + frame(TEXT, b"now"))
        await peer.ended(LET_GO_WITHIN)
        assert app.offered == []


async def test_nothing_after_our_own_close_is_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[bytes] = []
    parse = WebSocketsSansIOProtocol.data_received

    def counted(self: WebSocketProtocol, data: bytes) -> None:
        parsed.append(data)
        parse(self, data)

    monkeypatch.setattr(WebSocketsSansIOProtocol, "data_received", counted)
    app = App(echo)
    async with served(app) as port:
        peer = await port.socket()
        peer.send(frame(TEXT, b"close"))
        await peer.receives(b"\x88")
        before = len(parsed)
        peer.send(frame(TEXT, b"now") + frame(PING, b"?") + frame(TEXT, b"later") + frame(CLOSE, b"\x03\xe8"))
        await peer.ended(LET_GO_WITHIN)
        assert (parsed[before:], app.offered) == ([], ["close"])


async def test_a_connection_reports_when_it_is_full_has_room_or_is_gone() -> None:
    lines: list[WebSocketProtocol] = []
    room: list[bool] = []

    def fill(line: WebSocketProtocol, text: str) -> None:
        lines.append(line)
        line.on_room(lambda: room.append(line.has_gone))
        while not line.full:
            line.write_texts([b"x" * 60_000])

    async with served(App(fill)) as port:
        reading, leaving = await port.socket(), await port.socket()
        for peer in (reading, leaving):
            peer.writer.transport.pause_reading()  # type: ignore[attr-defined]  # a stream's transport can pause
            peer.send(frame(TEXT, b"now"))
        await eventually(lambda: len(lines) == 2)
        assert (room, [line.full for line in lines]) == ([], [True, True])
        reading.writer.transport.resume_reading()  # type: ignore[attr-defined]  # as above
        drained = asyncio.create_task(reading.ended(LATE))
        await eventually(lambda: room)
        assert room == [False]
        leaving.writer.transport.abort()
        await eventually(lambda: len(room) == 2)
        assert room == [False, True]
        assert not any(line.full for line in lines)
        drained.cancel()
