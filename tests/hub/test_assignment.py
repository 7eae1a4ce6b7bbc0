"""Assignment: automatic, by ring and by claim; capacity; nobody is forgotten."""

import asyncio
from dataclasses import replace

from chatserver.domain.rules import Rules
from chatserver.store.database import Where
from tests.hub.harness import StaffTab, eventually, opened


async def test_the_lower_load_ratio_gets_it_and_capacity_holds(place: Where) -> None:
    async with opened(place) as rig:
        li, wang = await rig.staff("limin", "online"), await rig.staff("wangfang", "online")
        visitors = [await rig.visitor() for _ in range(5)]
        conversations = [await visitor.opens() for visitor in visitors]
        await li.until(lambda: len(owned(li)) == 2)
        await wang.until(lambda: len(owned(wang)) == 2)

        waiting = [
            visitor for visitor, id in zip(visitors, conversations, strict=True) if id not in owned(li) + owned(wang)
        ]
        assert len(waiting) == 1, "the fifth waits: both are full"
        standing = await waiting[0].hears("conversation", state="waiting", ahead=0)
        assert "wait_ms" not in standing, "no estimate without samples"

        first = li.rows()[owned(li)[0]]
        await li.ask("conversation.close", conversation=first["id"], fence=first["fence"], outcome="answered")
        await waiting[0].hears("conversation", state="active")


async def test_the_place_in_the_queue_counts_down(place: Where) -> None:
    async with opened(place) as rig:
        first, second, third = [await rig.visitor() for _ in range(3)]
        ids = []
        for visitor in (first, second, third):
            ids.append(await visitor.opens())
            rig.clock.pass_seconds(1)
        await third.hears("conversation", ahead=2)
        await second.ask("conversation.close", conversation=ids[1])
        await third.hears("conversation", ahead=1)
        closed = await second.hears("conversation", state="closed")
        assert closed["close_reason"] == "left"
        li = await rig.staff("limin", "online")
        await third.hears("conversation", state="active")
        await li.until(lambda: sorted(owned(li)) == sorted([ids[0], ids[2]]))


async def test_who_comes_online_gets_what_waits(place: Where) -> None:
    async with opened(place) as rig:
        visitor = await rig.visitor()
        conversation = await visitor.opens()
        li = await rig.staff("limin")
        await li.row(conversation, state="waiting")
        await li.is_available("busy")
        assert li.rows()[conversation]["state"] == "waiting", "busy takes transfers only"
        await li.is_available("online")
        await li.row(conversation, state="active")


async def test_the_queue_has_a_hard_stop(place: Where) -> None:
    async with opened(place, replace(Rules(), queue_limit=2)) as rig:
        visitors = [await rig.visitor() for _ in range(3)]
        await visitors[0].opens()
        await visitors[1].opens()
        refused = await visitors[2].ask("conversation.open", department="gynecology", body="你好")
        assert (refused["code"], refused["retry"]) == ("queue_full", "later")
        assert (
            rig.database.read_now(lambda conn: conn.exec_driver_sql("select count(*) from conversations").scalar()) == 2
        )


async def test_a_ring_goes_to_the_next_and_three_misses_pause(place: Where) -> None:
    async with opened(place) as rig:
        zhang, liu = await rig.staff("zhangwei", "online"), await rig.staff("liuyang", "online")
        visitor = await rig.visitor()
        conversation = await visitor.opens("孩子咳嗽", "pediatrics")
        order: list[str] = []
        while not any(is_paused(tab) for tab in (zhang, liu)):
            if len(order) >= 2:
                # Both have missed it: nobody is asked again before the time of a ring has passed.
                rig.clock.pass_seconds(15)
            ringing = await rung(zhang, liu, conversation)
            order.append(ringing.session.person)
            rig.clock.pass_seconds(15)
            await rings_no_more(ringing, conversation)
            await has_missed(ringing, order.count(ringing.session.person))
        assert order[0] != order[1], "never back to somebody who missed it while somebody else is there"
        assert max(order.count(person) for person in order) == 3, "three misses in a row pause the consultant"


async def test_a_ring_reserves_the_place_and_is_accepted(place: Where) -> None:
    async with opened(place) as rig:
        zhang = await rig.staff("zhangwei", "online")
        visitor = await rig.visitor()
        conversation = await visitor.opens("孩子咳嗽", "pediatrics")
        offer = (await rung(zhang, zhang, conversation)).rows()[conversation]["offer"]
        assert offer["ends_at"] == rig.clock() + 15_000
        taken = await zhang.ask("offer.accept", conversation=conversation, offer=offer["id"])
        again = await zhang.ask("offer.accept", conversation=conversation, offer=offer["id"], ref=taken["ref"])
        assert (again["type"], again["repeat"], again["seq"]) == ("accepted", True, taken["seq"])
        await visitor.has_event(conversation, "assigned")


async def test_a_lost_connection_ends_an_open_ring_at_once(place: Where) -> None:
    async with opened(place) as rig:
        zhang, liu = await rig.staff("zhangwei", "online"), await rig.staff("liuyang", "online")
        visitor = await rig.visitor()
        conversation = await visitor.opens("孩子咳嗽", "pediatrics")
        ringing = await rung(zhang, liu, conversation)
        other = liu if ringing is zhang else zhang
        ringing.leave()
        await other.offer(conversation)


async def test_two_claim_and_one_wins(place: Where) -> None:
    async with opened(place) as rig:
        li, wang = await rig.staff("limin", "online"), await rig.staff("wangfang", "online")
        for _ in range(20):
            visitor = await rig.visitor()
            conversation = await visitor.opens("眼睛疼", "eyes")
            await li.row(conversation, state="waiting")
            answers = await asyncio.gather(
                li.ask("conversation.claim", conversation=conversation),
                wang.ask("conversation.claim", conversation=conversation),
            )
            assert sorted(answer["type"] for answer in answers) == ["accepted", "refused"]
            lost = next(answer for answer in answers if answer["type"] == "refused")
            winner = "李敏" if answers[0]["type"] == "accepted" else "王芳"
            assert (lost["code"], lost["details"]) == ("offer_gone", {"why": "taken", "by": winner})
            await visitor.ask("conversation.close", conversation=conversation)


async def test_a_claim_goes_up_to_three_above_the_capacity(place: Where) -> None:
    async with opened(place) as rig:
        li = await rig.staff("limin", "online")
        answers = []
        for _ in range(6):
            visitor = await rig.visitor()
            conversation = await visitor.opens("眼睛疼", "eyes")
            answers.append(await li.ask("conversation.claim", conversation=conversation))
        assert [answer["type"] for answer in answers] == ["accepted"] * 5 + ["refused"]
        assert answers[-1]["code"] == "no_room"


async def rings_no_more(tab: StaffTab, conversation: str) -> None:
    await tab.until(lambda: not (tab.rows().get(conversation) or {}).get("offer", {}).get("mine"))


def owned(tab: StaffTab) -> list[str]:
    """The open conversations that this consultant's list shows as their own."""
    rows = tab.rows().values()
    return [row["id"] for row in rows if row["state"] == "active" and row["owner"]["id"] == tab.id]


async def has_missed(tab: StaffTab, times: int) -> None:
    await tab.until(lambda: misses(tab) == times)


def misses(tab: StaffTab) -> int:
    """How many misses in a row the consultant was told of."""
    return max((frame["me"].get("misses", 0) for frame in tab.heard("me")), default=0)


def is_paused(tab: StaffTab) -> bool:
    return any(frame["me"]["availability"] == "paused" for frame in tab.heard("me"))


async def rung(one: StaffTab, other: StaffTab, conversation: str) -> StaffTab:
    """Wait until it rings at one of the two, and return that one."""

    def find() -> StaffTab | None:
        for tab in (one, other):
            if (tab.rows().get(conversation) or {}).get("offer", {}).get("mine"):
                return tab
        return None

    tab: StaffTab = await eventually(find)
    return tab
