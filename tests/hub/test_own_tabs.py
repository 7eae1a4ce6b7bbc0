"""The tabs of one person: a draft is one text for all of them and is sent once; what one tab shows counts as read in
all. At one node, and at two."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from chatserver.store.database import Where
from chatserver.store.ids import new_id
from tests.hub.harness import QUICK, Client, Rig, StaffTab, Told, VisitorTab, opened, two_nodes
from tests.transactions import written

ONLY_BELLS = replace(QUICK, heads=3_600.0, attendance=0.05)


@asynccontextmanager
async def house(place: Where, nodes: int) -> AsyncIterator[tuple[Rig, Rig]]:
    """Two entrances, at the same node or at two."""
    if nodes == 1:
        async with opened(place) as rig:
            yield rig, rig
    else:
        async with two_nodes(place, options=ONLY_BELLS) as (one, other):
            yield one, other


async def two_desks(one: Rig, other: Rig) -> tuple[StaffTab, StaffTab, VisitorTab, str]:
    """李敏 with a console at each entrance, and a visitor's conversation with 李敏 as owner."""
    here = await one.staff("limin", "online")
    there = await other.staff("limin")
    visitor = await one.visitor()
    conversation = await visitor.opens()
    for tab in (here, there):
        await tab.row(conversation, state="active")
        await tab.follows(conversation)
    return here, there, visitor, conversation


async def keeps(tab: StaffTab, conversation: str, body: str, mode: str = "reply", **fields: object) -> Told:
    return await tab.ask("draft.save", conversation=conversation, mode=mode, body=body, **fields)


async def sends(tab: StaffTab, conversation: str, body: str, **fields: object) -> Told:
    fence = (await tab.row(conversation))["fence"]
    return await tab.ask("message.post", conversation=conversation, body=body, fence=fence, **fields)


async def knocks(tab: Client, conversation: str) -> None:
    """Wait until everything that the tab was sent has arrived."""
    await tab.ask("heads.get", at=[{"conversation": conversation, "epoch": "e", "after": 0}])


async def emptied(tab: StaffTab) -> Told:
    """Wait until the draft has disappeared from the tab."""
    return await tab.hears("draft", mode="reply", body="")


nodes = pytest.mark.parametrize("nodes", [1, 2])


@nodes
async def test_a_draft_comes_to_the_other_console_with_its_mode(place: Where, nodes: int) -> None:
    async with house(place, nodes) as (one, other):
        here, there, _, conversation = await two_desks(one, other)
        reply, note = await keeps(here, conversation, "您好"), await keeps(here, conversation, "发烧三天", "note")
        await there.hears("draft", conversation=conversation, mode="reply", body="您好", at=reply["at"])
        await there.hears("draft", conversation=conversation, mode="note", body="发烧三天", at=note["at"])
        await keeps(here, conversation, "")
        assert "at" not in await emptied(there)
        await knocks(here, conversation)
        assert here.heard("draft") == [], "whoever kept it is not told of it"


@nodes
async def test_a_sent_draft_disappears_everywhere(place: Where, nodes: int) -> None:
    async with house(place, nodes) as (one, other):
        here, there, visitor, conversation = await two_desks(one, other)
        kept = await keeps(here, conversation, "请空腹来")
        await there.hears("draft", body="请空腹来")
        assert (await sends(here, conversation, "请空腹来", draft=kept["at"]))["type"] == "accepted"
        await emptied(there)
        await visitor.hears("entry", body="请空腹来")
        assert "drafts" not in (await other.staff("limin")).told[0]


@nodes
async def test_a_draft_is_sent_once_whichever_console_sends_it(place: Where, nodes: int) -> None:
    async with house(place, nodes) as (one, other):
        here, there, visitor, conversation = await two_desks(one, other)
        kept = await keeps(here, conversation, "请空腹来")
        await there.hears("draft", body="请空腹来")
        ref = new_id()
        assert (await sends(here, conversation, "请空腹来", draft=kept["at"], ref=ref))["type"] == "accepted"
        again = await sends(there, conversation, "请空腹来", draft=kept["at"])
        assert (again["code"], again["retry"]) == ("draft_changed", "no")
        repeated = await sends(here, conversation, "请空腹来", draft=kept["at"], ref=ref)
        assert repeated["repeat"], "the same command is the same, whatever has become of the draft"
        await knocks(visitor, conversation)
        assert [each["body"] for each in visitor.entries(conversation) if each["author"]["kind"] == "consultant"] == [
            "请空腹来"
        ]


async def test_a_refused_message_leaves_the_draft(place: Where) -> None:
    async with opened(place) as rig:
        here, _, _, conversation = await two_desks(rig, rig)
        kept = await keeps(here, conversation, "请空腹来")
        stale = await here.ask("message.post", conversation=conversation, body="请空腹来", fence=99, draft=kept["at"])
        assert stale["code"] == "fence_stale"
        [draft] = (await rig.staff("limin")).told[0]["drafts"]
        assert (draft["body"], draft["at"]) == ("请空腹来", kept["at"])


async def test_a_note_forgets_the_draft_of_the_note_alone(place: Where) -> None:
    async with opened(place) as rig:
        here, _, _, conversation = await two_desks(rig, rig)
        await keeps(here, conversation, "回复")
        kept = await keeps(here, conversation, "备注", "note")
        done = await here.ask("note.post", conversation=conversation, body="备注", draft=kept["at"])
        assert done["type"] == "accepted"
        assert [draft["mode"] for draft in (await rig.staff("limin")).told[0]["drafts"]] == ["reply"]


@nodes
async def test_a_console_that_did_not_know_of_a_change_does_not_overwrite_it(place: Where, nodes: int) -> None:
    async with house(place, nodes) as (one, other):
        here, there, _, conversation = await two_desks(one, other)
        first = await keeps(here, conversation, "第一版", after=0)
        second = await keeps(here, conversation, "第二版", after=first["at"])
        assert second["at"] > first["at"]
        late = await keeps(there, conversation, "那边睡着时的", after=first["at"])
        assert late["code"] == "draft_changed"
        await there.hears("draft", body="第二版", at=second["at"])
        same = await keeps(there, conversation, "第二版", after=first["at"])
        assert same["type"] == "accepted", "the same words are no change"
        [draft] = (await one.staff("limin")).told[0]["drafts"]
        assert draft["body"] == "第二版"
        old_client = await keeps(there, conversation, "旧版客户端")
        assert old_client["type"] == "accepted"


@nodes
async def test_a_note_that_is_turned_into_a_reply_disappears_as_a_note_everywhere(place: Where, nodes: int) -> None:
    async with house(place, nodes) as (one, other):
        here, there, visitor, conversation = await two_desks(one, other)
        note = await keeps(here, conversation, "请空腹来", "note", after=0)
        await there.hears("draft", mode="note", body="请空腹来")
        ref = new_id()
        turned = await keeps(here, conversation, "请空腹来", after=0, turned=note["at"], ref=ref)
        await there.hears("draft", mode="note", body="")
        await there.hears("draft", mode="reply", body="请空腹来", at=turned["at"])
        again = await keeps(here, conversation, "请空腹来", after=0, turned=note["at"], ref=ref)
        assert again["type"] == "accepted", "the same frame again is done again"
        sent = await sends(here, conversation, "请空腹来", draft=again["at"])
        assert sent["type"] == "accepted"
        late = await keeps(there, conversation, "请空腹来", after=0, turned=note["at"])
        assert late["code"] == "draft_changed", "no other tab can turn it, and send it, once more"
        assert "drafts" not in (await one.staff("limin")).told[0]
        await knocks(visitor, conversation)
        assert [each["body"] for each in visitor.entries(conversation) if each["author"]["kind"] == "consultant"] == [
            "请空腹来"
        ]


async def test_a_draft_that_only_became_too_old_is_kept_and_sent_all_the_same(place: Where) -> None:
    async with opened(place) as rig:
        here, _, _, conversation = await two_desks(rig, rig)
        kept = await keeps(here, conversation, "昨天写的")
        rig.clock.pass_seconds(24 * 3600)
        written(rig.database, lambda conn: conn.exec_driver_sql("DELETE FROM drafts"))
        again = await keeps(here, conversation, "昨天写的，今天改的", after=kept["at"])
        assert again["type"] == "accepted", again


@nodes
async def test_another_persons_consoles_are_told_nothing(place: Where, nodes: int) -> None:
    async with house(place, nodes) as (one, other):
        here, there, _, conversation = await two_desks(one, other)
        chen = await other.staff("chenjing")
        await chen.follows(conversation)
        await keeps(here, conversation, "您好")
        await here.send("conversation.seen", conversation=conversation, seq=2)
        await there.hears("seen", conversation=conversation, seq=2)
        await there.hears("draft", body="您好")
        await knocks(chen, conversation)
        assert chen.heard("draft") == chen.heard("seen") == []


@nodes
async def test_what_one_console_has_on_its_screen_the_other_is_told(place: Where, nodes: int) -> None:
    async with house(place, nodes) as (one, other):
        here, there, _, conversation = await two_desks(one, other)
        await here.send("conversation.seen", conversation=conversation, seq=3)
        await there.hears("seen", conversation=conversation, seq=3)
        await here.send("conversation.seen", conversation=new_id(), seq=1)
        await knocks(here, conversation)
        await knocks(there, conversation)
        assert here.heard("seen") == []
        assert len(there.heard("seen")) == 1, "of what it does not follow it can have seen nothing"


@nodes
async def test_what_one_tab_of_a_visitor_has_seen_the_others_are_told(place: Where, nodes: int) -> None:
    async with house(place, nodes) as (one, other):
        token = one.new_visitor()
        here, there, stranger = await one.visitor(token), await other.visitor(token), await other.visitor()
        conversation = await here.opens()
        await there.hears("live", conversation=conversation)
        await here.send("conversation.seen", conversation=conversation, seq=2)
        await there.hears("seen", conversation=conversation, seq=2)
        await knocks(stranger, conversation)
        assert here.heard("seen") == stranger.heard("seen") == []
        assert here.told[0]["takes_seen"]


async def test_what_comes_onto_an_open_screen_does_not_keep_its_token_alive(place: Where) -> None:
    async with opened(place) as rig:
        visitor = await rig.visitor()
        conversation = await visitor.opens()
        ends_at = visitor.session.ends_at
        rig.clock.pass_seconds(60)
        await visitor.send("conversation.seen", conversation=conversation, seq=2)
        assert visitor.session.ends_at == ends_at
        await visitor.send("typing", conversation=conversation, on=True)
        assert visitor.session.ends_at > ends_at
