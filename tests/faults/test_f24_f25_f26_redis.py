"""F24 to F26: Redis dies and comes back empty, is emptied, freezes, is silent. The nodes continue.

A visitor at one node and their consultant at the other measure how long a message takes; a colleague's list shows who
is present; the database shows whether anybody present was ever recorded as gone.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import NullPool, create_engine, make_url, text

from tests.e2e.cluster import Care, Cluster, cluster
from tests.e2e.havoc import CONSULTANTS, SETTINGS, town
from tests.e2e.hospital import GYNECOLOGY, TEETH, Wanted
from tests.e2e.journal import Journal, tell
from tests.e2e.load import drained
from tests.e2e.oracle import Oracle, Stored, complain
from tests.e2e.patience import allowed
from tests.e2e.people import Consultant, Visitor
from tests.e2e.tcpproxy import proxy_to
from tests.faults.counts import FULL, count, dice, within
from tests.postgres import Postgres
from tests.redis import OwnRedis, asking

pytestmark = [pytest.mark.whole, pytest.mark.slow]

DELIVERED_WITHIN = 2.0
"""Seconds for a message from one node to the other while Redis is away."""
MISSED_WITHIN = 5.0
"""Seconds for a message whose doorbell was lost."""
RIGHT_AGAIN_WITHIN = 10.0
"""Seconds until the lists are right again, and the longest that somebody present may be shown as absent."""
ANSWERED_WITHIN = 2.0
"""Seconds for any request, whatever Redis does."""
DOWN = 5.0
FROZEN = 60.0 if FULL else 10.0
MOMENT = (0.2, 1.5)
LOOK_EVERY = 0.05
APART = ("mei", "zoe", "leo")
"""Three people outside the town: one with a single conversation for the measurement, one who watches, and one who comes
and goes."""


@dataclass
class Pair:
    """Ann at one node, Mei at the other; Zoe's list at Ann's node shows who is at the other."""

    house: Cluster
    ann: Visitor
    mei: Consultant
    zoe: Consultant
    said: int = 0

    async def word(self, within: float) -> float:
        """From one to the other and back, at most so many seconds each; returns the slower time."""
        self.said += 1
        took = []
        for speaks, hears in ((self.ann.say, self.mei_receives), (self.mei_says, self.ann.until_received)):
            began = time.monotonic()
            await speaks(f"word {self.said}")
            await hears(f"word {self.said}", within)
            took.append(time.monotonic() - began)
        return max(took)

    async def mei_says(self, body: str) -> str:
        return await self.mei.say(self.ann.conversation, body)

    async def mei_receives(self, body: str, within: float) -> None:
        await self.mei.until_received(self.ann.conversation, body, within)

    def shown(self, login: str) -> bool:
        """Whether Zoe sees that colleague as present."""
        return bool(self.zoe.colleagues.get(self.house.people[login].id, {}).get("present"))

    async def until_shown(self, login: str, *, present: bool) -> None:
        """Wait until that is shown, within the limit."""
        what = f"{login} as {'present' if present else 'absent'}"
        await self.zoe.until(lambda: self.shown(login) is present, what, allowed(RIGHT_AGAIN_WITHIN))


@asynccontextmanager
async def pair(house: Cluster, words: Journal) -> AsyncIterator[Pair]:
    """Three people who are present all the time, with a journal of their own."""
    one, other = (node.port for node in house.nodes)
    told, house.journal = house.journal, words
    try:
        mei = await house.consultant("mei", other)
        zoe = await house.consultant("zoe", one, as_="break")
        ann = await house.visitor("ann", one)
        await ann.open(GYNECOLOGY, "hello")
        await mei.until_owned(ann.conversation)
        # From here on Mei is assigned or offered nothing else.
        await mei.asked("availability.set", availability="break")
    finally:
        house.journal = told
    made = Pair(house, ann, mei, zoe)
    await made.until_shown("mei", present=True)
    yield made
    for client in (ann, mei, zoe):
        assert client.connections == 1, f"{client.name} was disconnected"
        await client.leave()


@dataclass
class Watch:
    """Checks all the time whether somebody present is shown as absent, or was recorded as gone."""

    two: Pair
    absent_since: float = 0.0
    absent_for: float = 0.0
    noted: list[str] = field(default_factory=list)

    async def look(self) -> None:
        engine = create_engine(make_url(self.two.house.where).set(drivername="postgresql+psycopg"), poolclass=NullPool)
        asked = text("SELECT id FROM conversations WHERE owner_left_at IS NOT NULL")
        while True:
            now = time.monotonic()
            if self.two.shown("mei"):
                self.absent_since = 0.0
            else:
                self.absent_since = self.absent_since or now
                self.absent_for = max(self.absent_for, now - self.absent_since)
            with engine.connect() as connection:
                self.noted += connection.scalars(asked)
            await asyncio.sleep(LOOK_EVERY)


@asynccontextmanager
async def watched(two: Pair) -> AsyncIterator[Watch]:
    watch = Watch(two)
    looking = asyncio.create_task(watch.look())
    try:
        yield watch
    finally:
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)
    assert not watch.noted, f"noted as gone: {watch.noted[:3]}"


Havoc = Callable[[Cluster, Pair, Watch], Awaitable[None]]


async def under_load(folder: Path, address: str, bus: str, servers: Care, journal: Journal, havoc: Havoc) -> None:
    """A town talks through the balancer, three people are watched, `havoc` happens; then everybody must have
    everything."""
    people = [*CONSULTANTS, Wanted("zoe", (TEETH,)), Wanted("leo", (TEETH,))]
    async with cluster(folder, address, bus, people, servers, journal, settings=SETTINGS) as house:
        words = Journal()
        async with pair(house, words) as two, watched(two) as watch:
            talkers = {login: each for login, each in house.people.items() if login not in APART}
            async with town(house.nodes[0], journal, talkers, dice(), visitors=8, doors=[house.port]) as talking:
                await havoc(house, two, watch)
                await talking.hush()
                await drained([*talking.clients, two.ann], address)
                stored = Stored.read(address)
            complain(only_once_given(stored))
        await house.stop()
    both = Journal([*journal.lines, *words.lines])
    both.lines.sort(key=lambda line: line.at)
    complain(Oracle(both, [*talking.clients, two.ann, two.mei], Stored.read(address)).verdict())


def only_once_given(stored: Stored) -> list[str]:
    """Nothing is assigned to two people at the same time."""
    found = []
    for id, rows in stored.entries.items():
        owned = False
        for row in rows:
            if row["event"] == "assigned" and owned:
                found.append(f"{id}: given twice, seq {row['seq']}")
            owned = {"assigned": True, "transferred": True, "returned_to_queue": False, "closed": False}.get(
                row["event"], owned
            )
    return found


@within(quick=240, full=3_600)
async def test_f24_redis_dies_and_comes_back_empty(
    tmp_path: Path, postgres: Postgres, own_redis: OwnRedis, servers: Care, journal: Journal
) -> None:
    rounds, moments = count("F24", quick=2, full=50), dice()
    took: list[float] = []

    async def havoc(house: Cluster, two: Pair, watch: Watch) -> None:
        for _ in range(rounds):
            await asyncio.sleep(moments.uniform(*MOMENT))
            leo = await house.consultant("leo", house.nodes[1].port, as_="break")
            await two.until_shown("leo", present=True)
            own_redis.kill()
            died = time.monotonic()
            await leo.leave()
            while time.monotonic() < died + DOWN:
                took.append(await two.word(allowed(DELIVERED_WITHIN)))
            await asyncio.to_thread(own_redis.start)
            back = time.monotonic()
            await two.until_shown("leo", present=False)
            await two.until_shown("mei", present=True)
            tell(f"the lists were right {time.monotonic() - back:.1f} s after Redis was back")
            await two.word(allowed(DELIVERED_WITHIN))

    with postgres.database() as address:
        await under_load(tmp_path, address, own_redis.url, servers, journal, havoc)
    tell(f"{len(took)} words while it was down, the slowest took {max(took):.2f} s")


@within(quick=180, full=1_800)
async def test_f25_emptying_redis_makes_nobody_absent(
    tmp_path: Path, postgres: Postgres, own_redis: OwnRedis, servers: Care, journal: Journal
) -> None:
    rounds, moments = count("F25", quick=10, full=100), dice()
    absent: list[float] = []

    async def havoc(house: Cluster, two: Pair, watch: Watch) -> None:
        for _ in range(rounds):
            await asyncio.sleep(moments.uniform(*MOMENT))
            with asking(own_redis.url) as client:
                client.flushall()
            await two.word(allowed(MISSED_WITHIN))
        await asyncio.sleep(allowed(RIGHT_AGAIN_WITHIN))
        absent.append(watch.absent_for)
        assert two.shown("mei")

    with postgres.database() as address:
        await under_load(tmp_path, address, own_redis.url, servers, journal, havoc)
    tell(f"shown as absent for {absent[0]:.1f} s at the longest")
    assert absent[0] <= allowed(RIGHT_AGAIN_WITHIN)


@within(quick=180, full=600)
async def test_f26_nothing_waits_for_a_silent_redis(
    tmp_path: Path, postgres: Postgres, servers: Care, journal: Journal
) -> None:
    redis = OwnRedis(tcp=True)
    redis.start()
    took: list[float] = []

    async def havoc(house: Cluster, two: Pair, watch: Watch) -> None:
        for begin, end in ((frozen, thawed), (proxy.blackhole, proxy.fair)):
            await begin()
            until = time.monotonic() + FROZEN
            while time.monotonic() < until:
                took.append(await answers(house, two))
            await end()
            await two.until_shown("mei", present=True)
            await house.until_trusted()
            await two.word(allowed(DELIVERED_WITHIN))

    async def frozen() -> None:
        redis.freeze()

    async def thawed() -> None:
        redis.thaw()

    try:
        with postgres.database() as address:
            async with proxy_to(("127.0.0.1", redis.port)) as proxy:
                bus = f"redis://127.0.0.1:{proxy.port}"
                await under_load(tmp_path, address, bus, servers, journal, havoc)
    finally:
        redis.end()
    tell(f"{len(took)} rounds of requests, the slowest answer took {max(took):.2f} s")


async def answers(house: Cluster, two: Pair) -> float:
    """Both nodes answer every kind of request; returns the slowest time."""
    slowest = 0.0
    for node in house.nodes:
        for path in ("/live", "/ready"):
            began = time.monotonic()
            assert (await asyncio.to_thread(node.get, path)).status == 200
            slowest = max(slowest, time.monotonic() - began)
    for ask in (two.ann.say("anybody?"), two.mei_says("still here")):
        began = time.monotonic()
        ref = await ask
        client = two.ann if ref in two.ann.unaccepted or ref in two.ann.answers else two.mei
        await client.answer(ref, allowed(ANSWERED_WITHIN))
        slowest = max(slowest, time.monotonic() - began)
    assert slowest <= allowed(ANSWERED_WITHIN)
    return slowest
