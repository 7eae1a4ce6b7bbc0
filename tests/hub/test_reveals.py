"""The phone number of a 留言 is revealed by a request of its own: only to its owner, recorded, and limited per hour."""

from dataclasses import replace
from typing import Any

import pytest

from chatserver.store.database import Where
from tests.hub.harness import QUICK, Rig, StaffTab, Told, opened, two_nodes

NUMBER = "13812345678"

pytestmark = pytest.mark.usefixtures("head_is_last")


def written(rig: Rig) -> list[dict[str, Any]]:
    query = "SELECT * FROM audit_entries ORDER BY number"
    return [dict(row) for row in rig.database.read_now(lambda conn: conn.exec_driver_sql(query).mappings().all())]


async def left(rig: Rig, tab: StaffTab, **fields: Any) -> str:
    """A 留言 that this person owns."""
    visitor = await rig.visitor()
    asked = {"kind": "question", "body": "请回电", "department": "gynecology", "phone": NUMBER, **fields}
    id = str((await visitor.ask("offline.leave", **asked))["id"])
    await tab.until(lambda: any(id in {each["id"] for each in f.get("put", ())} for f in tab.heard("offline")))
    assert (await tab.ask("offline.take", id=id))["type"] == "accepted"
    return id


def told(tab: StaffTab) -> str:
    return "".join(str(frame) for frame in tab.told)


async def test_taking_it_over_shows_no_number(place: Where) -> None:
    async with opened(place) as rig:
        li = await rig.staff("limin")
        for _ in range(10):
            await left(rig, li)
        assert NUMBER not in told(li)
        assert written(rig) == []


async def test_a_number_is_shown_to_its_owner_and_recorded(place: Where) -> None:
    async with opened(place) as rig:
        li, wang, chen = [await rig.staff(login) for login in ("limin", "wangfang", "chenjing")]
        id = await left(rig, li)
        answer = await li.ask("offline.reveal", id=id)
        assert (answer["type"], answer["id"], answer["phone"]) == ("phone", id, NUMBER)
        for other in (wang, chen):
            assert (await other.ask("offline.reveal", id=id))["code"] == "forbidden"
        stranger = await rig.staff("zhangwei")
        assert (await stranger.ask("offline.reveal", id=id))["code"] == "not_found"
        [row] = written(rig)
        assert (row["actor"], row["role"], row["action"]) == (li.id, "consultant", "offline.reveal")
        assert (row["object_kind"], row["object_id"], row["at"]) == ("offline_message", id, rig.clock())
        assert NUMBER not in str(row)


async def test_beyond_the_hourly_limit_it_is_said_when_the_next_may_be_shown(place: Where) -> None:
    async with opened(place, options=replace(QUICK, reveals_per_hour=3)) as rig:
        li = await rig.staff("limin")
        ids = [await left(rig, li) for _ in range(5)]
        answers: list[Told] = []
        for id in ids:
            answers.append(await li.ask("offline.reveal", id=id))
            rig.clock.pass_seconds(60)
        assert [each["type"] for each in answers] == ["phone"] * 3 + ["refused"] * 2
        assert answers[3]["code"] == "rate_limited"
        assert answers[3]["retry_ms"] == 57 * 60_000
        assert (await li.ask("offline.reveal", id=ids[0]))["type"] == "phone", "the same one again is no other one"
        li.leave()
        await rig.restart()
        again = await rig.staff("limin")
        assert (await again.ask("offline.reveal", id=ids[3]))["code"] == "rate_limited"
        rig.clock.pass_seconds(3_600)
        again = await rig.staff("limin")
        assert (await again.ask("offline.reveal", id=ids[3]))["type"] == "phone"


async def test_the_same_one_again_within_a_minute_is_answered_and_written_down_once(place: Where) -> None:
    async with opened(place) as rig:
        li = await rig.staff("limin")
        one, other = await left(rig, li), await left(rig, li)
        for id in (one, one, other, one, other):
            assert (await li.ask("offline.reveal", id=id))["phone"] == NUMBER
            rig.clock.pass_seconds(10)
        assert [row["object_id"] for row in written(rig)] == [one, other]
        rig.clock.pass_seconds(20)
        assert (await li.ask("offline.reveal", id=one))["phone"] == NUMBER
        assert [row["object_id"] for row in written(rig)] == [one, other, one]


async def test_the_limit_is_one_for_both_nodes(place: Where) -> None:
    async with two_nodes(place, options=replace(QUICK, reveals_per_hour=2)) as (one, other):
        here, there = await one.staff("limin"), await other.staff("limin")
        ids = [await left(one, here) for _ in range(3)]
        answers = [await tab.ask("offline.reveal", id=id) for tab, id in zip((here, there, here), ids, strict=True)]
        assert [each["type"] for each in answers] == ["phone", "phone", "refused"]


async def test_one_without_a_number_has_none_to_show(place: Where) -> None:
    async with opened(place) as rig:
        li = await rig.staff("limin")
        id = await left(rig, li, phone="")
        assert (await li.ask("offline.reveal", id=id))["code"] == "not_found"
        assert written(rig) == []
