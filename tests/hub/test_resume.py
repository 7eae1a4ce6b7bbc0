"""A client that reconnects gets exactly what it lacks, in order, each entry once."""

import asyncio

import pytest

from chatserver.hub import resume
from chatserver.store import conversations
from chatserver.store.database import Where
from chatserver.store.ids import new_id
from tests.hub.cuts import HeldBack
from tests.hub.harness import Rig, StaffTab, VisitorTab, opened


async def talk(rig: Rig, many: int = 5) -> tuple[StaffTab, VisitorTab, str, str]:
    """A conversation of some length; returns the visitor's token as well."""
    li = await rig.staff("limin", "online")
    token = rig.new_visitor()
    visitor = await rig.visitor(token)
    conversation = await visitor.opens("第0句")
    await li.row(conversation, state="active")
    await visitor.has_event(conversation, "assigned")
    for number in range(1, many):
        await visitor.says(conversation, f"第{number}句")
    return li, visitor, conversation, token


async def test_what_was_missed_comes_once_and_in_order(place: Where) -> None:
    async with opened(place) as rig:
        li, visitor, conversation, token = await talk(rig)
        await visitor.hears("entry", body="第4句")
        epoch = visitor.entries(conversation)[0]["epoch"]
        held = [entry for entry in visitor.entries(conversation) if entry["seq"] <= 3]
        visitor.leave()
        row = await li.row(conversation, state="active")
        await li.ask("message.post", conversation=conversation, body="您在吗", fence=row["fence"])

        back = await rig.visitor(token, [{"conversation": conversation, "epoch": epoch, "after": 3}])
        await back.hears("live", conversation=conversation)
        following = back.told[0]["following"][0]
        assert following["recovered"] is True
        all_of_it = held + back.entries(conversation)
        assert [entry["seq"] for entry in all_of_it] == list(range(1, following["head"] + 1))
        assert all_of_it[-1]["body"] == "您在吗"


async def test_another_epoch_or_a_place_ahead_is_not_recovered(place: Where) -> None:
    async with opened(place) as rig:
        _, visitor, conversation, token = await talk(rig)
        epoch = visitor.entries(conversation)[0]["epoch"]
        for held, why in (
            ({"epoch": "another-life-of-the-data", "after": 3}, "epoch"),
            ({"epoch": epoch, "after": 4_000}, "ahead"),
        ):
            back = await rig.visitor(token, [{"conversation": conversation, **held}])
            live = await back.hears("live", conversation=conversation)
            assert back.told[0]["following"][0]["why"] == why
            assert [entry["seq"] for entry in back.entries(conversation)] == list(range(1, live["seq"] + 1))
            back.leave()


async def test_a_long_absence_is_paged(place: Where) -> None:
    async with opened(place) as rig:
        _, _, conversation, token = await talk(rig, many=510)
        back = await rig.visitor(token)
        live = await back.hears("live", conversation=conversation)
        assert back.told[0]["following"][0] == {
            **back.told[0]["following"][0],
            "recovered": False,
            "why": "gap_too_big",
        }
        assert back.entries(conversation) == []
        seqs: list[int] = []
        before = live["seq"] + 1
        while True:
            page = await back.ask("history.get", conversation=conversation, before=before, limit=100)
            seqs = [entry["seq"] for entry in page["entries"]] + seqs
            before = seqs[0]
            if not page["more"]:
                break
        assert seqs == list(range(1, live["seq"] + 1))


async def test_a_foreign_conversation_in_the_resume_is_not_listed(place: Where) -> None:
    async with opened(place) as rig:
        _, _, conversation, _ = await talk(rig)
        stranger = await rig.visitor(resume=[{"conversation": conversation, "epoch": "", "after": 0}])
        assert "following" not in stranger.told[0]
        assert stranger.entries(conversation) == []


async def test_the_same_ref_gets_the_first_answer_again(place: Where) -> None:
    async with opened(place) as rig:
        _, visitor, conversation, token = await talk(rig, many=1)
        first = await visitor.says(conversation, "只说一次")
        again = await visitor.says(conversation, "只说一次", ref=first["ref"])
        assert {**again, "repeat": None} == {**first, "repeat": None}
        assert again["repeat"] is True
        conflict = await visitor.says(conversation, "别的话", ref=first["ref"])
        assert conflict["code"] == "idempotency_conflict"
        visitor.leave()
        back = await rig.visitor(token)
        later = await back.says(conversation, "只说一次", ref=first["ref"])
        assert (later["seq"], later["repeat"]) == (first["seq"], True)


async def test_a_first_message_sent_twice_opens_one_conversation(place: Where) -> None:
    async with opened(place) as rig:
        token = rig.new_visitor()
        one, two = await rig.visitor(token), await rig.visitor(token)
        opened_by_one = await one.ask("conversation.open", department="gynecology", body="在吗")
        opened_by_two = await two.ask(
            "conversation.open", department="gynecology", body="在吗", ref=opened_by_one["ref"]
        )
        assert opened_by_two["repeat"] is True
        assert opened_by_two["conversation"] == opened_by_one["conversation"]
        await one.ask("conversation.close", conversation=opened_by_one["conversation"])
        late = await one.ask("conversation.open", department="gynecology", body="在吗", ref=opened_by_one["ref"])
        assert (late["repeat"], late["conversation"]) == (True, opened_by_one["conversation"])


async def test_staff_resume_what_they_followed(place: Where) -> None:
    async with opened(place) as rig:
        li, visitor, conversation, _ = await talk(rig)
        await li.follows(conversation)
        held = li.entries(conversation)
        li.leave()
        await visitor.says(conversation, "您还在吗")
        back = StaffTab(rig)
        await back.enter("limin", [{"conversation": conversation, "epoch": held[0]["epoch"], "after": held[-1]["seq"]}])
        live = await back.hears("live", conversation=conversation)
        seqs = [entry["seq"] for entry in held + back.entries(conversation)]
        assert seqs == list(range(1, live["seq"] + 1))


async def test_heads_report_and_heal_gaps(place: Where) -> None:
    async with opened(place) as rig:
        _, visitor, conversation, _ = await talk(rig)
        epoch = visitor.entries(conversation)[0]["epoch"]
        at = [{"conversation": conversation, "epoch": epoch, "after": 1}]
        told = await visitor.ask("heads.get", at=at)
        assert told["heads"] == [
            {"conversation": conversation, "epoch": epoch, "head": visitor.entries(conversation)[-1]["seq"]}
        ]


async def test_heads_are_never_older_than_what_was_sent_before_them(
    place: Where, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(place) as rig:
        li, visitor, conversation, _ = await talk(rig)
        await li.follows(conversation)
        fence = (await li.row(conversation, state="active"))["fence"]
        at = [{"conversation": conversation, "epoch": "", "after": 0}]
        for number, tab in enumerate((visitor, li)):
            reading = HeldBack(monkeypatch, conversations, "load")
            asking = asyncio.create_task(tab.ask("heads.get", at=at))
            await reading.has_read()
            with monkeypatch.context() as as_ever:
                as_ever.setattr(conversations, "load", reading._real)
                await li.ask("message.post", conversation=conversation, body=f"您好{number}", fence=fence)
            await tab.hears("entry", body=f"您好{number}")
            reading.may_return()
            told = (await asking)["heads"]
            assert told[0]["head"] == tab.entries(conversation)[-1]["seq"]
            await visitor.says(conversation, "再见")


async def test_a_position_without_an_epoch_is_not_recovered(place: Where) -> None:
    async with opened(place) as rig:
        _, _, conversation, token = await talk(rig)
        for after, recovered in ((0, True), (1, False), (10_000, False)):
            back = await rig.visitor(token, [{"conversation": conversation, "epoch": "", "after": after}])
            [following] = (await back.hears("welcome"))["following"]
            assert (following["recovered"], following.get("why")) == (recovered, None if recovered else "epoch")
            await back.hears("live")
            assert back.entries(conversation)[0]["seq"] == 1


async def test_another_department_under_the_same_ref_is_another_question(place: Where) -> None:
    async with opened(place) as rig:
        visitor = await rig.visitor()
        asked = {"ref": new_id(), "body": "在吗", "department": "gynecology"}
        assert (await visitor.ask("conversation.open", **asked))["type"] == "accepted"
        assert (await visitor.ask("conversation.open", **asked))["repeat"] is True
        other = await visitor.ask("conversation.open", **asked | {"department": "eyes"})
        assert other["code"] == "idempotency_conflict"


async def test_blanks_around_a_text_do_not_make_it_another(place: Where) -> None:
    async with opened(place) as rig:
        li, visitor, conversation, _ = await talk(rig)
        fence = (await li.row(conversation, state="active"))["fence"]
        for tab, more in ((visitor, {}), (li, {"fence": fence})):
            ref = new_id()
            first = await tab.ask("message.post", conversation=conversation, ref=ref, body="好的", **more)
            again = await tab.ask("message.post", conversation=conversation, ref=ref, body=" 好的\n", **more)
            assert (first["seq"], again.get("repeat")) == (again["seq"], True)
        ref = new_id()
        for body in ("知道了", "　知道了 "):
            assert (await li.ask("note.post", conversation=conversation, ref=ref, body=body))["type"] == "accepted"


async def test_a_fault_of_ours_is_told_under_the_ref_and_ends_no_connection(
    place: Where, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(place) as rig:
        li, visitor, conversation, _ = await talk(rig)
        monkeypatch.setattr(resume.Resume, "history", lambda *_asked: 1 / 0)
        for tab in (li, visitor):
            refused = await tab.ask("history.get", conversation=conversation)
            assert (refused["type"], refused["code"], refused["retry"]) == ("refused", "internal", "same")
            assert (await tab.ask("heads.get", at=[]))["type"] == "heads"


async def test_the_sixth_tab_closes_the_oldest(place: Where) -> None:
    async with opened(place) as rig:
        token = rig.new_visitor()
        tabs = [await rig.visitor(token) for _ in range(6)]
        await tabs[0].until(lambda: tabs[0].closed)
        assert [tab.closed for tab in tabs] == [4503, None, None, None, None, None]


async def test_the_sixth_tab_closes_the_one_that_has_been_silent_for_longest(place: Where) -> None:
    async with opened(place) as rig:
        token = rig.new_visitor()
        tabs = [await rig.visitor(token) for _ in range(5)]
        for tab in (tabs[0], tabs[3], tabs[1], tabs[4]):
            await tab.send("pong", n=1)
        tabs.append(await rig.visitor(token))
        await tabs[2].until(lambda: tabs[2].closed)
        assert [tab.closed for tab in tabs] == [None, None, 4503, None, None, None]


async def test_a_page_that_comes_back_takes_the_place_of_its_own_dead_socket(place: Where) -> None:
    async with opened(place) as rig:
        token = rig.new_visitor()
        others = [await rig.visitor(token, instance=new_id()) for _ in range(4)]
        page = new_id()
        tries = [await rig.visitor(token, instance=page) for _ in range(4)]
        await tries[2].until(lambda: tries[2].closed)
        assert [tab.closed for tab in others] == [None] * 4
        assert [tab.closed for tab in tries] == [4503, 4503, 4503, None]


async def test_a_console_that_comes_back_takes_the_place_of_its_own_dead_socket(place: Where) -> None:
    async with opened(place) as rig:
        page = new_id()
        other = await rig.staff("limin", instance=new_id())
        tries = [await rig.staff("limin", instance=page) for _ in range(3)]
        await tries[1].until(lambda: tries[1].closed)
        assert [tab.closed for tab in (other, *tries)] == [None, 4503, 4503, None]


async def test_the_same_page_of_another_visitor_is_another_page(place: Where) -> None:
    async with opened(place) as rig:
        page = new_id()
        tabs = [await rig.visitor(instance=page) for _ in range(2)]
        assert [tab.closed for tab in tabs] == [None, None]
