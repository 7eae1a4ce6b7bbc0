"""Visitors at the socket who connect, get the entries they lack, and stay; each checks that it got exactly those."""

import asyncio
import json
import resource
from collections.abc import Awaitable, Callable, Iterable

import msgspec

from bench.load.visitors import Known
from bench.load.wire import Wire, dial
from bench.references.contestants import SUBPROTOCOL, hello

AT_ONCE = 150
"""How many connect at the same time."""

SPARE = 500
"""Open files of a process other than visitors' sockets."""

SERVED_WITHIN = 60.0
TRIES = 5


class Following(msgspec.Struct):
    head: int
    recovered: bool


class Entry(msgspec.Struct):
    seq: int
    id: str


class Frame(msgspec.Struct):
    """The fields of any frame that are read."""

    type: str
    seq: int = 0
    id: str = ""
    following: tuple[Following, ...] = ()
    entries: tuple[Entry, ...] = ()


decode = msgspec.json.Decoder(Frame).decode


class SentAway(Exception):
    """The server refused for now and said when to come back."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds


class Caller:
    """One visitor. `held`: how many entries of the conversation they already have. `pings`: how many pings they got."""

    def __init__(self, port: int, known: Known, held: int) -> None:
        self._port = port
        self._known = known
        self._held = held
        self._had: list[tuple[int, str]] = []
        self._recovered = False
        self._served: asyncio.Future[None] | None = None
        self.wire: Wire | None = None
        self.pings = 0
        position = {"conversation": known.conversation, "epoch": known.epoch, "after": held}
        self._hello = hello(token=known.token, resume=[position])

    @property
    def here(self) -> bool:
        return self.wire is not None and self.wire.closed is None

    async def come(self) -> int:
        """Connect until served. Returns how often the server sent the visitor away before."""
        for tries in range(TRIES):
            try:
                await self._come()
            except SentAway as sent_away:
                await asyncio.sleep(sent_away.seconds)
            else:
                return tries
        raise AssertionError(f"sent away {TRIES} times")

    def leave(self) -> None:
        """Disconnect without a close frame, like a lost connection."""
        assert self.wire is not None
        self.wire.drop()
        self.wire = None

    def check(self) -> None:
        """Check that the visitor got every missing entry, once, in order, and nothing else."""
        lacked = list(enumerate(self._known.entries, 1))[self._held :]
        assert self._recovered, f"{self._known.conversation} was not recovered"
        assert self._had == lacked, f"{self._known.conversation}: {self._had} instead of {lacked}"

    async def _come(self) -> None:
        self._had, self._recovered = [], False
        self._served = asyncio.get_running_loop().create_future()
        self.wire = await dial(self._port, "/ws/visitor", self._receive, SUBPROTOCOL)
        self.wire.on_end = self._ends
        self.wire.send(self._hello)
        async with asyncio.timeout(SERVED_WITHIN):
            await self._served
        self._served = None

    def _receive(self, text: bytes) -> None:
        frame = decode(text)
        match frame.type:
            case "welcome":
                (following,) = frame.following
                self._recovered = following.recovered and following.head == len(self._known.entries)
            case "entries":
                self._had += [(entry.seq, entry.id) for entry in frame.entries]
            case "entry":
                self._had.append((frame.seq, frame.id))
            case "live" if self._served is not None:
                self._served.set_result(None)
            case "ping":
                self.pings += 1
                assert self.wire is not None
                self.wire.send(text.replace(b'"ping"', b'"pong"'))

    def _ends(self, code: int, reason: bytes) -> None:
        if self._served is None or self._served.done():
            return
        why: Exception = ConnectionError(f"closed with {code} before being served")
        if reason:
            why = SentAway(json.loads(reason)["retry_ms"] / 1000)
        self._served.set_exception(why)


async def each_in_turn(calls: Iterable[Callable[[], Awaitable[int]]]) -> int:
    """Make all the calls, so many at a time; returns the sum of their results."""
    waiting = iter(calls)

    async def go_on() -> int:
        done = 0
        for call in waiting:
            done += await call()
        return done

    return sum(await asyncio.gather(*(go_on() for _ in range(AT_ONCE))))


def allow_files(sockets: int) -> None:
    """Allow so many sockets for this process and its children. Raises `ValueError` if the machine forbids it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < sockets + SPARE:
        resource.setrlimit(resource.RLIMIT_NOFILE, (sockets + SPARE, hard))
