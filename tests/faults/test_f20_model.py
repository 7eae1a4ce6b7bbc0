"""F20: after any sequence of what people and failures do on two nodes, every tab holds what the database holds.

Two hubs in one process on one PostgreSQL; hypothesis draws the steps. There is no waiting between them, so nodes are
killed, connections dropped and doorbells lost in the middle of anything; then everybody reconnects and is compared.
"""

import asyncio
import json
from collections import Counter
from collections.abc import Coroutine
from dataclasses import replace
from itertools import count as numbers
from typing import Any, ClassVar

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test
from sqlalchemy import NullPool, create_engine, make_url, select, text

from chatserver.bus.memory import MemoryBus, Room
from chatserver.domain.refusals import Refused
from chatserver.domain.rules import Rules
from chatserver.hub.remote_changes import RemoteChanges
from chatserver.store.ids import new_id
from chatserver.store.secrets import token_hash
from chatserver.store.tables import visitors
from tests.e2e.journal import tell
from tests.e2e.reading import Frame, Reading
from tests.faults.counts import FULL, count, within
from tests.faults.places import say
from tests.hub.harness import QUICK, Clock, Rig, StaffTab, Told, VisitorTab, furnish
from tests.transactions import written

pytestmark = pytest.mark.slow

OPTIONS = replace(QUICK, heads=0.2, heads_alone=0.05, attendance=0.05, staff_linger=0.05, visitor_linger=0.05)
RULES = replace(Rules(), hops=100_000)
STEPS = 50 if FULL else 30
SETTLED_WITHIN = 20.0
VISITORS, CONSULTANTS = 3, ("limin", "wangfang")
GONE = "TRUNCATE conversations CASCADE"
AWAY = "UPDATE consultants SET availability = 'online', misses = 0"
STORED = """SELECT conversation, seq, visitor_seq, id FROM entries ORDER BY conversation, seq"""
OWNERS = "SELECT id, visitor, owner_id, phase FROM conversations"

NODE = st.integers(0, 1)
WHO = st.integers(0, VISITORS - 1)
STAFF = st.integers(0, len(CONSULTANTS) - 1)
CHOICE = st.integers(0, 5)


class Reader:
    """A person, over any number of connections: what they hold, and which requests are unanswered."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.reading = Reading(self._fault, self._page, self._applied)
        self.unanswered: dict[str, Told] = {}
        self.tab: Watched | Desk | None = None
        self.sent_here: set[str] = set()
        self.tasks: set[asyncio.Task[None]] = set()

    def ask(self, type: str, **fields: Any) -> None:
        """Sent now if connected, and on every new connection until it is answered."""
        frame = {"type": type, "ref": new_id()} | fields
        self.unanswered[frame["ref"]] = frame
        self.send(frame)

    def send(self, frame: Told) -> None:
        if self.tab is not None and self.tab.entered and frame["ref"] not in self.sent_here:
            self.sent_here.add(frame["ref"])
            fields = dict(frame)
            self.do(self.tab.send(fields.pop("type"), **fields), frame["ref"])

    def do(self, work: Coroutine[Any, Any, None], ref: str) -> None:
        task = asyncio.create_task(self._guarded(work, ref))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def hear(self, frame: Frame) -> None:
        for following in frame.get("following", ()) if frame["type"] == "welcome" else ():
            await self.reading.follow(following)
        match frame["type"]:
            case "following":
                await self.reading.follow(frame["following"])
            case "entry":
                await self.reading.apply(frame)
            case "entries":
                for entry in frame["entries"]:
                    await self.reading.apply(entry)
            case "live":
                await self.reading.live(frame)
        if frame.get("ref") is not None and frame["type"] in ("accepted", "refused", "following"):
            self.unanswered.pop(frame["ref"], None)

    def lose(self) -> None:
        """The connection is gone; what was in transit is lost."""
        for task in self.tasks:
            task.cancel()
        self.tab = None
        self.sent_here.clear()
        self.reading.lost()
        for ref in [ref for ref, asked in self.unanswered.items() if asked["type"] == "conversation.follow"]:
            del self.unanswered[ref]  # Its position is out of date.

    async def _guarded(self, work: Coroutine[Any, Any, None], ref: str) -> None:
        try:
            await work
        except Refused:
            # As the socket would report it.
            self.unanswered.pop(ref, None)

    def _fault(self, fault: str, **told: Any) -> None:
        self.faults.append(f"{fault}: {told}")

    async def _page(self, conversation: str, after: int) -> None:
        raise AssertionError("too little is said here for a page")

    async def _applied(self, entry: Frame) -> None:
        pass


class Watched(VisitorTab):
    """A visitor's tab that reports to its reader."""

    entered = False

    def __init__(self, rig: Rig, reader: Reader) -> None:
        super().__init__(rig)
        self.reader = reader

    async def take(self, text: bytes) -> None:
        await super().take(text)
        if self.reader.tab is self:
            await self.reader.hear(json.loads(text))


class Desk(StaffTab):
    """A console that follows its consultant's conversations."""

    entered = False

    def __init__(self, rig: Rig, reader: Reader) -> None:
        super().__init__(rig)
        self.reader = reader
        self.wanted: set[str] = set()

    async def take(self, text: bytes) -> None:
        await super().take(text)
        if self.reader.tab is not self:
            return
        frame = json.loads(text)
        await self.reader.hear(frame)
        if frame["type"] == "welcome":
            self.wanted |= {each["conversation"] for each in frame.get("following", ())}
        for row in frame.get("put", ()) if frame["type"] == "conversations" else ():
            owner = (row.get("owner") or {}).get("id")
            if row["state"] in ("active", "transferring") and owner == self.id and row["id"] not in self.wanted:
                self.wanted.add(row["id"])
                held = self.reader.reading.held.get(row["id"])
                at = {"epoch": held.epoch, "after": held.after} if held else {}
                self.reader.ask("conversation.follow", conversation=row["id"], **at)


class Town(RuleBasedStateMachine):
    """`address`: a database with a hospital, emptied of conversations before each run. `done` counts over all runs."""

    done: ClassVar[Counter[str]] = Counter()
    settles_within = SETTLED_WITHIN

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address
        self.runner = asyncio.Runner()
        self.said = numbers(1)
        self.staff_ids: dict[str, str] = {}

    @initialize()
    def begin(self) -> None:
        say(self.address, GONE)
        say(self.address, AWAY)
        self.room, self.clock = Room(), Clock()
        self.visitors = [Reader() for _ in range(VISITORS)]
        self.desks = [Reader() for _ in CONSULTANTS]
        self.nodes = [self.run(self.started()) for _ in range(2)]
        self.tokens = [self.nodes[0].new_visitor() for _ in range(VISITORS)]
        for number in range(len(CONSULTANTS)):
            self.run(self.enter_desk(number, number))
        for number in range(VISITORS):
            self.run(self.enter_visitor(number, number % 2))

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.runner.run(work)

    # What people do.

    @rule(who=WHO)
    def open(self, who: int) -> None:
        self.now(self.visitors[who].ask, "conversation.open", department="gynecology", body=self.words())

    @rule(who=WHO, which=CHOICE)
    def write(self, who: int, which: int) -> None:
        self.about(self.visitors[who], which, "message.post", body=self.words())

    @rule(who=WHO, which=CHOICE)
    def end(self, who: int, which: int) -> None:
        self.about(self.visitors[who], which, "conversation.close")

    @rule(who=STAFF, which=CHOICE)
    def answer(self, who: int, which: int) -> None:
        self.about(self.desks[who], which, "message.post", body=self.words(), fenced=True)

    @rule(who=STAFF, which=CHOICE)
    def note(self, who: int, which: int) -> None:
        self.about(self.desks[who], which, "note.post", body=self.words())

    @rule(who=STAFF, which=CHOICE)
    def transfer(self, who: int, which: int) -> None:
        other = self.staff_ids[CONSULTANTS[1 - who]]
        self.about(self.desks[who], which, "transfer.offer", fenced=True, note="for you", consultant=other)

    @rule(who=STAFF)
    def accept(self, who: int) -> None:
        tab = self.desks[who].tab
        rows = tab.rows().values() if isinstance(tab, Desk) else ()
        offers = [(row["id"], row["offer"]["id"]) for row in rows if row.get("offer")]
        for conversation, offer in offers:
            self.now(self.desks[who].ask, "offer.accept", conversation=conversation, offer=offer)

    @rule(who=STAFF, which=CHOICE)
    def close(self, who: int, which: int) -> None:
        self.about(self.desks[who], which, "conversation.close", fenced=True, outcome="answered")

    # What happens to them.

    @rule(who=WHO, node=NODE)
    def visitor_reconnects(self, who: int, node: int) -> None:
        self.drop(self.visitors[who])
        self.run(self.enter_visitor(who, node))

    @rule(who=STAFF, node=NODE)
    def consultant_reconnects(self, who: int, node: int) -> None:
        self.drop(self.desks[who])
        self.run(self.enter_desk(who, node))

    @rule(who=WHO)
    def visitor_drops(self, who: int) -> None:
        self.drop(self.visitors[who])

    @rule(who=STAFF)
    def consultant_drops(self, who: int) -> None:
        self.drop(self.desks[who])

    @rule(node=NODE)
    def kill(self, node: int) -> None:
        self.run(self.killed(node))

    @rule(node=NODE)
    def lose_bells(self, node: int) -> None:
        vars(self.nodes[node].bus)["ring"] = lambda bell: None

    @rule(node=NODE)
    @precondition(lambda self: any("ring" in vars(node.bus) for node in self.nodes))
    def hear_bells_again(self, node: int) -> None:
        vars(self.nodes[node].bus).pop("ring", None)

    @rule(turns=st.integers(1, 20))
    def time_passes(self, turns: int) -> None:
        self.run(asyncio.sleep(turns / 1000))

    @rule()
    def settle(self) -> None:
        self.run(self.settled())

    def teardown(self) -> None:
        try:
            if hasattr(self, "nodes"):
                self.run(self.settled())
        finally:
            self.run(self.ended())
            self.runner.close()

    # How.

    def words(self) -> str:
        return f"words {next(self.said)}"

    def now(self, ask: Any, *given: Any, **fields: Any) -> None:
        """Call it in the event loop, and let its first step run."""

        async def turn() -> None:
            ask(*given, **fields)
            await asyncio.sleep(0)

        self.run(turn())

    def about(self, reader: Reader, which: int, type: str, *, fenced: bool = False, **fields: Any) -> None:
        """In one of the conversations that the reader knows."""
        known = sorted(reader.reading.held)
        if not known:
            return
        conversation = known[which % len(known)]
        if fenced:
            assert reader.tab is None or isinstance(reader.tab, Desk)
            row = reader.tab.rows().get(conversation) if reader.tab else None
            fields["fence"] = row["fence"] if row else 1
        self.now(reader.ask, type, conversation=conversation, **fields)

    async def started(self) -> Rig:
        rig = Rig(self.address, RULES, OPTIONS, self.clock, self.room)
        await rig.hub.start()
        return rig

    async def enter_visitor(self, who: int, node: int) -> None:
        reader = self.visitors[who]
        if self.has_ended(who):
            # Like a widget: a new token, and nothing from before except unanswered requests.
            self.tokens[who] = self.nodes[node].new_visitor()
            before, reader = reader, Reader()
            reader.faults, reader.unanswered = before.faults, before.unanswered
            self.visitors[who] = reader
        tab = reader.tab = Watched(self.nodes[node], reader)
        await tab.enter(self.tokens[who], reader.reading.places())
        await tab.hears("welcome")
        tab.entered = True
        self.again(reader)

    async def enter_desk(self, who: int, node: int) -> None:
        reader = self.desks[who]
        tab = reader.tab = Desk(self.nodes[node], reader)
        await tab.enter(CONSULTANTS[who], reader.reading.places())
        self.staff_ids[CONSULTANTS[who]] = tab.id
        await tab.hears("welcome")
        tab.entered = True
        self.again(reader)

    def has_ended(self, who: int) -> bool:
        """Whether this visitor has ended a conversation, and the token with it."""
        mine = visitors.c.token_hash == token_hash(self.tokens[who])
        ended = select(visitors.c.ended_at).where(mine)
        return self.nodes[0].database.read_now(lambda conn: conn.scalar(ended)) is not None

    async def come_again(self) -> None:
        """Reconnect visitors whose sockets were closed because their token ended."""
        for who, reader in enumerate(self.visitors):
            if reader.tab is not None and reader.tab.closed is not None:
                reader.tab.leave()
                reader.lose()
                await self.enter_visitor(who, who % 2)

    def again(self, reader: Reader) -> None:
        """Repeat what was not answered."""
        for frame in list(reader.unanswered.values()):
            reader.send(frame)

    def drop(self, reader: Reader) -> None:
        async def dropped() -> None:
            if reader.tab is not None:
                reader.tab.leave()
                reader.lose()

        self.run(dropped())

    async def killed(self, node: int) -> None:
        """Kill it without notice, finishing nothing; another node takes its place."""
        self.done["kills"] += 1
        await dead(self.nodes[node])
        for reader in (*self.visitors, *self.desks):
            if reader.tab is not None and reader.tab.rig is self.nodes[node]:
                reader.tab.session.gone()
                reader.lose()
        self.nodes[node].database.close()
        self.nodes[node] = await self.started()

    async def settled(self) -> None:
        """Everybody is connected, doorbells are heard, and everything is answered; then all is as stored."""
        for rig in self.nodes:
            vars(rig.bus).pop("ring", None)
        for who, reader in enumerate(self.visitors):
            if reader.tab is None:
                await self.enter_visitor(who, who % 2)
        for who, reader in enumerate(self.desks):
            if reader.tab is None:
                await self.enter_desk(who, who % 2)
        wrong: list[str] = []
        try:
            async with asyncio.timeout(self.settles_within):
                while wrong := self.differences():
                    await asyncio.sleep(0.02)
                    await self.come_again()
        except TimeoutError:
            raise AssertionError(f"not settled: {wrong}") from None
        assert not (faults := [fault for reader in (*self.visitors, *self.desks) for fault in reader.faults]), faults

    def differences(self) -> list[str]:
        """Who does not hold what is stored for them, or waits for an answer."""
        engine = create_engine(make_url(self.address).set(drivername="postgresql+psycopg"), poolclass=NullPool)
        with engine.connect() as connection:
            stored = list(connection.execute(text(STORED)))
            rows = list(connection.execute(text(OWNERS)))
        entries: dict[str, list[tuple[int, int | None, str]]] = {row.id: [] for row in rows}
        for row in stored:
            entries[row.conversation].append((row.seq, row.visitor_seq, row.id))
        readers = [*self.visitors, *self.desks]
        found = [f"unanswered: {list(each.unanswered.values())[:2]}" for each in readers if each.unanswered]
        for row in rows:
            for reader in readers:
                held = reader.reading.held.get(row.id)
                applied = [(each["seq"], each["id"]) for each in held.entries] if held else []
                if isinstance(reader.tab, Watched) and reader.tab.session.person == row.visitor:
                    should = [(seq, id) for _, seq, id in entries[row.id] if seq is not None]
                elif isinstance(reader.tab, Desk) and reader.tab.id == row.owner_id and row.phase != "closed":
                    should = [(seq, id) for seq, _, id in entries[row.id]]
                else:
                    continue
                if applied != should:
                    found.append(f"{row.id} ({row.phase}): {len(applied)} of {len(should)} entries")
        return found

    async def ended(self) -> None:
        self.done["runs"] += 1
        readers = (*self.visitors, *self.desks)
        self.done["entries"] += sum(len(held.entries) for each in readers for held in each.reading.held.values())
        for reader in (*self.visitors, *self.desks):
            if reader.tab is not None:
                reader.tab.leave()
                reader.lose()
        for rig in getattr(self, "nodes", ()):
            await rig.hub.stop()
            rig.database.close()


async def dead(rig: Rig) -> None:
    """Cancel every task of this node at once."""
    node = rig.hub._running
    node.presence.stop()
    for part in (rig.hub.health, node.timers, node.maintenance, node.remote_changes, node.router):
        await part.stop()
    left = [node.dispatch._worker, *node.dispatch._carried, *node.followers._reading, *node.records_reload._settling]
    for task in left:
        if task is not None:
            task.cancel()
    await asyncio.gather(*(task for task in left if task is not None), return_exceptions=True)
    node.lists.stop()
    node.visitor_status.stop()
    await rig.bus.stop()


@within(quick=240, full=3_600)
def test_f20_after_anything_everybody_holds_what_is_stored(postgres_database: str) -> None:
    examples = count("F20", quick=60, full=2_000)
    Town.done.clear()
    play(Town, postgres_database, examples)
    tell(f"{dict(Town.done)}")
    # Far below what chance makes of them: they only show that something happened.
    assert Town.done["kills"] > examples // 10
    assert Town.done["entries"] > examples // 4


async def never(_heads: RemoteChanges) -> None:
    await asyncio.Event().wait()


class Impatient(Town):
    settles_within = 2.0


def test_f20_control_without_doorbells_and_checks_the_model_finds_it(
    postgres_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(RemoteChanges, "_look_again", never)
    monkeypatch.setattr(MemoryBus, "ring", lambda _bus, _bell: None)
    furnished(postgres_database)
    town = Impatient(postgres_database)
    try:
        town.begin()
        # The visitor is at the second node; the only connected consultant is at the first.
        town.consultant_drops(who=1)
        town.open(who=1)
        town.time_passes(turns=300)
        with pytest.raises(AssertionError, match="not settled"):
            town.settle()
    finally:
        town.run(town.ended())
        town.runner.close()


def play(town: type[Town], address: str, examples: int) -> None:
    """So many runs on an empty hospital there."""
    furnished(address)
    run_state_machine_as_test(
        lambda: town(address),  # type: ignore[arg-type]  # any factory will do
        settings=settings(
            max_examples=examples,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
            report_multiple_bugs=False,
        ),
    )


def furnished(address: str) -> None:
    rig = Rig(address, RULES, OPTIONS)
    written(rig.database, lambda conn: furnish(conn, rig.clock()))
    rig.database.close()
