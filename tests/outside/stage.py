"""The whole product in this process, on a deterministic event loop, with clients that send and receive bytes.

It is built as `chatserver serve` builds it, including uvicorn and its protocols; only the clock, the ids and random
numbers are the stage's. Everything inside may be rebuilt: these tests know only what is imported here.
"""

import asyncio
import base64
import itertools
import json
import random
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any, TypeVar

import pytest
from sqlalchemy import Connection as DatabaseConnection

from chatserver import app
from chatserver.environment import read
from chatserver.serving import Site, listen
from chatserver.store import accounts, ids
from chatserver.store.database import Database, Where
from tests.transactions import AUDIT_KEY, tx_at, written

from .said import START, Names
from .still import Connection, StillLoop, threads_at_once

HOST = "127.0.0.1:8000"
ORIGIN = f"http://{HOST}"
STEP = 1.2
"""Seconds of the loop after each step: longer than any delay before something is sent."""
LINGER = 3.0
"""Seconds after a lost connection, so that its grace period begins."""
SESSION_MS = 24 * 3_600_000
HEAD = (
    f"Host: {HOST}\r\nOrigin: {ORIGIN}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: hchat.v1\r\n"
)
TEXT, BINARY, CLOSE = 1, 2, 8

Told = dict[str, Any]
T = TypeVar("T")


class Clock:
    """The hospital's time (ms), moved only by the script. It replaces the machine's clock and the database's."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> int:
        return self.at

    async def start(self) -> None:
        """The database's clock has it, too; nothing to do here."""

    async def stop(self) -> None:
        """The database's clock has it, too; nothing to do here."""


@dataclass
class Answer:
    """The answer to one HTTP request."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key == name), "")


@dataclass
class Tab:
    """One WebSocket connection. `lines`: what has arrived since the stage last wrote it down; `shows_head`: also record
    the whole answer to the upgrade."""

    stage: "Stage"
    name: str
    told: list[Told] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    answers_pings: bool = True
    shows_head: bool = False
    _data: bytes = b""
    _connection: Connection | None = None
    _is_open: bool = False
    _refs: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    async def connects(self, path: str, cookie: str = "", headers: str = HEAD) -> None:
        """Connects and upgrades."""
        self._data, self._is_open = b"", False
        self._connection = Connection(self.stage.loop, "127.0.0.1", self._received, self._ended)
        told = f"Cookie: session={cookie}\r\n" if cookie else ""
        self._connection.send(f"GET {path} HTTP/1.1\r\n{headers}{told}\r\n".encode())
        await self.stage.step(f"{self.name} connects to {path}", 0.1)

    async def sends(self, type: str, **fields: Any) -> None:
        """Sends one frame."""
        await self.sends_text(json.dumps({"type": type, **fields}, ensure_ascii=False, separators=(",", ":")))

    async def asks(self, type: str, **fields: Any) -> Told:
        """Sends one frame with a ref; returns its answer."""
        fields = {"ref": f"{self.name}-{next(self._refs)}".ljust(22, "-"), **fields}
        seen = len(self.told)
        await self.sends(type, **fields)
        return next(f for f in self.told[seen:] if f.get("ref") == fields["ref"] and f["type"] != "entry")

    async def sends_text(self, text: str, opcode: int = TEXT) -> None:
        """Sends any text, valid or not."""
        self.stage.write(f"{self.name} > {text if len(text) < 2_000 else text[:60] + f'… ({len(text)} characters)'}")
        self.puts(opcode, text.encode())
        await self.stage.step()

    async def goes(self) -> None:
        """Drops the connection."""
        assert self._connection is not None
        self._connection.hang_up()
        self.lines.clear()
        await self.stage.step(f"{self.name} is gone", LINGER)

    def last(self, type: str) -> Told:
        """The newest frame of this type."""
        return next(frame for frame in reversed(self.told) if frame["type"] == type)

    def puts(self, opcode: int, payload: bytes) -> None:
        """Writes a masked frame; the mask is zero."""
        assert self._connection is not None
        size = len(payload)
        if size < 126:
            length = bytes((0x80 | size,))
        elif size < 65_536:
            length = b"\xfe" + size.to_bytes(2, "big")
        else:
            length = b"\xff" + size.to_bytes(8, "big")
        self._connection.send(bytes((0x80 | opcode,)) + length + bytes(4) + payload)

    def _ended(self) -> None:
        self.lines.append("end of the connection")

    def _received(self, data: bytes) -> None:
        self._data += data
        if not self._is_open:
            head, end, rest = self._data.partition(b"\r\n\r\n")
            if not end:
                return
            self._is_open, self._data = True, rest
            lines = head.decode().split("\r\n")
            # The head of an accepted upgrade is recorded in a script of its own.
            self.lines += lines if self.shows_head or " 101 " not in lines[0] else lines[:1]
        while (found := _frame(self._data)) is not None:
            opcode, payload, self._data = found
            self._hears(opcode, payload)

    def _hears(self, opcode: int, payload: bytes) -> None:
        if opcode == CLOSE:
            code, reason = int.from_bytes(payload[:2], "big"), payload[2:].decode()
            self.lines.append(f"closed with {code} {reason}".rstrip())
            self.puts(CLOSE, payload[:2])
            return
        assert opcode == TEXT, opcode
        text = payload.decode()
        frame = json.loads(text)
        if frame["type"] == "ping" and self.answers_pings:
            self.puts(TEXT, json.dumps({"type": "pong", "n": frame["n"]}).encode())
            return
        self.told.append(frame)
        self.lines.append(text)


def _frame(data: bytes) -> tuple[int, bytes, bytes] | None:
    """Opcode and payload of the first complete frame, and the bytes after it."""
    if len(data) < 2:
        return None
    size, start = data[1], 2
    if size >= 126:
        start = 4 if size == 126 else 10
        size = int.from_bytes(data[2:start], "big")
    if len(data) < start + size:
        return None
    return data[0] & 0x0F, data[start : start + size], data[start + size :]


class Stage:
    """`said` is the record so far."""

    def __init__(self, loop: StillLoop, database: Database, clock: Clock, server: Any) -> None:
        self.loop = loop
        self.database = database
        self.clock = clock
        self.server = server
        self.names = Names()
        self.said: list[str] = []
        self._tabs: list[Tab] = []

    # People.

    async def visitor(self, name: str = "visitor", **hello: Any) -> Tab:
        """A new visitor of the site, after their welcome."""
        tab = self.tab(name)
        await self.hello(tab, await self.token(), **hello)
        return tab

    async def staff(self, login: str, availability: str | None = None, name: str = "", **hello: Any) -> Tab:
        """A member of staff, signed in and welcomed."""
        tab = self.tab(name or login)
        await tab.connects("/ws/staff", self.cookie(login))
        await tab.sends("hello", version=1, client={"name": "script", "version": "1"}, **hello)
        if availability is not None:
            await tab.asks("availability.set", availability=availability)
        return tab

    async def hello(self, tab: Tab, token: str, **hello: Any) -> None:
        """Brings the visitor with this token in, on this tab."""
        await tab.connects("/ws/visitor")
        await tab.sends("hello", version=1, token=token, client={"name": "script", "version": "1"}, **hello)

    def tab(self, name: str) -> Tab:
        tab = Tab(self, name)
        self._tabs.append(tab)
        return tab

    async def token(self) -> str:
        """The token of a new visitor."""
        body = b'{"site":"main","language":"zh","touch":false}'
        answer = await self.http("POST", "/v1/visitor/session", body, {"Content-Type": "application/json"})
        token: str = json.loads(answer.body)["token"]
        return token

    def id_of(self, login: str) -> str:
        account = self.database.read_now(lambda conn: accounts.by_login(conn, login))
        assert account is not None
        return account.consultant.id

    def cookie(self, login: str) -> str:
        """The cookie of a new session of this member of staff."""
        id = self.id_of(login)
        return written(self.database, lambda conn: accounts.start_session(tx_at(conn, self.clock()), id, SESSION_MS))

    # Time and the record.

    async def step(self, what: str = "", seconds: float = STEP) -> None:
        """Completes everything that is under way, and records who was sent what."""
        if what:
            self.write(f"({what})")
        self.clock.at += 1_000
        await self.loop.pass_(seconds)
        for tab in self._tabs:
            for line in tab.lines:
                self.write(f"{tab.name} < {line}")
            tab.lines.clear()

    async def passes(self, seconds: float) -> None:
        """Moves the hospital's clock."""
        self.clock.at += int(seconds * 1000) - 1_000
        await self.step(f"{seconds:g} s pass", LINGER)

    def write(self, line: str) -> None:
        self.said.append(self.names.plain(line))

    # HTTP.

    async def http(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        headers: dict[str, str] | None = None,
        address: str = "127.0.0.1",
    ) -> Answer:
        """Sends one request on a connection of its own."""
        pieces: list[bytes] = []
        connection = Connection(self.loop, "127.0.0.1", pieces.append, lambda: None)
        told = {"Host": HOST, "Origin": ORIGIN, "Connection": "close", **(headers or {})}
        if body or method not in ("GET", "HEAD"):
            told["Content-Length"] = str(len(body))
        head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
        connection.send(f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body)
        await self.loop.pass_(0.01)
        connection.hang_up()
        await self.loop.pass_(0)
        return _answer(b"".join(pieces))


def _answer(data: bytes) -> Answer:
    head, _, body = data.partition(b"\r\n\r\n")
    status, *lines = head.decode("latin-1").split("\r\n")
    headers = [(name.strip().lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines)]
    if ("transfer-encoding", "chunked") in headers:
        whole, rest = b"", body
        while rest:
            size, _, rest = rest.partition(b"\r\n")
            whole, rest = whole + rest[: int(size, 16)], rest[int(size, 16) + 2 :]
        body = whole
    return Answer(int(status.split(" ")[1]), headers, body)


@contextmanager
def no_chance() -> Iterator[None]:
    """Ids and secrets come in the same order in every run; random delays are always the longest possible."""
    count = itertools.count()

    def drawn() -> bytes:
        return sha256(str(next(count)).encode()).digest()

    steady = SimpleNamespace(time_ns=lambda: (START + next(count)) * 1_000_000)
    secrets = SimpleNamespace(token_urlsafe=lambda size: base64.urlsafe_b64encode(drawn()[:size]).rstrip(b"=").decode())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ids, "time", steady)
        patch.setattr(ids, "secrets", secrets)
        patch.setattr(ids, "_random", lambda: int.from_bytes(drawn(), "big") >> 256 - 74)
        patch.setattr(random, "uniform", lambda _least, most: most)
        patch.setattr(time, "monotonic", partial(_steady, time.monotonic))
        yield


def _steady(otherwise: Callable[[], float]) -> float:
    """The loop's time if a loop is running."""
    try:
        return asyncio.get_running_loop().time()
    except RuntimeError:
        return otherwise()


@asynccontextmanager
async def stage(
    where: Where, environment: dict[str, str], fill: Callable[[DatabaseConnection, int], None]
) -> AsyncIterator[Stage]:
    """The product on this migrated database, after `fill`."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, StillLoop)
    clock = Clock()
    database = Database(where, AUDIT_KEY)
    written(database, lambda conn: fill(conn, clock()))
    # Not the folder of the working tree, which may be another database's.
    files = TemporaryDirectory()
    elsewhere = {"DATABASE_URL": str(where), "CHATSERVER_FILES": files.name}
    named = {"CHATSERVER_DATA": str(where.parent)} if isinstance(where, Path) else elsewhere
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(app, "MachineClock", lambda: clock)
        patch.setattr(app, "DatabaseClock", lambda _database: clock)
        built = app.build(read({**named, **environment}))
    listening = listen("127.0.0.1", 0)
    server = Site(built, listening).server
    serving = asyncio.create_task(server.serve([listening]))
    await loop.pass_(0.5)
    assert server.started
    try:
        yield Stage(loop, database, clock, server)
    finally:
        server.should_exit = True
        for _ in range(20):
            await loop.pass_(1)
            if serving.done():
                break
        await serving
        database.close()
        files.cleanup()


def played(play: Coroutine[Any, Any, T]) -> T:
    """The result of `play`, run on a loop of its own."""
    with threads_at_once(), no_chance(), asyncio.Runner(loop_factory=StillLoop) as runner:
        return runner.run(play)
