"""Alarms on the screens: who has which, and who has acknowledged it, at one node and at two; and who lets people
wait."""

from typing import Any

import pytest

from chatserver.domain.alarms import SILENT_MS
from chatserver.domain.rules import SECOND
from chatserver.store.database import Where
from chatserver.store.ids import new_id
from tests.hub.harness import Rig, StaffTab, Told, VisitorTab, opened, two_nodes

CRY = "我爸突然胸痛，喘不上气！"


def alarms(tab: StaffTab) -> list[Told]:
    """The alarms that this tab was sent last."""
    told = tab.heard("alarms")
    found: list[Told] = told[-1].get("alarms", []) if told else []
    return found


async def has_alarm(tab: StaffTab, **fields: Any) -> Told:
    """Wait until the tab has an alarm that looks like this."""

    def find() -> Told | None:
        return next(
            (each for each in alarms(tab) if all(each.get(key) == value for key, value in fields.items())), None
        )

    alarm: Told = await tab.until(find)
    return alarm


async def has_none(tab: StaffTab) -> None:
    await tab.until(lambda: tab.heard("alarms") and not alarms(tab))


async def answers(tab: StaffTab, conversation: str) -> None:
    row = await tab.row(conversation, state="active")
    said = await tab.ask("message.post", conversation=conversation, fence=row["fence"], body="请马上拨打120")
    assert said["type"] == "accepted", said


async def cries(rig: Rig, department: str = "gynecology") -> tuple[VisitorTab, str]:
    tab = await rig.visitor()
    return tab, await tab.opens(CRY, department)


async def test_the_owner_and_the_supervisor_have_it_until_the_visitor_is_answered(place: Where) -> None:
    async with opened(place) as rig:
        li, wang, chen = await rig.staff("limin", "online"), await rig.staff("wangfang"), await rig.staff("chenjing")
        _, conversation = await cries(rig)
        for tab in (li, chen):
            alarm = await has_alarm(tab, id=conversation, kind="emergency", state="active", may_open=True)
            assert (alarm["emergency"], alarm["level"], alarm["owner"]["name"]) == ("body", "critical", "李敏")
            assert CRY not in str(alarm)
        assert not alarms(wang), "a supervisor is there"
        await li.row(conversation, supervisor_alarmed=True)
        assert (await chen.ask("alarm.acknowledge", id=conversation))["type"] == "accepted"
        for tab in (li, chen):
            seen = await has_alarm(tab, id=conversation, acknowledged_at=rig.clock())
            assert seen["acknowledged_by"]["name"] == "陈静"
        assert (await li.row(conversation, acknowledged_at=rig.clock()))["acknowledged_by"]["name"] == "陈静"
        await li.follows(conversation)
        assert (await li.has_event(conversation, "alarm_acknowledged"))["alarm"] == "emergency"
        await answers(li, conversation)
        await has_none(li)
        await has_none(chen)
        assert (await chen.ask("alarm.acknowledge", id=conversation))["type"] == "accepted", "over, and nobody's fault"
        zhang = await rig.staff("zhangwei")
        assert (await zhang.ask("alarm.acknowledge", id=conversation))["code"] == "not_found"


async def test_without_a_supervisor_everybody_of_the_site_has_it(place: Where) -> None:
    async with opened(place) as rig:
        li, zhang = await rig.staff("limin", "online"), await rig.staff("zhangwei", "break")
        _, conversation = await cries(rig)
        await has_alarm(li, id=conversation, may_open=True)
        assert "may_open" not in await has_alarm(zhang, id=conversation)
        await li.row(conversation, supervisor_alarmed=False)
        chen = await rig.staff("chenjing")
        await has_alarm(chen, id=conversation)
        await has_none(zhang)
        await li.row(conversation, supervisor_alarmed=True)
        chen.leave()
        await has_alarm(zhang, id=conversation)
        await li.row(conversation, supervisor_alarmed=False)


async def test_a_waiting_emergency_alarms_those_on_a_break_and_whoever_comes_first(place: Where) -> None:
    async with opened(place) as rig:
        wang = await rig.staff("wangfang", "break")
        visitor, conversation = await cries(rig)
        await has_alarm(wang, id=conversation, state="waiting", may_open=True)
        standing = await visitor.hears("conversation", service="nobody")
        assert standing["nobody"] is True, "a break is no service"
        rig.clock.pass_seconds(9 * 3_600)
        li = await rig.staff("limin")
        alarm = await has_alarm(li, id=conversation, state="waiting")
        assert alarm["since"] == rig.clock() - 9 * 3_600 * SECOND
        await li.is_available("online")
        await has_alarm(li, id=conversation, state="active")


async def test_suspected_abuse_is_shown_to_the_supervisor_and_not_to_the_visitor(place: Where) -> None:
    async with opened(place) as rig:
        li, chen = await rig.staff("limin", "online"), await rig.staff("chenjing")
        visitor = await rig.visitor()
        conversation = await visitor.opens("我老公打我")
        await has_alarm(chen, id=conversation, emergency="protect")
        await answers(li, conversation)
        await visitor.hears("entry", body="请马上拨打120")
        assert not alarms(li)
        assert "protect" not in str(visitor.told)
        assert "emergency" not in str(visitor.entries(conversation))


async def test_an_overdue_answer_alarms_the_supervisor_and_the_owner_is_told_so(place: Where) -> None:
    async with opened(place) as rig:
        li = await rig.staff("limin", "online")
        conversation = await (await rig.visitor()).opens("你好")
        await li.row(conversation, state="active")
        rig.clock.pass_seconds(61)
        await li.row(conversation, overdue=True, supervisor_alarmed=False)
        chen = await rig.staff("chenjing")
        await has_alarm(chen, id=conversation, kind="overdue", may_open=True)
        await li.row(conversation, supervisor_alarmed=True)
        assert not alarms(li), "the owner has a tone of their own"
        assert (await chen.ask("alarm.acknowledge", id=conversation))["type"] == "accepted"
        assert (await li.row(conversation, acknowledged_at=rig.clock()))["acknowledged_by"]["name"] == "陈静"


async def test_two_who_never_answer_are_paused_and_the_supervisor_is_called(place: Where) -> None:
    async with opened(place) as rig:
        chen = await rig.staff("chenjing")
        li, wang = await rig.staff("limin", "online"), await rig.staff("wangfang", "online")
        visitor = await rig.visitor()
        conversation = await visitor.opens("你好")
        await li.row(conversation, state="active")
        rig.clock.pass_seconds(91)
        await wang.row(conversation, state="active")
        assert not [each for each in visitor.heard("conversation") if each.get("message_offered")]
        rig.clock.pass_seconds(91)
        await has_alarm(chen, id=conversation, kind="silent", state="waiting")
        for tab in (li, wang):
            await is_paused(tab, reason="no_answer")
        offered = await visitor.hears("conversation", state="waiting", message_offered=True)
        assert offered["ahead"] == 0
        rig.clock.pass_seconds(300)
        await rig.stores("SELECT count(*) FROM entries WHERE event = 'assigned'", 2)
        await wang.is_available("online")
        await wang.row(conversation, state="active")
        await answers(wang, conversation)
        await has_none(chen)


async def is_paused(tab: StaffTab, **fields: str) -> None:
    """The system has paused somebody and told them so."""
    wanted = {"availability": "paused", **fields}
    await tab.until(
        lambda: any(all(frame["me"].get(key) == value for key, value in wanted.items()) for frame in tab.heard("me"))
    )


async def test_paused_people_still_get_an_emergency(place: Where) -> None:
    async with opened(place) as rig:
        li = await rig.staff("limin", "online")
        conversation = await (await rig.visitor()).opens("你好")
        for _ in range(2):
            await li.row(conversation, state="active")
            rig.clock.pass_seconds(91)
            await li.row(conversation, state="waiting")
            rig.clock.pass_seconds(16)
        await is_paused(li)
        _, urgent = await cries(rig)
        await li.row(urgent, state="active")


async def test_an_emergency_in_an_offline_message_alarms_until_its_owner_has_seen_it(place: Where) -> None:
    async with opened(place) as rig:
        visitor, chen = await rig.visitor(), await rig.staff("chenjing")
        fields = {"department": "gynecology", "kind": "question", "body": CRY, "phone": ""}
        left = await visitor.ask("offline.leave", **fields)
        assert left["type"] == "accepted", left
        alarm = await has_alarm(chen, id=left["id"], kind="offline", state="left", may_open=True)
        assert CRY not in str(alarm)
        await chen.ask("alarm.acknowledge", id=left["id"])
        await has_alarm(chen, id=left["id"], acknowledged_at=rig.clock())
        assert (await chen.ask("offline.take", id=left["id"]))["type"] == "accepted"
        await has_none(chen)


async def test_at_two_nodes_each_has_the_alarm_and_the_acknowledgement(place: Where) -> None:
    async with two_nodes(place) as (one, other):
        li, chen = await one.staff("limin", "online"), await other.staff("chenjing")
        _, conversation = await cries(other)
        await has_alarm(li, id=conversation)
        await has_alarm(chen, id=conversation)
        await li.row(conversation, supervisor_alarmed=True)
        assert (await chen.ask("alarm.acknowledge", id=conversation))["type"] == "accepted"
        await has_alarm(li, id=conversation, acknowledged_at=one.clock())
        one.clock.pass_seconds(SILENT_MS / 1000)
        assert (await li.ask("alarm.acknowledge", id=conversation))["type"] == "accepted"
        assert (await has_alarm(chen, id=conversation, acknowledged_at=one.clock()))["acknowledged_by"][
            "name"
        ] == "李敏"
        await answers(li, conversation)
        await has_none(chen)


async def test_alarms_survive_a_restart(place: Where) -> None:
    async with opened(place) as rig:
        await cries(rig)
        await rig.restart()
        chen = await rig.staff("chenjing")
        await has_alarm(chen, kind="emergency", state="waiting")


async def test_an_emergency_that_was_left_goes_to_somebody_who_is_online(place: Where) -> None:
    async with opened(place) as rig:
        chen = await rig.staff("chenjing")
        await rig.staff("limin", "online")
        await rig.staff("wangfang")
        for _ in range(3):
            visitor = await rig.visitor()
            left = await visitor.ask("offline.leave", kind="question", body="我不想活了", department="gynecology")
            alarm = await has_alarm(chen, id=left["id"])
            assert alarm["owner"]["name"] == "李敏"


@pytest.mark.parametrize("kind", ["留言", "回电"])
@pytest.mark.parametrize(
    ("body", "told", "alarmed"),
    [
        ("我被家暴，胸口疼喘不过气", "body", "protect"),
        ("他打我，我不想活了", "mind", "protect"),
        ("家暴，他打我", None, "protect"),
        ("我不想活了，胸口疼喘不过气", "body", "body"),
    ],
)
async def test_two_kinds_in_one_text_call_the_supervisor_and_tell_the_visitor_of_help(
    place: Where, kind: str, body: str, told: str | None, alarmed: str
) -> None:
    async with opened(place) as rig:
        chen, visitor = await rig.staff("chenjing"), await rig.visitor()
        asked = {"ref": new_id(), "body": body, "department": "gynecology"}
        asked |= {"kind": "question"} if kind == "留言" else {"phone": "13812345678"}
        for _ in range(2):
            left = await visitor.ask("offline.leave" if kind == "留言" else "callback.request", **asked)
            assert left["type"] == "accepted", left
            assert left.get("emergency") == told, "a repeat is told the same"
        await has_alarm(chen, id=left["id"], emergency=alarmed)
