"""A node that starts or stops while another one works: nothing is overwritten, nobody is held up, nobody waits for
it."""

import asyncio

import pytest

from chatserver.domain.refusals import Unavailable
from chatserver.hub import resume
from chatserver.store import conversations, visitor_lookup
from chatserver.store.database import Where
from chatserver.store.ids import new_id
from chatserver.wire.closing import CloseCode
from tests.hub.cuts import HeldBack, no_store
from tests.hub.harness import Rig, VisitorTab, eventually, two_nodes
from tests.hub.test_nodes import SLOW_LOOKS


async def test_the_first_note_of_absence_overwrites_nothing_that_another_node_commits(
    postgres_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two nodes start at once: one has read what is open, the other writes into it."""
    async with two_nodes(postgres_database, options=SLOW_LOOKS) as (one, other):
        visitor = await other.visitor()
        conversation = await visitor.opens(department="eyes")
        reading = HeldBack(monkeypatch, conversations, "open_everywhere")
        starting = asyncio.create_task(one.hub._running.presence.start(first=True))
        await reading.has_read()
        saying = asyncio.create_task(visitor.says(conversation, "在吗"))
        await eventually(lambda: saying.done() or waits_for_a_lock(one))
        reading.may_return()
        await starting
        said = [await saying, *[await visitor.says(conversation, body) for body in ("还在吗", "您好")]]
        assert [answer["type"] for answer in said] == ["accepted"] * 3
        assert [answer["seq"] for answer in said] == sorted({answer["seq"] for answer in said})
        for answer in said:
            await visitor.hears("entry", conversation=conversation, seq=answer["seq"])


def waits_for_a_lock(rig: Rig) -> bool:
    """Whether some transaction in this database waits for a lock."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    return bool(rig.database.read_now(lambda conn: conn.exec_driver_sql(waiting).scalar()))


async def test_a_node_stops_though_the_store_is_away(place: Where) -> None:
    async with two_nodes(place, options=SLOW_LOOKS) as (one, other):
        visitor = await other.visitor()
        other.clock.pass_seconds(60)
        # Activity, so that a token's end still has to be written.
        await visitor.ask("heads.get", ref=new_id(), at=[])
        with no_store(other):
            await other.hub.stop()
        assert one.bus.peers == 0
        assert list(one.bus.elsewhere(visitor.session.person)) == []
        await visitor.until(lambda: visitor.closed)
        assert visitor.closed == CloseCode.RESTART


async def test_whoever_says_hello_while_the_node_stops_is_sent_back(
    place: Where, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with two_nodes(place, options=SLOW_LOOKS) as (_, other):
        reading = HeldBack(monkeypatch, visitor_lookup, "known")
        entering = asyncio.create_task(other.visitor())
        await reading.has_read()
        await other.hub.stop()
        reading.may_return()
        with pytest.raises(Unavailable):
            await entering


async def test_a_session_let_in_while_the_node_stops_is_closed_and_counted_nowhere(
    place: Where, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with two_nodes(place, options=SLOW_LOOKS) as (one, other):
        token = other.new_visitor()
        await (await other.visitor(token)).opens()
        reading = HeldBack(monkeypatch, resume, "_read_rests")
        tab = VisitorTab(other)
        entering = asyncio.create_task(tab.enter(token))
        await reading.has_read()
        await other.hub.stop()
        reading.may_return()
        await entering
        assert tab.closed == CloseCode.RESTART
        assert list(one.bus.elsewhere(tab.session.person)) == []


async def test_nobody_counts_on_a_node_before_it_has_begun(place: Where, monkeypatch: pytest.MonkeyPatch) -> None:
    async with two_nodes(place, options=SLOW_LOOKS) as (one, other):
        reading = HeldBack(monkeypatch, conversations, "recently_closed")
        starting = asyncio.create_task(other.restart())
        await reading.has_read()
        assert one.bus.peers == 0
        reading.may_return()
        await starting
        assert one.bus.peers == 1


async def test_a_node_that_fails_to_start_does_not_join_the_others(
    place: Where, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gives_no_answer(*of: object) -> None:
        raise Unavailable()

    async with two_nodes(place, options=SLOW_LOOKS) as (one, other):
        monkeypatch.setattr(conversations, "recently_closed", gives_no_answer)
        with pytest.raises(Unavailable):
            await other.restart()
        assert one.bus._of_my_world() == [one.bus]
