"""Opening hours, shifts and 留言, on both databases and between two nodes."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from chatserver.domain.hours import ALWAYS, Hours
from chatserver.domain.hours_text import read
from chatserver.domain.rules import HOUR, MINUTE
from chatserver.domain.shifts import Shift
from chatserver.hub.options import SHANGHAI
from chatserver.store import accounts, consultants, hospital, meta, shifts
from chatserver.store.database import Where
from chatserver.store.ids import new_id
from chatserver.wire.closing import CloseCode
from tests.hub.harness import QUICK, Rig, StaffTab, Told, VisitorTab, eventually, opened, two_nodes
from tests.transactions import people_changed, tx_at, written

DAYTIME = read({"every_day": ["08:10-24:00"]})


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).timestamp()) * 1000


def open_during(rig: Rig, hours: Hours, *, group: str | None = None) -> None:
    """Set the hours of the site, or of one of its groups."""

    def change(conn: Connection) -> None:
        held = hospital.load_hospital(conn)
        if group is None:
            hospital.put_site(tx_at(conn), replace(held.sites["main"], hours=hours))
        else:
            hospital.put_group(tx_at(conn), replace(held.groups[group], hours=hours))

    written(rig.database, change)


async def begins(rig: Rig, when: str, hours: Hours = DAYTIME) -> None:
    """It is that moment, and these are the hours of the site."""
    rig.clock.at = at(when)
    open_during(rig, hours)
    await eventually(lambda: rig.hub.hospital.sites["main"].hours == hours)


def roster(rig: Rig, *each: Shift) -> None:
    written(rig.database, lambda conn: shifts.replace_ending_after(tx_at(conn), 0, each))


def id_of(rig: Rig, login: str) -> str:
    account = rig.database.read_now(lambda conn: accounts.by_login(conn, login))
    assert account is not None
    return account.consultant.id


def hours_of(frame: Told, department: str = "gynecology") -> Told:
    found = frame["hours"] if frame["type"] == "welcome" else frame["departments"]
    hours: Told = next(each for each in found if each["department"] == department)
    return hours


async def leaves(visitor: VisitorTab, body: str = "周六有门诊吗？", **fields: object) -> Told:
    asked = {"department": "gynecology", "kind": "question", "phone": "13812345678", **fields}
    return await visitor.ask("offline.leave", body=body, **asked)


def messages(tab: StaffTab) -> dict[str, Told]:
    """The 留言 as this tab holds them: every push applied in order, no version skipped."""
    rows: dict[str, Told] = {}
    version = 0
    for frame in tab.heard("offline"):
        assert frame["version"] == version + 1, "a version was skipped"
        version = frame["version"]
        if frame.get("whole"):
            rows = {}
        rows |= {row["id"]: row for row in frame.get("put", ())}
        for id in frame.get("gone", ()):
            rows.pop(id)
    return rows


async def shows(tab: StaffTab, id: str, **fields: object) -> Told:
    """Wait until the 留言 in this tab's list looks like this, and return it."""

    def find() -> Told | None:
        row = messages(tab).get(id)
        return row if row is not None and all(row.get(key) == value for key, value in fields.items()) else None

    row: Told = await tab.until(find)
    return row


# Open or closed.


async def test_a_new_tab_is_sent_the_hours(place: Where) -> None:
    async with opened(place) as rig:
        await begins(rig, "2026-11-26 20:00")
        visitor = await rig.visitor()
        told = hours_of(visitor.told[0])
        assert told == {
            "department": "gynecology",
            "open": True,
            "changes_at": at("2026-11-27 00:00"),
            "service": "nobody",
        }


async def test_there_is_room_while_it_is_open_and_somebody_has_a_free_place(place: Where) -> None:
    async with opened(place) as rig:
        await begins(rig, "2026-11-26 20:00")
        desk = rig.hub.visitor_desk
        assert not desk.has_room("main", "gynecology")
        li = await rig.staff("limin", "online")
        await li.until(lambda: desk.has_room("main", "gynecology") or None)
        # A page may name a department that the site does not offer: then whoever answers the unsure must have room.
        assert [desk.has_room("main", each) for each in ("", "nonsense", "pediatrics")] == [True, True, False]
        await li.is_available("busy")
        await li.until(lambda: not desk.has_room("main", "gynecology") or None)
        await li.is_available("online")
        rig.clock.at = at("2026-11-27 00:01")
        assert not desk.has_room("main", "gynecology")


async def test_connected_visitors_are_told_when_it_closes_and_opens(place: Where) -> None:
    async with opened(place) as rig:
        await begins(rig, "2026-11-26 23:40")
        visitor = await rig.visitor()
        rig.clock.at = at("2026-11-26 23:50")
        closing = await visitor.until(lambda: [f for f in visitor.heard("hours") if hours_of(f).get("closing")])
        assert hours_of(closing[-1])["answer_by"] == at("2026-11-27 08:40")
        rig.clock.at = at("2026-11-27 00:00")
        closed = await visitor.until(lambda: [f for f in visitor.heard("hours") if not hours_of(f)["open"]])
        assert hours_of(closed[0])["changes_at"] == at("2026-11-27 08:10")
        rig.clock.at = at("2026-11-27 08:10")
        seen = len(visitor.told)
        await visitor.until(lambda: [f for f in visitor.told[seen:] if f["type"] == "hours" and hours_of(f)["open"]])


async def test_changed_hours_reach_connected_visitors(place: Where) -> None:
    async with opened(place) as rig:
        visitor = await rig.visitor()
        assert hours_of(visitor.told[0])["open"]
        open_during(rig, Hours(((),) * 7), group="general")
        [frame] = await visitor.until(lambda: [f for f in visitor.heard("hours") if not hours_of(f)["open"]])
        assert hours_of(frame, "pediatrics")["open"], "another group's"


async def test_nothing_is_said_while_nothing_changes(place: Where) -> None:
    async with opened(place) as rig:
        await begins(rig, "2026-11-26 20:00")
        visitor = await rig.visitor()
        await visitor.hears("welcome")
        await eventually(lambda: rig.hub.hospital.sites["main"].hours == DAYTIME)
        for _ in range(20):
            rig.clock.pass_seconds(60)
            await asyncio.sleep(QUICK.look)
        assert len(visitor.heard("hours")) <= 1, "the first look, which finds what the welcome said"


async def test_outside_the_hours_nothing_is_opened(place: Where) -> None:
    async with opened(place) as rig:
        await begins(rig, "2026-11-27 03:00")
        visitor = await rig.visitor()
        answer = await visitor.ask("conversation.open", department="gynecology", body="在吗？")
        assert (answer["type"], answer["code"], answer["retry"]) == ("refused", "not_open", "no")
        assert answer["details"] == {"opens_at": at("2026-11-27 08:10")}


async def test_what_was_opened_in_time_is_answered_the_same_again(place: Where) -> None:
    async with opened(place) as rig:
        await begins(rig, "2026-11-26 23:30")
        visitor = await rig.visitor()
        asked = {"department": "gynecology", "body": "在吗？", "ref": new_id()}
        first = await visitor.ask("conversation.open", **asked)
        rig.clock.at = at("2026-11-27 00:05")
        again = await visitor.ask("conversation.open", **asked)
        assert (again["type"], again["conversation"]) == ("accepted", first["conversation"])


async def test_waiting_ends_when_it_closes(place: Where) -> None:
    async with opened(place) as rig:
        await begins(rig, "2026-11-26 23:55")
        visitor = await rig.visitor()
        conversation = await visitor.opens()
        rig.clock.at = at("2026-11-27 00:00")
        await visitor.hears("conversation", conversation=conversation, state="closed", close_reason="closed_hours")
        left = await leaves(visitor, conversation=conversation)
        assert left["type"] == "accepted", "and may still leave a message that belongs to it"
        assert left["conversation"] == conversation


async def test_what_is_active_runs_on(place: Where) -> None:
    async with opened(place) as rig:
        await begins(rig, "2026-11-26 23:55")
        li, visitor = await rig.staff("limin", "online"), await rig.visitor()
        conversation = await visitor.opens()
        await visitor.hears("conversation", state="active")
        row = await li.row(conversation, state="active")
        rig.clock.at = at("2026-11-27 00:01")
        said = await li.ask("message.post", conversation=conversation, body="您好", fence=row["fence"])
        assert said["type"] == "accepted"
        assert (await visitor.says(conversation, "谢谢"))["type"] == "accepted"


async def test_after_the_hours_an_ended_one_is_not_taken_up_again(place: Where) -> None:
    async with opened(place) as rig:
        await begins(rig, "2026-11-26 23:50")
        li, visitor = await rig.staff("limin", "online"), await rig.visitor()
        conversation = await visitor.opens()
        fence = (await li.row(conversation, state="active"))["fence"]
        await li.ask("conversation.close", conversation=conversation, fence=fence, outcome="answered")
        rig.clock.at = at("2026-11-27 00:05")
        answer = await visitor.says(conversation, "还有一个问题")
        assert (answer["code"], answer["details"]["opens_at"]) == ("not_open", at("2026-11-27 08:10"))


# 留言.


async def test_words_of_an_emergency_are_answered_with_where_help_is(place: Where) -> None:
    async with opened(place) as rig:
        visitor = await rig.visitor()
        assert (await leaves(visitor, body="我胸痛得厉害"))["emergency"] == "body"
        assert "emergency" not in await leaves(visitor, body="体检要空腹吗？")
        # Suspected abuse is an alarm for staff only: somebody else may be reading along.
        assert "emergency" not in await leaves(visitor, body="我13岁，怀孕了，怎么办")


async def test_an_offline_message_gets_an_owner_at_once(place: Where) -> None:
    async with opened(place) as rig:
        await begins(rig, "2026-11-27 03:00")
        li, wang, chen = [await rig.staff(login) for login in ("limin", "wangfang", "chenjing")]
        stranger = await rig.staff("zhangwei")
        visitor = await rig.visitor()
        answer = await leaves(visitor, name="王女士")
        assert (answer["type"], answer["answer_by"]) == ("accepted", at("2026-11-27 08:40"))

        seen = {tab: await shows(tab, answer["id"]) for tab in (li, wang, chen)}
        owner = seen[chen]["owner"]["number"]
        assert owner in ("012", "015")
        mine = li if owner == "012" else wang
        assert {seen[tab]["phone"] for tab in seen} == {"138****5678"}
        assert seen[mine]["due_at"] == at("2026-11-27 08:40")
        assert (await stranger.ask("list.get", list="offline"))["type"] == "accepted"
        assert messages(stranger) == {}


async def test_two_offline_messages_get_two_owners(place: Where) -> None:
    async with opened(place) as rig:
        chen, visitor = await rig.staff("chenjing"), await rig.visitor()
        left = [await leaves(visitor, body) for body in ("一", "二")]
        owners = {(await shows(chen, each["id"]))["owner"]["number"] for each in left}
        assert owners == {"012", "015"}


async def test_who_is_on_shift_when_it_is_due_gets_it(place: Where) -> None:
    async with opened(place) as rig:
        await begins(rig, "2026-11-27 03:00")
        wang = id_of(rig, "wangfang")
        roster(rig, Shift(wang, "早班", at("2026-11-27 08:00"), at("2026-11-27 16:00")))
        chen, visitor = await rig.staff("chenjing"), await rig.visitor()
        for body in ("一", "二"):
            left = await leaves(visitor, body)
            assert (await shows(chen, left["id"]))["owner"]["number"] == "015"


async def test_the_same_ref_is_the_same_message(place: Where) -> None:
    async with opened(place) as rig:
        chen, visitor = await rig.staff("chenjing"), await rig.visitor()
        ref = new_id()
        first, second = [await leaves(visitor, ref=ref) for _ in range(2)]
        assert first["id"] == second["id"]
        assert second["repeat"] is True
        assert first["answer_by"] == second["answer_by"]
        other = await leaves(visitor, "别的", ref=ref)
        assert other["code"] == "idempotency_conflict"
        await shows(chen, first["id"])
        assert len(messages(chen)) == 1


async def test_a_waiting_visitor_may_leave_a_message_instead(place: Where) -> None:
    async with opened(place) as rig:
        li, visitor = await rig.staff("limin"), await rig.visitor()
        conversation = await visitor.opens()
        await li.row(conversation)
        left = await leaves(visitor, conversation=conversation)
        assert left["conversation"] == conversation
        await visitor.hears("conversation", state="closed", close_reason="message_left")
        await li.until(lambda: conversation not in li.rows())
        assert (await shows(li, left["id"]))["conversation"] == conversation


async def test_no_message_is_left_from_an_answered_conversation(place: Where) -> None:
    async with opened(place) as rig:
        _li, visitor = await rig.staff("limin", "online"), await rig.visitor()
        conversation = await visitor.opens()
        await visitor.hears("conversation", state="active")
        assert (await leaves(visitor, conversation=conversation))["code"] == "out_of_turn"


async def test_the_conversation_of_another_visitor_is_not_found(place: Where) -> None:
    async with opened(place) as rig:
        one, other = await rig.visitor(), await rig.visitor()
        conversation = await one.opens()
        assert (await leaves(other, conversation=conversation))["code"] == "not_found"
        assert (await leaves(other, conversation=new_id()))["code"] == "not_found"


async def test_what_cannot_be_read_or_called_is_refused(place: Where) -> None:
    async with opened(place) as rig:
        visitor = await rig.visitor()
        assert (await leaves(visitor, "  "))["code"] == "text_invalid"
        for phone, why in (("call me", "number"), ("1381234567", "number"), ("400-800-1234", "kind")):
            refused = await leaves(visitor, phone=phone)
            assert (refused["code"], refused["details"], refused["retry"]) == ("phone_invalid", {"why": why}, "no")
        assert (await leaves(visitor, "长" * 1_001))["code"] == "too_large"
        assert (await leaves(visitor, name="", phone=""))["type"] == "accepted", "nobody has to say who they are"


async def test_a_visitor_leaves_a_limited_number_of_messages_per_hour(place: Where) -> None:
    async with opened(place, options=replace(QUICK, offline_per_hour=2)) as rig:
        visitor = await rig.visitor()
        answers = [await leaves(visitor, str(number)) for number in range(3)]
        assert [each["type"] for each in answers] == ["accepted", "accepted", "refused"]
        assert answers[2]["code"] == "rate_limited"


async def test_an_emergency_among_them_looks_like_one(place: Where) -> None:
    async with opened(place) as rig:
        chen, visitor = await rig.staff("chenjing"), await rig.visitor()
        left = await leaves(visitor, body="我胸痛得厉害，喘不上气")
        row = await shows(chen, left["id"])
        assert (row["emergency"], row["level"]) == ("body", "critical")
        await rig.stores("SELECT emergency FROM offline_messages", "body")
        plain = await leaves(visitor, body="体检要空腹吗？")
        assert "emergency" not in await shows(chen, plain["id"])


async def test_a_number_is_kept_as_it_is_dialled(place: Where) -> None:
    async with opened(place) as rig:
        chen, visitor = await rig.staff("chenjing"), await rig.visitor()
        left = await leaves(visitor, phone="+86 138-1234-5678")
        await chen.ask("offline.take", id=left["id"])
        assert (await chen.ask("offline.reveal", id=left["id"]))["phone"] == "13812345678"


async def test_it_is_taken_and_settled(place: Where) -> None:
    async with opened(place) as rig:
        li, wang, visitor = await rig.staff("limin"), await rig.staff("wangfang"), await rig.visitor()
        id = (await leaves(visitor))["id"]
        assert (await wang.ask("offline.take", id=id))["id"] == id
        await shows(wang, id, phone="138****5678")
        await shows(li, id, phone="138****5678")
        refused = await li.ask("offline.settle", id=id, result="answered", note="已回电")
        assert (refused["code"], refused["details"]["rule"]) == ("forbidden", "own_or_offered")
        settled = await wang.ask("offline.settle", id=id, result="answered", note="已回电")
        assert settled["type"] == "accepted"
        row = await shows(li, id, result="answered")
        assert (row["settled_by"]["number"], row["note"]) == ("015", "已回电")
        assert (await li.ask("offline.take", id=id))["code"] == "out_of_turn"


async def test_a_message_of_another_group_is_not_found(place: Where) -> None:
    async with opened(place) as rig:
        zhang, visitor = await rig.staff("zhangwei"), await rig.visitor()
        id = (await leaves(visitor))["id"]
        for asked in (id, new_id()):
            assert (await zhang.ask("offline.take", id=asked))["code"] == "not_found"
            settle = await zhang.ask("offline.settle", id=asked, result="answered", note="已回电")
            assert settle["code"] == "not_found"


async def test_what_was_settled_yesterday_is_in_no_list(place: Where) -> None:
    async with opened(place) as rig:
        await begins(rig, "2026-11-26 23:00")
        chen, visitor = await rig.staff("chenjing"), await rig.visitor()
        done, kept = [(await leaves(visitor, body))["id"] for body in ("一", "二")]
        await chen.ask("offline.settle", id=done, result="nothing_to_do", note="重复")
        await shows(chen, done, result="nothing_to_do")
        rig.clock.at = at("2026-11-27 00:00")
        await chen.until(lambda: set(messages(chen)) == {kept})


async def test_the_other_node_shows_it_too(place: Where) -> None:
    async with two_nodes(place) as (one, other):
        visitor, li, wang = await one.visitor(), await one.staff("limin"), await other.staff("wangfang")
        id = (await leaves(visitor))["id"]
        await shows(wang, id)
        await wang.ask("offline.take", id=id)
        await shows(li, id, phone="138****5678")
        await li.until(lambda: messages(li)[id].get("owner", {}).get("number") == "015")


async def test_left_at_both_nodes_at_once_it_is_stored_once(place: Where) -> None:
    async with two_nodes(place) as (one, other):
        token, ref = one.new_visitor(), new_id()
        here, there = await one.visitor(token), await other.visitor(token)
        answers = await asyncio.gather(leaves(here, ref=ref), leaves(there, ref=ref))
        assert len({each["id"] for each in answers}) == 1
        assert sorted(each.get("repeat", False) for each in answers) == [False, True]


async def test_it_outlives_a_restart(place: Where) -> None:
    async with opened(place) as rig:
        visitor = await rig.visitor()
        id = (await leaves(visitor))["id"]
        await rig.restart()
        chen = await rig.staff("chenjing")
        await shows(chen, id)


# 班次.


def shift(rig: Rig, login: str = "limin", after: int = 0, hours: int = 8) -> Shift:
    start = rig.clock() + after
    return Shift(id_of(rig, login), "早班", start, start + hours * HOUR)


async def has_shift(tab: StaffTab, **fields: object) -> Told:
    """Wait until the consultant's shift looks like this, and return their status."""

    def find() -> Told | None:
        told = [*(f["me"] for f in tab.told if f["type"] in ("welcome", "me"))]
        shown = told[-1].get("shift")
        return shown if shown is not None and all(shown.get(key) == value for key, value in fields.items()) else None

    found: Told = await tab.until(find)
    return found


async def test_a_shift_is_shown_to_its_consultant_and_to_colleagues(place: Where) -> None:
    async with opened(place) as rig:
        li, wang = await rig.staff("limin"), await rig.staff("wangfang")
        planned = shift(rig, after=HOUR)
        roster(rig, planned)
        shown = await has_shift(li, name="早班")
        assert shown == {
            "name": "早班",
            "starts_at": planned.starts_at,
            "ends_at": planned.ends_at,
            "check_in_from": planned.starts_at - 5 * MINUTE,
            "receives_from": planned.starts_at + 10 * MINUTE,
        }
        await wang.until(lambda: shown in [row.get("shift") for row in put(wang.heard("colleagues"))])


def put(told: Iterable[Told]) -> list[Told]:
    return [row for frame in told for row in frame.get("put", ())]


async def test_checking_in_means_online_and_conversations_come_after_the_quiet_start(place: Where) -> None:
    async with opened(place) as rig:
        roster(rig, shift(rig))
        li = await rig.staff("limin")
        await has_shift(li)
        assert (await li.ask("shift.check_in"))["type"] == "accepted"
        shown = await has_shift(li, checked_in_at=rig.clock())
        assert shown["receives_from"] == rig.clock() + 10 * MINUTE
        await li.until(lambda: [each["me"]["availability"] for each in li.heard("me")][-1:] == ["online"])

        visitor = await rig.visitor()
        conversation = await visitor.opens()
        await li.row(conversation)
        rig.clock.pass_seconds(9 * 60)
        await asyncio.sleep(10 * QUICK.sweep)
        assert "owner" not in li.rows()[conversation], "quiet still"
        rig.clock.pass_seconds(60)
        await li.row(conversation, state="active")


async def test_who_has_not_signed_in_gets_nothing_but_others_do(place: Where) -> None:
    async with opened(place) as rig:
        li = await rig.staff("limin", "online")
        planned = Shift(id_of(rig, "limin"), "早班", rig.clock() - HOUR, rig.clock() + HOUR)
        roster(rig, planned)
        await has_shift(li)
        visitor = await rig.visitor()
        conversation = await visitor.opens()
        wang = await rig.staff("wangfang", "online")
        row = await wang.row(conversation, state="active")
        assert row["owner"]["number"] == "015", "not on the roster, and unaffected"


async def test_choosing_online_signs_in_too(place: Where) -> None:
    async with opened(place) as rig:
        roster(rig, shift(rig))
        li = await rig.staff("limin", "online")
        await has_shift(li, checked_in_at=rig.clock())


async def test_signing_in_too_early_or_without_a_shift_is_refused(place: Where) -> None:
    async with opened(place) as rig:
        planned = shift(rig, after=HOUR)
        roster(rig, planned)
        li, wang = await rig.staff("limin"), await rig.staff("wangfang")
        await has_shift(li)
        early = await li.ask("shift.check_in")
        assert (early["code"], early["details"]["opens_at"]) == ("not_open", planned.starts_at - 5 * MINUTE)
        assert (await wang.ask("shift.check_in"))["code"] == "not_found"


async def test_the_other_node_knows_who_has_signed_in(place: Where) -> None:
    async with two_nodes(place) as (one, other):
        roster(one, shift(one))
        li, chen = await one.staff("limin"), await other.staff("chenjing")
        await has_shift(li)
        await li.ask("shift.check_in")
        signed = one.clock()
        await chen.until(
            lambda: [r for r in put(chen.heard("colleagues")) if (r.get("shift") or {}).get("checked_in_at") == signed]
        )


async def test_staff_whose_groups_changed_reconnect(place: Where) -> None:
    async with opened(place) as rig:
        li, wang, visitor = await rig.staff("limin"), await rig.staff("wangfang"), await rig.visitor()
        id = (await leaves(visitor, department="pediatrics"))["id"]
        moved = replace(rig.hub.consultants[li.id], groups=("children",))

        def move(conn: Connection) -> None:
            consultants.put_work(tx_at(conn), moved)
            meta.bump_people_version(tx_at(conn))

        written(rig.database, move)
        await li.until(lambda: li.closed == CloseCode.RESYNC)
        li.leave()
        again = await rig.staff("limin")
        await shows(again, id)
        assert wang.closed is None


async def test_records_read_again_leave_the_hours_as_they_are(place: Where) -> None:
    async with opened(place) as rig:
        visitor = await rig.visitor()
        before = rig.hub.hospital
        written(rig.database, people_changed)
        await eventually(lambda: rig.hub.hospital is not before)
        assert rig.hub.hospital.sites["main"].hours == ALWAYS
        assert (await visitor.ask("conversation.open", department="gynecology", body="在吗"))["type"] == "accepted"
