"""F28, F30: PostgreSQL crashes and comes back, is slow, or is blocked; people notice, and lose nothing."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from functools import partial
from itertools import cycle, islice
from pathlib import Path

import psutil
import pytest
from sqlalchemy import NullPool, create_engine, make_url, text

from tests.e2e.havoc import CONSULTANTS, MOMENT, SETTINGS, town
from tests.e2e.hospital import GYNECOLOGY, Wanted, found
from tests.e2e.journal import Journal, Line, tell
from tests.e2e.load import drained
from tests.e2e.oracle import Oracle, Stored, complain
from tests.e2e.patience import allowed, eventually
from tests.e2e.people import Consultant, Visitor
from tests.e2e.procs import WIDE, Server
from tests.e2e.tcpproxy import Proxy
from tests.faults.counts import FULL, count, dice, within
from tests.faults.places import behind_proxy
from tests.ownpostgres import OwnPostgres

pytestmark = [pytest.mark.whole, pytest.mark.slow]

Servers = Callable[[Server], Server]

OVERLOADED = 4013
WORKS_WITHIN = 5.0
"""Seconds after PostgreSQL accepts connections again, or is fast again, until a message is accepted and received."""
ANSWERED_WITHIN = 5.0
"""Seconds until a client knows that its request failed."""
MORE_MEMORY = 100 * 1024 * 1024
SLOW_FOR = 120.0 if FULL else 8.0
"""Seconds."""
ROUND_TRIP_MS = 2_000


@pytest.fixture
def own() -> Iterator[OwnPostgres]:
    """A PostgreSQL that may be killed."""
    with OwnPostgres() as postgres:
        postgres.say("CREATE DATABASE chat")
        yield postgres


@within(quick=180, full=1_800)
async def test_f28_postgresql_crashes_and_comes_back(
    own: OwnPostgres, tmp_path: Path, servers: Servers, journal: Journal
) -> None:
    crashes = (own.kill, own.stop_immediate, own.stop)
    rounds = count("F28", quick=5, full=50)
    chance = dice()
    people = found(own.url("chat"), CONSULTANTS)
    server = servers(Server(tmp_path / "data", SETTINGS | {"DATABASE_URL": own.url("chat")}))
    await asyncio.to_thread(server.start)
    worked: list[float] = []
    async with town(server, journal, people, chance) as talking:
        for crash in islice(cycle(crashes), rounds):
            await asyncio.sleep(chance.uniform(*MOMENT))
            await asyncio.to_thread(crash)
            left = len(journal.lines)
            await asyncio.sleep(chance.uniform(*MOMENT))
            await asyncio.to_thread(own.start)
            accepts = time.monotonic()
            await accepted_since(journal, accepts)
            worked.append(time.monotonic() - accepts)
            assert not [line for line in journal.lines[left:] if line.what == "closed" and line.told["code"] == 1006]
        await talking.hush()
        await drained(talking.clients, server.where)
        assert await asyncio.to_thread(server.stop) == 0
    tell(f"worked again after {', '.join(f'{each:.1f}' for each in worked)} s")
    complain(Oracle(journal, talking.clients, Stored.read(server.where)).verdict())
    assert max(worked) <= allowed(WORKS_WITHIN)
    assert server.starts == 1


async def test_f28_newcomers_meanwhile_are_asked_to_come_back(
    own: OwnPostgres, tmp_path: Path, servers: Servers, journal: Journal
) -> None:
    people = found(own.url("chat"), [Wanted("mei")])
    server = servers(Server(tmp_path / "data", WIDE | {"DATABASE_URL": own.url("chat")}))
    await asyncio.to_thread(server.start)
    mei = Consultant(server.port, "mei", journal, people["mei"])
    ann = Visitor(server.port, "ann", journal, await asyncio.to_thread(server.visitor_token))
    await asyncio.to_thread(own.stop)
    coming = [asyncio.create_task(client.start()) for client in (ann, mei)]
    await eventually(
        lambda: {line.who for line in told_to_come_back(journal)} == {"ann", "mei"}, allowed(ANSWERED_WITHIN)
    )
    await asyncio.to_thread(own.start)
    async with asyncio.timeout(allowed(WORKS_WITHIN)):
        await asyncio.gather(*coming)
    await ann.leave()
    await mei.leave()


def told_to_come_back(journal: Journal) -> list[Line]:
    return [line for line in journal.of("closed") if line.told["code"] == OVERLOADED]


async def accepted_since(journal: Journal, moment: float) -> None:
    """Wait until something new was accepted after that moment."""
    await eventually(lambda: any(line.at > moment for line in journal.of("accepted")), allowed(4 * WORKS_WITHIN))


@within(quick=120, full=400)
@pytest.mark.parametrize("trouble", ["slow", "silent", "locked"])
async def test_f30_a_slow_or_busy_postgresql_is_reported_in_time_and_costs_no_memory(
    trouble: str, own: OwnPostgres, tmp_path: Path, servers: Servers, journal: Journal
) -> None:
    count("F30", quick=1, full=1)
    people = found(own.url("chat"), [Wanted("mei")])
    async with behind_proxy(own.url("chat")) as (proxy, settings):
        server = servers(Server(tmp_path / "data", WIDE | settings))
        await asyncio.to_thread(server.start)
        mei = await Consultant.sit_down(server, people["mei"], journal)
        ann = await Visitor.arrive(server, "ann", journal)
        await mei.until_owned(await ann.open(GYNECOLOGY, "hello"))
        memory = psutil.Process(server.pid)
        before = memory.memory_info().rss

        async with in_trouble(trouble, proxy, own.url("chat")):
            ends = time.monotonic() + SLOW_FOR
            while time.monotonic() < ends:
                ref = await ann.say(f"said at {time.monotonic()}")
                await ann.until(partial(ann.answers.get, ref), "some answer", allowed(ANSWERED_WITHIN))
        unavailable = [line for line in journal.of("refused") if line.told["frame"].get("code") == "unavailable"]
        assert unavailable
        assert memory.memory_info().rss - before < MORE_MEMORY

        was_fair = time.monotonic()
        await ann.say("heard soon")
        await mei.until_received(ann.conversation, "heard soon", allowed(WORKS_WITHIN))
        tell(f"{len(unavailable)} unavailable; worked {time.monotonic() - was_fair:.1f} s after")
        await drained([ann, mei], own.url("chat"))
        await ann.leave()
        await mei.leave()
        assert await asyncio.to_thread(server.stop) == 0
    complain(Oracle(journal, [ann, mei], Stored.read(own.url("chat"))).verdict())


@asynccontextmanager
async def in_trouble(trouble: str, proxy: Proxy, address: str) -> AsyncIterator[None]:
    """Every answer takes seconds, or none comes at all, or somebody else holds locks on what is to be written."""
    if trouble == "locked":
        holding = create_engine(make_url(address).set(drivername="postgresql+psycopg"), poolclass=NullPool).connect()
        holding.execute(text("LOCK TABLE conversations IN EXCLUSIVE MODE"))
    elif trouble == "slow":
        await proxy.delay(ROUND_TRIP_MS / 2)
    else:
        await proxy.blackhole()
    yield
    await proxy.fair()
    if trouble == "locked":
        holding.close()
