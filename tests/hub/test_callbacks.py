"""回电 on both databases and between two nodes: what a visitor is promised is what staff have to keep; one command is
one call-back; and nobody calls while an alert of abuse is open."""

import asyncio
import json
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import select

from chatserver.domain.callbacks import ASKED
from chatserver.domain.consent import BUILT_IN_NOTICE
from chatserver.hub.options import SHANGHAI
from chatserver.store.database import Where
from chatserver.store.tables import audit_entries, callbacks, consent_texts, deadlines
from tests.hub.harness import QUICK, Rig, StaffTab, Told, VisitorTab, opened, two_nodes
from tests.hub.test_opening_hours import begins

NUMBER, MASKED = "13812345678", "138****5678"
NIGHT, MORNING = "2026-11-29 02:00", "2026-11-29 08:10"
NOTICE = BUILT_IN_NOTICE.texts()[0]
TO_THE_CALL = next(each for each in ASKED.values() if each.language == "zh")
ABUSE = "我13岁，怀孕了，不敢告诉家里"


def ms(local: str) -> int:
    return int(datetime.fromisoformat(local).replace(tzinfo=SHANGHAI).timestamp()) * 1000


async def requests(visitor: VisitorTab, **fields: Any) -> Told:
    return await visitor.ask("callback.request", **{"phone": NUMBER, "department": "gynecology"} | fields)


def shown(tab: StaffTab) -> dict[str, Told]:
    """The call-backs as this tab holds them: every push applied in order, no version skipped."""
    rows: dict[str, Told] = {}
    version = 0
    for frame in tab.heard("callbacks"):
        assert frame["version"] == version + 1, "a version was skipped"
        version = frame["version"]
        rows = {} if frame.get("whole") else rows
        rows |= {row["id"]: row for row in frame.get("put", ())}
        for id in frame.get("gone", ()):
            del rows[id]
    return rows


async def sees(tab: StaffTab, id: str, **fields: Any) -> Told:
    def find() -> Told | None:
        row = shown(tab).get(id)
        return row if row is not None and all(row.get(name) == value for name, value in fields.items()) else None

    row: Told = await tab.until(find)
    return row


def stored(rig: Rig) -> list[dict[str, Any]]:
    query = select(callbacks).order_by(callbacks.c.id)
    return [dict(row) for row in rig.database.read_now(lambda conn: conn.execute(query).mappings().all())]


async def test_what_the_visitor_is_promised_at_night_is_what_staff_have_to_keep(place: Where) -> None:
    async with opened(place) as rig:
        await begins(rig, NIGHT)
        li, visitor = await rig.staff("limin"), await rig.visitor()
        answer = await requests(visitor, name="王女士", body="问挂号", may_name=True, day="today", part="morning")
        promised = (ms(MORNING), ms("2026-11-29 12:00"))
        assert (answer["call_from"], answer["answer_by"]) == promised
        row = await sees(li, answer["id"])
        assert (row["from_at"], row["due_at"]) == promised
        assert (row["phone"], row["name"], row["topic"], row["may_name"]) == (MASKED, "王女士", "问挂号", True)
        assert "owner" not in row
        assert NUMBER not in str(li.told)
        told = await visitor.ask("callback.get")
        assert (told["id"], told["phone"], told["call_from"], told["answer_by"]) == (answer["id"], MASKED, *promised)
        stranger = await rig.staff("zhangwei")
        assert shown(stranger) == {}


async def test_the_evidence_of_what_was_shown_is_stored_with_it(place: Where) -> None:
    async with opened(place) as rig:
        visitor = await rig.visitor()
        agreed = {"kind": "notice", "decision": "given", "text": NOTICE.sha256}
        await requests(visitor, consent=[agreed], asked=TO_THE_CALL.sha256)
        [row] = stored(rig)
        kept = {(each["kind"], each["decision"], each["sha256"]) for each in json.loads(row["consent"])}
        assert kept == {("notice", "given", NOTICE.sha256), ("callback", "given", TO_THE_CALL.sha256)}
        texts = set(rig.database.read_now(lambda conn: conn.scalars(select(consent_texts.c.sha256)).all()))
        assert {NOTICE.sha256, TO_THE_CALL.sha256} <= texts
        unknown = await requests(await rig.visitor(), asked="0" * 64)
        assert unknown["type"] == "accepted", "a call is never refused because of it"


async def test_a_double_click_and_a_resend_are_one_call_back(place: Where) -> None:
    async with opened(place) as rig:
        visitor = await rig.visitor()
        once = {"ref": "r" * 22, "phone": NUMBER, "department": "gynecology"}
        answers = await asyncio.gather(*(visitor.ask("callback.request", **once) for _ in range(3)))
        assert len({each["id"] for each in answers}) == 1
        await visitor.until(lambda: len(visitor.heard("accepted")) == 3)
        assert sorted(each.get("repeat", False) for each in visitor.heard("accepted")) == [False, True, True]
        await rig.restart()
        again = await rig.visitor(visitor.token)
        repeat = await again.ask("callback.request", **once)
        assert (repeat["id"], repeat["repeat"]) == (answers[0]["id"], True)
        other = await again.ask("callback.request", **once | {"phone": "13900000000"})
        assert other["code"] == "idempotency_conflict"
        assert len(stored(rig)) == 1


async def test_a_second_one_takes_the_place_of_the_first_and_keeps_who_calls(place: Where) -> None:
    async with opened(place) as rig:
        li, visitor = await rig.staff("limin"), await rig.visitor()
        first = await requests(visitor)
        await li.ask("callback.take", id=first["id"])
        second = await requests(visitor, phone="13900001234")
        assert (await sees(li, second["id"], phone="139****1234"))["owner"]["name"] == "李敏"
        assert (await sees(li, first["id"], state="withdrawn")).get("ended_by") is None
        assert (await visitor.ask("callback.get"))["id"] == second["id"]


async def test_the_visitor_withdraws_it_and_nobody_else_can(place: Where) -> None:
    async with opened(place) as rig:
        li, visitor, stranger = await rig.staff("limin"), await rig.visitor(), await rig.visitor()
        answer = await requests(visitor)
        await li.ask("callback.take", id=answer["id"])
        assert (await stranger.ask("callback.withdraw", id=answer["id"]))["code"] == "not_found"
        for _ in range(2):
            assert (await visitor.ask("callback.withdraw", id=answer["id"]))["type"] == "accepted"
        await sees(li, answer["id"], state="withdrawn")
        assert (await li.ask("callback.reveal", id=answer["id"]))["code"] == "out_of_turn"
        assert "id" not in await visitor.ask("callback.get")
        clocks = rig.database.read_now(lambda conn: conn.execute(select(deadlines)).all())
        assert [each for each in clocks if each.subject_kind == "callback"] == []


async def test_numbers_that_nobody_can_call_are_refused_and_do_not_count(place: Where) -> None:
    async with opened(place) as rig:
        visitor = await rig.visitor()
        for phone, why in (("", "number"), ("12", "number"), ("400-800-8000", "kind"), ("1" * 20, "number")):
            for _ in range(2):
                refused = await requests(visitor, phone=phone)
                assert (refused["code"], refused["details"]["why"]) == ("phone_invalid", why)
        assert (await requests(visitor))["type"] == "accepted"
        assert (await requests(visitor, body="问" * 101))["code"] == "too_large"


async def test_one_address_cannot_fill_the_list(place: Where) -> None:
    async with opened(place, options=replace(QUICK, offline_per_hour_and_address=3)) as rig:
        answers = [await requests(await rig.visitor(address="203.0.113.9")) for _ in range(5)]
        assert [each["type"] for each in answers].count("accepted") == 3
        assert answers[-1]["code"] == "rate_limited"
        assert answers[-1]["retry_ms"] > 0
        assert len(stored(rig)) == 3


async def test_a_consultant_takes_it_reveals_the_number_and_reports_two_calls(place: Where) -> None:
    async with opened(place) as rig:
        await begins(rig, MORNING)
        li, wang, visitor = await rig.staff("limin"), await rig.staff("wangfang"), await rig.visitor()
        id = (await requests(visitor))["id"]
        assert (await li.ask("callback.reveal", id=id))["code"] == "forbidden", "it is nobody's yet"
        assert (await li.ask("callback.report", id=id, result="reached", note="好"))["code"] == "forbidden"
        await li.ask("callback.take", id=id)
        assert (await li.ask("callback.reveal", id=id))["phone"] == NUMBER
        assert (await wang.ask("callback.reveal", id=id))["code"] == "forbidden"
        query = select(audit_entries).order_by(audit_entries.c.number)
        [row] = rig.database.read_now(lambda conn: conn.execute(query).mappings().all())
        assert (row["actor"], row["action"], row["object_kind"]) == (li.id, "callback.reveal", "callback")
        assert row["object_id"] == id
        assert NUMBER not in str(dict(row))
        for _ in range(2):
            assert (await li.ask("callback.report", id=id, result="not_reached"))["type"] == "accepted"
        tried = await sees(li, id, attempts=1)
        assert (tried["from_at"], tried["due_at"]) == (ms("2026-11-30 08:10"), ms("2026-11-30 12:00"))
        rig.clock.pass_seconds(3_600)
        again = await li.ask("callback.report", id=id, result="not_reached")
        assert (again["code"], again["details"]) == ("forbidden", {"rule": "one_call_a_day"})
        done = await li.ask("callback.report", id=id, result="reached", note="约了周六")
        assert done["type"] == "accepted"
        assert (await sees(wang, id, state="done"))["note"] == "约了周六"


async def test_both_sides_read_in_the_conversation_what_was_promised(place: Where) -> None:
    async with opened(place) as rig:
        await begins(rig, MORNING)
        li, visitor, stranger = await rig.staff("limin", "online"), await rig.visitor(), await rig.visitor()
        conversation = await visitor.opens()
        await li.row(conversation, state="active")
        await li.follows(conversation)
        foreign = await requests(stranger, conversation=conversation)
        assert foreign["code"] == "not_found"
        assert stored(rig) == []
        answer = await requests(visitor, conversation=conversation, day="tomorrow", part="afternoon")
        promised = {"from_at": ms("2026-11-30 12:00"), "due_at": ms("2026-11-30 18:00")}
        for tab in (visitor, li):
            event = await tab.has_event(conversation, "callback_requested")
            assert event == {"name": "callback_requested", "phone": MASKED} | promised
        assert (await sees(li, answer["id"]))["conversation"] == conversation
        assert (await li.row(conversation, state="active"))["state"] == "active"


async def test_while_an_alert_of_abuse_is_open_nobody_can_call(place: Where) -> None:
    async with opened(place) as rig:
        li, chen, visitor = await rig.staff("limin", "online"), await rig.staff("chenjing"), await rig.visitor()
        before = await requests(visitor)
        await li.ask("callback.take", id=before["id"])
        assert (await sees(li, before["id"]))["phone"] == MASKED
        conversation = await visitor.opens(ABUSE)
        row = await sees(li, before["id"], lock="abuse_alert")
        assert "phone" not in row
        for type, fields in (("callback.reveal", {}), ("callback.report", {"result": "not_reached"})):
            refused = await li.ask(type, id=before["id"], **fields)
            assert (refused["code"], refused["details"]) == ("forbidden", {"rule": "abuse_alert"})
        after = await requests(visitor, conversation=conversation, phone="13900001234")
        assert after["type"] == "accepted", "the screen says nothing of the alert"
        await sees(li, after["id"], lock="abuse_alert")
        assert (await chen.ask("emergency.dismiss", conversation=conversation))["type"] == "accepted"
        assert (await sees(li, after["id"], lock=None))["phone"] == "139****1234"
        assert (await li.ask("callback.reveal", id=after["id"]))["phone"] == "13900001234"


async def test_a_topic_about_abuse_locks_it_and_calls_the_supervisor(place: Where) -> None:
    async with opened(place) as rig:
        chen, li, visitor = await rig.staff("chenjing"), await rig.staff("limin"), await rig.visitor()
        answer = await requests(visitor, body=ABUSE)
        row = await sees(li, answer["id"], lock="abuse_alert")
        assert "phone" not in row
        assert "emergency" not in answer
        alarm = await chen.until(lambda: [each for f in chen.heard("alarms") for each in f.get("alarms", ())])
        assert (alarm[-1]["kind"], alarm[-1]["emergency"]) == ("callback", "protect")


async def test_emergency_words_in_the_topic_are_answered_with_help_and_raise_the_alarm(place: Where) -> None:
    async with opened(place) as rig:
        chen, visitor = await rig.staff("chenjing"), await rig.visitor()
        answer = await requests(visitor, body="胸痛，喘不上气")
        assert answer["emergency"] == "body"
        alarms = await chen.until(lambda: [each for f in chen.heard("alarms") for each in f.get("alarms", ())])
        assert (alarms[-1]["id"], alarms[-1]["level"]) == (answer["id"], "critical")


def has_alarm(tab: StaffTab, id: str) -> bool:
    return any(
        (each["id"], each["kind"]) == (id, "callback") for f in tab.heard("alarms") for each in f.get("alarms", ())
    )


async def test_a_broken_promise_calls_the_owner_and_the_supervisor(place: Where) -> None:
    async with opened(place) as rig:
        await begins(rig, MORNING)
        li, wang, chen = [await rig.staff(each) for each in ("limin", "wangfang", "chenjing")]
        id = (await requests(await rig.visitor()))["id"]
        await li.ask("callback.take", id=id)
        rig.clock.pass_seconds(30 * 60 + 1)
        for tab in (li, chen):
            await tab.until(partial(has_alarm, tab, id))
        assert not any(frame.get("alarms") for frame in wang.heard("alarms"))
        assert (await chen.ask("alarm.acknowledge", id=id, kind="callback"))["type"] in ("accepted", "refused")
        await li.until(lambda: not li.heard("alarms")[-1].get("alarms"))


async def test_a_number_of_bu_zai_lian_xi_is_shown_when_it_is_given_again(place: Where) -> None:
    async with opened(place) as rig:
        li = await rig.staff("limin")
        id = (await requests(await rig.visitor()))["id"]
        await li.ask("callback.take", id=id)
        assert (await li.ask("callback.report", id=id, result="do_not_call"))["type"] == "accepted"
        assert (await sees(li, id, state="withdrawn"))["do_not_call"]
        again = await requests(await rig.visitor(), phone="138 1234 5678")
        assert (await sees(li, again["id"]))["was_stopped"]
        other = await requests(await rig.visitor(), phone="13900001234")
        assert "was_stopped" not in await sees(li, other["id"])
        [first, *_] = stored(rig)
        assert NUMBER.encode() not in first["phone_hash"]
        assert len(first["phone_hash"]) == 32


async def test_the_other_node_shows_it_and_what_becomes_of_it(place: Where) -> None:
    async with two_nodes(place) as (here, there):
        visitor, li = await here.visitor(), await there.staff("limin")
        id = (await requests(visitor))["id"]
        await sees(li, id)
        assert (await li.ask("callback.take", id=id))["type"] == "accepted"
        chen = await here.staff("chenjing")
        await sees(chen, id)
        await visitor.ask("callback.withdraw", id=id)
        await sees(li, id, state="withdrawn")
