"""A critical emergency is assigned at once: to whom, in which order, and which obstacles do not count."""

import asyncio
from dataclasses import replace
from typing import Any

from chatserver.domain.hospital import Availability, Group, Mode, Name
from chatserver.domain.rules import Rules
from chatserver.domain.shifts import Shift
from chatserver.hub.unit_of_work import UnitOfWork
from chatserver.store import hospital, shifts
from chatserver.store.database import Where
from tests.hub.harness import Rig, StaffTab, Told, VisitorTab, eventually, opened, two_nodes
from tests.transactions import tx_at, written

CRY = "我爸突然胸痛，喘不上气！"
HOUR = 3_600_000
FIRST_IN_THE_QUEUE = "SELECT id FROM conversations WHERE phase = 'waiting' ORDER BY rank_at, id LIMIT 1"


def helped_out(conn: Any) -> None:
    """The children's group overflows into the general one, after two minutes for all that are not emergencies."""
    hospital.put_group(tx_at(conn), Group("children", Name("儿科咨询组", "Children"), Mode.RING, "general"))


async def cries(rig: Rig, department: str = "gynecology") -> tuple[VisitorTab, str]:
    """A visitor whose first words are about an emergency."""
    tab = await rig.visitor()
    return tab, await tab.opens(CRY, department)


async def fills(rig: Rig, tab: StaffTab, places: int) -> None:
    """This many ordinary conversations are claimed."""
    for _ in range(places):
        conversation = await (await rig.visitor()).opens("请问几点开门？", "eyes")
        answer = await tab.ask("conversation.claim", conversation=conversation)
        assert answer["type"] == "accepted", answer


async def why(tab: StaffTab, conversation: str) -> Told:
    """The numbers recorded with its assignment."""
    await tab.row(conversation, state="active")
    await tab.follows(conversation)
    found: Told = (await tab.has_event(conversation, "assigned"))["why"]
    return found


async def test_neither_capacity_nor_language_nor_the_quiet_start_of_a_shift_stands_in_its_way(place: Where) -> None:
    """One consultant is full; the other's shift has just begun, and they do not speak the visitor's language."""

    def chinese(conn: Any) -> None:
        conn.exec_driver_sql("UPDATE consultants SET languages = '[\"zh\"]' WHERE login = 'wangfang'")

    async with opened(place, more=chinese) as rig:
        li, wang = await rig.staff("limin", "online"), await rig.staff("wangfang")
        planned = Shift(wang.id, "早班", rig.clock(), rig.clock() + 8 * HOUR)
        written(rig.database, lambda conn: shifts.replace_ending_after(tx_at(conn), 0, [planned]))
        await eventually(lambda: rig.hub._running.shifts.shown(wang.id))
        await wang.is_available("online")
        await fills(rig, li, 2)
        visitor = await rig.visitor()
        conversation = await visitor.opens("My father has chest pain", language="en")
        await wang.row(conversation, state="active")
        told = await why(wang, conversation)
        assert (told["emergency"], told["load"], told["capacity"]) == (True, 0, 2)


async def test_the_least_loaded_gets_it_above_the_capacity_and_the_numbers_say_so(place: Where) -> None:
    async with opened(place) as rig:
        li, wang = await rig.staff("limin", "online"), await rig.staff("wangfang", "online")
        await fills(rig, li, 3)
        await fills(rig, wang, 2)
        _, conversation = await cries(rig)
        told = await why(wang, conversation)
        assert told == {"load": 2, "capacity": 2, "among": 2, "emergency": True}


async def test_paused_and_busy_people_get_it_in_this_order_and_those_on_a_break_never(place: Where) -> None:
    async with opened(place) as rig:
        li, wang = await rig.staff("limin", "busy"), await rig.staff("wangfang", "break")
        _, first = await cries(rig)
        assert (await why(li, first))["availability"] == "busy"
        await is_paused(rig, li)
        await wang.is_available("busy")
        _, second = await cries(rig)
        assert (await why(li, second))["availability"] == "paused", "though 王芳 has less to do"


async def is_paused(rig: Rig, tab: StaffTab) -> None:
    """The system has paused somebody."""

    def work(unit: UnitOfWork) -> None:
        unit.put_consultant(replace(unit.consultant(tab.id), availability=Availability.PAUSED))

    await rig.hub._running.dispatch.transact(work)


async def test_in_a_group_with_claims_it_is_assigned_all_the_same(place: Where) -> None:
    async with opened(place) as rig:
        li = await rig.staff("limin", "online")
        _, conversation = await cries(rig, "eyes")
        await li.row(conversation, state="active", group="desk")


async def test_in_a_group_that_rings_it_does_not_ring(place: Where) -> None:
    async with opened(place) as rig:
        zhang = await rig.staff("zhangwei", "online")
        _, conversation = await cries(rig, "pediatrics")
        await zhang.row(conversation, state="active")


async def test_a_ringing_conversation_that_becomes_an_emergency_is_assigned_at_once(place: Where) -> None:
    async with opened(place) as rig:
        zhang = await rig.staff("zhangwei", "online")
        visitor = await rig.visitor()
        conversation = await visitor.opens("孩子咳嗽", "pediatrics")
        await zhang.until(lambda: "offer" in zhang.rows().get(conversation, {}))
        await fills_place(rig, zhang)
        liu = await rig.staff("liuyang", "online")
        await visitor.says(conversation, "孩子突然抽搐，昏迷了")
        await liu.row(conversation, state="active")
        assert "offer" not in (await liu.row(conversation))
        await zhang.until(lambda: "offer" not in zhang.rows().get(conversation, {}))


async def fills_place(rig: Rig, tab: StaffTab) -> None:
    """A supervisor assigns one by hand, in a group that rings."""
    chen = await rig.staff("chenjing")
    conversation = await (await rig.visitor()).opens("孩子几岁体检", "pediatrics")
    row = await chen.row(conversation)
    fields = {"conversation": conversation, "fence": row["fence"], "consultant": tab.id}
    assert (await chen.ask("conversation.assign", **fields))["type"] == "accepted"


async def test_words_of_a_waiting_visitor_make_it_an_emergency_that_is_assigned(place: Where) -> None:
    async with opened(place) as rig:
        li = await rig.staff("limin", "busy")
        visitor = await rig.visitor()
        conversation = await visitor.opens("你好")
        await li.row(conversation, state="waiting")
        await visitor.says(conversation, CRY)
        await li.row(conversation, state="active")


async def test_a_visitor_who_is_away_is_given_all_the_same(place: Where) -> None:
    async with opened(place) as rig:
        visitor, conversation = await cries(rig)
        visitor.leave()
        rig.clock.pass_seconds(5)
        await rig.stores("SELECT count(*) FROM conversations WHERE visitor_left_at IS NOT NULL", 1)
        rig.clock.pass_seconds(3 * 3_600)
        li = await rig.staff("limin", "online")
        await li.row(conversation, state="active")


async def test_the_overflow_group_is_asked_at_once(place: Where) -> None:
    async with opened(place, more=helped_out) as rig:
        li = await rig.staff("limin", "busy")
        visitor, conversation = await cries(rig, "pediatrics")
        await li.row(conversation, state="active", group="general")
        assert (await visitor.hears("conversation", state="active"))["group"] == "general"


async def test_the_general_group_of_the_site_is_asked_last(place: Where) -> None:
    """Nobody in 儿科 is there, and it has no overflow group. The site's general group is 综合咨询组."""
    async with opened(place) as rig:
        li = await rig.staff("limin", "busy")
        _, conversation = await cries(rig, "pediatrics")
        await li.row(conversation, state="active", group="general")


async def test_at_most_three_above_the_capacity_then_it_stands_first_until_there_is_room(place: Where) -> None:
    async with opened(place, Rules(queue_wait_limit_ms=24 * HOUR)) as rig:
        rig.session_ms = 24 * HOUR
        li = await rig.staff("limin", "online")
        taken = [(await cries(rig))[1] for _ in range(5)]
        for conversation in taken:
            await li.row(conversation, state="active")
        ordinary = await rig.visitor()
        await ordinary.opens("你好")
        await ordinary.hears("conversation", ahead=0)
        # The ordinary visitor has waited longer than any head start that is measured in hours.
        rig.clock.pass_seconds(12 * 3_600)
        late, sixth = await cries(rig)
        await late.hears("conversation", ahead=0)
        await rig.stores(FIRST_IN_THE_QUEUE, sixth)
        await ordinary.hears("conversation", ahead=1)
        row = await li.row(taken[0], state="active")
        answer = await li.ask("conversation.close", conversation=taken[0], fence=row["fence"], outcome="answered")
        assert answer["type"] == "accepted"
        await li.row(sixth, state="active")


async def test_somebody_who_comes_online_or_back_from_a_break_gets_it(place: Where) -> None:
    async with opened(place) as rig:
        wang = await rig.staff("wangfang", "break")
        _, conversation = await cries(rig)
        await wang.row(conversation, state="waiting")
        await wang.is_available("busy")
        await wang.row(conversation, state="active")


async def test_unanswered_it_goes_to_the_next_in_order_and_stays_with_the_third(place: Where) -> None:
    async with opened(place) as rig:
        li = await rig.staff("limin", "online")
        _, conversation = await cries(rig)
        await li.row(conversation, state="active")
        wang = await rig.staff("wangfang", "busy")
        rig.clock.pass_seconds(31)
        await wang.row(conversation, state="active")
        # 李敏 has had it and has not answered; with nobody else there it stays where it is.
        rig.clock.pass_seconds(31)
        rig.clock.pass_seconds(3_600)
        await rig.stores("SELECT gone_on FROM conversations", 1)
        await wang.row(conversation, state="active", overdue=True)


async def test_two_nodes_give_each_emergency_once_and_nobody_more_than_three_above(place: Where) -> None:
    async with two_nodes(place) as (one, other):
        li = await one.staff("limin", "online")
        await other.hub._running.presence.start(first=False)
        tabs = [await (one if number % 2 else other).visitor() for number in range(8)]
        ids = await asyncio.gather(*(tab.opens(CRY) for tab in tabs))
        await li.until(lambda: sum(row["state"] == "active" for row in li.rows().values()) == 5)
        given = "SELECT count(*) FROM entries WHERE event = 'assigned'"
        await one.stores(given, 5)
        waiting = "SELECT count(*) FROM conversations WHERE phase = 'waiting'"
        await one.stores(waiting, 3)
        wang = await other.staff("wangfang", "busy")
        await wang.until(lambda: sum(row["state"] == "active" for row in wang.rows().values()) == 3)
        await one.stores(given, 8)
        assert len(set(ids)) == 8
