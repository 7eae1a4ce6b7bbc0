"""A command that was carried out gets its first answer again, whatever has changed since."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from chatserver.domain.hospital import Role
from chatserver.domain.rules import Rules
from chatserver.hub.digests import HASH_BYTES, Digests
from chatserver.store.database import Where
from chatserver.store.ids import new_id
from chatserver.store.revisions import migrate
from chatserver.store.tables import entries
from tests.hub.test_unsure import offers
from tests.store.days import QUESTION
from tests.store.earlier import EARLIER, lay_down
from tests.transactions import TESTER

from .harness import QUICK, START, Rig, StaffTab, VisitorTab, _running, opened


def as_before(_digests: Digests, frame: object) -> bytes:
    """What an earlier version stored: without a version, and of whatever it covered."""
    return b"\x01" * HASH_BYTES


@pytest.mark.parametrize("revision", EARLIER)
async def test_what_an_earlier_version_accepted_gets_its_first_answer_after_the_migration(
    empty_place: Where, revision: str
) -> None:
    day = lay_down(empty_place, revision, START - 10_000)
    migrate(empty_place)
    rig = Rig(empty_place.parent if isinstance(empty_place, Path) else empty_place, Rules(), QUICK)
    older = update(entries).where(entries.c.ref.is_not(None)).values(digest=b"\x01" * HASH_BYTES)
    rig.database.write_now(lambda tx: tx.conn.execute(older), rig.clock, TESTER)
    async with _running(rig):
        ann, limin = await rig.visitor(day.token), await rig.staff("limin")
        for tab, type, body, fields in (
            (ann, "message.post", QUESTION, {"conversation": day.active}),
            (ann, "conversation.open", QUESTION, {"department": "gynecology"}),
            (limin, "message.post", "要的", {"conversation": day.active, "fence": 1}),
            (limin, "note.post", "第一次来", {"conversation": day.active}),
        ):
            stored = written(rig, day.active, body)
            answer = await tab.ask(type, ref=stored["ref"], body=body, **fields)
            assert (answer["type"], answer.get("repeat"), answer["id"]) == ("accepted", True, stored["id"]), type


def written(rig: Rig, conversation: str, body: str) -> dict[str, Any]:
    query = select(entries).where(entries.c.conversation == conversation)
    rows = rig.database.read_now(lambda conn: conn.execute(query).mappings().all())
    [row] = (dict(row) for row in rows if row["body"] == body)
    return row


async def test_a_row_of_an_earlier_version_is_known_by_its_ref_alone(
    place: Where, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(place) as rig:
        li, visitor, conversation, fence = await talk(rig)
        other = await rig.visitor()
        asked: list[tuple[VisitorTab | StaffTab, str, dict[str, Any]]] = [
            (visitor, "message.post", {"conversation": conversation}),
            (li, "message.post", {"conversation": conversation, "fence": fence}),
            (li, "note.post", {"conversation": conversation}),
            (other, "conversation.open", {"department": "gynecology"}),
            (other, "offline.leave", {"department": "gynecology", "kind": "question"}),
        ]
        for tab, type, fields in asked:
            sent = {"ref": new_id(), "body": " 好的\n", **fields}
            with monkeypatch.context() as earlier:
                earlier.setattr(Digests, "of", as_before)
                first = await tab.ask(type, **sent)
            assert first["type"] == "accepted", (type, first)
            again = await tab.ask(type, **sent)
            assert again == first | {"repeat": True}, type
            now = await tab.ask(type, **sent | {"ref": new_id(), "body": "谢谢"})
            assert (now["type"], now.get("repeat", False)) == ("accepted", False), type


async def talk(rig: Rig) -> tuple[StaffTab, VisitorTab, str, int]:
    """A conversation with an owner, and its fence."""
    li, visitor = await rig.staff("limin", "online"), await rig.visitor()
    conversation = await visitor.opens()
    row = await li.row(conversation, state="active")
    return li, visitor, conversation, row["fence"]


STRICTER = Rules(message_length=3, note_length=3)
"""Shorter than every text of this test."""


async def test_texts_that_are_too_long_today_were_accepted_and_get_their_first_answers(place: Where) -> None:
    async with opened(place) as rig:
        li, visitor, conversation, fence = await talk(rig)
        chen, other = await rig.staff("chenjing", "online"), await rig.visitor()
        token = rig.new_visitor()
        one, left = await rig.visitor(token), {"department": "gynecology", "kind": "question", "phone": "13812345678"}
        transfer = {"conversation": conversation, "fence": fence, "consultant": chen.id, "note": "请接手这位"}
        asked: list[tuple[VisitorTab | StaffTab, str, dict[str, Any]]] = [
            (visitor, "message.post", {"conversation": conversation, "body": "明天可以吗"}),
            (li, "message.post", {"conversation": conversation, "fence": fence, "body": "明天可以的"}),
            (li, "note.post", {"conversation": conversation, "body": "明天再来电"}),
            (li, "transfer.offer", transfer),
            (one, "conversation.open", {"department": "gynecology", "body": "明天可以吗"}),
            (other, "offline.leave", {**left, "body": "明天可以吗"}),
        ]
        firsts = [await tab.ask(type, ref=ref(number), **sent) for number, (tab, type, sent) in enumerate(asked)]
        assert [first["type"] for first in firsts] == ["accepted"] * len(asked)
        declined = {"conversation": conversation, "offer": await offer(chen, conversation), "reason": "我正在忙别的"}
        settled = {"id": firsts[-1]["id"], "result": "answered", "note": "已经回过电话"}
        asked += [(chen, "offer.decline", declined), (chen, "offline.settle", settled)]
        firsts += [await chen.ask("offer.decline", ref=ref(6), **declined)]
        firsts += [await chen.ask("offline.settle", ref=ref(7), **settled)]
        assert [first["type"] for first in firsts[-2:]] == ["accepted"] * 2

        rig.rules = STRICTER
        await rig.restart()
        tabs = {tab: await back(rig, tab) for tab in (li, chen, visitor, other, one)}
        for number, (tab, type, sent) in enumerate(asked):
            again = await tabs[tab].ask(type, ref=ref(number), **sent)
            assert again | {"repeat": True} == firsts[number] | {"repeat": True}, type
            new = await tabs[tab].ask(type, **{**sent, "ref": new_id()})
            assert new["type"] == "refused" or type == "offline.settle", type


def ref(number: int) -> str:
    return f"r-{number}".ljust(22, "-")


async def back(rig: Rig, tab: VisitorTab | StaffTab) -> VisitorTab | StaffTab:
    if isinstance(tab, VisitorTab):
        return await rig.visitor(tab.token)
    logins = {"012": "limin", "003": "chenjing"}
    [me] = [frame["me"] for frame in tab.heard("welcome")]
    return await rig.staff(logins[me["number"]])


async def offer(tab: StaffTab, conversation: str) -> str:
    shown = await tab.until(lambda: tab.rows().get(conversation, {}).get("offer"))
    return str(shown["id"])


async def test_a_role_that_was_lost_does_not_take_back_what_was_accepted(place: Where) -> None:
    async with opened(place) as rig:
        chen, visitor = await rig.staff("chenjing"), await rig.visitor()
        conversation = await visitor.opens()
        sent = {"conversation": conversation, "ref": new_id()}
        first = await chen.ask("conversation.forward", **sent)
        assert first["type"] == "accepted", first
        chen.session.staff = replace(chen.session.staff, role=Role.CONSULTANT)
        assert await chen.ask("conversation.forward", **sent) == first | {"repeat": True}
        assert (await chen.ask("conversation.forward", conversation=conversation))["code"] == "forbidden"


async def test_a_department_that_the_site_dropped_does_not_take_back_what_was_accepted(place: Where) -> None:
    async with opened(place) as rig:
        li, _, conversation, _ = await talk(rig)
        sent = {"conversation": conversation, "department": "pediatrics", "ref": new_id()}
        first = await li.ask("department.set", **sent)
        assert first["type"] == "accepted", first
        await offers(rig, "gynecology")
        assert await li.ask("department.set", **sent) == first | {"repeat": True}
        assert (await li.ask("department.set", **sent | {"ref": new_id()}))["code"] == "not_found"


async def test_a_colleague_who_has_gone_does_not_make_another_command_the_same(place: Where) -> None:
    async with opened(place) as rig:
        li, _, conversation, _ = await talk(rig)
        wang = await rig.staff("wangfang", "busy")
        sent = {"conversation": conversation, "consultant": wang.id, "asked_for": "help", "note": "问手术费用"}
        ref = new_id()
        first = await li.ask("colleague.ask", ref=ref, **sent)
        await wang.is_available("break")
        assert await li.ask("colleague.ask", ref=ref, **sent) == first | {"repeat": True}
        other = await li.ask("colleague.ask", ref=ref, **sent | {"note": "别的问题"})
        assert other["code"] == "idempotency_conflict"
