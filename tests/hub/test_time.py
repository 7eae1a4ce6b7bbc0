"""Deadlines, presence and restarts: what time changes, and what a restart does not."""

import pytest

from chatserver.store.database import Where
from tests.hub.harness import Rig, StaffTab, VisitorTab, opened


async def given(rig: Rig) -> tuple[StaffTab, VisitorTab, str]:
    """A visitor who is served by 李敏."""
    li = await rig.staff("limin", "online")
    visitor = await rig.visitor()
    conversation = await visitor.opens()
    await li.row(conversation, state="active")
    await li.follows(conversation)
    return li, visitor, conversation


async def test_no_first_reply_raises_the_alarm_then_goes_to_a_colleague(place: Where) -> None:
    async with opened(place) as rig:
        li, visitor, conversation = await given(rig)
        wang = await rig.staff("wangfang", "online")
        chen = await rig.staff("chenjing")
        rig.clock.pass_seconds(60)
        await chen.row(conversation, overdue=True)
        rig.clock.pass_seconds(30)
        await visitor.has_event(conversation, "returned_to_queue")
        row = await wang.row(conversation, state="active")
        assert row["owner"]["name"] == "王芳"
        await li.until(lambda: conversation not in li.rows())


async def test_a_consultant_who_types_is_given_a_minute_more(place: Where) -> None:
    async with opened(place) as rig:
        li, _, conversation = await given(rig)
        rig.clock.pass_seconds(89)
        await li.send("typing", conversation=conversation, on=True)
        rig.clock.pass_seconds(2)
        row = await li.row(conversation, overdue=True)
        answer = await li.ask("message.post", conversation=conversation, body="您好", fence=row["fence"])
        assert answer["type"] == "accepted"
        rig.clock.pass_seconds(600)
        await li.row(conversation, inactive=True)


async def test_a_disconnected_owner_keeps_conversations_for_the_grace(place: Where) -> None:
    async with opened(place) as rig:
        li, visitor, conversation = await given(rig)
        li.leave()
        rig.clock.pass_seconds(59)
        back = await rig.staff("limin")
        row = await back.row(conversation, state="active")
        answer = await back.ask("message.post", conversation=conversation, body="我回来了", fence=row["fence"])
        assert answer["type"] == "accepted", "nothing was taken from the owner within the grace"
        back.leave()
        wang = await rig.staff("wangfang", "online")
        await rig.stores("select owner_left_at is not null from conversations", 1)
        rig.clock.pass_seconds(60)
        told = await visitor.has_event(conversation, "returned_to_queue")
        assert told["reason"] == "connection_lost"
        assert (await wang.row(conversation, state="active"))["owner"]["name"] == "王芳"


async def test_idle_goes_inactive_is_warned_and_closed(place: Where) -> None:
    async with opened(place) as rig:
        li, visitor, conversation = await given(rig)
        row = li.rows()[conversation]
        rig.clock.pass_seconds(30)
        await li.ask("message.post", conversation=conversation, body="请讲", fence=row["fence"])
        rig.clock.pass_seconds(10 * 60)
        await li.row(conversation, inactive=True)
        assert (await li.until(lambda: next((f for f in li.heard("me") if f["me"]["load"] == 0), None)))["me"][
            "load"
        ] == 0
        rig.clock.pass_seconds(18 * 60)
        warned = await visitor.has_event(conversation, "idle_warned")
        assert warned["ends_at"] == rig.clock() + 120_000
        rig.clock.pass_seconds(2 * 60)
        closed = await visitor.hears("conversation", state="closed")
        assert closed["close_reason"] == "idle"


@pytest.mark.parametrize("who", ["visitor", "owner", "colleague who joined"])
async def test_an_idle_chat_does_not_end_while_somebody_types(place: Where, who: str) -> None:
    async with opened(place) as rig:
        li, visitor, conversation = await given(rig)
        row = li.rows()[conversation]
        await li.ask("message.post", conversation=conversation, body="请讲", fence=row["fence"])
        chen = await rig.staff("chenjing")
        assert (await chen.ask("colleague.join", conversation=conversation))["type"] == "accepted"
        rig.clock.pass_seconds(10 * 60)
        await li.row(conversation, inactive=True)
        rig.clock.pass_seconds(18 * 60)
        await visitor.has_event(conversation, "idle_warned")
        rig.clock.pass_seconds(2 * 60 - 1)
        writer = {"visitor": visitor, "owner": li, "colleague who joined": chen}[who]
        await writer.send("typing", conversation=conversation, on=True)
        rig.clock.pass_seconds(1)
        await rig.stores("select held_until from conversations", rig.clock() + 6_000)
        rig.clock.pass_seconds(5)
        said = await writer.ask("message.post", conversation=conversation, body="周六上午来", fence=row["fence"])
        assert said["type"] == "accepted"
        assert visitor.heard("conversation", state="closed") == []


async def test_typing_alone_keeps_an_idle_chat_for_a_minute(place: Where) -> None:
    async with opened(place) as rig:
        li, visitor, conversation = await given(rig)
        await li.ask("message.post", conversation=conversation, body="请讲", fence=li.rows()[conversation]["fence"])
        rig.clock.pass_seconds(10 * 60)
        await li.row(conversation, inactive=True)
        rig.clock.pass_seconds(18 * 60)
        await visitor.has_event(conversation, "idle_warned")
        rig.clock.pass_seconds(2 * 60 - 6)
        due = rig.clock() + 6_000
        held_until = 0
        while held_until < due + 60_000:
            rig.clock.pass_seconds(1)
            await visitor.send("typing", conversation=conversation, on=True)
            rig.clock.pass_seconds(5)
            held_until = rig.clock() + 6_000
            await rig.stores("select held_until from conversations", held_until)
        await visitor.send("typing", conversation=conversation, on=True)
        rig.clock.pass_seconds(6)
        assert (await visitor.hears("conversation", state="closed"))["close_reason"] == "idle"


async def test_an_unanswered_visitor_is_never_closed_for_idleness(place: Where) -> None:
    async with opened(place) as rig:
        li, visitor, conversation = await given(rig)
        row = li.rows()[conversation]
        await li.ask("message.post", conversation=conversation, body="请讲", fence=row["fence"])
        await visitor.says(conversation, "还疼")
        rig.clock.pass_seconds(3 * 3600)
        await li.row(conversation, overdue=True)
        assert li.rows()[conversation]["state"] == "active"


async def test_a_waiting_visitor_who_is_gone_is_not_assigned_but_keeps_the_place(place: Where) -> None:
    async with opened(place) as rig:
        token = rig.new_visitor()
        visitor = await rig.visitor(token)
        conversation = await visitor.opens()
        visitor.leave()
        chen = await rig.staff("chenjing")
        await chen.row(conversation, visitor_here=False)
        rig.clock.pass_seconds(61)
        li = await rig.staff("limin", "online")
        assert li.rows()[conversation]["state"] == "waiting"
        await rig.visitor(token)
        await li.row(conversation, state="active")


async def test_a_visitor_gone_for_ten_minutes_has_left(place: Where) -> None:
    async with opened(place) as rig:
        visitor = await rig.visitor()
        conversation = await visitor.opens()
        visitor.leave()
        chen = await rig.staff("chenjing")
        await chen.row(conversation, visitor_here=False)
        rig.clock.pass_seconds(600)
        await chen.until(lambda: conversation not in chen.rows())
        stored = "select close_reason from conversations"
        assert rig.database.read_now(lambda conn: conn.exec_driver_sql(stored).scalar()) == "abandoned"


async def test_a_restart_changes_no_deadline_of_an_offer(place: Where) -> None:
    async with opened(place) as rig:
        li, _, conversation = await given(rig)
        wang = await rig.staff("wangfang", "busy")
        row = li.rows()[conversation]
        await li.ask("transfer.offer", conversation=conversation, fence=row["fence"], consultant=wang.id, note="请接手")
        rig.clock.pass_seconds(10)
        await rig.restart()
        back = await rig.staff("limin")
        offer = (await back.row(conversation, state="active"))["offer"]
        assert offer["ends_at"] == rig.clock() + 20_000
        await back.follows(conversation)
        rig.clock.pass_seconds(20)
        ended = await back.has_event(conversation, "transfer_ended")
        assert ended["reason"] == "expired"


async def test_a_restart_begins_the_grace_of_everybody_anew(place: Where) -> None:
    async with opened(place) as rig:
        li, _, conversation = await given(rig)
        row = li.rows()[conversation]
        await li.ask("message.post", conversation=conversation, body="请讲", fence=row["fence"])
        rig.clock.pass_seconds(300)
        await rig.restart()
        rig.clock.pass_seconds(59)
        back = await rig.staff("limin")
        row = await back.row(conversation, state="active")
        answer = await back.ask("message.post", conversation=conversation, body="刚才断线了", fence=row["fence"])
        assert answer["type"] == "accepted"
