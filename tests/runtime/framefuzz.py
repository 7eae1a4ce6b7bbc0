"""Random streams of valid and invalid frames, for our parser and the library's: both must agree.

    python -m tests.runtime.framefuzz 1000000 [first seed]

Ours gets a stream in random reads, with an application that takes some texts at once and some later, and is sometimes
slow. The library gets it whole. The messages in order, the pongs in order, and the close code are compared.
"""

import asyncio
import random
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from uvicorn.server import ServerState
from websockets.frames import Frame, Opcode
from websockets.protocol import OPEN
from websockets.server import ServerProtocol

from chatserver.serving import _config
from chatserver.transport.config import Config
from chatserver.transport.incoming_frames import IN_ONE_READ
from chatserver.transport.line import line_of
from chatserver.transport.websocket_protocol import WebSocketProtocol

KEY = b"dGhlIHNhbXBsZSBub25jZQ=="
LARGEST = 64 * 1024
SIZES = [0, 0, 1, 2, 3, 5, 20, 124, 125, 126, 127, 128, 300]
RARE_SIZES = [65_535, 65_536, 65_537, 70_000]
CODES = [1000, 1001, 1002, 1003, 1007, 1009, 1011, 3000, 4999, 0, 999, 1004, 1005, 1006, 1015, 2999, 5000]
WORDS = ["您好", "x", "now", "é", "\U0001f600", "\x00", " "]
NO_WORDS = [b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xf8\x88\x80\x80\x80", b"\xe6\x82"]


@dataclass
class Outcome:
    """The result of a stream."""

    messages: list[str | bytes] = field(default_factory=list)
    pongs: list[bytes] = field(default_factory=list)
    close: int | None = None


# Streams.


def stream(chance: random.Random) -> bytes:
    """A few frames, most of them valid; sometimes a byte is changed or the end is missing."""
    made, frames = bytearray(), 0
    for _ in range(chance.choice([1, 2, 3, 5, 8, 13, 60])):
        for piece in pieces(chance):
            # More in one read than any client sends would end it here, but not in the library.
            if frames < IN_ONE_READ // 2:
                made += piece
                frames += 1
    if chance.random() < 0.1:
        for _ in range(chance.randint(1, 3)):
            made[chance.randrange(len(made))] = chance.randrange(256)
    if chance.random() < 0.1:
        del made[chance.randrange(len(made)) :]
    return bytes(made)


def pieces(chance: random.Random) -> Iterator[bytes]:
    match chance.choices(range(7), (40, 15, 15, 8, 2, 2, 1))[0]:
        case 0:
            yield framed(chance, Opcode.TEXT, words(chance))
        case 1:
            yield from in_pieces(chance)
        case 2:
            yield framed(chance, chance.choice([Opcode.PING, Opcode.PONG]), chance.randbytes(chance.choice(SIZES[:9])))
        case 3:
            yield framed(chance, Opcode.BINARY, chance.randbytes(chance.choice(SIZES)))
        case 4:
            reason = chance.choice([b"", words(chance)[:123]])
            yield framed(chance, Opcode.CLOSE, chance.choice(CODES).to_bytes(2, "big") + reason)
        case 5:
            yield forbidden(chance)
        case _:
            yield chance.randbytes(chance.randint(1, 30))


def in_pieces(chance: random.Random) -> Iterator[bytes]:
    """A fragmented message with control frames in between; rarely another message too."""
    whole, opcode = words(chance), chance.choice([Opcode.TEXT, Opcode.TEXT, Opcode.BINARY])
    count = chance.randint(1, 5)
    for number in range(count):
        last = number == count - 1
        piece, whole = (whole, b"") if last else (whole[: len(whole) // 2], whole[len(whole) // 2 :])
        yield framed(chance, Opcode.CONT if number else opcode, piece, fin=last and chance.random() < 0.98)
        if not last and chance.random() < 0.3:
            yield framed(chance, chance.choice([Opcode.PING, Opcode.PONG]), b"between")
        if not last and chance.random() < 0.02:
            yield framed(chance, Opcode.TEXT, words(chance))


def words(chance: random.Random) -> bytes:
    size = chance.choice(RARE_SIZES) if chance.random() < 0.004 else chance.choice(SIZES)
    made = "".join(chance.choices(WORDS, k=size // 2)).encode()[:size]
    made = made.decode("utf-8", "ignore").encode()
    return made + b"x" * (size - len(made)) + (chance.choice(NO_WORDS) if chance.random() < 0.01 else b"")


def forbidden(chance: random.Random) -> bytes:
    payload = chance.randbytes(chance.choice(SIZES))
    match chance.randrange(5):
        case 0:
            return framed(chance, chance.choice([3, 4, 5, 6, 7, 11, 15]), payload)
        case 1:
            return framed(chance, Opcode.TEXT, payload, rsv=chance.randint(1, 7))
        case 2:
            return framed(chance, Opcode.TEXT, payload, masked=False)
        case 3:
            return framed(chance, chance.choice([Opcode.PING, Opcode.CLOSE]), payload, fin=False)
        case _:
            return bytes([0x81, 0xFF]) + (2**63 + 5).to_bytes(8, "big") + b"mask" + payload


def framed(
    chance: random.Random, opcode: int, payload: bytes, *, fin: bool = True, masked: bool = True, rsv: int = 0
) -> bytes:
    """Sometimes the length is encoded in more bytes than needed."""
    size, width = len(payload), chance.random()
    head = bytes([fin << 7 | rsv << 4 | opcode])
    bit = 0x80 if masked else 0
    if size < 126 and width < 0.99:
        head += bytes([bit | size])
    elif size < 65_536 and width < 0.998:
        head += bytes([bit | 126]) + size.to_bytes(2, "big")
    else:
        head += bytes([bit | 127]) + size.to_bytes(8, "big")
    if not masked:
        return head + payload
    mask = chance.choice([bytes(4), chance.randbytes(4)])
    many = (mask * (size // 4 + 1))[:size]
    return head + mask + (int.from_bytes(payload, "big") ^ int.from_bytes(many, "big")).to_bytes(size, "big")


def reads(chance: random.Random, sent: bytes) -> Iterator[bytes]:
    """The same stream, split into random reads."""
    most = chance.choice([1, 7, 100, 5_000, len(sent)]) if len(sent) < 3_000 else chance.choice([5_000, len(sent)])
    at = 0
    while at < len(sent):
        size = chance.randint(1, max(1, most))
        yield sent[at : at + size]
        at += size


# The library.


def by_the_library(sent: bytes) -> Outcome:
    conn = ServerProtocol(max_size=LARGEST)
    conn.state = OPEN
    conn.parser = super(ServerProtocol, conn).parse()
    next(conn.parser)
    conn.receive_data(sent)
    outcome = Outcome()
    parts: list[bytes] = []
    is_text = False
    for event in conn.events_received():
        assert isinstance(event, Frame)
        if event.opcode is Opcode.PING:
            outcome.pongs.append(bytes(event.data))
        elif event.opcode in (Opcode.TEXT, Opcode.BINARY, Opcode.CONT):
            if event.opcode is not Opcode.CONT:
                parts, is_text = [], event.opcode is Opcode.TEXT
            parts.append(bytes(event.data))
            if event.fin:
                whole = b"".join(parts)
                try:
                    outcome.messages.append(whole.decode() if is_text else whole)
                except UnicodeDecodeError:
                    # The library leaves this to the reader of the message.
                    outcome.close = 1007
                    return outcome
    if conn.close_sent is not None:
        outcome.close = conn.close_sent.code
    return outcome


# Ours.


async def turn() -> None:
    """Let all other tasks run once."""
    await asyncio.sleep(0)


class Transport:
    """Records what a connection writes, and whether it is being read."""

    def __init__(self) -> None:
        self.written = bytearray()
        self.is_read = True
        self.has_ended = False

    def get_extra_info(self, _name: str, default: Any = None) -> Any:
        return default

    def get_write_buffer_size(self) -> int:
        return 0

    def is_closing(self) -> bool:
        return self.has_ended

    def write(self, data: bytes) -> None:
        assert not self.has_ended
        self.written += data

    def pause_reading(self) -> None:
        assert self.is_read
        self.is_read = False

    def resume_reading(self) -> None:
        assert not self.is_read
        self.is_read = True

    def close(self) -> None:
        self.has_ended = True

    abort = close


class App:
    """Takes every n-th text at once, and pauses before every n-th of the others."""

    def __init__(self, chance: random.Random) -> None:
        self.messages: list[str | bytes] = []
        self._chance = random.Random(chance.random())
        self._takes = chance.choice([0.0, 0.5, 1.0])
        self._rests = chance.choice([0.0, 0.5])

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        line = line_of(scope)
        await receive()
        await send({"type": "websocket.accept"})
        line.taken_by(self._take)
        while (message := await receive())["type"] == "websocket.receive":
            self.messages.append(message["text"] if "text" in message else message["bytes"])
            while self._chance.random() < self._rests:
                await turn()

    def _take(self, text: str) -> bool:
        if self._chance.random() < self._takes:
            self.messages.append(text)
            return True
        return False


async def by_us(config: Config, chance: random.Random, sent: bytes) -> Outcome:
    app, transport, state = App(chance), Transport(), ServerState()
    line = WebSocketProtocol(config, state, {})
    line.app = app
    line.connection_made(transport)  # type: ignore[arg-type]  # implements as much as is used
    line.begins(KEY, b"/", [], None)
    while not line.handshake_complete:
        await turn()
    await turn()
    head = len(transport.written)
    for read in reads(chance, sent):
        while not transport.is_read and not transport.has_ended:
            await turn()
        if transport.has_ended:
            break
        line.data_received(read)
    while not transport.is_read and not transport.has_ended:
        await turn()
    line.connection_lost(None)
    while state.tasks:
        await turn()
    outcome = Outcome(app.messages)
    _parse(outcome, bytes(transport.written[head:]))
    return outcome


def _parse(outcome: Outcome, written: bytes) -> None:
    """Parse what the server sent: short, unmasked frames."""
    at = 0
    while at < len(written):
        opcode, size = written[at] & 0x0F, written[at + 1]
        assert size < 126
        payload = written[at + 2 : at + 2 + size]
        at += 2 + size
        if opcode == Opcode.PONG:
            outcome.pongs.append(payload)
        else:
            assert opcode == Opcode.CLOSE
            assert outcome.close is None
            assert at == len(written)
            outcome.close = int.from_bytes(payload[:2], "big") if payload else 1005


async def difference(config: Config, seed: int) -> str:
    """Where the two differ for the stream of that seed; empty if they agree."""
    chance = random.Random(seed)
    sent = stream(chance)
    theirs, ours = by_the_library(sent), await by_us(config, chance, sent)
    return "" if theirs == ours else f"seed {seed}: {sent[:2_000]!r}\nthe library: {theirs}\nours: {ours}"


async def differences(first: int, count: int) -> list[str]:
    """For so many streams; returns a few at most."""
    config = _config(App(random.Random(0)), ())  # type: ignore[arg-type]  # as above
    config.load()
    found: list[str] = []
    for seed in range(first, first + count):
        if outcome := await difference(config, seed):
            found.append(outcome)
            if len(found) == 3:
                break
    return found


def main(count: int, first: int) -> int:
    began = time.monotonic()
    found = asyncio.run(differences(first, count))
    for outcome in found:
        print(outcome)
    print(f"{count} streams from seed {first}: {len(found)} differences, {time.monotonic() - began:.0f} s")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]) if sys.argv[2:] else 1))
