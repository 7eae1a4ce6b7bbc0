"""A hospital on a temporary database of either kind, and people who speak JSON to its hub as sockets would."""

import asyncio
import json
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from chatserver.actions.features import HANDLERS
from chatserver.bus.memory import MemoryBus, Room
from chatserver.domain.hospital import Campus, Department, Group, Mode, Name, Role, Site
from chatserver.domain.hours import ALWAYS
from chatserver.domain.rules import Rules
from chatserver.hub.clock import Clock as HubClock
from chatserver.hub.connections import StaffSession, VisitorSession
from chatserver.hub.hub import Hub
from chatserver.hub.options import HubOptions
from chatserver.store import accounts, hospital, visitors
from chatserver.store.database import Database, Where
from chatserver.store.ids import new_id
from chatserver.wire import decoding
from chatserver.wire.session import StaffHello
from tests.migrated import lay_migrated
from tests.transactions import AUDIT_KEY, tx_at, written

QUICK = HubOptions(
    tick=0.02,
    sweep=0.02,
    look=0.02,
    list_pause=0.0,
    list_rest=0.0,
    place_pause=0.0,
    service_rest=0.0,
    visitor_linger=0.0,
    staff_linger=0.0,
    visitor_ping=3_600.0,
    staff_ping=3_600.0,
    messages_per_second=1_000,
    messages_burst=1_000,
    messages_per_five_minutes=100_000,
    opens_per_hour=1_000,
    offline_per_hour=1_000,
    ratings_per_hour=1_000,
    opens_per_hour_and_address=100_000,
    offline_per_hour_and_address=100_000,
    ratings_per_hour_and_address=100_000,
    reads_per_second=1_000,
    staff_reads_per_second=1_000,
    staff_acts_per_second=1_000,
)
START = 1_790_000_000_000
PATIENCE = 60.0
"""Seconds after which something that has not happened fails the test. Not a promise: on a busy machine the store has
been seen to take more than five to answer."""
SIGNED_IN_MS = 30 * 24 * 3_600_000
"""How long staff stay signed in, on the clock that is moved by hand. It is long because some tests let hours pass: a
shorter session would end meanwhile, and the tab would receive nothing more."""

Told = dict[str, Any]


class Clock:
    """Time, moved by hand."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> int:
        return self.at

    def pass_seconds(self, seconds: float) -> None:
        self.at += int(seconds * 1000)


class Client:
    """One tab. `told` holds every frame that it was sent."""

    def __init__(self, rig: "Rig") -> None:
        self.rig = rig
        self.told: list[Told] = []
        self.closed: int | None = None
        self.closing_reason = ""
        self._written: deque[bytes] = deque()
        self._taking: asyncio.Task[None] | None = None
        self._on_room: Callable[[], object] = lambda: None
        self.session: Any = None
        self._news = asyncio.Event()

    # The outlet of its session. What is written is taken frame by frame: `take` may be slow.

    @property
    def full(self) -> bool:
        return bool(self._written)

    def write(self, texts: Sequence[bytes]) -> None:
        was_empty = not self._written
        self._written += texts
        if was_empty:
            self._taking = asyncio.create_task(self._take_all())

    def on_room(self, then: Callable[[], object]) -> None:
        self._on_room = then

    async def _take_all(self) -> None:
        while self._written:
            await self.take(self._written[0])
            self._written.popleft()
        self._on_room()

    async def take(self, text: bytes) -> None:
        self.told.append(json.loads(text))
        self._news.set()

    async def close(self, code: int, reason: str) -> None:
        self.closed = code
        self.closing_reason = reason
        self._news.set()

    async def until(self, condition: Callable[[], Any]) -> Any:
        """Wait until `condition` is true, and return its value."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not (found := condition()):
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise TimeoutError(f"closed {self.closed} {self.closing_reason}, told last {self.told[-3:]}") from None
        return found

    async def hears(self, type: str, **fields: Any) -> Told:
        """Wait for the first frame of this type with these fields; earlier frames count."""
        found: Told = await self.until(lambda: next((f for f in self.told if matches(f, type, fields)), None))
        return found

    def heard(self, type: str, **fields: Any) -> list[Told]:
        return [frame for frame in self.told if matches(frame, type, fields)]

    def entries(self, conversation: str) -> list[Told]:
        """The entries of a conversation in the order received."""
        found = []
        for frame in self.told:
            each = frame["entries"] if frame["type"] == "entries" else [frame] if frame["type"] == "entry" else []
            found += [entry for entry in each if entry["conversation"] == conversation]
        return found

    async def has_event(self, conversation: str, name: str) -> Told:
        """Wait for the event of this name; earlier events count."""

        def find() -> Told | None:
            events = (each["event"] for each in self.entries(conversation) if "event" in each)
            return next((event for event in events if event["name"] == name), None)

        event: Told = await self.until(find)
        return event

    async def ask(self, type: str, **fields: Any) -> Told:
        """Send a request and wait for what answers its ref: accepted, refused, history …"""
        ref = fields.setdefault("ref", new_id())
        seen = len(self.told)
        await self.send(type, **fields)
        answer: Told = await self.until(lambda: next((f for f in self.told[seen:] if is_answer(f, ref)), None))
        return answer

    async def send(self, type: str, **fields: Any) -> None:
        raise NotImplementedError


class VisitorTab(Client):
    """A visitor's tab."""

    session: VisitorSession
    token = ""

    async def enter(
        self, token: str, resume: list[Told] | None = None, address: str | None = None, **fields: Any
    ) -> None:
        """Connect from an address of their own, unless one is named."""
        self.token = token
        hello = decoding.VISITOR.read(json.dumps(_hello(token=token, resume=resume or [], **fields)))
        self.session = await self.rig.hub.enter_visitor(hello, self, token if address is None else address)

    async def send(self, type: str, **fields: Any) -> None:
        frame = decoding.VISITOR.read(json.dumps({"type": type, **fields}))
        await self.rig.hub.visitor_desk.handle(self.session, frame)

    def leave(self) -> None:
        self.session.gone()
        self.rig.hub.visitor_desk.leave(self.session)

    async def opens(
        self, body: str = "宝宝发烧三十九度怎么办", department: str = "gynecology", language: str = "zh"
    ) -> str:
        """Ask the first question; returns the conversation's id."""
        answer = await self.ask("conversation.open", department=department, body=body, language=language)
        assert answer["type"] == "accepted", answer
        return str(answer["conversation"])

    async def says(self, conversation: str, body: str, **fields: Any) -> Told:
        return await self.ask("message.post", conversation=conversation, body=body, **fields)


class StaffTab(Client):
    """A consultant's or supervisor's tab."""

    session: StaffSession

    async def enter(self, login: str, resume: list[Told] | None = None, **fields: Any) -> None:
        now = self.rig.clock()
        account = self.rig.database.read_now(lambda conn: accounts.by_login(conn, login))
        assert account is not None
        token = written(
            self.rig.database,
            lambda conn: accounts.start_session(tx_at(conn, now), account.consultant.id, self.rig.session_ms),
        )
        signed_in = self.rig.database.read_now(lambda conn: accounts.session(conn, token, now))
        assert signed_in is not None
        self.token, self.id = token, account.consultant.id
        hello = decoding.STAFF.read(json.dumps(_hello(resume=resume or [], **fields)))
        assert isinstance(hello, StaffHello)
        self.session = await self.rig.hub.enter_staff(
            hello, signed_in.consultant, signed_in.hash, signed_in.ends_at, self
        )

    async def send(self, type: str, **fields: Any) -> None:
        frame = decoding.STAFF.read(json.dumps({"type": type, **fields}))
        await self.rig.hub.staff_desk.handle(self.session, frame)

    def leave(self) -> None:
        self.session.gone()
        self.rig.hub.staff_desk.leave(self.session)

    async def is_available(self, availability: str = "online") -> None:
        answer = await self.ask("availability.set", availability=availability)
        assert answer["type"] == "accepted", answer

    def rows(self) -> dict[str, Told]:
        """The list as this tab holds it: every push applied in order, no version skipped."""
        rows: dict[str, Told] = {}
        version = 0
        for frame in self.heard("conversations"):
            if frame.get("whole"):
                rows = {}
            else:
                assert frame["version"] == version + 1, "a version was skipped"
            version = frame["version"]
            rows |= {row["id"]: row for row in frame.get("put", ())}
            for id in frame.get("gone", ()):
                rows.pop(id, None)
        return rows

    async def row(self, conversation: str, **fields: Any) -> Told:
        """Wait until the row of a conversation looks like this, and return it."""

        def find() -> Told | None:
            row = self.rows().get(conversation)
            return row if row is not None and all(row.get(key) == value for key, value in fields.items()) else None

        row: Told = await self.until(find)
        return row

    async def offer(self, conversation: str, *, after: str = "", mine: bool = True) -> Told:
        """Wait until the row of a conversation shows an offer (to this consultant, or to anybody), and return it.
        `after`: an earlier offer, which the row may still show."""

        def find() -> Told | None:
            offer: Told | None = (self.rows().get(conversation) or {}).get("offer")
            return offer if offer is not None and offer["id"] != after and (offer["mine"] or not mine) else None

        offer: Told = await self.until(find)
        return offer

    async def follows(self, conversation: str) -> None:
        answer = await self.ask("conversation.follow", conversation=conversation)
        assert answer["type"] == "following", answer
        await self.hears("live", conversation=conversation)


class Rig:
    """One node of the hospital. 妇科 is served by `general` (automatic), 儿科 by `children` (ring).

    `steady`: the clock of durations and limits, which is real unless a test counts what a limit lets through. `room`:
    where it meets other nodes of the same database; None means that it has no peers.
    """

    def __init__(
        self,
        place: Where,
        rules: Rules,
        options: HubOptions,
        clock: Clock | None = None,
        room: Room | None = None,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self.clock = clock or Clock()
        self.steady = steady
        self.rules = rules
        self.options = options
        self.room = room
        self.session_ms = SIGNED_IN_MS
        self.database = Database(place / "chat.db" if isinstance(place, Path) else place, AUDIT_KEY)
        self.hub = self._hub()

    def _hub(self) -> Hub:
        self.bus = MemoryBus(self.room)
        return Hub(self.database, self.bus, HANDLERS, self.rules, self.options, self.hub_clock())

    def hub_clock(self) -> HubClock:
        """What the hub takes for the time: here only the calendar's is moved by hand."""
        return HubClock(self.clock, self.steady)

    async def stores(self, query: str, value: Any) -> None:
        """Wait until the database answers the query with this value."""
        await eventually(lambda: self.database.read_now(lambda conn: conn.exec_driver_sql(query).scalar()) == value)

    async def restart(self) -> None:
        """The server restarts; no session ends properly."""
        await self.hub.stop()
        self.hub = self._hub()
        await self.hub.start()

    async def visitor(self, token: str | None = None, resume: list[Told] | None = None, **fields: Any) -> VisitorTab:
        tab = VisitorTab(self)
        await tab.enter(token or self.new_visitor(), resume, **fields)
        await tab.hears("welcome")
        return tab

    def new_visitor(self) -> str:
        """The token of a new visitor of the site."""
        _, token, _ = written(
            self.database, lambda conn: visitors.start(tx_at(conn, self.clock()), "main", "zh", 24 * 3_600_000)
        )
        return token

    async def staff(self, login: str, availability: str | None = None, **fields: Any) -> StaffTab:
        tab = StaffTab(self)
        await tab.enter(login, **fields)
        await tab.hears("colleagues", whole=True)
        if availability is not None:
            await tab.is_available(availability)
        return tab


async def eventually(condition: Callable[[], Any]) -> Any:
    """Wait until `condition` is true, and return its value. For what no tab is sent."""
    async with asyncio.timeout(PATIENCE):
        while True:
            if found := condition():
                return found
            await asyncio.sleep(0.005)


@asynccontextmanager
async def opened(
    place: Where,
    rules: Rules | None = None,
    options: HubOptions = QUICK,
    more: Callable[[Any], None] = lambda conn: None,
    steady: Callable[[], float] = time.monotonic,
) -> AsyncIterator[Rig]:
    """A running hospital, closed at the end. `place`: a folder for SQLite, or a migrated PostgreSQL database. `more`
    writes into it before it starts."""
    rig = Rig(place, rules or Rules(), options, steady=steady)
    _build(place, rig)
    written(rig.database, more)
    async with _running(rig):
        yield rig


@asynccontextmanager
async def two_nodes(
    place: Where, rules: Rules | None = None, options: HubOptions = QUICK
) -> AsyncIterator[tuple[Rig, Rig]]:
    """Like `opened`, with two nodes on one database that share no memory."""
    room = Room()
    one = Rig(place, rules or Rules(), options, room=room)
    _build(place, one)
    async with _running(one), _running(Rig(place, one.rules, options, one.clock, room)) as other:
        yield one, other


def _build(place: Where, rig: Rig) -> None:
    if isinstance(place, Path):
        lay_migrated(place / "chat.db")
    written(rig.database, lambda conn: furnish(conn, rig.clock()))


@asynccontextmanager
async def _running(rig: Rig) -> AsyncIterator[Rig]:
    await rig.hub.start()
    try:
        yield rig
    finally:
        if rig.hub.ready:
            await rig.hub.stop()
        rig.database.close()


def furnish(conn: Any, now: int) -> None:
    """Campus, groups, departments, site, people."""
    hospital.put_campus(tx_at(conn), Campus("east", Name("东院", "East"), "人民路1号", "010-0000000", "010-0000120"))
    hospital.put_group(tx_at(conn), Group("general", Name("综合咨询组", "General"), Mode.AUTOMATIC))
    hospital.put_group(tx_at(conn), Group("children", Name("儿科咨询组", "Children"), Mode.RING))
    hospital.put_group(tx_at(conn), Group("desk", Name("手动组", "Desk"), Mode.CLAIM))
    for id, zh, group in (
        ("gynecology", "妇科", "general"),
        ("pediatrics", "儿科", "children"),
        ("eyes", "眼科", "desk"),
    ):
        hospital.put_department(tx_at(conn), Department(id, Name(zh, id), group, "east"))
    greeting = Name("您好，请问有什么可以帮您？", "Hello, how can we help?")
    origins = ("http://127.0.0.1:8001",)
    departments = ("gynecology", "pediatrics", "eyes")
    hospital.put_site(
        tx_at(conn), Site("main", Name("康宁医院", "Kangning"), greeting, "east", origins, departments, ALWAYS)
    )
    for login, name, number, role, groups, capacity in (
        ("limin", "李敏", "012", Role.CONSULTANT, ("general", "desk"), 2),
        ("wangfang", "王芳", "015", Role.CONSULTANT, ("general", "desk"), 2),
        ("zhangwei", "张伟", "021", Role.CONSULTANT, ("children",), 2),
        ("liuyang", "刘洋", "022", Role.CONSULTANT, ("children",), 2),
        ("chenjing", "陈静", "003", Role.SUPERVISOR, ("general", "children"), 5),
    ):
        account = accounts.NewAccount(login, "no password", name, number, role, groups, capacity)
        accounts.add(tx_at(conn, now), account)


def matches(frame: Told, type: str, fields: Told) -> bool:
    return frame["type"] == type and all(frame.get(key) == value for key, value in fields.items())


def is_answer(frame: Told, ref: str) -> bool:
    return frame["type"] != "entry" and frame.get("ref") == ref


def _hello(**fields: Any) -> Told:
    return {"type": "hello", "version": 1, "client": {"name": "rig", "version": "1"}, **fields}
