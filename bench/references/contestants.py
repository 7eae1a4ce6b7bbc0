"""The servers that are compared: each in its own process, with the same people connected."""

import asyncio
import json
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any, Self

import psutil
from sqlalchemy import create_engine, text

from bench.load.talk import Pair, Talk
from bench.load.wire import Wire, dial
from bench.report.meter import Meter
from chatserver.domain.hospital import Role
from tests.e2e.hospital import GYNECOLOGY, WOMEN, Member, Wanted, found
from tests.e2e.procs import ROOT, WIDE, Server
from tests.ownpostgres import OwnPostgres
from tests.ports import free_port
from tests.postgres import with_driver

SUBPROTOCOL = {"Sec-WebSocket-Protocol": "hchat.v1"}
EACH = 10
"""Conversations per consultant."""
UP_WITHIN = 30.0
SETTLED_WITHIN = 60.0
AT_ONCE = 50

BOUNDS = WIDE
"""All limits are active, but wide enough for one address to play a whole town."""


class Contestant:
    """A server to be measured. `with` starts and ends it; `seat` connects the people."""

    name = ""

    def __init__(self) -> None:
        self.talk = Talk()
        self.port = free_port()
        self.acknowledged: list[bytes] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        raise NotImplementedError

    def meter(self) -> Meter:
        raise NotImplementedError

    async def seat(self, pairs: int) -> None:
        """Set up so many conversations, each with its visitor and consultant."""
        raise NotImplementedError

    def keep(self, refs: Iterable[bytes]) -> None:
        """Remember acknowledged refs; `lost` compares them with the store."""
        self.acknowledged += refs

    def lost(self) -> str:
        """Which acknowledged messages are not in the store exactly once; empty when all is well. For servers that
        store."""
        return ""


class Bare(Contestant):
    """A reference: `module` is what Python runs, with the port as its argument."""

    module = ""

    def __init__(self) -> None:
        super().__init__()
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self._process = subprocess.Popen([sys.executable, "-m", self.module, str(self.port)], cwd=ROOT)
        wait_until_open(self.port)
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def meter(self) -> Meter:
        return Meter(self.pid)


class Relay(Bare):
    """Sends the same frames and stores nothing."""

    name = "relay"
    module = "bench.references.relay"

    async def seat(self, pairs: int) -> None:
        for first in range(0, pairs, EACH):
            last = min(pairs, first + EACH) - 1
            consultant = await dial(self.port, f"/ws/staff?serves={first}-{last}", lambda _: None, SUBPROTOCOL)
            consultant.on_text = partial(self.talk.consultant_receives, wire=consultant)
            consultant.send(b'{"type":"hello"}')
            for number in range(first, last + 1):
                pair = self.talk.add(Pair(self.talk, f"{number:036d}"))
                pair.consultant = consultant
                pair.visitor = await dial(self.port, "/ws/visitor", pair.visitor_receives, SUBPROTOCOL)
                pair.visitor.send(f'{{"type":"hello","token":"{number:036d}"}}'.encode())
        await asyncio.sleep(0.2)


class Product(Contestant):
    """The whole product, as `chatserver serve` runs it, with all limits active. `postgres`: its server, else SQLite;
    `also`: further staff; `settings`: in addition to the wide limits."""

    def __init__(
        self,
        postgres: OwnPostgres | None = None,
        *,
        conversations_each: int = EACH,
        also: Sequence[Wanted] = (),
        settings: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__()
        self.name = "product on SQLite" if postgres is None else "product on PostgreSQL"
        self._postgres = postgres
        self._each = conversations_each
        self._since = self.talk.refs.next()
        self._also = also
        self._folder = tempfile.TemporaryDirectory(prefix="bench-")
        self._stack = ExitStack()
        # Inside it, because a server's log lies beside its data and is deleted with the folder.
        data = Path(self._folder.name) / "data"
        wide = BOUNDS | dict(settings or {})
        if postgres is not None:
            name = f"bench_{self.port}"
            postgres.say(f"CREATE DATABASE {name}")
            wide["DATABASE_URL"] = postgres.url(name)
        self.server = Server(data, wide, self.port)
        self.people: dict[str, Member] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.server.end()
        self._folder.cleanup()

    def open_house(self, consultants: int, capacity: int) -> None:
        """Create the hospital and start the server."""
        wanted = [Wanted(f"c{number}", (WOMEN,), capacity) for number in range(consultants)]
        where = self.server.where
        self.people = found(where.parent if isinstance(where, Path) else where, [*wanted, *self._also])
        self.server.start()

    @property
    def visitors_port(self) -> int:
        """The port visitors connect to."""
        return self.port

    def meter(self) -> Meter:
        return Meter(self.server.pid, self.database_processes())

    def database_processes(self) -> list[psutil.Process]:
        return [] if self._postgres is None else self._postgres.processes()

    async def seat(self, pairs: int) -> None:
        consultants = -(-pairs // self._each)
        # In a thread, so that people connected to another contestant can answer its pings meanwhile.
        await asyncio.to_thread(self.open_house, consultants, self._each)
        consulting = [each for each in self.people.values() if each.role is Role.CONSULTANT]
        desks = [await Desk.sit_down(self, member) for member in consulting]
        tokens = await asyncio.to_thread(lambda: [self.server.visitor_token() for _ in range(pairs)])
        for start in range(0, pairs, AT_ONCE):
            await asyncio.gather(*(self._come_in(desks, token) for token in tokens[start : start + AT_ONCE]))

    async def _come_in(self, desks: list["Desk"], token: str) -> None:
        """A visitor opens a conversation; a consultant is assigned it and follows it."""
        guest = Guest(self, token)
        await guest.come_in()
        conversation = await guest.open()
        end = time.monotonic() + SETTLED_WITHIN
        while (desk := next((desk for desk in desks if conversation in desk.followed), None)) is None:
            assert time.monotonic() < end, f"{conversation} was not assigned to anybody"
            await asyncio.sleep(0.02)
        pair = self.talk.add(Pair(self.talk, conversation, desk.followed[conversation]))
        pair.consultant, pair.visitor = desk.wire, guest.wire
        assert guest.wire is not None
        guest.wire.on_text = pair.visitor_receives

    def lost(self) -> str:
        where = self.server.where
        engine = create_engine(f"sqlite:///{where}" if isinstance(where, Path) else with_driver(where))
        with engine.connect() as connection:
            # Refs begin with their time: entries from before this run are left out.
            asked = text("SELECT ref FROM entries WHERE ref >= :since")
            stored = Counter(connection.scalars(asked, {"since": self._since}))
        engine.dispose()
        missing = sum(stored[ref.decode()] == 0 for ref in self.acknowledged)
        doubled = sum(times > 1 for times in stored.values())
        return f"{missing} lost, {doubled} doubled" if missing or doubled else ""


class Guest:
    """A visitor of the product, until their conversation is set up."""

    def __init__(self, house: Product, token: str) -> None:
        self._house = house
        self._token = token
        self.wire: Wire | None = None
        self._frames: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def come_in(self) -> None:
        self.wire = await dial(self._house.visitors_port, "/ws/visitor", self._receive, SUBPROTOCOL)
        self.wire.send(hello(token=self._token))
        await self._until("welcome")

    async def open(self) -> str:
        """Open a conversation; returns its id."""
        assert self.wire is not None
        asked = {"type": "conversation.open", "ref": self._house.talk.refs.next(), "department": GYNECOLOGY}
        self.wire.send(json.dumps(asked | {"body": "您好", "language": "zh"}).encode())
        return str((await self._until("accepted"))["conversation"])

    def _receive(self, data: bytes) -> None:
        self._frames.put_nowait(json.loads(data))

    async def _until(self, kind: str) -> dict[str, Any]:
        async with asyncio.timeout(SETTLED_WITHIN):
            while (frame := await self._frames.get())["type"] != kind:
                assert frame["type"] != "refused", frame
        return frame


class Desk:
    """A consultant of the product, who follows what they are assigned. `followed`: fences by conversation."""

    def __init__(self, house: Product, member: Member) -> None:
        self._house = house
        self._member = member
        self.wire: Wire | None = None
        self.followed: dict[str, int] = {}
        self._fences: dict[str, int] = {}
        self._welcomed = asyncio.Event()

    @classmethod
    async def sit_down(cls, house: Product, member: Member) -> "Desk":
        desk = cls(house, member)
        headers = SUBPROTOCOL | {"Cookie": f"session={member.cookie}"}
        desk.wire = await dial(house.port, "/ws/staff", desk._receive, headers)
        desk.wire.send(hello())
        async with asyncio.timeout(SETTLED_WITHIN):
            await desk._welcomed.wait()
        desk._ask({"type": "availability.set", "availability": "online"})
        return desk

    def _receive(self, data: bytes) -> None:
        if not self._house.talk.going and not data.startswith(b'{"type":"entry"'):
            self._sets_up(data)
        self._house.talk.consultant_receives(data, self.wire)

    def _sets_up(self, data: bytes) -> None:
        frame = json.loads(data)
        match frame["type"]:
            case "welcome":
                self._welcomed.set()
            case "conversations":
                for row in frame.get("put", ()):
                    mine = row["state"] == "active" and row.get("owner", {}).get("id") == self._member.id
                    if mine and row["id"] not in self._fences:
                        self._fences[row["id"]] = row["fence"]
                        self._ask({"type": "conversation.follow", "conversation": row["id"]})
            case "live":
                self.followed[frame["conversation"]] = self._fences[frame["conversation"]]

    def _ask(self, frame: dict[str, Any]) -> None:
        assert self.wire is not None
        self.wire.send(json.dumps(frame | {"ref": self._house.talk.refs.next()}).encode())


def hello(**fields: Any) -> bytes:
    """The first frame at either socket."""
    return json.dumps({"type": "hello", "version": 1, "client": {"name": "bench", "version": "1"}} | fields).encode()


def wait_until_open(port: int) -> None:
    """Wait until somebody listens at that port."""
    end = time.monotonic() + UP_WITHIN
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert time.monotonic() < end, f"nobody listens on {port}"
            time.sleep(0.02)
        else:
            return
