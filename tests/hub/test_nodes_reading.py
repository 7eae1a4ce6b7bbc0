"""Who reads on, and who does not, when a conversation changes hands at another node, or the store does not answer."""

import asyncio
import threading

import pytest

from chatserver.domain.refusals import Unavailable
from chatserver.hub import resume
from chatserver.hub.session import Session
from chatserver.store import visitor_lookup
from chatserver.store.database import Where
from tests.hub.cuts import HeldBack, deaf, has_been_told_all
from tests.hub.harness import PATIENCE, Rig, StaffTab, VisitorTab, eventually, opened, two_nodes
from tests.hub.test_nodes import SLOW_LOOKS, served

FORGOTTEN_S = 60 * 60
"""After this time an ended conversation has left every node's open conversations."""


async def transferred(li: StaffTab, wang: StaffTab, conversation: str) -> None:
    """Transferred from one to the other, who has accepted."""
    fence = (await li.row(conversation))["fence"]
    offer = {"conversation": conversation, "consultant": wang.id, "note": "请接", "fence": fence}
    await eventually(lambda: wang.id in li.rig.hub.consultants and li.rig.hub._running.directory.here(wang.id))
    answer = await li.ask("transfer.offer", **offer)
    assert answer["type"] == "accepted", answer
    offered = await wang.offer(conversation)
    answer = await wang.ask("offer.accept", conversation=conversation, offer=offered["id"])
    assert answer["type"] == "accepted", answer
    await wang.row(conversation, state="active", fence=answer["fence"])


async def closed_and_forgotten(one: Rig, other: Rig, visitor: VisitorTab, owner: StaffTab, conversation: str) -> None:
    """Ended by its owner, and dropped by both nodes, as if they had started since. It can still be reopened."""
    fence = (await owner.row(conversation, state="active"))["fence"]
    answer = await owner.ask("conversation.close", conversation=conversation, fence=fence, outcome="answered")
    assert answer["type"] == "accepted", answer
    await visitor.has_event(conversation, "closed")
    boards = [rig.hub._running.open_conversations for rig in (one, other)]
    await eventually(lambda: all((known := board.get(conversation)) and known.ending.at for board in boards))
    for rig in (one, other):
        node = rig.hub._running
        node.conversation_list.ended(node.open_conversations.forget_ended(one.clock() + FORGOTTEN_S * 1000))
        assert node.open_conversations.get(conversation) is None


async def knows_as(rig: Rig, consultant: StaffTab, availability: str) -> None:
    """Wait until the node knows the consultant's availability."""
    await eventually(lambda: rig.hub.consultants[consultant.id].availability.value == availability)


async def test_who_lost_a_conversation_is_told_so_and_nothing_after(place: Where) -> None:
    async with two_nodes(place, options=SLOW_LOOKS) as (one, other):
        visitor, li, conversation = await served(one, other)
        wang = await one.staff("wangfang", "busy")
        await knows_as(other, wang, "busy")
        with deaf(other):
            await transferred(li, wang, conversation)
            await visitor.says(conversation, "只想告诉王医生的话")
        await li.has_event(conversation, "transferred")
        await li.until(lambda: conversation not in li.rows())
        await has_been_told_all(li)
        assert li.entries(conversation)[-1]["event"]["name"] == "transferred"


async def test_an_owner_who_loses_and_regains_it_during_the_hello_lacks_nothing(
    place: Where, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(place) as rig:
        visitor, li, conversation = await served(rig, rig)
        wang = await rig.staff("wangfang", "busy")
        await li.hears("live", conversation=conversation)
        live = rig.hub._running.conversation_list.live
        send, moved = live.send, list[str]()

        async def goes_to_and_fro(session: Session) -> None:
            """While the consultant's other tab is in its hello."""
            if not moved:
                moved.append("there and back")
                await transferred(li, wang, conversation)
                await visitor.says(conversation, "给王医生的话")
                await transferred(wang, li, conversation)
            await send(session)

        monkeypatch.setattr(live, "send", goes_to_and_fro)
        tab = StaffTab(rig)
        epoch = rig.hub._running.delivery.epoch
        await tab.enter("limin", [{"conversation": conversation, "epoch": epoch, "after": 0}])
        await visitor.says(conversation, "李医生还在吗")
        await tab.hears("entry", body="李医生还在吗")
        assert moved
        assert tab.heard("live", conversation=conversation)
        seqs = [entry["seq"] for entry in tab.entries(conversation)]
        assert seqs == list(range(1, len(seqs) + 1))


async def test_a_dropped_conversation_that_went_to_another_is_not_read_on(place: Where) -> None:
    async with two_nodes(place, options=SLOW_LOOKS) as (one, other):
        visitor, li, conversation = await served(one, other)
        await closed_and_forgotten(one, other, visitor, li, conversation)
        await li.is_available("offline")
        await knows_as(one, li, "offline")
        wang = await one.staff("wangfang", "online")
        with deaf(other):
            await visitor.says(conversation, "又疼了")
            await wang.row(conversation, state="active")
        board = other.hub._running.open_conversations
        await eventually(
            lambda: (known := board.get(conversation)) and known.serving.owner and known.serving.owner.id == wang.id
        )
        await visitor.says(conversation, "只想告诉王医生的话")
        await eventually(lambda: (known := board.get(conversation)) and known.talk.last_line == "只想告诉王医生的话")
        await has_been_told_all(li)
        assert not li.heard("entry", body="只想告诉王医生的话")


async def test_a_dropped_conversation_that_comes_back_to_somebody_is_read_again(place: Where) -> None:
    async with two_nodes(place, options=SLOW_LOOKS) as (one, other):
        visitor, li, conversation = await served(one, other)
        wang = await one.staff("wangfang", "busy")
        await knows_as(other, wang, "busy")
        await transferred(li, wang, conversation)
        await li.has_event(conversation, "transferred")
        await closed_and_forgotten(one, other, visitor, wang, conversation)
        await wang.is_available("offline")
        with deaf(other):
            await visitor.says(conversation, "又疼了")
            await one.stores("SELECT count(*) FROM conversations WHERE phase = 'active'", 1)
        assert (await li.row(conversation, state="active"))["owner"]["name"] == "李敏"
        await li.hears("entry", body="又疼了")
        await has_been_told_all(li)
        seqs = [entry["seq"] for entry in li.entries(conversation)]
        assert seqs == list(range(1, len(seqs) + 1))


async def test_what_another_node_opened_just_before_the_hello_goes_live_once(place: Where) -> None:
    async with two_nodes(place, options=SLOW_LOOKS) as (one, other):
        token = one.new_visitor()
        with deaf(other):
            conversation = await (await one.visitor(token)).opens()
            tab = await other.visitor(token)
            await tab.hears("live", conversation=conversation)
        await tab.says(conversation, "在吗")
        await tab.hears("entry", conversation=conversation, body="在吗")
        await has_been_told_all(tab)
        assert len(tab.heard("live")) == 1
        seqs = [entry["seq"] for entry in tab.entries(conversation)]
        assert seqs == list(range(1, len(seqs) + 1))


@pytest.mark.parametrize("found", [True, False])
async def test_what_is_announced_while_the_hello_reads_comes_once(
    place: Where, monkeypatch: pytest.MonkeyPatch, found: bool
) -> None:
    """Whether the hello has found it in the store, or has read too early for that."""
    async with two_nodes(place, options=SLOW_LOOKS) as (one, other):
        token = one.new_visitor()
        visitor, tab = await one.visitor(token), VisitorTab(other)
        with deaf(other):
            opened = await visitor.opens() if found else ""
            reading = HeldBack(monkeypatch, visitor_lookup, "known")
            entering = asyncio.create_task(tab.enter(token))
            await reading.has_read()
            conversation = opened or await visitor.opens()
        await eventually(lambda: other.hub._running.open_conversations.get(conversation))
        reading.may_return()
        await entering
        await visitor.says(conversation, "在吗")
        await tab.hears("entry", conversation=conversation, body="在吗")
        await has_been_told_all(tab)
        assert len(tab.heard("live")) == 1
        seqs = [entry["seq"] for entry in tab.entries(conversation)]
        assert seqs == list(range(1, len(seqs) + 1))


async def test_what_is_said_while_the_replay_is_read_is_read_too(place: Where, monkeypatch: pytest.MonkeyPatch) -> None:
    """No doorbell announces it: the read of the conversation has already told the node its state."""
    async with two_nodes(place, options=SLOW_LOOKS) as (one, other):
        li = await other.staff("limin", "online")
        token = one.new_visitor()
        visitor = await one.visitor(token)
        conversation = await visitor.opens()
        await li.row(conversation, state="active")
        with deaf(other):
            reading = HeldBack(monkeypatch, resume, "_read_rests")
            slow = VisitorTab(other)
            entering = asyncio.create_task(slow.enter(token))
            await reading.has_read()
            await visitor.says(conversation, "在吗")
            await li.ask("history.get", conversation=conversation, after=0, limit=10)
            reading.may_return()
            await entering
        await slow.hears("entry", conversation=conversation, body="在吗")
        seqs = [entry["seq"] for entry in slow.entries(conversation)]
        assert seqs == list(range(1, len(seqs) + 1))


@pytest.mark.parametrize("said_meanwhile", [False, True])
async def test_a_session_that_fails_to_follow_again_reads_on_as_before(
    place: Where, monkeypatch: pytest.MonkeyPatch, said_meanwhile: bool
) -> None:
    async with opened(place) as rig:
        li = await rig.staff("limin", "online")
        visitor = await rig.visitor()
        conversation = await visitor.opens()
        await li.row(conversation, state="active")
        await li.follows(conversation)
        asked, fails = threading.Event(), threading.Event()

        def gives_no_answer(*of: object) -> None:
            asked.set()
            fails.wait(PATIENCE)
            raise Unavailable()

        with monkeypatch.context() as patch:
            patch.setattr(resume, "_read_rests", gives_no_answer)
            follow = asyncio.create_task(li.ask("conversation.follow", conversation=conversation))
            await eventually(asked.is_set)
            if said_meanwhile:
                await visitor.says(conversation, "在吗")
            fails.set()
            assert (await follow)["code"] == "unavailable"
        await visitor.says(conversation, "还在吗")
        await li.hears("entry", body="还在吗")
        seqs = [entry["seq"] for entry in li.entries(conversation)]
        assert seqs == list(range(1, len(seqs) + 1))
