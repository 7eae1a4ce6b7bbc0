"""A visitor who chose no department confirms the one that their words suggest, and quick questions were answered
before."""

from dataclasses import replace

from sqlalchemy import Connection

from chatserver.domain.hospital import UNSURE
from chatserver.domain.hours_text import read
from chatserver.domain.quick_questions import QuickQuestion
from chatserver.store import hospital
from chatserver.store.database import Where
from tests.hub.harness import Rig, eventually, opened
from tests.transactions import tx_at, written

QUESTION = "宝宝打疫苗要预约吗"
WHERE = QuickQuestion("where", "address", "医院在哪里？", "Where is it?", "康宁路 18 号。", "18 Kangning Road.")
RESULTS = QuickQuestion("results", "other", "我想问检查结果。", "About my results.")


async def confirms(visitor: object, conversation: str, department: str = "pediatrics") -> dict[str, object]:
    return await visitor.ask("conversation.department", conversation=conversation, department=department)  # type: ignore[attr-defined, no-any-return]


async def test_a_waiting_conversation_moves_to_those_who_serve_the_department(place: Where) -> None:
    async with opened(place) as rig:
        visitor, chen = await rig.visitor(), await rig.staff("chenjing")
        conversation = (await visitor.ask("conversation.open", body=QUESTION))["conversation"]
        before = await chen.row(conversation, department=UNSURE, group="general")
        assert (await confirms(visitor, conversation))["type"] == "accepted"
        after = await chen.row(conversation, department="pediatrics", group="children")
        assert (after["queued_at"], after["rank_at"]) == (before["queued_at"], before["rank_at"])
        await visitor.hears("conversation", department="pediatrics", group="children", state="waiting")
        zhang = await rig.staff("zhangwei", "online")
        await zhang.row(conversation)
        await eventually(lambda: zhang.rows()[conversation].get("offer") is not None)
        told = await visitor.has_event(conversation, "department_chosen")
        assert told == {"name": "department_chosen", "department": "pediatrics"}, "visitors are shown no group"


async def test_who_serves_already_is_told(place: Where) -> None:
    async with opened(place) as rig:
        li, visitor = await rig.staff("limin", "online"), await rig.visitor()
        conversation = (await visitor.ask("conversation.open", body=QUESTION))["conversation"]
        await li.row(conversation, state="active")
        await li.follows(conversation)
        assert (await confirms(visitor, conversation))["type"] == "accepted"
        await li.row(conversation, department="pediatrics", group="general", state="active")
        event = await li.has_event(conversation, "department_chosen")
        assert (event["department"], event.get("group")) == ("pediatrics", None)


async def test_where_nobody_serves_at_this_hour_it_stays_with_those_who_do(place: Where) -> None:
    async with opened(place) as rig:

        def close(conn: Connection) -> None:
            children = hospital.load_hospital(conn).groups["children"]
            hospital.put_group(tx_at(conn), replace(children, hours=read({"every_day": []})))

        written(rig.database, close)
        await eventually(lambda: rig.hub.hospital.groups["children"].hours is not None)
        visitor, chen = await rig.visitor(), await rig.staff("chenjing")
        conversation = (await visitor.ask("conversation.open", body=QUESTION))["conversation"]
        assert (await confirms(visitor, conversation))["type"] == "accepted"
        await chen.row(conversation, department="pediatrics", group="general", state="waiting")


async def test_only_ones_own_conversation_and_a_department_that_is_offered(place: Where) -> None:
    async with opened(place) as rig:
        visitor, stranger = await rig.visitor(), await rig.visitor()
        conversation = (await visitor.ask("conversation.open", body=QUESTION))["conversation"]
        assert (await confirms(stranger, conversation))["code"] == "not_found"
        assert (await confirms(visitor, conversation, "never-was"))["code"] == "not_found"
        assert (await confirms(visitor, conversation))["type"] == "accepted"
        assert (await confirms(visitor, conversation, "eyes"))["type"] == "accepted", "known by now, so nothing happens"
        await visitor.hears("conversation", department="pediatrics")


async def offering(rig: Rig, *questions: QuickQuestion) -> None:
    def change(conn: Connection) -> None:
        site = hospital.load_hospital(conn).sites["main"]
        hospital.put_site(tx_at(conn), replace(site, questions=questions))

    written(rig.database, change)
    await eventually(lambda: rig.hub.hospital.sites["main"].questions == questions)


async def test_what_was_answered_before_is_in_the_transcript_and_counts_as_no_reply(place: Where) -> None:
    async with opened(place) as rig:
        await offering(rig, WHERE, RESULTS)
        visitor, chen = await rig.visitor(), await rig.staff("chenjing")
        shown = visitor.heard("welcome")[0]["site"]["questions"]
        assert [each["id"] for each in shown] == ["where", "results"]
        answer = await visitor.ask("conversation.open", body=QUESTION, answered=["where", "results", "gone"])
        conversation = answer["conversation"]
        row = await chen.row(conversation, state="waiting")
        assert row["unanswered_since"] is not None, "the waiting clock runs"
        reply = {"kind": "address", "question": "医院在哪里？", "answer": "康宁路 18 号。", "automatic": True}
        assert (await visitor.has_event(conversation, "opened"))["answered"] == [reply]
        await chen.follows(conversation)
        assert (await chen.has_event(conversation, "opened"))["answered"] == [reply]
        assert b'chat_quick_answers_total{kind="address"} 1.0' in rig.hub._metrics.text()


async def test_a_site_without_questions_is_shown_as_before(place: Where) -> None:
    async with opened(place) as rig:
        visitor = await rig.visitor()
        assert "questions" not in visitor.heard("welcome")[0]["site"]
        conversation = (await visitor.ask("conversation.open", body=QUESTION))["conversation"]
        assert "answered" not in await visitor.has_event(conversation, "opened")


async def test_answered_questions_are_counted_without_anything_of_who_tapped_them(place: Where) -> None:
    async with opened(place) as rig:
        await offering(rig, WHERE, RESULTS)
        visitor = await rig.visitor()
        for question in ("where", "results", "unknown", "where"):
            await visitor.send("question.tap", question=question)
        assert (await visitor.ask("conversation.open", body=QUESTION))["type"] == "accepted"
        await rig.hub.site_counts.stop()
        await rig.stores("select sum(count) from site_counts where kind = 'quick' and page = '' and source = ''", 2)
        await rig.stores("select sum(count) from site_counts where kind = 'first_message'", 1)
