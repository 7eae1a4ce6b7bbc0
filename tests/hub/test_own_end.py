"""What the visitor ends is over for the browser too: the token ends with it, and only the rating is left."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select, update

from chatserver.domain.refusals import Unauthenticated
from chatserver.domain.rules import HOUR
from chatserver.store import tables
from chatserver.store.database import Where
from chatserver.store.ids import new_id
from chatserver.store.secrets import token_hash
from chatserver.wire.closing import CloseCode
from tests.hub.harness import QUICK, Rig, Told, VisitorTab, eventually, opened, two_nodes
from tests.transactions import written

SESSION_ENDED = CloseCode.SESSION_ENDED
NOT_ENDED = "SELECT count(*) FROM visitors WHERE ended_at IS NULL"
LEAVE = {"department": "gynecology", "kind": "question", "body": "请回电"}


async def served(rig: Rig, tab: VisitorTab) -> str:
    """The visitor's conversation, which is answered."""
    li = await rig.staff("limin", "online")
    conversation = await tab.opens()
    row = await li.row(conversation, state="active")
    await li.ask("message.post", conversation=conversation, body="您好", fence=row["fence"])
    await tab.hears("entry", body="您好")
    return conversation


async def waits(rig: Rig, tab: VisitorTab) -> str:
    return await tab.opens()


async def close(tab: VisitorTab, conversation: str) -> Told:
    return await tab.ask("conversation.close", conversation=conversation)


async def leave_instead(tab: VisitorTab, conversation: str) -> Told:
    return await tab.ask("offline.leave", conversation=conversation, **LEAVE)


OWN_ENDS: dict[str, tuple[Any, Any]] = {
    "ends it": (served, close),
    "stops waiting": (waits, close),
    "leaves a message instead": (waits, leave_instead),
}


async def assert_no_entry(rig: Rig, token: str, **fields: Any) -> None:
    """The token is not let in, and the store says that it has ended."""
    alive = select(tables.visitors.c.id).where(
        tables.visitors.c.token_hash == token_hash(token), tables.visitors.c.ends_at > rig.clock()
    )
    assert rig.database.read_now(lambda conn: conn.scalars(alive).all()) == []
    await assert_shown_out(rig, token, **fields)


async def assert_shown_out(rig: Rig, token: str, **fields: Any) -> None:
    with pytest.raises(Unauthenticated):
        await VisitorTab(rig).enter(token, **fields)


@pytest.mark.parametrize("how", OWN_ENDS)
async def test_the_token_ends_with_the_visitors_own_end(place: Where, how: str) -> None:
    begin, end = OWN_ENDS[how]
    async with opened(place) as rig:
        tab = await rig.visitor()
        other = await rig.visitor(tab.token)
        conversation = await begin(rig, tab)
        assert (await end(tab, conversation))["type"] == "accepted"
        await other.until(lambda: other.closed)
        assert (tab.closed, other.closed) == (None, SESSION_ENDED)
        await assert_no_entry(rig, tab.token)
        await tab.hears("conversation", state="closed", closed_by="visitor")


async def test_what_staff_end_ends_no_token(place: Where) -> None:
    async with opened(place) as rig:
        li = await rig.staff("limin", "online")
        visitor = await rig.visitor()
        conversation = await visitor.opens()
        fence = (await li.row(conversation, state="active"))["fence"]
        await li.ask("conversation.close", conversation=conversation, fence=fence, outcome="answered")
        again = await rig.visitor(visitor.token)
        assert (await again.hears("welcome"))["standing"]["conversation"] == conversation
        assert again.heard("welcome")[0].get("rating", False) is False
        assert visitor.closed is None


@pytest.mark.parametrize("node", ["here", "there"])
async def test_the_other_tabs_are_closed_at_whichever_node_though_no_bell_rings(place: Where, node: str) -> None:
    async with two_nodes(place, options=replace(QUICK, heads=3_600.0)) as (one, two):
        tab = await one.visitor()
        other = await (one if node == "here" else two).visitor(tab.token)
        conversation = await tab.opens()
        await other.hears("conversation", conversation=conversation)
        one.bus.ring = lambda bell: None  # type: ignore[method-assign]  # the bus loses every doorbell from here on
        await close(tab, conversation)
        await other.until(lambda: other.closed)
        assert (tab.closed, other.closed) == (None, SESSION_ENDED)


# In the tab that ended it.

NO_MORE: dict[str, dict[str, Any]] = {
    "message.post": {"conversation": "%C", "body": "还在吗"},
    "history.get": {"conversation": "%C"},
    "heads.get": {"at": []},
}


@pytest.mark.parametrize("again", ["on the same socket", "after a cut"])
@pytest.mark.parametrize("type", NO_MORE)
async def test_after_it_nothing_is_carried_out_but_the_rating(place: Where, type: str, again: str) -> None:
    async with opened(place) as rig:
        tab = await rig.visitor()
        conversation = await served(rig, tab)
        await close(tab, conversation)
        tab = await after(again, rig, tab)
        fields = {key: conversation if value == "%C" else value for key, value in NO_MORE[type].items()}
        refused = await tab.ask(type, **fields)
        assert (refused["type"], refused["code"]) == ("refused", "unauthenticated")
        rated = await tab.ask("conversation.rate", conversation=conversation, stars=4)
        assert rated["type"] == "accepted"
        await rig.stores("SELECT stars FROM ratings", 4)
        assert tab.closed is None


@pytest.mark.parametrize("again", ["on the same socket", "after a cut"])
@pytest.mark.parametrize("type", ["conversation.open", "offline.leave"])
async def test_something_new_needs_a_new_token(place: Where, type: str, again: str) -> None:
    """A client that does not know of this is told that its token has ended, gets a new one, and asks again."""
    async with opened(place) as rig:
        tab = await rig.visitor()
        conversation = await served(rig, tab)
        await close(tab, conversation)
        tab = await after(again, rig, tab)
        fields = LEAVE if type == "offline.leave" else {"department": "gynecology", "body": "新的问题"}
        await tab.send(type, ref=new_id(), **fields)
        await tab.until(lambda: tab.closed)
        assert tab.closed == SESSION_ENDED
        await rig.stores("SELECT count(*) FROM conversations", 1)
        await rig.stores("SELECT count(*) FROM offline_messages", 0)


async def after(again: str, rig: Rig, tab: VisitorTab) -> VisitorTab:
    """The tab that ended it, on its own socket or on a new one."""
    if again == "on the same socket":
        return tab
    tab.leave()
    back = VisitorTab(rig)
    await back.enter(tab.token, rating=True)
    await back.hears("welcome")
    return back


async def test_a_tab_that_comes_back_to_rate_is_told_nothing(place: Where) -> None:
    async with opened(place) as rig:
        tab = await rig.visitor()
        conversation = await served(rig, tab)
        await close(tab, conversation)
        back = await after("after a cut", rig, tab)
        welcome = back.told[0]
        assert welcome["rating"] is True
        assert welcome["ends_at"] == rig.clock() + rig.rules.rating_ms
        assert "standing" not in welcome
        assert "following" not in welcome
        await back.ask("conversation.rate", conversation=conversation, stars=5, comment="谢谢")
        await rig.stores("SELECT stars FROM conversations", 5)
        of_nobody = ("hours", "ping")
        assert [frame["type"] for frame in back.told if frame["type"] not in of_nobody] == ["welcome", "accepted"]


async def test_it_may_be_rated_for_a_day_and_no_longer(place: Where) -> None:
    async with opened(place) as rig:
        tab = await rig.visitor()
        await close(tab, await served(rig, tab))
        rig.clock.pass_seconds(rig.rules.rating_ms // 1000 - 60)
        back = await after("after a cut", rig, tab)
        jobs = rig.hub._running.maintenance
        await jobs.look_at_tokens()
        seen = [back.closed]
        rig.clock.pass_seconds(61)
        await jobs.look_at_tokens()
        seen.append(await back.until(lambda: back.closed))
        assert seen == [None, SESSION_ENDED]
        await assert_no_entry(rig, tab.token, rating=True)


@pytest.mark.parametrize("how", OWN_ENDS)
async def test_an_end_that_was_not_answered_gets_its_answer_when_it_is_asked_again(place: Where, how: str) -> None:
    begin, _ = OWN_ENDS[how]
    async with opened(place) as rig:
        tab = await rig.visitor()
        conversation = await begin(rig, tab)
        kind, fields = ("offline.leave", LEAVE) if "message" in how else ("conversation.close", {})
        asked = {"ref": new_id(), "conversation": conversation, **fields}
        first = await tab.ask(kind, **asked)
        back = await after("after a cut", rig, tab)
        again = await back.ask(kind, **asked)
        assert again == first | {"repeat": True}


async def test_a_hello_that_asks_to_rate_with_a_good_token_is_one_like_any_other(place: Where) -> None:
    """A tab that lost its connection meanwhile cannot know whether the end was received."""
    async with opened(place) as rig:
        tab = await rig.visitor()
        conversation = await served(rig, tab)
        tab.leave()
        back = VisitorTab(rig)
        await back.enter(tab.token, rating=True)
        welcome = await back.hears("welcome")
        assert welcome["standing"]["conversation"] == conversation
        assert "rating" not in welcome


async def test_activity_of_before_does_not_bring_an_ended_token_back(place: Where) -> None:
    async with two_nodes(place) as (one, two):
        tab = await one.visitor()
        other = await two.visitor(tab.token)
        conversation = await tab.opens()
        one.clock.pass_seconds(60)
        await other.ask("heads.get", at=[])
        await close(tab, conversation)
        await other.until(lambda: other.closed)
        other.leave()
        tab.leave()
        for rig in (one, two):
            await rig.hub._running.maintenance.look_at_tokens()
        await assert_no_entry(one, tab.token)


async def test_a_question_of_another_tab_in_the_moment_of_the_end_opens_nothing(place: Where) -> None:
    async with opened(place) as rig:
        tab = await rig.visitor()
        other = await rig.visitor(tab.token)
        conversation = await tab.opens()
        # In one batch, the end first.
        await tab.send("conversation.close", ref=new_id(), conversation=conversation)
        await other.send("conversation.open", ref=new_id(), department="gynecology", body="同时说的")
        await other.until(lambda: other.closed)
        await rig.stores("SELECT count(*) FROM conversations", 1)


async def test_what_was_ended_before_tokens_ended_with_it_opens_nothing_either(place: Where) -> None:
    """Ended by a visitor of an earlier version, whose token has hours to live."""
    async with opened(place) as rig:
        tab = await rig.visitor()
        await close(tab, await tab.opens())
        tab.leave()
        as_before = update(tables.visitors).values(ends_at=rig.clock() + HOUR, ended_at=None, rates_until=None)
        written(rig.database, lambda conn: conn.execute(as_before))
        await assert_shown_out(rig, tab.token)


# Somebody else uses the browser.


@pytest.mark.parametrize("node", ["here", "there"])
async def test_when_somebody_else_sits_down_the_earlier_token_ends_and_its_tabs_with_it(
    place: Where, node: str
) -> None:
    async with two_nodes(place) as (one, two):
        tab = await (one if node == "here" else two).visitor()
        conversation = await served(one, tab)
        await one.hub.end_visitor(tab.token)
        await tab.until(lambda: tab.closed)
        assert tab.closed == SESSION_ENDED
        tab.leave()
        for rig in (one, two):
            await assert_no_entry(rig, tab.token)
            await assert_no_entry(rig, tab.token, rating=True)
        await one.stores(f"SELECT phase FROM conversations WHERE id = '{conversation}'", "active")
        await one.stores("SELECT count(*) FROM conversations WHERE visitor_left_at IS NOT NULL", 1)


async def test_whoever_leaves_for_good_while_waiting_leaves_the_queue(place: Where) -> None:
    async with opened(place) as rig:
        tab, other = await rig.visitor(), await rig.visitor()
        conversation = await waits(rig, tab)
        await waits(rig, other)
        chen = await rig.staff("chenjing")
        await eventually(lambda: len(chen.rows()) == 2)
        await rig.hub.end_visitor(tab.token)
        await eventually(lambda: conversation not in chen.rows() or chen.rows()[conversation]["state"] == "closed")
        await rig.stores(f"SELECT phase FROM conversations WHERE id = '{conversation}'", "closed")
        await rig.stores("SELECT count(*) FROM conversations WHERE phase = 'waiting'", 1)
        await assert_no_entry(rig, tab.token, rating=True)


async def test_an_emergency_waits_on_after_its_visitor_has_left_for_good(place: Where) -> None:
    async with opened(place) as rig:
        tab = await rig.visitor()
        conversation = await tab.opens("我不想活了")
        chen = await rig.staff("chenjing")
        await chen.row(conversation, state="waiting")
        await rig.hub.end_visitor(tab.token)
        tab.leave()
        row = await chen.row(conversation, visitor_here=False)
        assert (row["state"], row["emergency"]) == ("waiting", "mind")


async def test_ending_an_unknown_token_ends_nothing(place: Where) -> None:
    async with opened(place) as rig:
        tab = await rig.visitor()
        for token in ("", "t" * 43, tab.token[:-1]):
            await rig.hub.end_visitor(token)
        await rig.stores(NOT_ENDED, 1)
        assert tab.closed is None


async def test_a_rating_is_lost_with_the_token_when_somebody_else_sits_down(place: Where) -> None:
    async with opened(place) as rig:
        tab = await rig.visitor()
        await close(tab, await served(rig, tab))
        await rig.hub.end_visitor(tab.token)
        await tab.until(lambda: tab.closed)
        await assert_no_entry(rig, tab.token, rating=True)
