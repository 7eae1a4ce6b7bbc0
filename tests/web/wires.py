"""WebSockets as the server passes them to the application, and a desk that admits visitors and handles frames when the
test allows it."""

import asyncio
import json
import time
from collections.abc import Callable, Iterable
from types import SimpleNamespace
from typing import Any

from chatserver.hub.connections import VisitorSession
from chatserver.hub.options import HubOptions
from chatserver.store.visitor_lookup import VisitorRow
from chatserver.transport.line import LINE
from chatserver.web.sockets.visitor_socket import visitor_socket
from chatserver.wire.session import Ping, Pong
from tests.hub.harness import eventually

from .application import Doors

HELLO = {"type": "hello", "version": 1, "token": "t" * 43, "client": {"name": "test", "version": "1"}}
ROW = VisitorRow("v1", "main", "zh", 2**40, 1_000)


class Wire:
    """One WebSocket as the server passes it to the application."""

    def __init__(self, doors: Doors) -> None:
        self.sent: list[dict[str, Any]] = []
        self.told: list[dict[str, Any]] = []
        self.has_gone = False
        self._taker: Callable[[str], bool] | None = None
        self._coming: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._coming.put_nowait({"type": "websocket.connect"})
        scope = {
            "type": "websocket",
            "app": SimpleNamespace(state=SimpleNamespace(context=doors.context)),
            "extensions": {LINE: {"protocol": self}},
        }
        self.task = asyncio.create_task(visitor_socket(scope, self._coming.get, self._take))

    full = False

    def write_texts(self, texts: Iterable[bytes]) -> None:
        self.told += [json.loads(text) for text in texts]

    def on_room(self, then: Callable[[], object]) -> None:
        """Never called back: this client reads everything at once."""

    def taken_by(self, taker: Callable[[str], bool]) -> None:
        self._taker = taker

    def says(self, frame: dict[str, Any] | str) -> None:
        """Offers a frame as our protocol does: directly, unless something before it is still queued."""
        text = frame if isinstance(frame, str) else json.dumps(frame)
        if self._taker is None or not self._coming.empty() or not self._taker(text):
            self._coming.put_nowait({"type": "websocket.receive", "text": text})

    def leaves(self) -> None:
        self._coming.put_nowait({"type": "websocket.disconnect"})

    async def _take(self, message: Any) -> None:
        self.sent.append(message)

    async def accepted(self) -> None:
        await eventually(lambda: self.sent)

    async def closed(self) -> tuple[int, Any]:
        """The close code and the reason."""
        await self.task
        last = self.sent[-1]
        assert last["type"] == "websocket.close"
        return last["code"], json.loads(last["reason"] or "null")


class Desk:
    """Admits visitors when the test allows it."""

    def __init__(self) -> None:
        self.entered = 0
        self.open = asyncio.Event()
        self.options = HubOptions()
        self.refusal: Exception | None = None
        self.begun: list[object] = []
        self.done: list[object] = []
        self.may_go_on = asyncio.Event()

    async def enter(self, _hello: object, outlet: Any, _address: str = "") -> VisitorSession:
        self.entered += 1
        await self.open.wait()
        if self.refusal is not None:
            raise self.refusal
        self.session = VisitorSession("c1", ROW, self.options, outlet, time.monotonic)
        self.session.welcome(Ping(0))
        return self.session

    async def handle(self, session: VisitorSession, frame: object) -> None:
        """Waits for `may_go_on`."""
        self.begun.append(_told(frame))
        await self.may_go_on.wait()
        self.done.append(_told(frame))

    def is_at_once(self, frame: object) -> bool:
        return isinstance(frame, Pong)

    def handle_now(self, session: VisitorSession, frame: object) -> None:
        self.done.append(_told(frame))

    def leave(self, session: VisitorSession) -> None:
        """Nothing to do when a visitor leaves."""


def _told(frame: object) -> object:
    """The number of a pong, the body of a message."""
    return frame.n if isinstance(frame, Pong) else getattr(frame, "body", None)
