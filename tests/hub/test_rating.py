"""评价 per consultant, as the visitor is asked: whom, at most once a day, and never for somebody else."""

from typing import Any

import pytest
from sqlalchemy import select

from chatserver.store import tables
from chatserver.store.database import Where
from tests.hub.harness import Rig, StaffTab, VisitorTab, opened

LI = {"name": "李敏", "number": "012", "title": "consultant"}
WANG = {"name": "王芳", "number": "015", "title": "consultant"}


async def answers(who: StaffTab, conversation: str, times: int) -> int:
    """The owner sends this many messages; returns the fence."""
    fence = int((await who.row(conversation, state="active"))["fence"])
    for number in range(times):
        said = await who.ask("message.post", conversation=conversation, body=f"第{number}句", fence=fence)
        assert said["type"] == "accepted", said
    return fence


async def closes(who: StaffTab, conversation: str, fence: int, outcome: str = "answered") -> None:
    done = await who.ask("conversation.close", conversation=conversation, fence=fence, outcome=outcome)
    assert done["type"] == "accepted", done


async def standing(visitor: VisitorTab, **fields: Any) -> dict[str, Any]:
    """The last status that was sent, once the conversation has ended."""
    await visitor.hears("conversation", state="closed", **fields)
    return visitor.heard("conversation")[-1]


async def answered_by_two(rig: Rig, of_the_second: int = 2) -> tuple[VisitorTab, StaffTab, str]:
    """李敏 has answered and ended it; the visitor reopened it, and 王芳 has answered and ended it."""
    li, visitor = await rig.staff("limin", "online"), await rig.visitor()
    conversation = await visitor.opens()
    await closes(li, conversation, await answers(li, conversation, 2))
    await li.is_available("offline")
    wang = await rig.staff("wangfang", "online")
    first = await standing(visitor)
    assert first["served_by"] == LI | {"part": 1}
    await visitor.says(conversation, "忘了问地址")
    await closes(wang, conversation, await answers(wang, conversation, of_the_second))
    await visitor.until(lambda: visitor.heard("conversation")[-1]["state"] == "closed")
    return visitor, wang, conversation


async def test_after_a_reopening_the_second_is_asked_about_and_has_no_rating_of_the_first(place: Where) -> None:
    async with opened(place) as rig:
        visitor, _, conversation = await answered_by_two(rig)
        now = visitor.heard("conversation")[-1]
        assert now["served_by"] == WANG | {"part": 2}
        until = rig.clock() + rig.rules.rating_ms
        assert now["rating_until"] == until
        assert now["rateable"] == [
            {"part": 1, "person": LI, "until": until},
            {"part": 2, "person": WANG, "until": until},
        ]
        rated = await visitor.ask("conversation.rate", conversation=conversation, stars=2)
        assert rated["type"] == "accepted"
        now = await standing(visitor, stars=2)
        assert [each.get("stars") for each in now["rateable"]] == [None, 2]
        await rig.stores("select part from ratings", 2)


async def test_the_first_can_be_rated_apart_and_then_the_second_is_not_asked_about_that_day(place: Where) -> None:
    async with opened(place) as rig:
        visitor, _, conversation = await answered_by_two(rig)
        for stars in (3, 5):
            rated = await visitor.ask("conversation.rate", conversation=conversation, stars=stars, part=1)
            assert rated["type"] == "accepted"
        await visitor.until(lambda: visitor.heard("conversation")[-1]["rateable"][0].get("stars") == 5)
        now = visitor.heard("conversation")[-1]
        assert "rating_until" not in now
        assert "stars" not in now
        rows = rig.database.read_now(lambda conn: conn.execute(select(tables.ratings)).mappings().all())
        assert [(row["part"], row["stars"]) for row in rows] == [(1, 5)]
        unknown = await visitor.ask("conversation.rate", conversation=conversation, stars=1, part=3)
        assert unknown["code"] == "not_found"


async def test_whoever_sent_one_message_is_not_asked_about_and_can_be_rated(place: Where) -> None:
    async with opened(place) as rig:
        visitor, _, conversation = await answered_by_two(rig, of_the_second=1)
        now = visitor.heard("conversation")[-1]
        assert "rating_until" not in now
        assert [each["part"] for each in now["rateable"]] == [1]
        assert (await visitor.ask("conversation.rate", conversation=conversation, stars=4))["type"] == "accepted"


async def test_nothing_is_asked_after_an_emergency(place: Where) -> None:
    async with opened(place) as rig:
        li, visitor = await rig.staff("limin", "online"), await rig.visitor()
        conversation = await visitor.opens("我胸口疼，喘不过气")
        await closes(li, conversation, await answers(li, conversation, 2))
        now = await standing(visitor)
        assert "rating_until" not in now
        assert "rateable" not in now


async def test_nothing_is_asked_of_somebody_who_harassed_the_consultant(place: Where) -> None:
    async with opened(place) as rig:
        li, visitor = await rig.staff("limin", "online"), await rig.visitor()
        conversation = await visitor.opens()
        await closes(li, conversation, await answers(li, conversation, 2), outcome="harassment")
        now = await standing(visitor)
        assert "rating_until" not in now
        assert "rateable" not in now


COMPLAINT = {"kind": "complaint", "body": "等了很久"}
EMERGENCY = {"kind": "question", "body": "我爸突然胸痛，喘不上气"}


@pytest.mark.parametrize(
    ("left", "event", "linked"),
    [
        (COMPLAINT, "complaint_left", True),
        (COMPLAINT, "complaint_left", False),
        (EMERGENCY, "emergency_left", False),
    ],
)
async def test_nothing_is_asked_after_a_complaint_or_an_emergency_as_an_offline_message(
    place: Where, left: dict[str, str], event: str, linked: bool
) -> None:
    async with opened(place) as rig:
        li, visitor = await rig.staff("limin", "online"), await rig.visitor()
        earlier = await visitor.opens("门诊几点上班")
        await closes(li, earlier, await answers(li, earlier, 2))
        rig.clock.at += rig.rules.reopen_ms + 1
        conversation = await visitor.opens()
        await closes(li, conversation, await answers(li, conversation, 2))
        assert (await standing(visitor, conversation=conversation))["rateable"]
        left = left | {"department": "gynecology"} | ({"conversation": conversation} if linked else {})
        for _ in range(2):
            assert (await visitor.ask("offline.leave", **left))["type"] == "accepted"
        await visitor.until(lambda: "rateable" not in visitor.heard("conversation")[-1])
        again = await rig.visitor(token=visitor.token)
        now = again.heard("welcome")[-1]["standing"]
        assert "rateable" not in now
        assert "rating_until" not in now
        for each in (earlier, conversation):
            refused = await visitor.ask("conversation.rate", conversation=each, stars=5)
            assert refused["code"] == "out_of_turn"
        await rig.stores(f"select count(*) from entries where event = '{event}'", 2)


async def test_a_rating_can_be_changed(place: Where) -> None:
    async with opened(place) as rig:
        li, visitor = await rig.staff("limin", "online"), await rig.visitor()
        conversation = await visitor.opens()
        await closes(li, conversation, await answers(li, conversation, 2))
        asked = {"conversation": conversation}
        assert (await visitor.ask("conversation.rate", stars=2, tags=["slow"], **asked))["type"] == "accepted"
        rig.clock.at += rig.rules.rating_ms
        changed = await visitor.ask("conversation.rate", stars=5, tags=["kind"], comment="后来都解决了", **asked)
        assert changed["type"] == "accepted"
        await visitor.until(lambda: visitor.heard("conversation")[-1].get("stars") == 5)
        rig.clock.at += 1
        assert (await visitor.ask("conversation.rate", stars=1, **asked))["code"] == "out_of_turn"


async def test_a_repeated_rating_of_a_part_is_taken_once(place: Where) -> None:
    async with opened(place) as rig:
        visitor, _, conversation = await answered_by_two(rig)
        said = {"conversation": conversation, "stars": 4, "part": 1, "ref": "0" * 32}
        await visitor.ask("conversation.rate", **said)
        assert (await visitor.ask("conversation.rate", **said))["repeat"]
        other = await visitor.ask("conversation.rate", **said | {"part": 2})
        assert other["code"] == "idempotency_conflict"
