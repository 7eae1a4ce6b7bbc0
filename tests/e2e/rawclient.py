"""A client of the chat, written from docs/protocol.md with `websockets` and `json` and no code of the product.

It does what the protocol asks of a client: hello first, resume by (epoch, after), apply entries in order, repeat what
was not accepted under the same ref. Whatever the server does against the protocol is recorded as a fault.
"""

import asyncio
import contextlib
import json
import random
import secrets
from collections.abc import Callable
from typing import Any, TypeVar

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.typing import Origin, Subprotocol

from tests.e2e.journal import Journal
from tests.e2e.patience import PACE
from tests.e2e.reading import Frame, Held, Reading

T = TypeVar("T")

WITHIN = 20.0
"""Seconds a promised frame may take before the test gives up, where it names no bound; more on a busy machine."""
COME_BACK = 0.4
"""Seconds, at most, before reconnecting after a lost connection; drawn each time."""
PLACED = ("conversation.follow", "history.get")
ANSWERS = ("accepted", "refused", "history", "heads", "following")


class Client:
    """One tab. `start` it, `ask` and `until`, `leave`. Subclasses define the endpoint and what is special there."""

    door = ""

    def __init__(self, port: int, name: str, journal: Journal) -> None:
        self.port = port
        self.name = name
        self.journal = journal
        self.comes_back = True
        self.resends = True
        self.frames: list[Frame] = []
        self.reading = Reading(self._fault, self._ask_page, self._applied)
        self.answers: dict[str, list[Frame]] = {}
        self.unaccepted: dict[str, Frame] = {}
        self.welcome: Frame | None = None
        self.close_code: int | None = None
        self.close_reason = ""
        self.connections = 0
        self._sent_here: set[str] = set()
        self._socket: ClientConnection | None = None
        self._task: asyncio.Task[None] | None = None
        self._later: set[asyncio.Task[None]] = set()
        self._news: asyncio.Future[None] | None = None

    @property
    def held(self) -> dict[str, Held]:
        """What it has of each conversation."""
        return self.reading.held

    # What differs between visitors and staff.

    def hello(self) -> Frame:
        return {
            "type": "hello",
            "version": 1,
            "client": {"name": "rawclient", "version": "1"},
            "resume": self.reading.places()[-50:],
        }

    def headers(self) -> dict[str, str]:
        return {}

    async def on_frame(self, frame: Frame) -> None:
        """A frame that is neither an answer nor an entry."""

    async def on_entry(self, entry: Frame) -> None:
        """An entry was applied."""

    async def on_welcome(self) -> None:
        """Connected, and what was not accepted has been sent again."""

    def pause(self) -> float:
        """Seconds before reconnecting after a lost connection."""
        return random.uniform(0.02, COME_BACK)

    # Connecting and disconnecting.

    async def start(self) -> None:
        """Connect, and stay connected until `leave`; returns when welcomed. Raises when disconnected for good."""
        self._task = task = asyncio.create_task(self._live(), name=self.name)
        task.add_done_callback(lambda _: self._notify())
        await self.until(lambda: self.welcome is not None or task.done(), "welcome")
        assert self.welcome is not None, f"{self.name} was disconnected with code {self.close_code}"

    async def leave(self) -> None:
        """Close the socket and do not reconnect."""
        self.comes_back = False
        if self._socket is not None:
            await self._socket.close()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, *self._later, return_exceptions=True)

    def drop(self) -> None:
        """Lose the connection: no close frame, nothing more is received."""
        if self._socket is not None:
            self._socket.transport.abort()

    async def _live(self) -> None:
        while True:
            try:
                await self._connect()
            except (OSError, InvalidHandshake, ConnectionClosed, TimeoutError) as why:
                self.journal.note(self.name, "lost", why=repr(why))
            self._forget_connection()
            if not self.comes_back:
                return
            await asyncio.sleep(self.pause())

    async def _connect(self) -> None:
        async with self.dial() as socket:
            self._socket = socket
            self.close_code = None
            self.connections += 1
            self._sent_here.clear()
            self.journal.note(self.name, "opened", connection=self.connections)
            await self._send(self.hello())
            try:
                async for text in socket:
                    await self._handle(json.loads(text))
            finally:
                self.close_code, self.close_reason = socket.close_code, socket.close_reason or ""
                self.journal.note(self.name, "closed", code=self.close_code, reason=self.close_reason)

    def dial(self) -> connect:
        """A connection as a browser on our own page would open it."""
        return connect(
            f"ws://127.0.0.1:{self.port}{self.door}",
            origin=Origin(f"http://127.0.0.1:{self.port}"),
            subprotocols=[Subprotocol("hchat.v1")],
            additional_headers=self.headers(),
            compression=None,
            ping_interval=None,
            close_timeout=2,
            open_timeout=20,
            max_size=None,
            proxy=None,
        )

    def _forget_connection(self) -> None:
        self._socket = None
        self.welcome = None
        self.reading.lost()
        self._notify()

    # Requests.

    async def ask(self, type: str, **fields: Any) -> str:
        """Send a request under a new ref, which is returned. It is repeated until it is answered."""
        ref = fields.pop("ref", None) or secrets.token_urlsafe(24)
        frame = {"type": type, "ref": ref} | fields
        self.journal.note(self.name, "sent", frame=frame)
        self.unaccepted[ref] = frame
        if self.welcome is not None:
            self._sent_here.add(ref)
            await self._send(frame)
        return str(ref)

    async def asked(self, type: str, **fields: Any) -> Frame:
        """Send a request and return its final answer: accepted, refused, history …"""
        return await self.answer(await self.ask(type, **fields))

    async def answer(self, ref: str, within: float | None = None) -> Frame:
        """The last answer under that ref."""
        await self.until(lambda: ref in self.answers and ref not in self.unaccepted, f"answer to {ref}", within)
        return self.answers[ref][-1]

    async def tell(self, type: str, **fields: Any) -> None:
        """Send something that has no answer."""
        await self._send({"type": type} | fields)

    async def send_text(self, text: str | bytes) -> None:
        """Send the text unchanged."""
        assert self._socket is not None
        await self._socket.send(text)

    async def until(self, fits: Callable[[], T | None], what: str, within: float | None = None) -> T:
        """Wait for frames until `fits` returns something true, and return that."""
        if within is None:
            within = WITHIN * PACE.factor
        loop = asyncio.get_running_loop()
        end = loop.time() + within
        while not (found := fits()):
            left = end - loop.time()
            if left <= 0:
                last = [each for each in self.frames[-6:] if each["type"] != "ping"]
                raise AssertionError(f"{self.name}: no {what} within {within} s (closed {self.close_code}); {last}")
            if self._news is None or self._news.done():
                self._news = loop.create_future()
            await asyncio.wait([self._news], timeout=left)
        return found

    async def until_lost(self) -> None:
        """Wait until the present connection has ended."""
        connections = self.connections
        await self.until(lambda: self.welcome is None or self.connections > connections, "loss")

    async def until_back(self, connections: int = 2) -> None:
        """Wait until it is welcomed on its n-th connection."""
        await self.until(lambda: self.welcome is not None and self.connections >= connections, "way back")

    async def closed_with(self, within: float | None = None) -> int:
        """The code with which the server closed the connection."""
        await self.until(lambda: self.close_code is not None and self._socket is None, "close", within)
        assert self.close_code is not None
        return self.close_code

    async def _send(self, frame: Frame) -> None:
        if self._socket is None:
            return
        # If it is gone, what is unaccepted is sent again on the next connection.
        with contextlib.suppress(ConnectionClosed):
            await self._socket.send(json.dumps(frame, ensure_ascii=False))

    # Receiving.

    async def _handle(self, frame: Frame) -> None:
        self.frames.append(frame)
        match frame["type"]:
            case "ping":
                await self.tell("pong", n=frame["n"])
            case "welcome":
                await self._welcomed(frame)
            case "entry":
                await self.reading.apply(frame)
            case "entries":
                for entry in frame["entries"]:
                    await self.reading.apply(entry)
            case "live":
                await self.reading.live(frame)
            case "unfollowed":
                self.reading.unfollowed(frame)
            case kind if kind in ANSWERS:
                await self._answered(frame)
            case _:
                await self.on_frame(frame)
        self._notify()

    async def _welcomed(self, frame: Frame) -> None:
        for ref in [ref for ref, asked in self.unaccepted.items() if asked["type"] in PLACED]:
            del self.unaccepted[ref]  # Its position is out of date; it is requested again if still wanted.
        for following in frame.get("following", ()):
            await self.reading.follow(following)
        self.welcome = frame
        while again := [ref for ref in self.unaccepted if ref not in self._sent_here]:
            for ref in again:
                self._sent_here.add(ref)
                if ref in self.unaccepted:
                    await self._send(self.unaccepted[ref])
        await self.on_welcome()

    async def _answered(self, frame: Frame) -> None:
        ref = frame.get("ref")
        if ref is None:
            self.journal.note(self.name, "refused", frame=frame, about="")
            return
        self.answers.setdefault(ref, []).append(frame)
        if frame["type"] == "following":
            await self.reading.follow(frame["following"])
        asked = self.unaccepted.get(ref)
        if frame["type"] == "refused" and asked is not None and frame["retry"] == "no":
            await self.on_refused(asked)
        if frame["type"] in ("accepted", "refused"):
            self.journal.note(self.name, frame["type"], frame=frame, about=asked["type"] if asked else "")
        if frame["type"] == "refused" and self.resends and frame["retry"] != "no" and asked is not None:
            self._again(asked, frame.get("retry_ms") or 100)
        else:
            self.unaccepted.pop(ref, None)
        if frame["type"] == "history":
            await self.reading.page(frame)

    def _again(self, asked: Frame, after_ms: int) -> None:
        async def later() -> None:
            await asyncio.sleep(after_ms / 1000)
            if asked["ref"] in self.unaccepted and self.welcome is not None:
                await self._send(asked)

        task = asyncio.create_task(later())
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    async def on_refused(self, asked: Frame) -> None:
        """The request was refused for good."""
        if asked["type"] == "history.get":
            self.reading.page_refused(asked["conversation"])

    async def _ask_page(self, conversation: str, after: int) -> None:
        await self.ask("history.get", conversation=conversation, after=after)

    async def _applied(self, entry: Frame) -> None:
        self.journal.note(self.name, "applied", conversation=entry["conversation"], seq=entry["seq"], id=entry["id"])
        await self.on_entry(entry)

    def _fault(self, fault: str, **told: Any) -> None:
        self.journal.note(self.name, "fault", fault=fault, **told)

    def _notify(self) -> None:
        if self._news is not None and not self._news.done():
            self._news.set_result(None)
