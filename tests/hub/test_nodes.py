"""Two nodes on one database: people at either of them are in the same hospital."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from chatserver.bus.contract import Doorbell
from chatserver.hub import missed_changes
from chatserver.hub.outcome import Outcome
from chatserver.store.database import Where
from chatserver.store.ids import new_id
from tests.hub.harness import QUICK, Rig, StaffTab, VisitorTab, eventually, two_nodes

SLOW_LOOKS = replace(QUICK, heads=3_600.0, attendance=0.05)
"""Only doorbells announce changes: nothing is checked at intervals."""
LOOKS = replace(QUICK, heads=0.05, heads_alone=0.02, attendance=0.02)


async def served(one: Rig, other: Rig) -> tuple[VisitorTab, StaffTab, str]:
    """A visitor at one node, and the consultant who answers at the other."""
    li = await other.staff("limin", "online")
    visitor = await one.visitor()
    conversation = await visitor.opens()
    await li.row(conversation, state="active")
    await li.follows(conversation)
    await visitor.has_event(conversation, "assigned")
    return visitor, li, conversation


async def test_a_question_at_one_node_is_answered_at_the_other(place: Where) -> None:
    async with two_nodes(place, options=SLOW_LOOKS) as (one, other):
        visitor, li, conversation = await served(one, other)
        row = await li.row(conversation)
        await li.ask("message.post", conversation=conversation, body="您好", fence=row["fence"])
        await visitor.hears("entry", conversation=conversation, body="您好")
        await visitor.says(conversation, "谢谢")
        await li.hears("entry", conversation=conversation, body="谢谢")
        for tab in (visitor, li):
            seqs = [entry["seq"] for entry in tab.entries(conversation)]
            assert seqs == list(range(1, len(seqs) + 1))


async def test_the_same_ref_at_both_nodes_is_one_entry(place: Where) -> None:
    async with two_nodes(place) as (one, other):
        token = one.new_visitor()
        here, there = await one.visitor(token), await other.visitor(token)
        conversation = await here.opens()
        ref = new_id()
        first = await here.says(conversation, "一次", ref=ref)
        again = await there.says(conversation, "一次", ref=ref)
        assert (first["seq"], again["seq"], again["repeat"]) == (first["seq"], first["seq"], True)
        conflict = await there.says(conversation, "另外", ref=ref)
        assert conflict["code"] == "idempotency_conflict"


async def test_a_visitor_with_tabs_at_both_nodes_has_one_conversation(place: Where) -> None:
    async with two_nodes(place) as (one, other):
        token = one.new_visitor()
        here, there = await one.visitor(token), await other.visitor(token)
        conversation = await here.opens()
        assert await there.opens("第二个标签页") == conversation
        await there.has_event(conversation, "opened")
        await here.hears("entry", conversation=conversation, body="第二个标签页")


async def test_a_change_without_a_doorbell_is_found_by_the_head_check(place: Where) -> None:
    async with two_nodes(place, options=LOOKS) as (one, other):
        visitor, li, conversation = await served(one, other)
        one.bus.ring = lambda bell: None  # type: ignore[method-assign]  # the bus loses every doorbell from here on
        await visitor.says(conversation, "听得到吗")
        await li.hears("entry", conversation=conversation, body="听得到吗")


async def test_a_tab_reads_a_conversation_once_that_is_new_to_its_node(place: Where) -> None:
    async with two_nodes(place, options=SLOW_LOOKS) as (one, other):
        one.bus.ring = lambda bell: None  # type: ignore[method-assign]  # the bus loses every doorbell
        token = one.new_visitor()
        here = await one.visitor(token)
        conversation = await here.opens()
        there = await other.visitor(token)
        await there.hears("live", conversation=conversation)
        assert [entry["seq"] for entry in there.entries(conversation)] == [1, 2]
        assert [live["seq"] for live in there.heard("live")] == [2]
        assert there.told[0]["type"] == "welcome"


async def test_a_tab_reads_a_conversation_once_that_is_announced_while_it_enters(place: Where) -> None:
    async with two_nodes(place, options=SLOW_LOOKS) as (one, other):
        one.bus.ring = lambda bell: None  # type: ignore[method-assign]  # rung below, at the worst moment
        token = one.new_visitor()
        here = await one.visitor(token)
        conversation = await here.opens()
        node, read = other.hub._running, other.database.read

        async def late(fn: Callable[[Connection], Any]) -> Any:
            found = await read(fn)
            if node.sessions.visitors():
                changes = await read(lambda conn: missed_changes.of(conn, [conversation], node.announcer.known()))
                node.announcer.announce_others(Outcome(changes, []))
            return found

        other.database.read = late  # type: ignore[method-assign]
        there = await other.visitor(token)
        # Everything before it has been sent by then.
        await there.ask("heads.get", at=[])
        assert [entry["seq"] for entry in there.entries(conversation)] == [1, 2]
        assert [live["seq"] for live in there.heard("live")] == [2]


async def test_the_tab_that_ends_it_is_first_sent_what_no_doorbell_announced(place: Where) -> None:
    async with two_nodes(place, options=SLOW_LOOKS) as (one, other):
        visitor, li, conversation = await served(one, other)
        fence = (await li.row(conversation, state="active"))["fence"]
        other.bus.ring = lambda bell: None  # type: ignore[method-assign]  # the doorbell is lost
        await li.ask("message.post", conversation=conversation, body="请现在来急诊", fence=fence)
        answer = await visitor.ask("conversation.close", conversation=conversation)
        assert answer["type"] == "accepted"
        await visitor.hears("entry", body="请现在来急诊")
        await visitor.has_event(conversation, "closed")
        assert not visitor.session.readers


async def test_a_lost_doorbell_is_made_up_for_by_the_next(place: Where) -> None:
    async with two_nodes(place, options=SLOW_LOOKS) as (one, other):
        visitor, li, conversation = await served(one, other)
        ring = one.bus.ring
        one.bus.ring = lambda bell: None  # type: ignore[method-assign]  # one doorbell is lost
        await visitor.says(conversation, "第一句")
        one.bus.ring = ring  # type: ignore[method-assign]
        await visitor.says(conversation, "第二句")
        await li.hears("entry", conversation=conversation, body="第二句")
        assert [each["body"] for each in li.entries(conversation) if each["kind"] == "message"][-2:] == [
            "第一句",
            "第二句",
        ]


async def test_an_old_copy_never_replaces_a_newer_one(place: Where) -> None:
    async with two_nodes(place, options=SLOW_LOOKS) as (one, other):
        visitor, li, conversation = await served(one, other)
        node = other.hub._running
        old = node.open_conversations.get(conversation)
        assert old is not None
        await visitor.says(conversation, "新的")
        await li.row(conversation, last_line="新的")
        node.announcer.refresh(old)
        node.remote_changes.heard(Doorbell(conversation, old.version, old.last_seq, old.last_visitor_seq))
        assert (await li.row(conversation))["last_line"] == "新的"
        now = node.open_conversations.get(conversation)
        assert now is not None
        assert now.version > old.version


async def test_a_colleague_at_the_other_node_can_be_offered_a_transfer(place: Where) -> None:
    async with two_nodes(place) as (one, other):
        li = await one.staff("limin", "online")
        visitor = await one.visitor()
        conversation = await visitor.opens()
        row = await li.row(conversation, state="active")
        wang = await other.staff("wangfang", "online")
        await eventually(lambda: _colleague(li, wang.id).get("availability") == "online")
        assert "why_not" not in _colleague(li, wang.id)
        answer = await li.ask(
            "transfer.offer", conversation=conversation, fence=row["fence"], note="请帮忙", consultant=wang.id
        )
        assert answer["type"] == "accepted", answer
        offered = await wang.offer(conversation)
        answer = await wang.ask("offer.accept", conversation=conversation, offer=offered["id"])
        assert answer["type"] == "accepted", answer
        told = await visitor.has_event(conversation, "transferred")
        assert told["consultant"]["name"] == "王芳"
        stale = await li.ask("message.post", conversation=conversation, body="晚了", fence=row["fence"])
        assert stale["code"] == "fence_stale"


async def test_a_consultant_who_reconnects_at_the_other_node_is_never_noted_as_gone(place: Where) -> None:
    async with two_nodes(place, options=LOOKS) as (one, other):
        visitor, li, conversation = await served(one, other)
        again = StaffTab(one)
        await again.enter("limin")
        li.leave()
        await visitor.says(conversation, "还在吗")
        await again.row(conversation, last_line="还在吗")
        await one.stores("SELECT count(*) FROM conversations WHERE owner_left_at IS NOT NULL", 0)
        assert one.hub._running.directory.here(li.id)
        assert other.hub._running.directory.here(li.id)


async def test_whoever_leaves_for_good_is_noted_as_gone(place: Where) -> None:
    async with two_nodes(place, options=LOOKS) as (one, other):
        visitor, li, _ = await served(one, other)
        li.leave()
        await one.stores("SELECT count(*) FROM conversations WHERE owner_left_at IS NOT NULL", 1)
        visitor.leave()
        await one.stores("SELECT count(*) FROM conversations WHERE visitor_left_at IS NOT NULL", 1)


async def test_those_of_a_node_that_died_are_noted_as_gone_by_another(place: Where) -> None:
    async with two_nodes(place, options=LOOKS) as (one, other):
        _, li, _ = await served(one, other)
        await _dies(other)
        await one.stores("SELECT count(*) FROM conversations WHERE owner_left_at IS NOT NULL", 1)
        assert not one.hub._running.directory.here(li.id)


async def test_nobody_counts_as_gone_while_presence_is_unknown(place: Where) -> None:
    async with two_nodes(place, options=LOOKS) as (one, other):
        visitor, _, conversation = await served(one, other)
        for node in (one, other):
            node.bus.trusted = False
        await _dies(other)
        attendance = one.hub._running.presence
        # Nobody who changes nodes is waited for any more.
        await eventually(lambda: not attendance._leaving)
        attendance.look()
        # A write of the check would come before this one.
        await visitor.says(conversation, "还在吗")
        await one.stores("SELECT count(*) FROM conversations WHERE owner_left_at IS NOT NULL", 0)
        one.bus.trusted = True
        await one.stores("SELECT count(*) FROM conversations WHERE owner_left_at IS NOT NULL", 1)


async def test_a_node_that_joins_begins_nobodys_grace(place: Where) -> None:
    async with two_nodes(place, options=SLOW_LOOKS) as (one, other):
        _, li, conversation = await served(one, other)
        await one.restart()
        await one.stores("SELECT count(*) FROM conversations WHERE owner_left_at IS NOT NULL", 0)
        assert (await li.row(conversation))["state"] == "active"


async def test_deadlines_are_worked_by_one_node_and_by_any_when_that_one_does_not(place: Where) -> None:
    async with two_nodes(place, options=LOOKS) as (one, other):
        assert (one.bus.works_timers, other.bus.works_timers) == (True, False)
        await one.hub._running.timers.stop()
        zhang = await other.staff("zhangwei", "online")
        visitor = await other.visitor()
        conversation = await visitor.opens(department="pediatrics")
        await zhang.row(conversation, state="waiting")
        await zhang.offer(conversation)
        one.clock.pass_seconds(16)
        await other.hub._running.timers.tick()
        assert (zhang.rows()[conversation].get("offer") or {}).get("mine")
        one.clock.pass_seconds(2)
        await zhang.row(conversation, offer=None)


async def test_the_oldest_tab_is_closed_at_whichever_node_it_is(place: Where) -> None:
    async with two_nodes(place) as (one, other):
        token = one.new_visitor()
        tabs = []
        for number in range(6):
            one.clock.pass_seconds(1)
            tabs.append(await (one, other)[number % 2].visitor(token))
        await eventually(lambda: tabs[0].closed == 4503)
        assert [tab.closed for tab in tabs[1:]] == [None] * 5


async def test_typing_shows_across_nodes(place: Where) -> None:
    async with two_nodes(place) as (one, other):
        visitor, li, conversation = await served(one, other)
        await visitor.send("typing", conversation=conversation, on=True)
        await li.hears("typing", conversation=conversation, on=True)
        signs = [rig.hub._running.typing for rig in (one, other)]
        assert [each.somebody_types(conversation) for each in signs] == [True, True]
        assert [each.owner_types(conversation) for each in signs] == [False, False]
        await li.send("typing", conversation=conversation, on=True)
        shown = await visitor.hears("typing", conversation=conversation, on=True)
        assert shown["by"]["name"] == "李敏"
        assert one.hub._running.typing.owner_types(conversation)


async def test_a_token_that_was_used_at_the_other_node_does_not_end(place: Where) -> None:
    async with two_nodes(place) as (one, other):
        token = one.new_visitor()
        idle, busy = await one.visitor(token), await other.visitor(token)
        one.clock.pass_seconds(24 * 3_600 - 60)
        await busy.send("heads.get", ref=new_id(), at=[])
        # Written before the old end of the token passes: either node also looks by itself at any moment.
        await other.hub._running.maintenance.look_at_tokens()
        one.clock.pass_seconds(120)
        await one.hub._running.maintenance.look_at_tokens()
        await other.hub._running.maintenance.look_at_tokens()
        assert (idle.closed, busy.closed) == (None, None)
        one.clock.pass_seconds(25 * 3_600)
        await one.hub._running.maintenance.look_at_tokens()
        await eventually(lambda: idle.closed == 4401)


def _colleague(tab: StaffTab, id: str) -> dict[str, object]:
    """A colleague as this tab's list shows them now."""
    found: dict[str, object] = {}
    for frame in tab.heard("colleagues"):
        found = next((each for each in frame["put"] if each["id"] == id), found)
    return found


async def _dies(rig: Rig) -> None:
    """The node's lease ends: its memory is lost, nothing is written, and it checks nothing any more."""
    rig.hub._running.presence.stop()
    await rig.hub._running.remote_changes.stop()
    await rig.bus.stop()


async def test_tabs_that_open_at_both_nodes_in_the_same_moment_open_one_conversation(place: Where) -> None:
    async with two_nodes(place) as (one, other):
        for _ in range(10):
            token = one.new_visitor()
            here, there = await one.visitor(token), await other.visitor(token)
            opened = await asyncio.gather(here.opens("这边先说"), there.opens("那边先说"))
            assert opened[0] == opened[1]
            for tab in (here, there):
                await tab.hears("entry", body="这边先说")
                await tab.hears("entry", body="那边先说")
                tab.leave()


async def test_a_conversation_claimed_at_both_nodes_in_the_same_moment_has_one_winner(place: Where) -> None:
    async with two_nodes(place) as (one, other):
        li, wang = await one.staff("limin", "busy"), await other.staff("wangfang", "busy")
        for _ in range(10):
            visitor = await one.visitor()
            conversation = await visitor.opens(department="eyes")
            await li.row(conversation)
            await wang.row(conversation)
            answers = await asyncio.gather(
                li.ask("conversation.claim", conversation=conversation),
                wang.ask("conversation.claim", conversation=conversation),
            )
            assert sorted(answer["type"] for answer in answers) == ["accepted", "refused"]
            [lost] = [answer for answer in answers if answer["type"] == "refused"]
            winner = li if answers[0]["type"] == "accepted" else wang
            assert (lost["code"], lost["details"]["why"]) == ("offer_gone", "taken")
            assert lost["details"]["by"] == ("李敏" if winner is li else "王芳")
            row = await winner.row(conversation, state="active")
            await winner.ask("conversation.close", conversation=conversation, fence=row["fence"], outcome="answered")
