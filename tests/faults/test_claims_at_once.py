"""Two consultants claim the same conversation at the same time: one gets it, and the other is told who."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.e2e.cluster import Care, cluster
from tests.e2e.hospital import DENTISTRY, TEETH, Wanted, found
from tests.e2e.journal import Journal, tell
from tests.e2e.load import drained
from tests.e2e.oracle import Oracle, Stored, complain
from tests.e2e.people import Consultant, Visitor
from tests.e2e.procs import WIDE, Server
from tests.faults.counts import count, dice, within
from tests.postgres import Postgres
from tests.redis import OwnRedis

pytestmark = [pytest.mark.whole, pytest.mark.slow]

RIVALS = [Wanted("bo", (TEETH,)), Wanted("lan", (TEETH,))]


@within(quick=180, full=1_800)
async def test_two_at_two_nodes_on_postgresql(
    tmp_path: Path, postgres: Postgres, own_redis: OwnRedis, servers: Care, journal: Journal
) -> None:
    rounds = count("claims on PostgreSQL", quick=60, full=1_000)
    with postgres.database() as address:
        async with cluster(tmp_path, address, own_redis.url, RIVALS, servers, journal) as house:
            one, other = [
                await house.consultant(wanted.login, node.port)
                for wanted, node in zip(RIVALS, house.nodes, strict=True)
            ]
            visitor = await house.visitor("ann")
            won = await _contests(rounds, visitor, (one, other))
            await drained([visitor], address)
            await _leave(visitor, one, other)
            await house.stop()
        _judge(journal, (visitor, one, other), Stored.read(address), won)


@within(quick=180, full=1_800)
async def test_two_with_two_connections_on_sqlite(tmp_path: Path, servers: Care, journal: Journal) -> None:
    rounds = count("claims on SQLite", quick=60, full=1_000)
    server = servers(Server(tmp_path / "data", settings=dict(WIDE)))
    people = found(server.data, RIVALS)
    server.start()
    one, other = [await Consultant.sit_down(server, people[wanted.login], journal) for wanted in RIVALS]
    visitor = await Visitor.arrive(server, "ann", journal)
    won = await _contests(rounds, visitor, (one, other))
    await drained([visitor], server.database)
    await _leave(visitor, one, other)
    assert await asyncio.to_thread(server.stop) == 0
    _judge(journal, (visitor, one, other), Stored.read(server.database), won)


async def _contests(rounds: int, visitor: Visitor, rivals: Sequence[Consultant]) -> dict[str, str]:
    """Who won which conversation, by name."""
    chance, began = dice(), time.monotonic()
    won = {}
    for _ in range(rounds):
        conversation = await visitor.open(DENTISTRY, "a tooth hurts")
        won[conversation] = await _contest(conversation, rivals, chance)
    tell(f"{rounds} contests in {time.monotonic() - began:.1f} s, won by {dict(Counter(won.values()))}")
    return won


async def _contest(conversation: str, rivals: Sequence[Consultant], chance: random.Random) -> str:
    """Both see it waiting and claim it at the same time; the winner ends it. Returns the winner's name."""
    for each in rivals:
        await each.until(
            lambda each=each: each.rows.get(conversation, {}).get("state") == "waiting",  # type: ignore[misc]  # bound at once
            f"{conversation} waiting",
        )
    # Randomise whose frame leaves first: by microseconds only, but on one event loop one always does.
    order = chance.sample(list(rivals), len(rivals))
    answers = await asyncio.gather(*(each.asked("conversation.claim", conversation=conversation) for each in order))
    assert sorted(answer["type"] for answer in answers) == ["accepted", "refused"], answers
    winner, won = next(each for each in zip(order, answers, strict=True) if each[1]["type"] == "accepted")
    refused = next(answer for answer in answers if answer["type"] == "refused")
    name = winner.member.name
    assert (refused["code"], refused["details"]) == ("offer_gone", {"why": "taken", "by": name}), refused
    asked = {"conversation": conversation, "fence": won["fence"], "outcome": "answered"}
    closed = await winner.asked("conversation.close", **asked)
    assert closed["type"] == "accepted", closed
    return name


async def _leave(*clients: Visitor | Consultant) -> None:
    for client in clients:
        await client.leave()


def _judge(journal: Journal, clients: Sequence[Visitor | Consultant], stored: Stored, won: dict[str, str]) -> None:
    """Nobody saw anything but what is stored, and each transcript has one `assigned`."""
    complain(Oracle(journal, clients, stored).verdict(complete=False))
    given = {id: [row for row in rows if row["event"] == "assigned"] for id, rows in stored.entries.items()}
    assert {id: len(rows) for id, rows in given.items()} == dict.fromkeys(won, 1)
    for id, [row] in given.items():
        assert f'"{won[id]}"' in row["details"]
