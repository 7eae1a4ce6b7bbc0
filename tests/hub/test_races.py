"""What happens at the same moment: hellos beside openings, cut sockets, old tabs, restarts with much to write."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection

from chatserver.domain.refusals import Unavailable
from chatserver.store.database import Database, Where
from tests.hub.harness import QUICK, Rig, StaffTab, VisitorTab, eventually, opened

UNTICKING = replace(QUICK, tick=60.0, look=60.0)
"""For tests that count reads: deadlines are not checked meanwhile."""


class Gate:
    """Holds back the answers of one method of a database, after the first `passing` answers, until it is opened."""

    def __init__(self, database: Database, way: str, monkeypatch: pytest.MonkeyPatch, passing: int = 0) -> None:
        self._open = asyncio.Event()
        self._holds = 0
        self._passing = passing
        ask = getattr(database, way)

        async def slowly(*asked: object) -> Any:
            answer = await ask(*asked)
            self._passing -= 1
            if self._passing < 0:
                self._holds += 1
                await self._open.wait()
            return answer

        monkeypatch.setattr(database, way, slowly)

    async def holds_one(self) -> None:
        await eventually(lambda: self._holds >= 1)

    def opens(self) -> None:
        self._open.set()


async def test_a_hello_beside_an_opening_gets_everything_once(place: Where, monkeypatch: pytest.MonkeyPatch) -> None:
    """The opening is stored but not announced yet; the hello finds it, and reads it while it is announced."""
    async with opened(place, options=UNTICKING) as rig:
        token = rig.new_visitor()
        one, two = await rig.visitor(token), VisitorTab(rig)
        announcing = Gate(rig.database, "write", monkeypatch)
        opening = asyncio.create_task(one.opens("同时打开"))
        await announcing.holds_one()
        reading = Gate(rig.database, "read", monkeypatch, passing=2)
        entering = asyncio.create_task(two.enter(token))
        await reading.holds_one()
        announcing.opens()
        conversation = await opening
        await one.says(conversation, "又一句")
        reading.opens()
        await entering
        await one.says(conversation, "最后一句")
        await two.hears("entry", body="最后一句")
        assert [entry["seq"] for entry in two.entries(conversation)] == [1, 2, 3, 4]


async def test_a_claim_whose_socket_was_cut_is_announced_all_the_same(place: Where) -> None:
    async with opened(place) as rig:
        li = await rig.staff("limin", "online")
        visitor = await rig.visitor()
        conversation = await visitor.opens("眼睛疼", "eyes")
        await li.row(conversation, state="waiting")
        claiming = asyncio.create_task(li.send("conversation.claim", ref="r" * 36, conversation=conversation))
        await asyncio.sleep(0)
        claiming.cancel()
        await asyncio.gather(claiming, return_exceptions=True)
        await visitor.has_event(conversation, "assigned")
        await li.row(conversation, state="active")


async def test_a_failed_announcement_costs_nobody_an_entry(place: Where, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(place) as rig:
        visitor = await rig.visitor()
        conversation = await visitor.opens("第一句")
        node = rig.hub._running
        with monkeypatch.context() as broken:
            broken.setattr(node.delivery, "deliver", lambda _entry: 1 / 0)
            assert (await visitor.says(conversation, "没有通知到的"))["type"] == "accepted"
        await visitor.says(conversation, "后一句")
        await visitor.hears("entry", body="没有通知到的")
        assert [entry["seq"] for entry in visitor.entries(conversation)] == [1, 2, 3, 4]


async def test_only_the_last_conversation_of_a_visitor_is_reopened(place: Where) -> None:
    async with opened(place) as rig:
        li, visitor = await rig.staff("limin", "online"), await rig.visitor()
        first = await visitor.opens("第一次")
        fence = (await li.row(first, state="active"))["fence"]
        await li.ask("conversation.close", conversation=first, fence=fence, outcome="answered")
        second = await visitor.opens("第二次")
        refused = await visitor.says(first, "旧标签页里的话")
        assert refused["code"] == "conversation_closed"
        again = await visitor.ask("conversation.open", department="gynecology", body="旧标签页里的话")
        assert again["conversation"] == second
        stranger = await rig.visitor()
        assert (await stranger.says(first, "看看"))["code"] == "not_found"


async def test_a_restart_records_everybody_as_gone_however_many_there_are(place: Where) -> None:
    async with opened(place, options=replace(QUICK, inbox=5)) as rig:
        for _ in range(12):
            await (await rig.visitor()).opens()
        await rig.restart()
        away = "select count(*) from conversations where visitor_left_at is not null"
        assert rig.database.read_now(lambda conn: conn.exec_driver_sql(away).scalar()) == 12
        clocks = "select count(*) from deadlines where clock = 'abandon'"
        assert rig.database.read_now(lambda conn: conn.exec_driver_sql(clocks).scalar()) == 12


async def test_a_ring_over_a_restart_does_not_count_as_a_miss(place: Where) -> None:
    async with opened(place) as rig:
        zhang = await rig.staff("zhangwei", "online")
        visitor = await rig.visitor()
        conversation = await visitor.opens("孩子咳嗽", "pediatrics")
        await zhang.until(lambda: (zhang.rows().get(conversation) or {}).get("offer"))
        rig.clock.pass_seconds(100)
        await rig.restart()
        missed = "select misses from consultants where login = 'zhangwei'"
        assert rig.database.read_now(lambda conn: conn.exec_driver_sql(missed).scalar()) == 0


async def test_the_servers_absence_is_not_charged_to_the_consultant(place: Where) -> None:
    async with opened(place) as rig:
        li = await rig.staff("limin", "online")
        visitor = await rig.visitor()
        conversation = await visitor.opens()
        await li.row(conversation, state="active")
        rig.clock.pass_seconds(80)
        await rig.restart()
        rig.clock.pass_seconds(20)
        back = await rig.staff("limin")
        row = await back.row(conversation, overdue=True)
        answer = await back.ask("message.post", conversation=conversation, body="刚才断线了", fence=row["fence"])
        assert answer["type"] == "accepted"


async def test_what_was_done_just_before_leaving_prolongs_the_token(place: Where) -> None:
    async with opened(place) as rig:
        token = rig.new_visitor()
        visitor = await rig.visitor(token)
        conversation = await visitor.opens()
        rig.clock.pass_seconds(23 * 3600)
        await visitor.says(conversation, "快到期了")
        visitor.leave()
        await rig.hub._running.maintenance.look_at_tokens()
        rig.clock.pass_seconds(2 * 3600)
        back = await rig.visitor(token)
        assert back.told[0]["standing"]["conversation"] == conversation


async def test_after_a_failed_hello_nothing_of_it_stays(place: Where, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(place, options=UNTICKING) as rig:
        token = rig.new_visitor()
        before = await rig.visitor(token)
        await before.opens()
        before.leave()
        tab = VisitorTab(rig)
        read = rig.database.read
        asked = 0

        async def fails_second(fn: Callable[[Connection], Any]) -> Any:
            nonlocal asked
            asked += 1
            if asked == 2:
                raise Unavailable()
            return await read(fn)

        monkeypatch.setattr(rig.database, "read", fails_second)
        with pytest.raises(Unavailable):
            await tab.enter(token)
        monkeypatch.undo()
        assert list(rig.hub._running.sessions.visitors()) == []


async def test_a_former_owner_does_not_hear_a_late_reopening(place: Where) -> None:
    async with opened(place) as rig:
        li = await rig.staff("limin", "online")
        visitor = await rig.visitor()
        conversation = await visitor.opens()
        row = await li.row(conversation, state="active")
        await li.follows(conversation)
        await li.ask("conversation.close", conversation=conversation, fence=row["fence"], outcome="answered")
        await li.is_available("busy")
        rig.clock.pass_seconds(11 * 60)
        await visitor.says(conversation, "又来了")
        wang = await rig.staff("wangfang", "online")
        await wang.row(conversation, state="active")
        await visitor.says(conversation, "只给新咨询员的话")
        await visitor.hears("entry", body="只给新咨询员的话")
        assert "只给新咨询员的话" not in str(li.entries(conversation))


async def long_talks(rig: Rig, li: StaffTab) -> list[str]:
    """As many long conversations as the consultant may hold."""
    ids = []
    for _ in range(5):
        visitor = await rig.visitor()
        conversation = await visitor.opens("眼睛疼", "eyes")
        ids.append(conversation)
        await li.ask("conversation.claim", conversation=conversation)
        for _ in range(200):
            await visitor.says(conversation, "很长的一段话" * 40)
    return ids


async def test_a_desk_with_much_to_read_again_comes_back(place: Where) -> None:
    async with opened(place) as rig:
        li = await rig.staff("limin", "online")
        ids = await long_talks(rig, li)
        back = StaffTab(rig)
        await back.enter("limin", [{"conversation": id, "epoch": "", "after": 0} for id in ids])
        for id in ids:
            await back.hears("live", conversation=id)
        assert back.closed is None
        assert all(back.entries(id) for id in ids)
