"""The main job through the hub: ask, answer, transfer, end, rate."""

import pytest

from chatserver.store.database import Where
from tests.hub.harness import opened


async def test_a_visitor_asks_and_a_consultant_answers(place: Where) -> None:
    async with opened(place) as rig:
        li = await rig.staff("limin", "online")
        visitor = await rig.visitor()
        conversation = await visitor.opens("我想咨询一下检查")

        row = await li.row(conversation, state="active")
        assert row["owner"]["name"] == "李敏"
        assert row["unanswered_since"] == rig.clock()
        await li.follows(conversation)
        answer = await li.ask("message.post", conversation=conversation, body="您好，请讲", fence=row["fence"])

        assert answer["type"] == "accepted"
        heard = await visitor.hears("entry", kind="message", body="您好，请讲")
        assert heard["author"] == {
            "kind": "consultant",
            "person": {"name": "李敏", "number": "012", "title": "consultant"},
        }
        row = await li.row(conversation, replied=True)
        assert "unanswered_since" not in row


async def test_the_visitor_sees_gapless_places_and_no_staff_entry(place: Where) -> None:
    async with opened(place) as rig:
        li = await rig.staff("limin", "online")
        visitor = await rig.visitor()
        conversation = await visitor.opens()
        row = await li.row(conversation, state="active")
        await li.follows(conversation)
        await li.ask("note.post", conversation=conversation, body="疑似急症，先问体温")
        await li.ask("message.post", conversation=conversation, body="体温多少？", fence=row["fence"])

        await visitor.hears("entry", body="体温多少？")
        seen = visitor.entries(conversation)
        assert [entry["seq"] for entry in seen] == list(range(1, len(seen) + 1))
        assert not [entry for entry in seen if entry["kind"] == "note"]
        assert "id" not in str(seen[-1]["author"])
        staff_seen = li.entries(conversation)
        assert [entry["seq"] for entry in staff_seen] == list(range(1, len(staff_seen) + 1))
        assert len(staff_seen) == len(seen) + 1


async def test_a_transfer_goes_to_a_person_or_to_a_group_but_not_to_both_or_neither(place: Where) -> None:
    async with opened(place) as rig:
        li, wang = await rig.staff("limin", "online"), await rig.staff("wangfang", "busy")
        visitor = await rig.visitor()
        conversation = await visitor.opens()
        fence = (await li.row(conversation, state="active"))["fence"]
        for receivers in ({"consultant": wang.id, "group": "women"}, {}):
            answer = await li.ask("transfer.offer", conversation=conversation, fence=fence, note="请看", **receivers)
            assert (answer["type"], answer["code"]) == ("refused", "bad_frame")


async def test_a_transfer_is_offered_accepted_and_the_visitor_told(place: Where) -> None:
    async with opened(place) as rig:
        li, wang = await rig.staff("limin", "online"), await rig.staff("wangfang", "busy")
        visitor = await rig.visitor()
        conversation = await visitor.opens()
        row = await li.row(conversation, state="active")
        offered = await li.ask(
            "transfer.offer", conversation=conversation, fence=row["fence"], consultant=wang.id, note="问产检，您更熟"
        )
        assert offered["type"] == "accepted"
        held_out = await wang.offer(conversation)
        assert held_out["note"] == "问产检，您更熟"
        assert not [
            entry for entry in visitor.entries(conversation) if entry.get("event", {}).get("name") == "transfer_offered"
        ]

        still = await li.ask("message.post", conversation=conversation, body="请稍等", fence=row["fence"])
        assert still["type"] == "accepted", "the owner keeps answering meanwhile"
        taken = await wang.ask("offer.accept", conversation=conversation, offer=held_out["id"])
        assert taken["type"] == "accepted"

        told = await visitor.has_event(conversation, "transferred")
        assert told["consultant"]["name"] == "王芳"
        assert "previous" not in told
        stale = await li.ask("message.post", conversation=conversation, body="还有", fence=row["fence"])
        assert (stale["code"], stale["details"]) == ("fence_stale", {"fence": taken["fence"]})
        standing = await visitor.until(
            lambda: next(
                (f for f in visitor.heard("conversation") if f.get("served_by", {}).get("name") == "王芳"), None
            )
        )
        assert standing["state"] == "active"


async def test_a_declined_and_a_withdrawn_offer_leave_the_owner(place: Where) -> None:
    async with opened(place) as rig:
        li, wang = await rig.staff("limin", "online"), await rig.staff("wangfang", "busy")
        visitor = await rig.visitor()
        conversation = await visitor.opens()
        row = await li.row(conversation, state="active")
        await li.follows(conversation)
        ask = {"conversation": conversation, "fence": row["fence"], "consultant": wang.id, "note": "请接手"}

        await li.ask("transfer.offer", **ask)
        first = await wang.offer(conversation)
        no_reason = await wang.ask("offer.decline", conversation=conversation, offer=first["id"], reason=" ")
        assert no_reason["code"] == "text_invalid"
        await wang.ask("offer.decline", conversation=conversation, offer=first["id"], reason="正在处理急症")
        told = await li.has_event(conversation, "transfer_declined")
        assert told["reason"] == "正在处理急症"

        await li.ask("transfer.offer", **ask)
        second = await li.offer(conversation, after=first["id"], mine=False)
        await li.ask("offer.withdraw", conversation=conversation, offer=second["id"])
        late = await wang.ask("offer.accept", conversation=conversation, offer=second["id"])
        assert (late["code"], late["details"]["why"]) == ("offer_gone", "withdrawn")
        assert (await li.row(conversation, state="active"))["owner"]["name"] == "李敏"


async def test_the_end_the_rating_and_the_way_back(place: Where) -> None:
    async with opened(place) as rig:
        li = await rig.staff("limin", "online")
        visitor = await rig.visitor()
        conversation = await visitor.opens()
        row = await li.row(conversation, state="active")
        early = await visitor.ask("conversation.rate", conversation=conversation, stars=5)
        assert early["code"] == "out_of_turn"
        for words in ("请讲", "周六上午有门诊。"):
            await li.ask("message.post", conversation=conversation, body=words, fence=row["fence"])
        await li.ask("conversation.close", conversation=conversation, fence=row["fence"], outcome="answered")

        closed = await visitor.hears("conversation", state="closed")
        assert closed["rating_until"] == rig.clock() + rig.rules.rating_ms
        rated = await visitor.ask(
            "conversation.rate", conversation=conversation, stars=4, tags=["耐心"], comment="谢谢"
        )
        assert (rated["type"], rated.get("seq", 0)) == ("accepted", 0)
        assert (await visitor.hears("conversation", stars=4))["state"] == "closed"

        rig.clock.pass_seconds(29 * 60)
        again = await visitor.says(conversation, "还有一个问题")
        assert again["type"] == "accepted"
        await visitor.has_event(conversation, "reopened")
        assert (await li.row(conversation, state="active"))["fence"] > row["fence"]


@pytest.mark.parametrize("served", [True, False])
async def test_what_the_visitor_ended_is_not_offered_to_be_taken_up_again(place: Where, served: bool) -> None:
    async with opened(place) as rig:
        if served:
            await rig.staff("limin", "online")
        visitor = await rig.visitor()
        conversation = await visitor.opens()
        await visitor.hears("conversation", conversation=conversation, state="active" if served else "waiting")
        await visitor.ask("conversation.close", conversation=conversation)
        ended = await visitor.hears("conversation", state="closed")
        assert ended["closed_by"] == "visitor"
        assert "reopen_until" not in ended


async def test_every_tab_of_a_visitor_sees_the_same(place: Where) -> None:
    async with opened(place) as rig:
        token = rig.new_visitor()
        one, two = await rig.visitor(token), await rig.visitor(token)
        conversation = await one.opens()
        await two.hears("conversation", conversation=conversation)
        other = await two.ask("conversation.open", department="gynecology", body="第二个窗口也问了")
        assert other["conversation"] == conversation, "one open conversation, whichever tab writes"
        await one.hears("entry", body="第二个窗口也问了")
        await two.hears("entry", body="第二个窗口也问了")
        assert one.entries(conversation) == two.entries(conversation)


async def test_a_stranger_learns_nothing(place: Where) -> None:
    async with opened(place) as rig:
        await rig.staff("limin", "online")
        visitor, stranger, zhang = await rig.visitor(), await rig.visitor(), await rig.staff("zhangwei")
        conversation = await visitor.opens()
        await visitor.has_event(conversation, "assigned")
        before = len(visitor.entries(conversation))
        for asked in (
            await stranger.says(conversation, "看看"),
            await stranger.ask("history.get", conversation=conversation),
            await stranger.ask("conversation.close", conversation=conversation),
            await stranger.ask("conversation.rate", conversation=conversation, stars=1),
            await zhang.ask("conversation.follow", conversation=conversation),
            await zhang.ask("note.post", conversation=conversation, body="看看"),
            await zhang.ask("conversation.claim", conversation=conversation),
            await zhang.ask("history.get", conversation=conversation),
        ):
            assert asked["code"] == "not_found"
        assert len(visitor.entries(conversation)) == before
