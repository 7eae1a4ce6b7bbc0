"""What becomes of open work when the records change: closed accounts, departments of another group, changed groups."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection

from chatserver.domain.hospital import Mode, Role
from chatserver.domain.hours_text import read
from chatserver.domain.rules import Rules
from chatserver.store import accounts, consultants, conversations, hospital, meta
from chatserver.store.database import Where
from chatserver.wire.closing import CloseCode
from tests.hub.harness import QUICK, Rig, StaffTab, Told, VisitorTab, eventually, opened, two_nodes
from tests.hub.test_opening_hours import id_of, leaves, messages, shows
from tests.transactions import tx_at, written

GRACE_S = 61


def changed(rig: Rig, change: Callable[[Connection], object]) -> None:
    """Change the hospital's records; running nodes read them again."""

    def write(conn: Connection) -> None:
        change(conn)
        meta.bump_people_version(tx_at(conn))

    written(rig.database, write)


def disabled(rig: Rig, login: str) -> None:
    id = id_of(rig, login)
    changed(rig, lambda conn: accounts.disable(tx_at(conn, rig.clock()), id))


def serves(rig: Rig, login: str, *groups: str) -> None:
    def change(conn: Connection) -> None:
        account = accounts.by_login(conn, login)
        assert account is not None
        consultants.put_work(tx_at(conn), replace(account.consultant, groups=groups))

    changed(rig, change)


def moved(rig: Rig, department: str, group: str) -> None:
    def change(conn: Connection) -> None:
        held = hospital.load_hospital(conn).departments[department]
        hospital.put_department(tx_at(conn), replace(held, group=group))

    changed(rig, change)


def mode(rig: Rig, group: str, mode: Mode) -> None:
    changed(
        rig,
        lambda conn: hospital.put_group(tx_at(conn), replace(hospital.load_hospital(conn).groups[group], mode=mode)),
    )


async def answered_by_two(rig: Rig) -> tuple[VisitorTab, StaffTab, StaffTab, str]:
    """李敏 owns it, 王芳 has joined, and the visitor was told of both."""
    li, visitor = await rig.staff("limin", "online"), await rig.visitor()
    conversation = await visitor.opens()
    fence = (await li.row(conversation, state="active"))["fence"]
    await li.follows(conversation)
    assert (await li.ask("message.post", conversation=conversation, body="您好", fence=fence))["type"] == "accepted"
    wang = await rig.staff("wangfang", "busy")
    asked = await li.ask(
        "colleague.ask", conversation=conversation, consultant=wang.id, asked_for="join", note="一起答"
    )
    assert asked["type"] == "accepted", asked
    assert (await wang.ask("colleague.join", conversation=conversation))["type"] == "accepted"
    await visitor.until(lambda: names(visitor) == ["王芳"])
    return visitor, li, wang, conversation


def names(visitor: VisitorTab) -> list[str]:
    """Who answers beside the owner, as the visitor was told last."""
    return [each["name"] for each in visitor.heard("conversation")[-1].get("joined", ())]


# A colleague beside the owner.


async def test_a_colleague_whose_connection_is_lost_leaves_after_the_grace(place: Where) -> None:
    async with opened(place) as rig:
        visitor, li, wang, conversation = await answered_by_two(rig)
        wang.leave()
        await eventually(lambda: away(rig))
        assert names(visitor) == ["王芳"], "a page that is loaded again comes back in time"
        rig.clock.pass_seconds(GRACE_S)
        await visitor.has_event(conversation, "colleague_left")
        assert names(visitor) == []
        left = await li.has_event(conversation, "colleague_left")
        assert (left["consultant"]["name"], left.get("by"), left["joined"]) == ("王芳", None, True)
        await li.row(conversation, participants=None)


async def test_a_colleague_who_comes_back_in_time_stays(place: Where) -> None:
    async with opened(place) as rig:
        visitor, li, wang, conversation = await answered_by_two(rig)
        wang.leave()
        await eventually(lambda: away(rig))
        rig.clock.pass_seconds(GRACE_S - 10)
        again = await rig.staff("wangfang")
        await eventually(lambda: not away(rig))
        rig.clock.pass_seconds(30)
        fence = (await again.row(conversation))["fence"]
        said = await again.ask("message.post", conversation=conversation, body="我在", fence=fence)
        assert said["type"] == "accepted", said
        assert names(visitor) == ["王芳"]
        assert li.heard("entry", conversation=conversation)


async def test_the_grace_of_a_colleague_begins_anew_after_the_server_was_away(place: Where) -> None:
    async with opened(place) as rig:
        _, _, _, conversation = await answered_by_two(rig)
        await rig.restart()
        li = await rig.staff("limin")
        await li.row(conversation)
        rig.clock.pass_seconds(GRACE_S)
        await li.row(conversation, participants=None)


async def test_a_colleague_whose_account_is_closed_leaves_at_once(place: Where) -> None:
    async with opened(place) as rig:
        visitor, li, wang, conversation = await answered_by_two(rig)
        disabled(rig, "wangfang")
        await visitor.has_event(conversation, "colleague_left")
        assert names(visitor) == []
        await li.row(conversation, participants=None)
        assert wang.closed == CloseCode.REVOKED


async def test_a_helper_whose_account_is_closed_leaves_and_the_visitor_never_knew(place: Where) -> None:
    async with opened(place) as rig:
        li, visitor = await rig.staff("limin", "online"), await rig.visitor()
        conversation = await visitor.opens()
        await li.row(conversation, state="active")
        wang = await rig.staff("wangfang", "busy")
        await li.ask("colleague.ask", conversation=conversation, consultant=wang.id, asked_for="help", note="价格")
        await li.until(lambda: li.rows()[conversation].get("participants"))
        disabled(rig, "wangfang")
        await li.row(conversation, participants=None)
        assert "colleague_left" not in events(visitor, conversation)


# What a closed account held.


async def test_conversations_of_a_closed_account_go_to_somebody_at_once(place: Where) -> None:
    async with opened(place) as rig:
        li, visitor = await rig.staff("limin", "online"), await rig.visitor()
        conversation = await visitor.opens()
        await visitor.hears("conversation", state="active")
        wang = await rig.staff("wangfang", "online")
        disabled(rig, "limin")
        await wang.row(conversation, state="active", owner=person(wang, "王芳", "015"))
        assert li.closed == CloseCode.REVOKED


async def test_an_offer_to_a_closed_account_ends_at_once(place: Where) -> None:
    async with opened(place) as rig:
        li, wang, visitor = await rig.staff("limin", "online"), await rig.staff("wangfang", "busy"), await rig.visitor()
        conversation = await visitor.opens()
        fence = (await li.row(conversation, state="active"))["fence"]
        offered = await li.ask(
            "transfer.offer", conversation=conversation, fence=fence, note="妇科", consultant=wang.id
        )
        assert offered["type"] == "accepted", offered
        await li.offer(conversation, mine=False)
        await wang.offer(conversation)
        disabled(rig, "wangfang")
        await li.until(lambda: not li.rows()[conversation].get("offer"))


async def test_an_account_that_becomes_an_administrator_s_holds_nothing(place: Where) -> None:
    async with opened(place) as rig:
        li, visitor = await rig.staff("limin", "online"), await rig.visitor()
        conversation = await visitor.opens()
        await visitor.hears("conversation", state="active")
        wang = await rig.staff("wangfang", "online")
        changed(
            rig,
            lambda conn: accounts._change(tx_at(conn), li.id, role=Role.ADMINISTRATOR.value),
        )
        await wang.row(conversation, state="active", owner=person(wang, "王芳", "015"))


async def test_messages_left_with_a_closed_account_get_another_owner(place: Where) -> None:
    async with opened(place) as rig:
        chen, visitor = await rig.staff("chenjing"), await rig.visitor()
        left = await leaves(visitor)
        first = (await shows(chen, left["id"]))["owner"]["number"]
        other = {"012": "015", "015": "012"}[first]
        disabled(rig, {"012": "limin", "015": "wangfang"}[first])
        await chen.until(lambda: owner_of(chen, left["id"]) == other)
        disabled(rig, {"012": "limin", "015": "wangfang"}[other])
        await chen.until(lambda: owner_of(chen, left["id"]) is None)
        serves(rig, "zhangwei", "general")
        await chen.until(lambda: owner_of(chen, left["id"]) == "021")


async def test_messages_left_find_an_owner_when_the_server_was_away(place: Where) -> None:
    async with opened(place) as rig:
        chen, visitor = await rig.staff("chenjing"), await rig.visitor()
        left = await leaves(visitor)
        first = (await shows(chen, left["id"]))["owner"]["number"]
        await rig.hub.stop()
        disabled(rig, {"012": "limin", "015": "wangfang"}[first])
        rig.hub = rig._hub()
        await rig.hub.start()
        chen = await rig.staff("chenjing")
        await chen.until(lambda: owner_of(chen, left["id"]) not in (first, None))


async def test_a_message_that_was_settled_keeps_its_owner(place: Where) -> None:
    async with opened(place) as rig:
        chen, visitor = await rig.staff("chenjing"), await rig.visitor()
        one, two = await leaves(visitor, "一"), await leaves(visitor, "二")
        owner = (await shows(chen, one["id"]))["owner"]["number"]
        await chen.ask("offline.settle", id=one["id"], result="answered", note="已回电")
        disabled(rig, {"012": "limin", "015": "wangfang"}[owner])
        await chen.until(lambda: owner_of(chen, two["id"]) != owner)
        assert owner_of(chen, one["id"]) == owner


# A department that moves to another group.


async def test_a_waiting_conversation_follows_its_department_to_the_new_group(place: Where) -> None:
    async with opened(place) as rig:
        zhang, chen, visitor = await rig.staff("zhangwei"), await rig.staff("chenjing"), await rig.visitor()
        conversation = await visitor.opens()
        await chen.row(conversation, group="general")
        await chen.follows(conversation)
        moved(rig, "gynecology", "children")
        await zhang.row(conversation, group="children", state="waiting")
        event = await chen.has_event(conversation, "group_changed")
        assert (event["previous_group"], event["group"]) == ("general", "children")
        await visitor.hears("conversation", group="children")
        assert "group_changed" not in events(visitor, conversation)
        await zhang.is_available()
        await zhang.until(lambda: mine(zhang, conversation))


async def test_a_moved_conversation_keeps_its_waiting_time(place: Where) -> None:
    async with opened(place) as rig:
        chen, early, late = await rig.staff("chenjing"), await rig.visitor(), await rig.visitor()
        first = await early.opens()
        rig.clock.pass_seconds(30)
        second = await late.opens(department="pediatrics")
        moved(rig, "gynecology", "children")
        await chen.row(first, group="children")
        await late.hears("conversation", conversation=second, ahead=1)


async def test_a_moved_visitor_learns_of_a_place_that_is_as_in_the_old_group(place: Where) -> None:
    """With the group the visitor is sent the place there; what they were sent in the old group is over."""
    async with opened(place, options=replace(QUICK, place_pause=3_600.0)) as rig:
        places = rig.hub._running.visitor_status
        ahead, elsewhere, visitor = [await rig.visitor() for _ in range(2)], await rig.visitor(), await rig.visitor()
        closing, _ = [await each.opens(department="pediatrics") for each in ahead]
        await elsewhere.opens(department="obstetrics")
        conversation = await visitor.opens(department="gynecology")
        places._tell_places("general")
        await visitor.hears("conversation", ahead=1)
        moved(rig, "gynecology", "children")
        await visitor.hears("conversation", group="children", ahead=2)
        assert (await ahead[0].ask("conversation.close", conversation=closing))["type"] == "accepted"
        places._tell_places("children")
        await visitor.hears("conversation", conversation=conversation, group="children", ahead=1)


async def test_what_rings_in_the_old_group_rings_in_the_new_one(place: Where) -> None:
    async with opened(place) as rig:
        zhang, visitor = await rig.staff("zhangwei", "online"), await rig.visitor()
        conversation = await visitor.opens(department="pediatrics")
        await zhang.until(lambda: mine(zhang, conversation))
        li = await rig.staff("limin", "online")
        moved(rig, "pediatrics", "general")
        await li.row(conversation, group="general", state="active")
        await zhang.until(lambda: conversation not in zhang.rows())
        assert zhang.heard("me") == [] or zhang.heard("me")[-1]["me"].get("misses", 0) == 0, "nobody missed it"


async def test_what_is_answered_stays_where_it_is(place: Where) -> None:
    async with opened(place) as rig:
        li, visitor, waits = await rig.staff("limin", "online"), await rig.visitor(), await rig.visitor()
        conversation = await visitor.opens()
        await li.row(conversation, state="active")
        await li.is_available("busy")
        other, zhang = await waits.opens(), await rig.staff("zhangwei")
        moved(rig, "gynecology", "children")
        await zhang.row(other, group="children")
        assert (await li.row(conversation))["group"] == "general"


async def test_what_another_group_helps_out_with_stays_there(place: Where) -> None:
    async with opened(place) as rig:
        mode(rig, "general", Mode.AUTOMATIC)
        changed(
            rig,
            lambda conn: hospital.put_group(
                tx_at(conn), replace(hospital.load_hospital(conn).groups["general"], overflow="desk")
            ),
        )
        li, zhang, visitor = await rig.staff("limin", "online"), await rig.staff("zhangwei"), await rig.visitor()
        serves(rig, "limin", "desk")
        li = await comes_back(rig, li)
        conversation = await visitor.opens()
        rig.clock.pass_seconds(121)
        await li.row(conversation, group="desk")
        moved(rig, "gynecology", "children")
        later = await (await rig.visitor()).opens()
        await zhang.row(later, group="children")
        assert (await li.row(conversation))["group"] == "desk"


async def test_a_site_s_general_group_is_followed_too(place: Where) -> None:
    async with opened(place) as rig:
        zhang, visitor = await rig.staff("zhangwei"), await rig.visitor()
        answer = await visitor.ask("conversation.open", body="不知道挂哪个科")
        left = await visitor.ask("offline.leave", kind="question", body="不知道挂哪个科")

        def change(conn: Connection) -> None:
            site = hospital.load_hospital(conn).sites["main"]
            hospital.put_site(tx_at(conn), replace(site, general_group="children"))

        changed(rig, change)
        await zhang.row(answer["conversation"], group="children")
        await shows(zhang, left["id"], group="children")


async def test_messages_left_for_a_department_follow_it(place: Where) -> None:
    async with opened(place) as rig:
        chen, zhang, visitor = await rig.staff("chenjing"), await rig.staff("zhangwei"), await rig.visitor()
        left = await leaves(visitor)
        await shows(chen, left["id"], group="general")
        moved(rig, "gynecology", "children")
        row = await shows(zhang, left["id"], group="children")
        assert row["owner"]["number"] in ("021", "022")


async def test_a_move_while_the_server_was_away_is_followed(place: Where) -> None:
    async with opened(place) as rig:
        visitor = await rig.visitor()
        conversation = await visitor.opens()
        await rig.hub.stop()
        moved(rig, "gynecology", "children")
        rig.hub = rig._hub()
        await rig.hub.start()
        zhang = await rig.staff("zhangwei")
        await zhang.row(conversation, group="children")


async def test_two_nodes_follow_once(place: Where) -> None:
    async with two_nodes(place) as (one, other):
        zhang, visitor = await other.staff("zhangwei"), await one.visitor()
        conversation = await visitor.opens()
        moved(one, "gynecology", "children")
        await zhang.row(conversation, group="children")
        await one.stores("SELECT count(*) FROM entries WHERE event = 'group_changed'", 1)


async def test_where_the_new_group_is_closed_the_waiting_ends_as_at_closing_time(place: Where) -> None:
    async with opened(place) as rig:
        changed(
            rig,
            lambda conn: hospital.put_group(
                tx_at(conn),
                replace(hospital.load_hospital(conn).groups["children"], hours=read({"every_day": []})),
            ),
        )
        visitor = await rig.visitor()
        await visitor.opens()
        rig.clock.pass_seconds(1)
        moved(rig, "gynecology", "children")
        await visitor.hears("conversation", state="closed", close_reason="closed_hours")


# People who leave a group.


async def test_a_ring_to_somebody_who_left_the_group_goes_to_somebody_else(place: Where) -> None:
    async with opened(place, Rules(ring_ms=3_600_000)) as rig:
        zhang, visitor = await rig.staff("zhangwei", "online"), await rig.visitor()
        conversation = await visitor.opens(department="pediatrics")
        await zhang.until(lambda: mine(zhang, conversation))
        liu = await rig.staff("liuyang", "online")
        serves(rig, "zhangwei", "general")
        await liu.until(lambda: mine(liu, conversation))


async def test_a_transfer_by_name_to_somebody_who_left_the_group_stays_open(place: Where) -> None:
    async with opened(place, options=replace(QUICK, staff_linger=5.0)) as rig:
        li, wang, visitor = await rig.staff("limin", "online"), await rig.staff("wangfang", "busy"), await rig.visitor()
        conversation = await visitor.opens()
        fence = (await li.row(conversation, state="active"))["fence"]
        await li.ask("transfer.offer", conversation=conversation, fence=fence, note="妇科", consultant=wang.id)
        offer = await wang.until(lambda: mine(wang, conversation))
        serves(rig, "wangfang", "children")
        wang = await comes_back(rig, wang)
        accepted = await wang.ask("offer.accept", conversation=conversation, offer=offer["id"])
        assert accepted["type"] == "accepted", accepted


@pytest.mark.parametrize(("before", "after"), [(Mode.CLAIM, Mode.AUTOMATIC), (Mode.CLAIM, Mode.RING)])
async def test_what_waited_for_a_claim_is_assigned_when_the_group_assigns_by_itself(
    place: Where, before: Mode, after: Mode
) -> None:
    async with opened(place) as rig:
        mode(rig, "general", before)
        await eventually(lambda: rig.hub.hospital.groups["general"].mode is before)
        li, visitor = await rig.staff("limin", "online"), await rig.visitor()
        conversation = await visitor.opens()
        await li.row(conversation, state="waiting")
        mode(rig, "general", after)
        await li.until(lambda: li.rows()[conversation]["state"] == "active" or mine(li, conversation))


def away(rig: Rig) -> bool:
    """Whether the colleague is recorded as gone."""
    [(conversation,)] = rig.database.read_now(lambda conn: conn.exec_driver_sql("SELECT id FROM conversations").all())
    held = rig.database.read_now(lambda conn: conversations.load(conn, [conversation]))[conversation]
    return any(each.left_at is not None for each in held.company.participants)


def events(tab: VisitorTab, conversation: str) -> list[str]:
    return [each["event"]["name"] for each in tab.entries(conversation) if "event" in each]


def mine(tab: StaffTab, conversation: str) -> Told | None:
    """The offer to this tab's person."""
    offer: Told | None = tab.rows().get(conversation, {}).get("offer")
    return offer if offer is not None and offer["mine"] else None


def owner_of(tab: StaffTab, message: str) -> str | None:
    owner: Any = messages(tab)[message].get("owner")
    return None if owner is None else str(owner["number"])


def person(tab: StaffTab, name: str, number: str) -> Told:
    return {"id": tab.id, "name": name, "number": number, "title": "consultant"}


async def comes_back(rig: Rig, tab: StaffTab) -> StaffTab:
    """The tab of somebody with other groups is closed, and the person connects again."""
    await tab.until(lambda: tab.closed)
    tab.leave()
    login = next(
        account.login for account in rig.database.read_now(accounts.everybody) if account.consultant.id == tab.id
    )
    return await rig.staff(login)
