"""After the end: staff reopen what the clock or staff ended, record the outcome, and find the conversation until they
have."""

import asyncio

import pytest

from chatserver.domain.audience import OWN_CLOSED_MS
from chatserver.hub.open_conversations import LINGER_MS, WITHOUT_OUTCOME
from chatserver.store.database import Where
from tests.hub.harness import Rig, StaffTab, VisitorTab, eventually, opened, two_nodes


async def answered(rig: Rig, desk: Rig | None = None) -> tuple[StaffTab, VisitorTab, str, int]:
    """A visitor who was answered by 李敏 (who is at `desk`), and the fence."""
    li = await (desk or rig).staff("limin", "online")
    visitor = await rig.visitor()
    conversation, fence = await asks(visitor, li)
    return li, visitor, conversation, fence


async def asks(visitor: VisitorTab, li: StaffTab) -> tuple[str, int]:
    conversation = await visitor.opens()
    fence = (await li.row(conversation, state="active"))["fence"]
    await li.follows(conversation)
    await li.ask("message.post", conversation=conversation, body="请讲", fence=fence)
    return conversation, fence


async def closes(li: StaffTab, conversation: str, fence: int, outcome: str = "answered") -> None:
    asked = await li.ask("conversation.close", conversation=conversation, fence=fence, outcome=outcome)
    assert asked["type"] == "accepted", asked
    await li.row(conversation, state="closed")


async def leaves_it(visitor: VisitorTab, li: StaffTab, conversation: str) -> None:
    """The visitor ends the conversation."""
    assert (await visitor.ask("conversation.close", conversation=conversation))["type"] == "accepted"
    await li.row(conversation, state="closed")


async def reopens(li: StaffTab, conversation: str, fence: int, **fields: str) -> dict[str, object]:
    return await li.ask("conversation.reopen", conversation=conversation, fence=fence, **fields)


# Reopening it.


async def test_a_late_answer_can_be_sent_after_reopening(place: Where) -> None:
    async with opened(place) as rig:
        li, visitor, conversation, fence = await answered(rig)
        rig.clock.pass_seconds(10 * 60)
        await li.row(conversation, inactive=True)
        rig.clock.pass_seconds(18 * 60)
        await visitor.has_event(conversation, "idle_warned")
        rig.clock.pass_seconds(2 * 60)
        row = await li.row(conversation, state="closed")
        assert row["reopen_until"] == rig.clock() + rig.rules.reopen_ms
        late = await li.ask("message.post", conversation=conversation, body="周六上午有门诊。", fence=fence)
        assert late["code"] == "conversation_closed"

        assert (await reopens(li, conversation, fence))["type"] == "accepted"
        again = await li.row(conversation, state="active")
        assert again["owner"]["name"] == "李敏"
        told = await visitor.has_event(conversation, "reopened")
        assert told["by"] == {"name": "李敏", "number": "012", "title": "consultant"}
        standing = [frame for frame in visitor.heard("conversation") if frame["state"] == "active"][-1]
        assert standing["served_by"]["name"] == "李敏"
        said = await li.ask("message.post", conversation=conversation, body="周六上午有门诊。", fence=again["fence"])
        assert said["type"] == "accepted"
        await visitor.hears("entry", body="周六上午有门诊。")


async def test_a_supervisor_reopens_a_chat_of_the_group(place: Where) -> None:
    async with opened(place) as rig:
        li, _, conversation, fence = await answered(rig)
        chen, wang = await rig.staff("chenjing"), await rig.staff("wangfang")
        await closes(li, conversation, fence)
        assert (await reopens(wang, conversation, fence))["code"] == "forbidden"
        assert (await reopens(chen, conversation, fence))["type"] == "accepted"
        assert (await chen.row(conversation, state="active"))["owner"]["name"] == "陈静"
        await li.until(lambda: conversation not in li.rows())


async def test_nobody_reopens_what_the_visitor_ended(place: Where) -> None:
    async with opened(place) as rig:
        li, visitor, conversation, fence = await answered(rig)
        await leaves_it(visitor, li, conversation)
        assert "reopen_until" not in li.rows()[conversation]
        refused = await reopens(li, conversation, fence)
        assert (refused["code"], refused["details"]) == ("forbidden", {"rule": "ended_by_visitor"})


async def test_a_strangers_chat_is_not_found_in_any_state(place: Where) -> None:
    async with opened(place) as rig:
        li, visitor, conversation, fence = await answered(rig)
        zhang = await rig.staff("zhangwei")
        await closes(li, conversation, fence)
        assert (await reopens(zhang, conversation, fence))["code"] == "not_found"
        await asks(visitor, li)
        assert (await reopens(zhang, conversation, fence))["code"] == "not_found"


@pytest.mark.parametrize("over", [False, True])
async def test_a_chat_stays_closed_when_its_visitor_has_asked_anew(place: Where, over: bool) -> None:
    async with opened(place) as rig:
        li, visitor, conversation, fence = await answered(rig)
        await closes(li, conversation, fence)
        newer, its_fence = await asks(visitor, li)
        if over:
            await closes(li, newer, its_fence)
        refused = await reopens(li, conversation, fence)
        assert refused["code"] == "asked_anew"
        assert await li.row(conversation, state="closed")


async def test_sent_twice_it_is_reopened_once(place: Where) -> None:
    async with opened(place) as rig:
        li, _, conversation, fence = await answered(rig)
        await closes(li, conversation, fence)
        first = await reopens(li, conversation, fence, ref="0" * 32)
        second = await reopens(li, conversation, fence, ref="0" * 32)
        assert (first.get("repeat", False), second["repeat"]) == (False, True)
        assert [first[name] for name in ("seq", "id", "at")] == [second[name] for name in ("seq", "id", "at")]


async def test_a_reopened_chat_takes_a_place_up_to_three_above_the_capacity(place: Where) -> None:
    async with opened(place) as rig:
        li, _, conversation, fence = await answered(rig)
        await closes(li, conversation, fence)
        for _ in range(5):
            asker = await rig.visitor()
            other = await asker.opens("宝宝发烧", department="eyes")
            await li.row(other, state="waiting")
            assert (await li.ask("conversation.claim", conversation=other))["type"] == "accepted"
        refused = await reopens(li, conversation, fence)
        assert (refused["code"], refused["details"]) == ("no_room", {"load": 5, "capacity": 5})


async def test_a_visitor_who_has_gone_meanwhile_is_noted_as_gone(place: Where) -> None:
    async with opened(place) as rig:
        li, visitor, conversation, fence = await answered(rig)
        await closes(li, conversation, fence)
        visitor.leave()
        await eventually(lambda: not rig.hub._running.presence._visitors.here(visitor.session.person))
        await reopens(li, conversation, fence)
        assert not (await li.row(conversation, state="active", visitor_here=False))["visitor_here"]


async def test_a_new_question_and_a_reopening_at_two_nodes_go_one_after_the_other(place: Where) -> None:
    async with two_nodes(place) as (one, other):
        li, visitor, conversation, fence = await answered(one, other)
        for _ in range(5):
            await closes(li, conversation, fence)
            asked, reopened = await asyncio.gather(
                visitor.ask("conversation.open", department="gynecology", body="还有一个问题"),
                reopens(li, conversation, fence),
            )
            assert asked["type"] == "accepted"
            if reopened["type"] == "accepted":
                assert asked["conversation"] == conversation
            else:
                assert reopened["code"] == "asked_anew"
                assert asked["conversation"] != conversation
            conversation = str(asked["conversation"])
            fence = (await li.row(conversation, state="active"))["fence"]


# Recording the outcome.


async def test_the_last_owner_records_the_outcome_of_a_chat_that_the_visitor_ended(place: Where) -> None:
    async with opened(place) as rig:
        li, visitor, conversation, _ = await answered(rig)
        await leaves_it(visitor, li, conversation)
        assert "outcome" not in li.rows()[conversation]
        before = list(visitor.told)
        assert (await li.ask("outcome.set", conversation=conversation, outcome="booked"))["type"] == "accepted"
        assert (await li.row(conversation, outcome="booked"))["state"] == "closed"
        told = await li.has_event(conversation, "outcome_set")
        assert (told["outcome"], told["by"]["name"]) == ("booked", "李敏")
        await rig.stores("select outcome from conversations", "booked")
        history = await visitor.ask("history.get", conversation=conversation)
        assert visitor.told[:-1] == before
        assert "outcome_set" not in str(history)


async def test_a_supervisor_corrects_an_outcome_and_others_do_not(place: Where) -> None:
    async with opened(place) as rig:
        li, _, conversation, fence = await answered(rig)
        chen, wang, zhang = [await rig.staff(login) for login in ("chenjing", "wangfang", "zhangwei")]
        await closes(li, conversation, fence)
        for who, code in ((wang, "forbidden"), (zhang, "not_found")):
            refused = await who.ask("outcome.set", conversation=conversation, outcome="test")
            assert refused["code"] == code
        assert (await chen.ask("outcome.set", conversation=conversation, outcome="booked"))["type"] == "accepted"
        told = await li.has_event(conversation, "outcome_set")
        assert (told["outcome"], told["previous"], told["by"]["name"]) == ("booked", "answered", "陈静")


async def test_a_repeated_outcome_is_taken_once(place: Where) -> None:
    async with opened(place) as rig:
        li, visitor, conversation, _ = await answered(rig)
        await leaves_it(visitor, li, conversation)
        said = {"conversation": conversation, "outcome": "booked", "ref": "0" * 32}
        first, second = [await li.ask("outcome.set", **said) for _ in range(2)]
        assert (first["seq"], second["seq"], second["repeat"]) == (first["seq"], first["seq"], True)
        other = await li.ask("outcome.set", **said | {"outcome": "test"})
        assert other["code"] == "idempotency_conflict"


# Finding it.


async def test_a_chat_without_an_outcome_stays_in_the_list_until_it_has_one(place: Where) -> None:
    async with opened(place) as rig:
        li, visitor, conversation, _ = await answered(rig)
        await leaves_it(visitor, li, conversation)
        for _ in range(2):
            rig.clock.pass_seconds(OWN_CLOSED_MS / 1000 / 2 - 1)
            rig.session_ms = OWN_CLOSED_MS
            await rig.restart()
            li = await rig.staff("limin")
            assert (await li.row(conversation, state="closed")).get("outcome") is None
        await li.ask("outcome.set", conversation=conversation, outcome="booked")
        await li.until(lambda: conversation not in li.rows())


async def test_after_seven_days_nobody_is_reminded_any_more(place: Where) -> None:
    async with opened(place) as rig:
        li, visitor, conversation, _ = await answered(rig)
        await leaves_it(visitor, li, conversation)
        rig.clock.pass_seconds(OWN_CLOSED_MS / 1000)
        await li.until(lambda: conversation not in li.rows())


async def test_of_many_chats_without_an_outcome_only_the_latest_stay_in_the_list(place: Where) -> None:
    async with opened(place) as rig:
        li = await rig.staff("limin", "online")
        ended = []
        for _ in range(WITHOUT_OUTCOME + 2):
            visitor = await rig.visitor()
            conversation, _ = await asks(visitor, li)
            await leaves_it(visitor, li, conversation)
            ended.append(conversation)
            rig.clock.pass_seconds(1)
        await li.until(lambda: set(li.rows()) == set(ended[2:]))
        await rig.restart()
        li = await rig.staff("limin")
        await li.until(lambda: set(li.rows()) == set(ended[2:]))


async def test_what_staff_ended_stays_in_the_list_as_long_as_it_can_be_reopened(place: Where) -> None:
    async with opened(place) as rig:
        li, _, conversation, fence = await answered(rig)
        await closes(li, conversation, fence)
        rig.clock.pass_seconds(LINGER_MS / 1000)
        await rig.restart()
        li = await rig.staff("limin")
        await li.row(conversation, state="closed")
        rig.clock.pass_seconds((rig.rules.reopen_ms - LINGER_MS) / 1000)
        await li.until(lambda: conversation not in li.rows())


async def test_an_outcome_set_at_one_node_is_known_at_the_other(place: Where) -> None:
    async with two_nodes(place) as (one, other):
        li, visitor, conversation, _ = await answered(one, other)
        await leaves_it(visitor, li, conversation)
        twin = await one.staff("limin")
        await twin.row(conversation, state="closed")
        await li.ask("outcome.set", conversation=conversation, outcome="booked")
        await twin.row(conversation, outcome="booked")
        one.clock.pass_seconds(LINGER_MS / 1000)
        await li.until(lambda: conversation not in li.rows())
        await twin.until(lambda: conversation not in twin.rows())
