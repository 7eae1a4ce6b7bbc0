"""The primary's machine is lost and the standby takes its place: with a synchronous one nothing acknowledged is lost.
The control: without one something is, and the same oracle finds it (F29)."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path

import pytest

from tests.e2e.havoc import CONSULTANTS, SETTINGS, Town, town
from tests.e2e.hospital import found
from tests.e2e.journal import Journal, tell
from tests.e2e.load import drained
from tests.e2e.oracle import Oracle, Stored, complain
from tests.e2e.procs import Server
from tests.faults.counts import count, dice, within
from tests.ownpostgres import OwnPostgres, Standby

pytestmark = [pytest.mark.whole, pytest.mark.slow]

# Otherwise a standby that has everything would say so only at its next status, which can be ten seconds away.
SOON = {"wal_receiver_status_interval": "1"}
SYNCHRONOUS, ASYNCHRONOUS = {"synchronous_standby_names": "*"} | SOON, {"synchronous_standby_names": ""} | SOON
MOMENT = (0.3, 1.5)
"""Seconds of talk before the primary is lost."""
CUT_OFF = 1.0
"""Seconds without replication before the primary is lost."""
GOES_ON = 20
"""Acceptances after a failover that show that work continues."""
GOES_ON_WITHIN = 60.0


class Pair:
    """A primary and its standby, on two fixed ports; their roles change."""

    def __init__(self, settings: dict[str, str]) -> None:
        self._servers = ExitStack()
        self.primary: OwnPostgres = self._servers.enter_context(OwnPostgres(settings))
        self.standby = self._servers.enter_context(Standby(self.primary))
        self.address = f"postgresql://postgres@127.0.0.1:{self.primary.port},127.0.0.1:{self.standby.port}/chat"
        self.primary.say("CREATE DATABASE chat")

    @property
    def chat(self) -> str:
        """The database on the present primary."""
        return self.primary.url("chat")

    def fail_over(self) -> None:
        """kill -9, until nothing of it is left; then the standby is the only primary."""
        self.primary.kill()
        self.standby.promote()
        self.primary.end()
        self.primary = self.standby

    def follow_up(self) -> None:
        """Start another standby on the free port."""
        ports = {int(each.rpartition(":")[2].partition("/")[0]) for each in self.address.split(",")}
        [free] = ports - {self.primary.port}
        self.standby = self._servers.enter_context(Standby(self.primary, port=free))

    def end(self) -> None:
        self._servers.close()


@pytest.fixture
def pairs() -> Iterator[Callable[[dict[str, str]], Pair]]:
    """Makes pairs, and ends them."""
    with ExitStack() as made:

        def make(settings: dict[str, str]) -> Pair:
            pair = Pair(settings)
            made.callback(pair.end)
            return pair

        yield make


@asynccontextmanager
async def talk(pair: Pair, server: Server, journal: Journal) -> AsyncIterator[Town]:
    people = found(pair.chat, CONSULTANTS)
    await asyncio.to_thread(server.start)
    async with town(server, journal, people, dice()) as talking:
        yield talking


def lost(pair: Pair, journal: Journal) -> list[str]:
    """What was acknowledged by now and is not stored."""
    return Oracle(journal, [], Stored.read(pair.chat)).acked_is_stored()


def accepted(journal: Journal) -> int:
    return sum(1 for _ in journal.of("accepted"))


async def goes_on(journal: Journal) -> None:
    """Wait until so many more were accepted."""
    before, began = accepted(journal), time.monotonic()
    while accepted(journal) < before + GOES_ON:
        assert time.monotonic() - began < GOES_ON_WITHIN, f"{accepted(journal) - before} accepted since the failover"
        await asyncio.sleep(0.05)
    tell(f"went on after {time.monotonic() - began:.1f} s")


@within(quick=240, full=1_200)
async def test_f29_failovers_to_a_synchronous_standby_lose_nothing(
    tmp_path: Path, pairs: Callable[[dict[str, str]], Pair], servers: Callable[[Server], Server], journal: Journal
) -> None:
    failovers = count("F29", quick=3, full=20)
    pair = await asyncio.to_thread(pairs, SYNCHRONOUS)
    server = servers(Server(tmp_path / "data", SETTINGS | {"DATABASE_URL": pair.address}))
    async with talk(pair, server, journal) as talking:
        assert "synchronous standby" in server.said()
        for number in range(1, failovers + 1):
            await asyncio.sleep(talking.dice.uniform(*MOMENT))
            await asyncio.to_thread(pair.fail_over)
            complain(f"after failover {number}: {each}" for each in lost(pair, journal))
            await asyncio.to_thread(pair.follow_up)
            await goes_on(journal)
        await talking.hush()
        await drained(talking.clients, pair.chat)
    assert server.stop() == 0
    complain(Oracle(journal, talking.clients, Stored.read(pair.chat)).verdict())
    assert server.starts == 1
    tell(f"{failovers} failovers, {accepted(journal)} accepted")


@within(quick=180, full=180)
async def test_f29_what_was_not_replicated_is_not_acknowledged(
    tmp_path: Path, pairs: Callable[[dict[str, str]], Pair], servers: Callable[[Server], Server], journal: Journal
) -> None:
    pair = await asyncio.to_thread(pairs, SYNCHRONOUS)
    server = servers(Server(tmp_path / "data", SETTINGS | {"DATABASE_URL": pair.address}))
    async with talk(pair, server, journal) as talking:
        await fail_over_after_a_cut(pair)
        complain(lost(pair, journal))
        await asyncio.to_thread(pair.follow_up)
        await goes_on(journal)
        await talking.hush()
        await drained(talking.clients, pair.chat)
    assert server.stop() == 0
    complain(Oracle(journal, talking.clients, Stored.read(pair.chat)).verdict())


@within(quick=180, full=180)
async def test_f29_control_without_a_synchronous_standby_acknowledged_messages_are_lost(
    tmp_path: Path, pairs: Callable[[dict[str, str]], Pair], servers: Callable[[Server], Server], journal: Journal
) -> None:
    pair = await asyncio.to_thread(pairs, ASYNCHRONOUS)
    server = servers(Server(tmp_path / "data", SETTINGS | {"DATABASE_URL": pair.address}))
    async with talk(pair, server, journal):
        assert "crash-only" in server.said()
        await fail_over_after_a_cut(pair)
        found = lost(pair, journal)
    tell(f"{len(found)} lost, as {found[:1]}")
    assert any("acknowledged and lost" in each for each in found)


async def fail_over_after_a_cut(pair: Pair) -> None:
    """Replication is cut for a while, and then the primary dies."""
    await asyncio.sleep(CUT_OFF)
    await asyncio.to_thread(pair.standby.follow_nobody)
    await asyncio.sleep(CUT_OFF)
    await asyncio.to_thread(pair.fail_over)
