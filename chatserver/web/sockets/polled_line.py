"""The connection of a visitor whose network blocks WebSockets: it carries the same frames in the bodies of requests.

To the socket above it this is a WebSocket. Each request brings frames of the client, and waits until there are frames
for it. Both sides number what they send and repeat what the other has not confirmed, so a request that is broken off
loses nothing.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable

from starlette.types import Message

from chatserver.domain.refusals import BadFrame
from chatserver.wire.visitor_polling import LineEnd, VisitorPoll, VisitorPolled

HOLD = 25.0
"""Seconds for which a request waits for frames. Proxies commonly break off at 30."""

LINGER = 10.0
"""Seconds without a request after which the client counts as gone."""

GATHER = 0.03
"""Seconds between the first frame and the answer, so that frames that belong together leave together."""

FULL = 64 * 1024
"""With more bytes than this waiting for the client, the line is full. The session's outbox keeps the rest, up to its
bound."""

MOST_UNREAD = 64
"""Frames of the client that the socket has not read yet. More are not taken; the client repeats them."""

LOST = LineEnd(1006, "")
"""How a WebSocket ends when no close frame was received."""


class PolledLine:
    """One client's line, from its first request until it ends or no request comes any more."""

    def __init__(self) -> None:
        self.refused: int | None = None
        """The HTTP status with which the socket was refused before it opened."""
        self.end: LineEnd | None = None
        self.has_gone = False
        self._received: asyncio.Queue[Message] = asyncio.Queue()
        self._received.put_nowait({"type": "websocket.connect"})
        self._taken = 0
        self._texts: deque[bytes] = deque()
        self._first = 0
        self._size = 0
        self._on_room: Callable[[], object] = lambda: None
        self._waiting: asyncio.Future[None] | None = None
        self._newest: object = None
        self._linger: asyncio.TimerHandle | None = None

    # The client's side.

    async def exchange(self, asked: VisitorPoll) -> VisitorPolled:
        """Take the client's frames, wait for frames for it, and return them. A later call answers an earlier one that
        still waits. Raises `BadFrame` when the numbers cannot be right."""
        self._check(asked)
        mine = self._newest = object()
        self._wake()
        if self._linger is not None:
            self._linger.cancel()
        try:
            self._confirm(asked.got)
            self._take(asked)
            await self._news()
            return self._answer()
        finally:
            if self._newest is mine:
                self._linger = asyncio.get_running_loop().call_later(LINGER, self.abort)

    def _check(self, asked: VisitorPoll) -> None:
        if not self._first <= asked.got <= self._first + len(self._texts) or asked.at > self._taken:
            raise BadFrame(why="shape")

    def _confirm(self, got: int) -> None:
        """Forget the frames that the client has received."""
        was_full = self.full
        while self._first < got:
            self._size -= len(self._texts.popleft())
            self._first += 1
        if was_full and not self.full:
            self._on_room()

    def _take(self, asked: VisitorPoll) -> None:
        for text in asked.texts[self._taken - asked.at :]:
            if self._received.qsize() >= MOST_UNREAD:
                return
            self._received.put_nowait({"type": "websocket.receive", "text": text})
            self._taken += 1

    async def _news(self) -> None:
        if not self._texts and self.end is None:
            self._waiting = asyncio.get_running_loop().create_future()
            await asyncio.wait((self._waiting,), timeout=HOLD)
        if self._texts and self.end is None:
            await asyncio.sleep(GATHER)

    def _answer(self) -> VisitorPolled:
        return VisitorPolled(self._taken, [text.decode() for text in self._texts], self.end)

    def _wake(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)
        self._waiting = None

    # The socket's side: ASGI's receive and send, and `chatserver.transport.line.Line`.

    async def receive(self) -> Message:
        return await self._received.get()

    async def send(self, message: Message) -> None:
        if message["type"] == "websocket.close":
            self.ended(LineEnd(int(message["code"]), str(message.get("reason") or "")))
        elif message["type"] == "websocket.http.response.start":
            self.refused = int(message["status"])

    def ended(self, end: LineEnd = LOST) -> None:
        """The socket has ended. What it sent before is still delivered, then the end. Only the first call counts."""
        if self.end is None:
            self.end = end
            self._received.put_nowait({"type": "websocket.disconnect", "code": end.code})
        self._wake()

    @property
    def full(self) -> bool:
        return self._size > FULL

    def write_texts(self, texts: Iterable[bytes]) -> None:
        if self.end is not None or self.has_gone:
            return
        for text in texts:
            self._texts.append(text)
            self._size += len(text)
        self._wake()

    def on_room(self, then: Callable[[], object]) -> None:
        self._on_room = then

    def taken_by(self, taker: Callable[[str], bool]) -> None:
        """All frames are received through ASGI: a request costs more than the queue."""

    def abort(self) -> None:
        self.has_gone = True
        self.ended()
