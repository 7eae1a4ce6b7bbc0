"""One entry to a hundred sessions: acknowledged after the commit, delivered to the visitor, the owner and supervisors.
Compared with raw TCP, which writes as many bytes to as many sockets, and with the relay, whose server stack frames
them.

The sender works in a closed loop: a fixed number of entries is in transit, and the next one is sent when the sessions
have received an earlier one.
"""

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Any

from bench.load.talk import ACCEPTED, DRAINED_WITHIN, ENTRY, MESSAGE, REFUSED, Pair, Tally
from bench.load.wire import Wire, dial
from bench.references.contestants import SETTLED_WITHIN, SUBPROTOCOL, Bare, Contestant, Product, Relay, hello
from bench.report.meter import Spent
from bench.report.rows import Length, Result, Row
from chatserver.domain.hospital import Role
from tests.e2e.hospital import WOMEN, Member, Wanted

SESSIONS = 100
TABS = 3
"""Tabs per member of staff; the server would close further ones."""

UNDER_WAY = 16
"""Entries in transit: enough that nobody idles, few enough that no outbox fills."""

FANOUT = Row("fanout", "one entry to 100 sessions : raw TCP writes", 0.35, 0.65)

UNHURRIED = {"CHATSERVER_STAFF_MESSAGES_PER_S": "100000", "CHATSERVER_STAFF_MESSAGES_BURST": "100000"}
UNHURRIED |= {"CHATSERVER_STAFF_FRAMES_PER_S": "100000"}
SUPERVISORS = tuple(Wanted(f"s{number}", (WOMEN,), role=Role.SUPERVISOR) for number in range(SESSIONS // TABS))


class Hall:
    """Counts what each receiver got. `say` sends one entry."""

    def __init__(self) -> None:
        self.say: Callable[[], None] = lambda: None
        self.received: list[int] = []
        self._altogether = 0
        self._said = 0
        self._going = False

    def seat(self) -> int:
        """Add a receiver; returns its number."""
        self.received.append(0)
        return len(self.received) - 1

    def receive(self, who: int, entries: int = 1) -> None:
        self.received[who] += entries
        self._altogether += entries
        if self._going:
            self._go_on()

    async def speak(self, seconds: float) -> int:
        """Send for so long, then wait until everybody has received everything; returns the number of deliveries."""
        self.received = [0] * len(self.received)
        self._altogether = self._said = 0
        self._going = True
        self._go_on()
        await asyncio.sleep(seconds)
        self._going = False
        end = time.monotonic() + DRAINED_WITHIN
        while self._altogether < self._said * len(self.received) and time.monotonic() < end:  # noqa: ASYNC110 polled
            await asyncio.sleep(0.005)
        lacking = [number for number, received in enumerate(self.received) if received != self._said]
        assert not lacking, (
            f"of {self._said} entries sessions {lacking[:5]} heard {[self.received[n] for n in lacking[:5]]}"
        )
        return self._altogether

    def _go_on(self) -> None:
        while self._said < self._altogether // len(self.received) + UNDER_WAY:
            self._said += 1
            self.say()


class RawListener(asyncio.Protocol):
    """A socket at the raw reference, which only counts bytes."""

    def __init__(self, hall: Hall, line: bytes) -> None:
        self._hall, self._number, self._size, self._got = hall, hall.seat(), len(line), 0

    def data_received(self, data: bytes) -> None:
        entries, self._got = divmod(self._got + len(data), self._size)
        if entries:
            self._hall.receive(self._number, entries)


class RawTcp(Bare):
    """Writes whatever it receives to all connections."""

    name = "raw TCP"
    module = "bench.references.rawtcp"

    async def fill(self, hall: Hall, size: int) -> None:
        """Connect the listeners; each line has so many bytes."""
        line = b"x" * (size - 1) + b"\n"
        loop = asyncio.get_running_loop()
        for _ in range(SESSIONS):
            transport, _ = await loop.create_connection(lambda: RawListener(hall, line), "127.0.0.1", self.port)
        hall.say = lambda: transport.write(line)


class Tab:
    """A session that follows the conversation and counts the messages it receives."""

    def __init__(self, hall: Hall, house: Contestant) -> None:
        self._hall, self._house = hall, house
        self._number = hall.seat()
        self._wire: Wire | None = None
        self._following: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._conversation = ""
        self.entry_size = 0

    def takes(self, wire: Wire | None) -> None:
        """Take over the connection of somebody who already follows it."""
        assert wire is not None
        self._wire, wire.on_text = wire, self.receive

    async def follows(self, house: Product, member: Member, conversation: str) -> None:
        """Connect a further tab of this member of staff."""
        self._conversation = conversation
        headers = SUBPROTOCOL | {"Cookie": f"session={member.cookie}"}
        self._wire = await dial(house.port, "/ws/staff", self._comes_in, headers)
        self._wire.send(hello())
        async with asyncio.timeout(SETTLED_WITHIN):
            await self._following
        self._wire.on_text = self.receive

    def receive(self, text: bytes) -> None:
        if text.startswith(ENTRY):
            if MESSAGE in text:
                self.entry_size = len(text)
                self._hall.receive(self._number)
        elif text.startswith(ACCEPTED):
            self._house.talk.accepted(text)
        elif text.startswith(REFUSED):
            self._house.talk.refused(text)
        elif text.startswith(b'{"type":"ping"') and self._wire is not None:
            self._wire.send(text.replace(b'"ping"', b'"pong"'))

    def _comes_in(self, text: bytes) -> None:
        assert self._wire is not None
        frame: dict[str, Any] = json.loads(text)
        if frame["type"] == "welcome":
            asked = {"type": "conversation.follow", "conversation": self._conversation}
            self._wire.send(json.dumps(asked | {"ref": self._house.talk.refs.next()}).encode())
        elif frame["type"] == "live":
            self._following.set_result(None)


async def fill_house(house: Product, hall: Hall) -> list[Tab]:
    """Connect the visitor, the owner and the supervisors, in as many tabs as sessions are wanted."""
    await house.seat(1)
    pair = _only(house)
    staff = list(house.people.values())
    tabs = [Tab(hall, house) for _ in range(SESSIONS)]
    tabs[0].takes(pair.visitor)
    tabs[1].takes(pair.consultant)
    seats = [member for member in staff for _ in range(TABS)][1:]
    for tab, member in zip(tabs[2:], seats, strict=False):
        await tab.follows(house, member, pair.conversation)
    hall.say = pair.answer
    return tabs


async def fill_relay(relay: Relay, hall: Hall) -> None:
    """The same number of connections at the relay."""
    await relay.seat(1)
    pair = _only(relay)
    Tab(hall, relay).takes(pair.visitor)
    Tab(hall, relay).takes(pair.consultant)
    for _ in range(SESSIONS - 2):
        wire = await dial(relay.port, "/ws/visitor", lambda _: None, SUBPROTOCOL)
        Tab(hall, relay).takes(wire)
        wire.send(f'{{"type":"hello","token":"{pair.conversation}"}}'.encode())
    await asyncio.sleep(0.2)
    hall.say = pair.answer


def _only(contestant: Contestant) -> Pair:
    (pair,) = contestant.talk.pairs.values()
    return pair


async def run(length: Length) -> list[Result]:
    """The three alternate; the order rotates from round to round."""
    with ExitStack() as stack:
        raw, relay = stack.enter_context(RawTcp()), stack.enter_context(Relay())
        house = stack.enter_context(Product(also=SUPERVISORS, settings=UNHURRIED))
        halls: dict[Contestant, Hall] = {each: Hall() for each in (house, raw, relay)}
        tabs = await fill_house(house, halls[house])
        await one_turn(house, halls[house], 1.0)
        # The same number of bytes as a frame on the wire.
        size = tabs[-1].entry_size + 4
        await raw.fill(halls[raw], size)
        await fill_relay(relay, halls[relay])
        order: Sequence[Contestant] = (raw, house, relay)
        for each in order:
            await one_turn(each, halls[each], 0.5)
        result = Result(FANOUT, [])
        for number in length.turns():
            turned = [*order[number % len(order) :], *order[: number % len(order)]]
            rates = {each.name: await one_turn(each, halls[each], length.seconds) for each in turned}
            result.values.append(rates[house.name][0] / rates[raw.name][0])
            for each in order:
                result.figures.setdefault(f"{each.name}, deliveries per CPU-second", []).append(rates[each.name][0])
            spent_by_each = "; ".join(f"{each.name}: {rates[each.name][1].shown()}" for each in order)
            result.notes.append(f"round {number + 1}: {spent_by_each}")
        wrong = house.lost()
        assert not wrong, wrong
        result.notes.append(f"{SESSIONS} sessions, {UNDER_WAY} entries of {size} bytes under way; each had every entry")
        result.notes.append(f"{len(house.acknowledged)} acknowledged messages, each once in the store")
    return [result]


async def one_turn(contestant: Contestant, hall: Hall, seconds: float) -> tuple[float, Spent]:
    """Deliveries per CPU-second of the server."""
    talk = contestant.talk
    talk.tally = Tally()
    meter = contestant.meter()
    meter.begin()
    deliveries = await hall.speak(seconds)
    spent = meter.end()
    tally = await talk.over()
    if isinstance(contestant, Product):
        assert len(tally.acknowledged) == deliveries // SESSIONS
        contestant.keep(tally.acknowledged)
    return deliveries / spent.server, spent
