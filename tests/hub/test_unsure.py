"""A visitor who does not know the department, or whose page asks for one that is gone, is answered all the same."""

from dataclasses import replace

import pytest
from sqlalchemy import Connection

from chatserver.domain.hospital import UNSURE
from chatserver.domain.hours import Hours
from chatserver.domain.hours_text import read
from chatserver.store import hospital
from chatserver.store.database import Where
from chatserver.store.ids import new_id
from tests.hub.harness import Rig, eventually, opened
from tests.hub.test_opening_hours import shows
from tests.transactions import tx_at, written

QUESTION = "不知道该挂哪个科"
GROUPS = {"gynecology": "general", "pediatrics": "children", UNSURE: "general"}


def offered(rig: Rig, *departments: str, general: str = "general", hours: Hours | None = None) -> None:
    def change(conn: Connection) -> None:
        site = hospital.load_hospital(conn).sites["main"]
        changed = replace(site, departments=departments, general_group=general)
        hospital.put_site(tx_at(conn), changed if hours is None else replace(changed, hours=hours))

    written(rig.database, change)


async def offers(rig: Rig, *departments: str, general: str = "general", hours: Hours | None = None) -> None:
    """Set the departments that the site offers; the node has read them."""
    offered(rig, *departments, general=general, hours=hours)
    await eventually(lambda: rig.hub.hospital.sites["main"].general_group == general)
    await eventually(lambda: rig.hub.hospital.sites["main"].departments == (*departments, UNSURE))


@pytest.mark.parametrize(
    ("asked", "department", "group"),
    [
        ({}, UNSURE, "children"),
        ({"department": UNSURE}, UNSURE, "children"),
        ({"department": "eyes"}, UNSURE, "children"),
        ({"department": "never-was"}, UNSURE, "children"),
        ({"department": "gynecology"}, "gynecology", "general"),
    ],
)
async def test_first_words_are_never_lost_for_a_department(
    place: Where, asked: dict[str, str], department: str, group: str
) -> None:
    async with opened(place) as rig:
        await offers(rig, "gynecology", "pediatrics", general="children")
        tab = await rig.visitor()
        answer = await tab.ask("conversation.open", body=QUESTION, **asked)
        assert answer["type"] == "accepted", answer
        await tab.hears("conversation", department=department, group=group, state="waiting")


@pytest.mark.parametrize("asked", [{}, {"department": "eyes"}])
async def test_a_message_for_later_is_never_lost_for_a_department(place: Where, asked: dict[str, str]) -> None:
    async with opened(place) as rig:
        await offers(rig, "gynecology", general="children")
        zhang, tab = await rig.staff("zhangwei", "online"), await rig.visitor()
        answer = await tab.ask("offline.leave", kind="question", body=QUESTION, **asked)
        assert answer["type"] == "accepted", answer
        row = await shows(zhang, answer["id"])
        assert (row["department"], row["group"]) == (UNSURE, "children")


async def test_a_visitor_is_offered_it_among_the_departments(place: Where) -> None:
    async with opened(place) as rig:
        welcome = (await rig.visitor()).heard("welcome")[0]
        assert [each["id"] for each in welcome["site"]["departments"]][-1] == UNSURE
        assert [each["department"] for each in welcome["hours"]][-1] == UNSURE


async def test_staff_are_told_which_departments_each_site_offers(place: Where) -> None:
    async with opened(place) as rig:
        await offers(rig, "gynecology", "eyes")
        welcome = (await rig.staff("limin")).heard("welcome")[0]
        assert welcome["offered"] == {"main": ["gynecology", "eyes", UNSURE]}


async def test_the_hours_of_the_general_group_count_for_it(place: Where) -> None:
    async with opened(place) as rig:

        def close(conn: Connection) -> None:
            children = hospital.load_hospital(conn).groups["children"]
            hospital.put_group(tx_at(conn), replace(children, hours=read({"every_day": []})))

        written(rig.database, close)
        await offers(rig, "gynecology", general="children")
        tab = await rig.visitor()
        refused = await tab.ask("conversation.open", body=QUESTION)
        assert (refused["type"], refused["code"]) == ("refused", "not_open")
        assert (await tab.ask("conversation.open", body=QUESTION, department="gynecology"))["type"] == "accepted"


@pytest.mark.parametrize("words", ["我爸胸痛得厉害", "不想活了"])
async def test_an_emergency_without_a_department_gets_through_at_any_hour(place: Where, words: str) -> None:
    async with opened(place) as rig:
        await offers(rig, "gynecology", hours=read({"every_day": []}))
        tab = await rig.visitor()
        answer = await tab.ask("conversation.open", body=words)
        assert answer["type"] == "accepted", answer
        await tab.has_event(answer["conversation"], "emergency_noticed")


async def test_a_repeat_is_recognised_whatever_the_department_has_become(place: Where) -> None:
    async with opened(place) as rig:
        tab, ref = await rig.visitor(), new_id()
        first = await tab.ask("conversation.open", body=QUESTION, department="eyes", ref=ref)
        await offers(rig, "gynecology")
        again = await tab.ask("conversation.open", body=QUESTION, department="eyes", ref=ref)
        assert (again["conversation"], again["repeat"]) == (first["conversation"], True)


async def test_the_owner_sets_the_department(place: Where) -> None:
    async with opened(place) as rig:
        li, zhang, visitor = await rig.staff("limin", "online"), await rig.staff("zhangwei"), await rig.visitor()
        conversation = (await visitor.ask("conversation.open", body=QUESTION))["conversation"]
        await li.row(conversation, state="active", department=UNSURE)
        await li.follows(conversation)
        answer = await li.ask("department.set", conversation=conversation, department="pediatrics")
        assert answer["type"] == "accepted", answer
        await li.row(conversation, department="pediatrics", group="general")
        event = await li.has_event(conversation, "department_set")
        assert (event["department"], event["previous"], event["by"]["name"]) == ("pediatrics", UNSURE, "李敏")
        await visitor.hears("conversation", department="pediatrics", group="general")
        told = [each["event"]["name"] for each in visitor.entries(conversation) if "event" in each]
        assert "department_set" not in told
        assert conversation not in zhang.rows(), "a transfer moves it, and nothing else"


async def test_a_supervisor_sets_it_while_the_conversation_waits(place: Where) -> None:
    async with opened(place) as rig:
        chen, visitor = await rig.staff("chenjing"), await rig.visitor()
        conversation = (await visitor.ask("conversation.open", body=QUESTION))["conversation"]
        await chen.row(conversation)
        assert (await chen.ask("department.set", conversation=conversation, department="eyes"))["type"] == "accepted"
        await visitor.hears("conversation", state="waiting", department="eyes", group="general")


@pytest.mark.parametrize("department", ["never-was", "eyes"])
async def test_only_a_department_of_the_site_is_set(place: Where, department: str) -> None:
    async with opened(place) as rig:
        await offers(rig, "gynecology", "pediatrics")
        li, visitor = await rig.staff("limin", "online"), await rig.visitor()
        conversation = (await visitor.ask("conversation.open", body=QUESTION))["conversation"]
        await li.row(conversation, state="active")
        refused = await li.ask("department.set", conversation=conversation, department=department)
        assert (refused["code"], refused["details"]) == ("not_found", {"what": "department"})


async def test_uninvolved_staff_cannot_set_it(place: Where) -> None:
    async with opened(place) as rig:
        wang, zhang, visitor = await rig.staff("wangfang"), await rig.staff("zhangwei"), await rig.visitor()
        conversation = (await visitor.ask("conversation.open", body=QUESTION))["conversation"]
        await wang.row(conversation)
        codes = [
            (await tab.ask("department.set", conversation=conversation, department="eyes"))["code"]
            for tab in (wang, zhang)
        ]
        assert codes == ["forbidden", "not_found"]
