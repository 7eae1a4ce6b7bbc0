"""Who is present with two nodes: people who change nodes, a node that is cut off, writes that must not pile up."""

import asyncio
from dataclasses import replace

import pytest

from chatserver.domain.commands.base import Command
from chatserver.domain.commands.presence import VisitorPresenceChanged
from chatserver.hub import presence, resume
from chatserver.store.database import Where
from tests.hub.cuts import HeldBack, no_store
from tests.hub.harness import QUICK, Rig, StaffTab, eventually, two_nodes
from tests.hub.test_nodes import LOOKS, SLOW_LOOKS, served

LINGERS = replace(QUICK, heads=3_600.0, attendance=3_600.0, staff_linger=3_600.0, visitor_linger=3_600.0)
"""No reload takes that long, and only the test checks anything."""
SUPERSEDED = 4503


async def rung(zhang: StaffTab, conversation: str) -> None:
    """Wait until it is offered to this tab's person."""
    await zhang.until(lambda: (zhang.rows().get(conversation, {}).get("offer") or {}).get("mine"))


async def test_a_reload_at_another_node_is_waited_for_even_if_a_node_checks_meanwhile(place: Where) -> None:
    async with two_nodes(place, options=LINGERS) as (one, other):
        zhang = await other.staff("zhangwei", "online")
        visitor = await one.visitor()
        conversation = await visitor.opens(department="pediatrics")
        await rung(zhang, conversation)
        assert one.bus.works_timers
        zhang.leave()
        one.hub._running.presence.look()
        back = await other.staff("zhangwei")
        # A write of the check would come before this one.
        await visitor.says(conversation, "在吗")
        await back.row(conversation, last_line="在吗")
        await rung(back, conversation)
        await one.stores("SELECT count(*) FROM entries WHERE event = 'ring_missed'", 0)


async def test_people_who_left_are_recorded_though_the_node_with_the_timers_is_cut_off(place: Where) -> None:
    async with two_nodes(place, options=LOOKS) as (one, other):
        _, li, _ = await served(one, other)
        assert (one.bus.works_timers, other.bus.works_timers) == (True, False)
        with no_store(one):
            await one.hub.health.look()
            assert (one.bus.works_timers, other.bus.works_timers) == (False, True)
            li.leave()
            await other.stores("SELECT count(*) FROM conversations WHERE owner_left_at IS NOT NULL", 1)
        await one.hub.health.look()
        assert [node.bus.works_timers for node in (one, other)].count(True) == 1


async def test_every_node_counts_a_tab_from_the_same_moment(place: Where, monkeypatch: pytest.MonkeyPatch) -> None:
    """The hello of one tab took so long that another tab was opened before it was done."""
    async with two_nodes(place) as (one, other):
        token = one.new_visitor()
        first = await one.visitor(token)
        await first.opens()
        first.leave()
        reading = HeldBack(monkeypatch, resume, "_read_rests")
        entering = asyncio.create_task(one.visitor(token))
        await reading.has_read()
        tabs = []
        for _ in range(4):
            one.clock.pass_seconds(1)
            tabs.append(await other.visitor(token))
        one.clock.pass_seconds(1)
        reading.may_return()
        slow = await entering
        tabs.append(await one.visitor(token))
        await slow.until(lambda: slow.closed)
        assert (slow.closed, [tab.closed for tab in tabs]) == (SUPERSEDED, [None] * 5)


async def test_a_presence_change_without_names_includes_visitors(place: Where) -> None:
    async with two_nodes(place) as (one, other):
        token = one.new_visitor()
        tabs = []
        with pytest.MonkeyPatch.context() as lost:
            lost.setattr(one.hub._running.remote_changes, "presence_changed", lambda people: None)
            for number in range(6):
                one.clock.pass_seconds(1)
                tabs.append(await (one, other)[number // 3].visitor(token))
        assert [tab.closed for tab in tabs] == [None] * 6
        one.hub._running.remote_changes.presence_changed(())
        await tabs[0].until(lambda: tabs[0].closed)
        assert [tab.closed for tab in tabs] == [SUPERSEDED] + [None] * 5


def asked_of(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> list[Command]:
    """The commands that this node's parts ask for from now on."""
    dispatch = rig.hub._running.dispatch
    ask, asked = dispatch.ask, list[Command]()

    def listening(conversation: str, command: Command, *rest: object, **named: object) -> object:
        asked.append(command)
        return ask(conversation, command, *rest, **named)  # type: ignore[arg-type]  # passed on unchanged

    monkeypatch.setattr(dispatch, "ask", listening)
    return asked


async def test_a_presence_change_that_cannot_be_written_does_not_multiply(
    place: Where, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with two_nodes(place, options=SLOW_LOOKS) as (one, _):
        visitor = await one.visitor()
        await visitor.opens(department="eyes")
        asked = asked_of(one, monkeypatch)
        with no_store(one, reads=False):
            visitor.leave()
            # Asked for, and once more after it was refused.
            await eventually(lambda: len(asked) >= 2)
            before = len(asked)
            for _ in range(20):
                one.hub._running.presence.look()
            assert len(asked) == before
        await one.stores("SELECT count(*) FROM conversations WHERE visitor_left_at IS NOT NULL", 1)


async def test_a_presence_change_is_not_written_when_it_is_no_longer_true(
    place: Where, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence, "AGAIN", 0.1)
    async with two_nodes(place, options=SLOW_LOOKS) as (one, _):
        token = one.new_visitor()
        visitor = await one.visitor(token)
        await visitor.opens(department="eyes")
        asked = asked_of(one, monkeypatch)
        with no_store(one, reads=False):
            visitor.leave()
            await eventually(lambda: asked)
            await one.visitor(token)
            # Wait until it is no longer under way, however it ended.
            await eventually(lambda: not one.hub._running.presence._telling)
        # On a slow machine it was asked again until the visitor was back.
        assert all(each == VisitorPresenceChanged(here=False) for each in asked)
        await one.stores("SELECT count(*) FROM conversations WHERE visitor_left_at IS NOT NULL", 0)
