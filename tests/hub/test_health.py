"""The database is asked once a second whether it answers; what follows when it does not, with and without peers."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from chatserver.bus.memory import MemoryBus, Room
from chatserver.domain.refusals import Unavailable
from chatserver.hub.health import AWAY_AFTER, Health
from chatserver.store.database import Database


class Moody:
    """A database that answers, refuses, or does not answer at all."""

    def __init__(self) -> None:
        self.answer: Callable[[], Any] = lambda: None

    async def read(self, _fn: object) -> None:
        found = self.answer()
        if isinstance(found, asyncio.Future):
            await found

    def refuses(self) -> None:
        def refuse() -> None:
            raise Unavailable

        self.answer = refuse

    def is_silent(self) -> None:
        self.answer = lambda: asyncio.get_running_loop().create_future()


class Ear:
    """A listener that ignores everything."""

    def heard(self, bell: object) -> None: ...

    def missed(self) -> None: ...

    def presence_changed(self, people: object) -> None: ...


class Node:
    """A node's health, its bus, and how often it gave its sockets away."""

    def __init__(self, room: Room) -> None:
        self.database = Moody()
        self.bus = MemoryBus(room)
        self.now = 0.0
        self.given = 0
        database: Any = self.database
        assert hasattr(Database, "read")
        self.health = Health(database, self.bus, self._give, lambda: self.now)

    async def _give(self) -> None:
        self.given += 1

    async def look(self, after: float = 0.0) -> None:
        """Let this many seconds pass, checking once a second."""
        for _ in range(int(after) - 1):
            self.now += 1
            await self.health.look()
        self.now += min(after, 1)
        await self.health.look()
        await asyncio.sleep(0)

    async def stands_still(self, seconds: float) -> None:
        """Nothing runs in this process for this long; then it checks."""
        self.now += seconds
        await self.health.look()
        await asyncio.sleep(0)


@pytest_asyncio.fixture
async def nodes() -> tuple[Node, Node]:
    room = Room()
    one, other = Node(room), Node(room)
    for each in (one, other):
        await each.bus.start("world", Ear())
    return one, other


async def test_a_node_cut_off_from_the_database_gives_its_sockets_away_once(nodes: tuple[Node, Node]) -> None:
    one, other = nodes
    await one.look()
    assert (one.health.database_up, one.health.down_for) == (True, 0.0)
    one.database.refuses()
    await one.look(1)
    assert (one.health.database_up, one.health.down_for) == (False, 1.0)
    assert (one.given, other.bus.peers) == (0, 0)
    await one.look(AWAY_AFTER)
    await one.look(1)
    assert (one.health.away, one.given) == (True, 1)
    one.database.answer = lambda: None
    await one.look(1)
    assert (one.health.down_for, other.bus.peers) == (0.0, 1)


async def test_when_the_database_is_down_for_all_nodes_none_gives_its_sockets_away(nodes: tuple[Node, Node]) -> None:
    for each in nodes:
        each.database.refuses()
        await each.look(1)
    for each in nodes:
        await each.look(AWAY_AFTER)
        await each.look(60)
        assert each.health.away
        assert each.given == 0


async def test_a_silent_database_counts_as_down(nodes: tuple[Node, Node], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chatserver.hub.health.ANSWERS_WITHIN", 0.01)
    nodes[0].database.is_silent()
    await nodes[0].look()
    assert not nodes[0].health.database_up


async def test_a_loop_that_stands_still_is_not_taken_for_a_silent_database(
    nodes: tuple[Node, Node], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatserver.hub.health.ANSWERS_WITHIN", 0.2)
    loop = asyncio.get_running_loop()
    one, other = nodes
    one.database.answer = lambda: loop.run_in_executor(None, time.sleep, 0.05)
    # The answer came long before this process can notice it.
    loop.call_later(0.01, time.sleep, 0.6)
    with capture_logs() as logged:
        await one.look()
    assert one.health.database_up
    assert other.bus.peers == 1
    assert [each["event"] for each in logged] == ["loop_stalled"]


async def test_a_process_that_stood_still_gives_nothing_away_at_the_first_answer_it_misses(
    nodes: tuple[Node, Node],
) -> None:
    one, _ = nodes
    await one.look(1)
    one.database.refuses()
    await one.stands_still(60)
    assert (one.health.database_up, one.health.away, one.given) == (False, False, 0)
    await one.look(AWAY_AFTER + 1)
    assert (one.health.away, one.given) == (True, 1)


async def test_a_stopping_node_does_not_count_as_a_peer_even_if_its_database_answers(nodes: tuple[Node, Node]) -> None:
    one, other = nodes
    assert other.bus.peers == 1
    one.health.leaving()
    await one.look()
    assert other.bus.peers == 0
