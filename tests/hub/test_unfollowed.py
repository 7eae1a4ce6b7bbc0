"""Staff who may not read a conversation any more are told so, why, and which entry was the last."""

import pytest

from chatserver.store.database import Where
from tests.hub.harness import Rig, StaffTab, Told, VisitorTab, opened


async def answered_by_two(rig: Rig, asked_for: str = "join") -> tuple[StaffTab, StaffTab, VisitorTab, str]:
    """The owner and a colleague who has joined; both follow the conversation."""
    li, wang = await rig.staff("limin", "online"), await rig.staff("wangfang", "busy")
    visitor = await rig.visitor()
    conversation = await visitor.opens()
    await li.row(conversation, state="active")
    await li.follows(conversation)
    ask = {"conversation": conversation, "consultant": wang.id, "asked_for": asked_for, "note": "费用"}
    assert (await li.ask("colleague.ask", **ask))["type"] == "accepted"
    await wang.row(conversation)
    await wang.follows(conversation)
    if asked_for == "join":
        assert (await wang.ask("colleague.join", conversation=conversation))["type"] == "accepted"
    return li, wang, visitor, conversation


async def fence(tab: StaffTab, conversation: str) -> int:
    return int((await tab.row(conversation))["fence"])


async def unfollowed(tab: StaffTab, conversation: str, event: str) -> Told:
    """What the tab is sent after this event, which is the last one that it gets of the conversation."""
    told = await tab.hears("unfollowed", conversation=conversation)
    entries = tab.entries(conversation)
    assert (entries[-1]["event"]["name"], entries[-1]["seq"]) == (event, told["last"])
    assert [each["seq"] for each in entries] == list(range(1, len(entries) + 1))
    place = tab.told.index(told)
    assert not [frame for frame in tab.told[place:] if frame["type"] in ("entry", "entries")]
    return told


@pytest.mark.parametrize("asked_for", ["help", "join"])
@pytest.mark.parametrize("who", ["owner", "visitor"])
@pytest.mark.parametrize("offered", [False, True], ids=["", "with a transfer held out"])
async def test_a_colleague_is_sent_the_end_and_told_that_it_is_the_last(
    place: Where, asked_for: str, who: str, offered: bool
) -> None:
    async with opened(place) as rig:
        li, wang, visitor, conversation = await answered_by_two(rig, asked_for)
        if offered:
            chen = await rig.staff("chenjing", "online")
            transfer = {"conversation": conversation, "consultant": chen.id, "note": "请接"}
            assert (await li.ask("transfer.offer", fence=await fence(li, conversation), **transfer))[
                "type"
            ] == "accepted"
        if who == "visitor":
            await visitor.ask("conversation.close", conversation=conversation)
        else:
            held = await fence(li, conversation)
            await li.ask("conversation.close", conversation=conversation, fence=held, outcome="answered")
        assert (await unfollowed(wang, conversation, "closed"))["why"] == "closed"
        await li.has_event(conversation, "closed")
        assert not li.heard("unfollowed")


async def test_a_colleague_who_is_let_go_is_told_so(place: Where) -> None:
    async with opened(place) as rig:
        li, wang, _, conversation = await answered_by_two(rig)
        await li.ask("colleague.leave", conversation=conversation, consultant=wang.id)
        assert (await unfollowed(wang, conversation, "colleague_left"))["why"] == "left"


async def test_an_owner_who_releases_it_is_told_so(place: Where) -> None:
    async with opened(place) as rig:
        li, _, _, conversation = await answered_by_two(rig)
        held = await fence(li, conversation)
        await li.ask("conversation.release", conversation=conversation, fence=held, note="请换人")
        assert (await unfollowed(li, conversation, "returned_to_queue"))["why"] == "queued"


async def given_to_wang(rig: Rig) -> tuple[StaffTab, StaffTab, VisitorTab, str]:
    li, wang = await rig.staff("limin", "online"), await rig.staff("wangfang", "busy")
    visitor = await rig.visitor()
    conversation = await visitor.opens()
    await li.row(conversation, state="active")
    await li.follows(conversation)
    await gives(li, wang, conversation)
    return li, wang, visitor, conversation


async def gives(one: StaffTab, other: StaffTab, conversation: str) -> None:
    held = await fence(one, conversation)
    await one.ask("transfer.offer", conversation=conversation, fence=held, consultant=other.id, note="请接")
    offer = await other.offer(conversation)
    answer = await other.ask("offer.accept", conversation=conversation, offer=offer["id"])
    assert answer["type"] == "accepted", answer
    await other.row(conversation, state="active", fence=answer["fence"])


async def test_an_owner_who_transfers_it_is_told_so_and_reads_on_when_it_comes_back(place: Where) -> None:
    async with opened(place) as rig:
        li, wang, visitor, conversation = await given_to_wang(rig)
        told = await unfollowed(li, conversation, "transferred")
        assert told["why"] == "given"
        await visitor.says(conversation, "给王医生的话")
        await wang.row(conversation, state="active")
        before = len(li.told)
        await li.is_available("busy")
        await gives(wang, li, conversation)
        live = await li.until(
            lambda: next(
                (each for each in li.told[before:] if each["type"] == "live" and each["seq"] > told["last"]), 0
            )
        )
        seqs = [each["seq"] for each in li.entries(conversation)]
        assert seqs == list(range(1, len(seqs) + 1))
        assert live["seq"] <= seqs[-1]


async def test_what_is_resumed_and_may_not_be_read_is_named(place: Where) -> None:
    async with opened(place) as rig:
        _, _, _, conversation = await given_to_wang(rig)
        epoch = rig.hub._running.delivery.epoch
        nowhere = "n" * 32
        back = StaffTab(rig)
        held = [{"conversation": each, "epoch": epoch, "after": 1} for each in (conversation, nowhere)]
        await back.enter("limin", held)
        for each in (conversation, nowhere):
            told = await back.hears("unfollowed", conversation=each)
            assert (told["why"], told.get("last")) == ("not_found", None)
        assert not (await back.hears("welcome")).get("following")
