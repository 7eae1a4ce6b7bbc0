"""What happens over time on a running server, with short timeouts: grace, replies, offers, idleness, coming back."""

import asyncio
import signal
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tests.e2e.hospital import CHILDREN, GYNECOLOGY, PEDIATRICS, WOMEN, Member, Wanted, found
from tests.e2e.journal import Journal
from tests.e2e.load import drained
from tests.e2e.oracle import Oracle, Stored, complain
from tests.e2e.patience import allowed
from tests.e2e.people import Consultant, Visitor
from tests.e2e.procs import WIDE, Server

pytestmark = pytest.mark.whole

Care = Callable[[Server], Server]


def hospital(tmp_path: Path, servers: Care, *people: Wanted, **clocks: int) -> tuple[Server, dict[str, Member]]:
    """A running server with these timeouts (`grace_s=1`)."""
    members = found(tmp_path / "data", list(people))
    settings = {f"CHATSERVER_{name.upper()}": str(value) for name, value in clocks.items()}
    return servers(Server(tmp_path / "data", WIDE | settings)).start(), members


async def end(server: Server, journal: Journal, *clients: Visitor | Consultant) -> Stored:
    """Everybody leaves; nothing may have gone wrong."""
    for client in clients:
        await client.leave()
    assert await asyncio.to_thread(server.stop) == 0
    stored = Stored.read(server.database, check=True)
    complain(Oracle(journal, list(clients), stored).verdict(complete=False))
    return stored


def events(stored: Stored, conversation: str) -> list[str]:
    return [row["event"] for row in stored.entries[conversation]]


async def test_a_consultant_who_comes_back_within_the_grace_keeps_their_conversations(
    tmp_path: Path, servers: Care, journal: Journal
) -> None:
    server, people = hospital(tmp_path, servers, Wanted("mei"), Wanted("jun"), grace_s=60)
    mei = await Consultant.sit_down(server, people["mei"], journal)
    ann = await Visitor.arrive(server, "ann", journal)
    await ann.open(GYNECOLOGY, "hello")
    await mei.until_owned(ann.conversation)
    jun = await Consultant.sit_down(server, people["jun"], journal)
    server.kill()
    await asyncio.to_thread(server.start)
    await mei.until_back()
    await mei.until_owned(ann.conversation)
    mei.drop()
    await mei.until_back(3)
    await mei.until_owned(ann.conversation)
    answer = await mei.answer(await mei.say(ann.conversation, "still me"))
    assert answer["type"] == "accepted"
    await ann.until(lambda: ann.received() == ["still me"], "reply")
    stored = await end(server, journal, ann, mei, jun)
    assert "returned_to_queue" not in events(stored, ann.conversation)
    assert ann.events() == ["opened", "assigned"]


async def test_after_the_grace_it_goes_to_a_colleague_and_the_visitor_is_notified(
    tmp_path: Path, servers: Care, journal: Journal
) -> None:
    server, people = hospital(tmp_path, servers, Wanted("mei"), Wanted("jun"), grace_s=1)
    mei = await Consultant.sit_down(server, people["mei"], journal)
    ann = await Visitor.arrive(server, "ann", journal)
    await ann.open(GYNECOLOGY, "hello")
    await mei.until_owned(ann.conversation)
    held = mei.fence(ann.conversation)
    await mei.leave()
    await ann.until(lambda: "returned_to_queue" in ann.events(), "going back")
    await ann.until_standing("waiting again", state="waiting", ahead=0)
    jun = await Consultant.sit_down(server, people["jun"], journal)
    await jun.until_owned(ann.conversation)
    await ann.until_standing("being served", state="active")
    assert ann.standing["served_by"]["name"] == people["jun"].name
    assert ann.events() == ["opened", "assigned", "returned_to_queue", "assigned"]
    # The consultant reconnects and continues as if nothing had happened, with an old fence.
    late = Consultant(server.port, "mei", journal, people["mei"])
    await late.start()
    told = await late.asked("message.post", conversation=ann.conversation, body="as I said", fence=held)
    assert (told["type"], told["code"]) == ("refused", "fence_stale")
    stored = await end(server, journal, ann, jun, late)
    assert "as I said" not in [row["body"] for row in stored.entries[ann.conversation]]


async def test_an_offer_ends_at_once_when_its_receiver_is_gone(tmp_path: Path, servers: Care, journal: Journal) -> None:
    children = (CHILDREN,)
    server, people = hospital(tmp_path, servers, Wanted("bo", children), Wanted("lan", children), ring_s=60)
    bo = await Consultant.sit_down(server, people["bo"], journal)
    bo.takes_offers = False
    ann = await Visitor.arrive(server, "ann", journal)
    await ann.open(PEDIATRICS, "my son coughs")
    await bo.until_offered(ann.conversation)
    lan = await Consultant.sit_down(server, people["lan"], journal)
    bo.comes_back = False
    bo.drop()
    # After a lost connection the offer ends within 2 s, and rings elsewhere at once; the ring itself would last 60 s.
    await lan.until_owned(ann.conversation, within=allowed(5))
    stored = await end(server, journal, ann, lan, bo)
    assert events(stored, ann.conversation)[:5] == ["opened", "message_posted", "rung", "ring_missed", "rung"]


async def test_setting_the_clock_back_disconnects_nobody_and_prolongs_no_ring(
    tmp_path: Path, servers: Care, journal: Journal
) -> None:
    people = found(tmp_path / "data", [Wanted("bo", (CHILDREN,)), Wanted("lan", (CHILDREN,))])
    usual = {"CHATSERVER_HANDSHAKES_PER_S": "20", "CHATSERVER_HANDSHAKES_BURST": "40", "CHATSERVER_RING_S": "2"}
    server = Server(tmp_path / "data", WIDE | usual, module=("tests.e2e.wrongclock", "0"))
    servers(server).start()
    bo = await Consultant.sit_down(server, people["bo"], journal)
    lan = await Consultant.sit_down(server, people["lan"], journal)
    bo.takes_offers = lan.takes_offers = False
    ann = await Visitor.arrive(server, "ann", journal)
    await ann.open(PEDIATRICS, "my son coughs")
    server.send(signal.SIGUSR2)
    late = await Visitor.arrive(server, "late", journal)
    async with asyncio.timeout(allowed(15)):
        while "ring_missed" not in events(Stored.read(server.database), ann.conversation):
            await ann.asked("heads.get", at=[])
    await end(server, journal, ann, late, bo, lan)


async def test_an_unanswered_ring_goes_to_the_next_and_three_misses_pause(
    tmp_path: Path, servers: Care, journal: Journal
) -> None:
    server, people = hospital(tmp_path, servers, Wanted("bo", (CHILDREN,)), ring_s=3, misses=2)
    bo = await Consultant.sit_down(server, people["bo"], journal)
    bo.takes_offers = False
    ann = await Visitor.arrive(server, "ann", journal)
    await ann.open(PEDIATRICS, "my son coughs")
    first = (await bo.until_offered(ann.conversation))["id"]
    await bo.until(lambda: bo.me.get("availability") == "paused", "the pause", within=allowed(15))
    gone = await bo.asked("offer.accept", conversation=ann.conversation, offer=first)
    assert (gone["code"], gone["details"]["why"]) in {("offer_gone", "expired"), ("offer_gone", "over")}
    await bo.asked("availability.set", availability="online")
    bo.takes_offers = True
    await bo.until_owned(ann.conversation)
    stored = await end(server, journal, ann, bo)
    assert events(stored, ann.conversation).count("ring_missed") == 2
    assert ann.events() == ["opened", "assigned"]


async def test_without_a_first_reply_it_goes_to_somebody_else(tmp_path: Path, servers: Care, journal: Journal) -> None:
    clocks = {"first_reply_alarm_s": 1, "first_reply_s": 6, "typing_extra_s": 1}
    server, people = hospital(tmp_path, servers, Wanted("mei"), Wanted("jun"), **clocks)
    mei = await Consultant.sit_down(server, people["mei"], journal)
    ann = await Visitor.arrive(server, "ann", journal)
    await ann.open(GYNECOLOGY, "hello")
    await mei.until_owned(ann.conversation)
    jun = await Consultant.sit_down(server, people["jun"], journal)
    await mei.until(lambda: mei.rows.get(ann.conversation, {}).get("overdue"), "the alarm")
    await jun.until_owned(ann.conversation)
    await jun.say(ann.conversation, "sorry to keep you")
    await ann.until(lambda: ann.received() == ["sorry to keep you"], "reply")
    assert ann.events() == ["opened", "assigned", "returned_to_queue", "assigned"]
    stored = await end(server, journal, ann, mei, jun)
    assert "reply_overdue" in events(stored, ann.conversation)


async def test_a_transfer_that_nobody_accepts_expires_and_stays_with_the_owner(
    tmp_path: Path, servers: Care, journal: Journal
) -> None:
    server, people = hospital(tmp_path, servers, Wanted("mei"), Wanted("bo", (CHILDREN,)), transfer_s=4)
    mei = await Consultant.sit_down(server, people["mei"], journal)
    bo = await Consultant.sit_down(server, people["bo"], journal)
    bo.takes_offers = False
    ann = await Visitor.arrive(server, "ann", journal)
    await ann.open(GYNECOLOGY, "hello")
    await mei.until_owned(ann.conversation)
    fence = mei.fence(ann.conversation)
    to = people["bo"].id
    offered = await mei.asked(
        "transfer.offer", conversation=ann.conversation, fence=fence, note="a child", consultant=to
    )
    assert offered["type"] == "accepted", offered
    offer = await bo.until_offered(ann.conversation)
    await mei.say(ann.conversation, "one moment")
    await bo.until(lambda: ann.conversation not in bo.rows, "the offer's end")
    late = await bo.asked("offer.accept", conversation=ann.conversation, offer=offer["id"])
    assert (late["type"], late["code"], late["details"]["why"]) == ("refused", "offer_gone", "expired")
    answer = await mei.answer(await mei.say(ann.conversation, "here I am"))
    assert answer["type"] == "accepted"
    await ann.until(lambda: ann.received() == ["one moment", "here I am"], "both replies")
    assert ann.events() == ["opened", "assigned"]
    await end(server, journal, ann, mei, bo)


async def test_after_a_transfer_the_former_owner_gets_no_more_entries(
    tmp_path: Path, servers: Care, journal: Journal
) -> None:
    server, people = hospital(tmp_path, servers, Wanted("mei", (WOMEN,)), Wanted("bo", (CHILDREN,)))
    mei = await Consultant.sit_down(server, people["mei"], journal)
    bo = await Consultant.sit_down(server, people["bo"], journal)
    ann = await Visitor.arrive(server, "ann", journal)
    await ann.open(GYNECOLOGY, "hello")
    await mei.until_owned(ann.conversation)
    fence = mei.fence(ann.conversation)
    to = people["bo"].id
    await mei.asked("transfer.offer", conversation=ann.conversation, fence=fence, note="a child", consultant=to)
    await bo.until_owned(ann.conversation)
    await ann.until_standing("being served", state="active")
    await ann.until(lambda: ann.standing["served_by"]["name"] == people["bo"].name, "the new name")
    await ann.say("between us")
    await bo.until_received(ann.conversation, "between us")
    await bo.asked("note.post", conversation=ann.conversation, body="not for everybody")
    assert (await mei.asked("history.get", conversation=ann.conversation))["code"] == "not_found"
    assert "between us" not in [each.get("body") for each in mei.held[ann.conversation].entries]
    assert mei.held[ann.conversation].entries[-1]["event"]["name"] == "transferred"
    await end(server, journal, ann, mei, bo)


async def test_a_quiet_conversation_is_warned_then_closed(tmp_path: Path, servers: Care, journal: Journal) -> None:
    server, people = hospital(tmp_path, servers, Wanted("mei"), inactive_s=1, idle_warning_s=2, idle_close_s=3)
    mei = await Consultant.sit_down(server, people["mei"], journal)
    ann = await Visitor.arrive(server, "ann", journal)
    await ann.open(GYNECOLOGY, "hello")
    await mei.until_owned(ann.conversation)
    await mei.say(ann.conversation, "good day")
    standing = await ann.until_standing("the end", within=allowed(15), state="closed")
    assert (standing["closed_by"], standing["close_reason"]) == ("system", "idle")
    await ann.until(lambda: ann.events()[-2:] == ["idle_warned", "closed"], "warning and end")
    stored = await end(server, journal, ann, mei)
    assert events(stored, ann.conversation)[-3:] == ["went_inactive", "idle_warned", "closed"]


async def test_a_deadline_that_passed_while_the_server_was_down_takes_effect_after_the_start(
    tmp_path: Path, servers: Care, journal: Journal
) -> None:
    server, people = hospital(tmp_path, servers, Wanted("bo", (CHILDREN,)), ring_s=3)
    bo = await Consultant.sit_down(server, people["bo"], journal)
    bo.takes_offers = False
    ann = await Visitor.arrive(server, "ann", journal)
    await ann.open(PEDIATRICS, "my son coughs")
    first = (await bo.until_offered(ann.conversation))["id"]
    server.kill()
    await bo.leave()
    await asyncio.to_thread(server.start)
    await ann.until_back()
    again = Consultant(server.port, "bo", journal, people["bo"])
    again.takes_offers = False
    await again.start()

    def rung_anew() -> bool:
        offer = again.rows.get(ann.conversation, {}).get("offer")
        return offer is not None and offer["id"] != first

    await again.until(rung_anew, "another ring", within=allowed(15))
    stored = await end(server, journal, ann, again)
    assert events(stored, ann.conversation)[2:4] == ["rung", "ring_missed"]


def is_assigned(consultant: Consultant, conversation: str, times: int) -> bool:
    """Whether it was assigned so many times, and is read live."""
    held = consultant.held[conversation]
    names = [each["event"]["name"] for each in held.entries if each["kind"] == "event"]
    return names.count("assigned") >= times and held.live


async def test_a_conversation_that_leaves_the_list_for_a_moment_is_read_without_a_gap(
    tmp_path: Path, servers: Care, journal: Journal
) -> None:
    server, people = hospital(tmp_path, servers, Wanted("mei"))
    mei = await Consultant.sit_down(server, people["mei"], journal)
    ann = await Visitor.arrive(server, "ann", journal)
    await ann.open(GYNECOLOGY, "hello")
    await mei.until_owned(ann.conversation)
    for number in range(20):
        # Ended and reopened faster than list updates are sent: in the list it has never been away. So the list does
        # not tell this round's assignment from the one before; its event does.
        fence = mei.fence(ann.conversation)
        closed = await mei.asked("conversation.close", conversation=ann.conversation, fence=fence, outcome="answered")
        assert closed["type"] == "accepted", closed
        await ann.say(f"one more thing {number}")
        await ann.say(f"and another {number}")
        await mei.until_received(ann.conversation, f"and another {number}")
        await mei.until(partial(is_assigned, mei, ann.conversation, number + 2), "another assignment")
    await drained([ann, mei], server.database)
    stored = await end(server, journal, ann, mei)
    assert events(stored, ann.conversation).count("reopened") == 20
