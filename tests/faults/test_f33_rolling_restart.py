"""F33: the nodes are restarted one after the other under load. Nothing is lost, and nobody is away for long."""

import asyncio
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.e2e.cluster import Care, cluster
from tests.e2e.crowd import CAPACITY, absences, crowd, share
from tests.e2e.hospital import Wanted
from tests.e2e.journal import Journal, tell
from tests.e2e.load import drained
from tests.e2e.oracle import Oracle, Stored, complain
from tests.e2e.patience import allowed
from tests.faults.counts import FULL, count, within
from tests.postgres import Postgres
from tests.redis import OwnRedis

pytestmark = [pytest.mark.whole, pytest.mark.alone, pytest.mark.slow]

AWAY_AT_MOST = 5.0
"""Seconds, for 99 of a hundred."""
AT_ONCE = 0.1
"""At most this share of all sockets reconnects in any second; a few of them do not count as a crowd."""
DRAIN_S = 15 if FULL else 5
MESSAGES_A_SECOND = 50 if FULL else 30


@within(quick=180, full=900)
async def test_f33_nodes_restarted_one_after_the_other_lose_nothing(
    tmp_path: Path, postgres: Postgres, own_redis: OwnRedis, servers: Care, journal: Journal
) -> None:
    visitors = count("F33", quick=110, full=2_000)
    people = [Wanted(f"c{number}", capacity=CAPACITY) for number in range(-(-visitors // CAPACITY) + 1)]
    settings = {"CHATSERVER_DRAIN_S": str(DRAIN_S)}
    with postgres.database() as address:
        async with (
            cluster(tmp_path, address, own_redis.url, people, servers, journal, settings=settings) as house,
            crowd(house, visitors) as people_here,
        ):
            chatting = asyncio.create_task(people_here.chat(MESSAGES_A_SECOND))
            began = time.monotonic()
            for node in house.nodes:
                node.terminate()
                assert await asyncio.to_thread(node.wait_end) == 0
                await asyncio.to_thread(node.start)
                await people_here.all_welcome(within=allowed(30))
            chatting.cancel()
            await drained(people_here.clients, address)
            lasted = absences(journal, began)
            stored = Stored.read(address)
            complain(Oracle(journal, people_here.clients, stored).verdict())
    moments = sorted(line.at for line in journal.of("welcomed") if line.at >= began)
    busiest = max(sum(at <= each < at + 1 for each in moments) for at in moments)
    tell(f"closed with {Counter(line.told['code'] for line in journal.of('closed') if line.at >= began)}")
    tell(
        f"{len(lasted)} were sent elsewhere, 99 % were away for {share(lasted, 0.99):.2f} s, all for {lasted[-1]:.2f} s"
        f" at most; {busiest} in the busiest second"
    )
    assert len(lasted) > visitors
    assert share(lasted, 0.99) <= allowed(AWAY_AT_MOST)
    assert not FULL or busiest <= AT_ONCE * len(people_here.clients)
    assert "returned_to_queue" not in {row["event"] for row in stored}
