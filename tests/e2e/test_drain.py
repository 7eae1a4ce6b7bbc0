"""Stopping one node among several: its people are sent away gradually, and nothing acknowledged is lost."""

import asyncio
import contextlib
import json
import signal
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus

from tests.e2e.hospital import GYNECOLOGY, Wanted, found
from tests.e2e.journal import Journal
from tests.e2e.load import drained
from tests.e2e.oracle import Oracle, Stored, complain
from tests.e2e.patience import allowed, eventually
from tests.e2e.people import Consultant, Visitor
from tests.e2e.procs import WIDE, Server
from tests.ports import free_port

pytestmark = pytest.mark.whole

Care = Callable[[Server], Server]

VISITORS = 60
DRAIN_S = 6
AFTER_S = 5.0
"""How long the end itself may take once everybody has been sent away."""


def among_others(data: Path, **settings: str) -> Server:
    """A server that believes it has a peer."""
    return Server(data, WIDE | {"CHATSERVER_DRAIN_S": str(DRAIN_S)} | settings, module=("tests.e2e.peered",))


@contextlib.asynccontextmanager
async def crowd(server: Server, journal: Journal, many: int = VISITORS) -> AsyncIterator[list[Visitor]]:
    """So many visitors with a conversation each."""
    tokens = await asyncio.to_thread(lambda: [server.visitor_token() for _ in range(many)])
    visitors = [Visitor(server.port, f"v{number}", journal, token) for number, token in enumerate(tokens)]
    try:
        for visitor in visitors:
            await visitor.start()
            await visitor.open(GYNECOLOGY, f"{visitor.name} begins")
        yield visitors
    finally:
        await asyncio.gather(*(visitor.leave() for visitor in visitors))


async def chatter(visitors: list[Visitor]) -> None:
    """Everybody who is connected writes, all the time."""
    number = 0
    while True:
        for visitor in visitors:
            number += 1
            if visitor.welcome is not None:
                await visitor.say(f"{visitor.name} says {number}")
            await asyncio.sleep(0.005)


@pytest.mark.timeout(540)
async def test_a_crowd_is_sent_away_gradually_and_loses_nothing(
    tmp_path: Path, servers: Care, journal: Journal
) -> None:
    people = found(tmp_path / "data", [Wanted("mei", capacity=20)])
    server = servers(among_others(tmp_path / "data")).start()
    mei = await Consultant.sit_down(server, people["mei"], journal)
    async with crowd(server, journal) as visitors:
        talking = asyncio.create_task(chatter(visitors))
        began = time.monotonic()
        server.terminate()
        # The first of them, whoever that is: the last one is lost when the server is about to end.
        await eventually(lambda: any(each.welcome is None for each in visitors), allowed(DRAIN_S))
        ready = await asyncio.to_thread(server.get, "/ready")
        assert (ready.status, ready.json()["why"]) == (503, "draining")
        with pytest.raises(InvalidStatus) as refused:
            await visitors[0].dial()
        assert refused.value.response.status_code == 503
        assert int(refused.value.response.headers["Retry-After"]) > 0

        assert await asyncio.to_thread(server.wait_end) == 0
        assert time.monotonic() - began <= allowed(DRAIN_S + AFTER_S)
        talking.cancel()
        closed = [line for line in journal.of("closed") if line.told["code"] is not None]
        assert [line.told["code"] for line in closed] == [4001] * (VISITORS + 1)
        moments = sorted(line.at - closed[0].at for line in closed)
        assert moments[-1] >= DRAIN_S * 0.6, "spread over the time it was given"
        busiest = max(sum(at <= each < at + 1 for each in moments) for at in moments)
        assert busiest <= VISITORS // 2, "no second is a crowd"

        await asyncio.to_thread(server.start)
        for client in (*visitors, mei):
            await client.until_back()
        stored = await drained([*visitors], server.database)
        await mei.leave()
    said = sum(row["event"] == "message_posted" for entries in stored.entries.values() for row in entries)
    assert said > VISITORS, "somebody wrote meanwhile"
    server.kill()
    complain(Oracle(journal, [*visitors, mei], Stored.read(server.database, check=True)).verdict(complete=False))


async def test_a_few_sockets_are_closed_at_once(tmp_path: Path, servers: Care, journal: Journal) -> None:
    found(tmp_path / "data", [])
    server = servers(among_others(tmp_path / "data", CHATSERVER_DRAIN_S="60")).start()
    async with crowd(server, journal, 3) as visitors:
        for visitor in visitors:
            visitor.comes_back = False
        began = time.monotonic()
        assert await asyncio.to_thread(server.stop) == 0
        assert time.monotonic() - began <= allowed(AFTER_S)
        assert {await visitor.closed_with() for visitor in visitors} == {4001}


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
async def test_a_second_signal_ends_a_drain_at_once(
    ending: signal.Signals, tmp_path: Path, servers: Care, journal: Journal
) -> None:
    found(tmp_path / "data", [])
    server = servers(among_others(tmp_path / "data", CHATSERVER_DRAIN_S="600")).start()
    async with crowd(server, journal, 51) as visitors:
        server.terminate()
        await asyncio.to_thread(until_draining, server)
        refs = [await visitor.say("to the last moment") for visitor in visitors if visitor.welcome is not None]
        assert len(refs) > 40
        server.send(ending)
        assert await asyncio.to_thread(server.wait_end) == 1
        await asyncio.to_thread(server.start)
        for visitor in visitors:
            await visitor.until_back()
        await drained(visitors, server.database)
        server.kill()
    complain(Oracle(journal, visitors, Stored.read(server.database, check=True)).verdict())


def until_draining(server: Server) -> None:
    until = time.monotonic() + allowed(10)
    while server.get("/ready").status == 200:
        assert time.monotonic() < until


# The metrics meanwhile, and their port.


async def test_metrics_are_on_their_own_port_and_say_what_happens(
    tmp_path: Path, servers: Care, journal: Journal
) -> None:
    found(tmp_path / "data", [])
    port = free_port()
    server = servers(Server(tmp_path / "data", WIDE | {"CHATSERVER_METRICS_PORT": str(port)})).start()
    async with crowd(server, journal, 2) as visitors:
        told = await asyncio.to_thread(measured, server, port)
        assert told['chat_sessions{audience="visitor"}'] == 2
        assert told["chat_open_conversations"] == 2
        assert told['chat_queue_length{group="women"}'] == 2
        assert told["chat_database_up"] == told["chat_bus_up"] == told["chat_works_timers"] == 1
        assert told["chat_peers"] == 0
        assert told["chat_answer_seconds_count"] == 2
        assert told["chat_event_loop_stall_seconds"] >= 0
        assert (await asyncio.to_thread(server.get, "/metrics")).status == 404
        everything = json.dumps(list(told))
        assert not any(each.conversation in everything or each.token in everything for each in visitors)
        visitors[0].drop()
        await visitors[0].until_back()
        told = await asyncio.to_thread(measured, server, port)
        assert told['chat_resumes_total{result="recovered"}'] == 1
    assert await asyncio.to_thread(server.stop) == 0


def measured(server: Server, port: int) -> dict[str, float]:
    """Sample → value, from the metrics port."""
    answer = Server(server.data, port=port).get("/metrics")
    assert answer.status == 200
    lines = [line for line in answer.body.decode().splitlines() if not line.startswith("#")]
    return {sample: float(value) for sample, _, value in (line.rpartition(" ") for line in lines)}
