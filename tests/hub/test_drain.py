"""Sending everybody to other nodes: each session at a moment of its own, all within the given time."""

import asyncio
from typing import Any

import pytest

from chatserver.hub.drain import spread
from chatserver.hub.health import AWAY_AFTER
from chatserver.hub.hub import Hub
from chatserver.store.database import Database, Where
from chatserver.wire.closing import CloseCode
from tests.hub.harness import opened, two_nodes

SPREAD = 1.0


class Sent:
    """When a session was sent away, and with which code."""

    def __init__(self) -> None:
        self.at = 0.0
        self.code: CloseCode | None = None

    def close(self, code: CloseCode) -> None:
        self.at, self.code = asyncio.get_running_loop().time(), code


async def test_each_session_is_closed_at_its_own_moment_and_all_in_time() -> None:
    everybody: Any = [Sent() for _ in range(100)]
    began = asyncio.get_running_loop().time()
    await spread(everybody, SPREAD)
    assert {each.code for each in everybody} == {CloseCode.DRAINED}
    moments = sorted(each.at - began for each in everybody)
    assert moments[-1] <= SPREAD + 1
    assert [each.at - began for each in everybody] != moments, "not in the order they came"
    for place, moment in enumerate(moments):
        assert moment >= place / 100 * SPREAD - 0.01, "nobody before their slice of the time"


async def test_without_sessions_a_drain_waits_for_nothing() -> None:
    await asyncio.wait_for(spread([], 600), 5)


async def test_a_node_cut_off_from_the_database_sends_its_people_to_the_others(
    place: Where, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatserver.hub.hub.AWAY_SPREAD", 0.05)
    async with opened(place) as rig:
        visitor, li = await rig.visitor(), await rig.staff("limin")
        health = rig.hub.health

        class Away(Database):
            """A database that does not answer."""

            def __init__(self) -> None: ...

            async def read(self, fn: Any) -> Any:
                raise TimeoutError

        monkeypatch.setattr(health, "_database", Away())
        monkeypatch.setattr(health, "_answered_at", health._answered_at - AWAY_AFTER)
        await health.look()
        assert rig.hub.why_not_ready == "unavailable"
        assert (visitor.closed, li.closed) == (None, None), "alone, everybody stays"
        monkeypatch.setattr(Hub, "peers", 1)
        monkeypatch.setattr(type(rig.hub._bus), "peers", 1)
        await health.look()
        await visitor.until(lambda: visitor.closed)
        await li.until(lambda: li.closed)
        assert {visitor.closed, li.closed} == {CloseCode.DRAINED}
        monkeypatch.undo()
        await health.look()
        assert rig.hub.why_not_ready is None


async def test_a_node_that_drains_says_so(place: Where) -> None:
    async with opened(place) as rig:
        visitor = await rig.visitor()
        await rig.hub.drain()
        assert rig.hub.why_not_ready == "draining"
        assert visitor.closed is None, "a visitor alone learns of the stop from the stop itself"
        await rig.hub.stop()
        await visitor.until(lambda: visitor.closed)
        assert visitor.closed == CloseCode.RESTART


async def test_a_node_waits_for_the_one_that_was_restarted_just_before_it(place: Where) -> None:
    async with two_nodes(place) as (one, other):
        visitor = await one.visitor()
        other.bus.say_healthy(False)
        draining = asyncio.create_task(one.hub.drain())
        await asyncio.sleep(0)
        assert (one.hub.why_not_ready, visitor.closed) == (None, None)
        other.bus.say_healthy(True)
        await draining
        assert (one.hub.why_not_ready, visitor.closed) == ("draining", CloseCode.DRAINED)
