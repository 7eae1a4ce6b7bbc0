"""Text pasted from Word or a PDF is accepted wherever a person writes, and text that shows nothing counts as empty."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from chatserver.store.database import Where
from tests.hub.harness import Rig, StaffTab, Told, VisitorTab, opened

PASTED = "第一行\v第二行\f第三行\r第四行\x85第五行\u2028第六行\u2029第七行"
KEPT = "第一行\n第二行\n第三行\n第四行\n第五行\n第六行\n第七行"
INVISIBLE = "\u3164\u2800\u200b\ufe0f\u0301"


class Desk:
    """A visitor with 李敏, who may transfer the conversation to 王芳."""

    def __init__(self, rig: Rig, visitor: VisitorTab, li: StaffTab, wang: StaffTab, row: Told) -> None:
        self.rig, self.visitor, self.li, self.wang, self.row = rig, visitor, li, wang, row
        self.id: str = row["id"]

    async def answered(self, body: str) -> Told:
        return await self.li.ask("message.post", conversation=self.id, body=body, fence=self.row["fence"])

    async def noted(self, body: str) -> Told:
        return await self.li.ask("note.post", conversation=self.id, body=body)

    async def asked(self, body: str) -> Told:
        return await self.visitor.says(self.id, body)

    async def transferred(self, note: str) -> Told:
        return await self.li.ask(
            "transfer.offer", conversation=self.id, fence=self.row["fence"], consultant=self.wang.id, note=note
        )

    async def declined(self, reason: str) -> Told:
        await self.transferred("请接手")
        offer = await self.wang.offer(self.id)
        return await self.wang.ask("offer.decline", conversation=self.id, offer=offer["id"], reason=reason)

    async def released(self, note: str) -> Told:
        return await self.li.ask("conversation.release", conversation=self.id, fence=self.row["fence"], note=note)

    async def called(self, note: str) -> Told:
        return await self.li.ask(
            "colleague.ask", conversation=self.id, consultant=self.wang.id, asked_for="help", note=note
        )

    async def opened(self, body: str) -> Told:
        other = await self.rig.visitor()
        return await other.ask("conversation.open", department="gynecology", body=body)

    async def left(self, body: str) -> Told:
        return await self.visitor.ask("offline.leave", department="gynecology", kind="question", body=body)


REQUIRED: dict[str, Callable[[Desk, str], Awaitable[Told]]] = {
    "a reply": Desk.answered,
    "an internal note": Desk.noted,
    "a visitor's message": Desk.asked,
    "a transfer's note": Desk.transferred,
    "why a transfer is declined": Desk.declined,
    "a note with what goes back to the queue": Desk.released,
    "what a colleague is asked": Desk.called,
    "the first words": Desk.opened,
    "a 留言": Desk.left,
}
"""Everything that requires a text."""


async def desk_of(rig: Rig) -> Desk:
    li, wang = await rig.staff("limin", "online"), await rig.staff("wangfang", "busy")
    visitor = await rig.visitor()
    conversation = await visitor.opens()
    row = await li.row(conversation, state="active")
    await li.follows(conversation)
    return Desk(rig, visitor, li, wang, row)


def stored(rig: Rig) -> str:
    """Everything that anybody wrote, as the database has it."""

    def dump(conn: Any) -> str:
        told = [
            *conn.exec_driver_sql("SELECT body, details FROM entries").all(),
            *conn.exec_driver_sql("SELECT body, name, note FROM offline_messages").all(),
            *conn.exec_driver_sql("SELECT body FROM drafts").all(),
        ]
        return "\n".join(str(part).replace("\\n", "\n") for row in told for part in row if part)

    return rig.database.read_now(dump)


@pytest.mark.parametrize("way", REQUIRED)
async def test_pasted_words_are_taken_with_newlines(place: Where, way: str) -> None:
    async with opened(place) as rig:
        desk = await desk_of(rig)
        assert (await REQUIRED[way](desk, PASTED))["type"] == "accepted"
        assert KEPT in stored(rig)


@pytest.mark.parametrize("way", REQUIRED)
async def test_words_of_which_nothing_is_to_be_seen_are_refused(place: Where, way: str) -> None:
    async with opened(place) as rig:
        desk = await desk_of(rig)
        refused = await REQUIRED[way](desk, INVISIBLE)
        assert (refused["type"], refused["code"], refused["details"]["why"]) == ("refused", "text_invalid", "empty")


async def test_the_same_words_under_the_same_ref_are_the_same_however_they_break(place: Where) -> None:
    async with opened(place) as rig:
        desk = await desk_of(rig)
        first = await desk.visitor.ask("message.post", conversation=desk.id, body="一\v二", ref="r" * 22)
        again = await desk.visitor.ask("message.post", conversation=desk.id, body="一\n二", ref="r" * 22)
        assert (again["seq"], again.get("repeat")) == (first["seq"], True)


async def test_a_draft_keeps_its_lines_and_one_of_nothing_is_forgotten(place: Where) -> None:
    async with opened(place) as rig:
        desk = await desk_of(rig)
        await desk.li.ask("draft.save", conversation=desk.id, mode="note", body=PASTED)
        await desk.li.ask("draft.save", conversation=desk.id, mode="reply", body="请稍等")
        await desk.li.ask("draft.save", conversation=desk.id, mode="reply", body=INVISIBLE)
        back = await rig.staff("limin")
        assert [(each["mode"], each["body"]) for each in back.told[0]["drafts"]] == [("note", KEPT)]


async def test_what_may_be_left_out_is_left_out_when_nothing_is_to_be_seen(place: Where) -> None:
    async with opened(place) as rig:
        desk = await desk_of(rig)
        await desk.li.ask("availability.set", availability="break", reason="去\u2028吃饭")
        await desk.li.until(lambda: shown_reasons(desk.li)[-1:] == ["去 吃饭"])
        await desk.li.ask("availability.set", availability="break", reason=INVISIBLE)
        await desk.li.until(lambda: shown_reasons(desk.li)[-1:] == [""])
        fence = desk.row["fence"]
        await desk.li.ask("message.post", conversation=desk.id, fence=fence, body="需要空腹。")
        await desk.li.ask("conversation.close", conversation=desk.id, fence=fence, outcome="answered")
        rated = await desk.visitor.ask(
            "conversation.rate", conversation=desk.id, stars=4, tags=["耐\v心", "\u3164"], comment=INVISIBLE
        )
        assert rated["type"] == "accepted"
        event = await desk.li.has_event(desk.id, "rated")
        assert (event["tags"], event.get("comment", "")) == (["耐 心"], "")


def shown_reasons(tab: StaffTab) -> list[str]:
    """The reasons of a break that the tab was shown, one after the other."""
    return [frame["me"].get("reason", "") for frame in tab.heard("me")]


async def test_a_name_is_one_line_and_a_name_of_nothing_is_none(place: Where) -> None:
    async with opened(place) as rig:
        visitor = await rig.visitor()
        for name in ("王\v 芳", INVISIBLE):
            asked = {"department": "gynecology", "kind": "question", "body": "体检要空腹吗？", "name": name}
            assert (await visitor.ask("offline.leave", **asked))["type"] == "accepted"
        names = rig.database.read_now(
            lambda conn: conn.exec_driver_sql("SELECT name FROM offline_messages ORDER BY left_at, id").scalars().all()
        )
        assert names == ["王 芳", ""]
