"""A whole week of a desk, driven by the one clock: opening hours, deadlines, tokens, sign-in sessions and drafts."""

import asyncio
from dataclasses import replace
from pathlib import Path

from chatserver.domain.rules import HOUR, MINUTE, Rules
from chatserver.hub.clock import Clock as HubClock
from chatserver.store import visitors
from chatserver.store.revisions import migrate
from chatserver.wire.closing import CloseCode
from tests.hub.harness import QUICK, Rig, StaffTab, VisitorTab, furnish
from tests.hub.test_opening_hours import DAYTIME, at, hours_of, open_during
from tests.transactions import tx_at, written

NO_PINGS = replace(QUICK, visitor_ping=3_600.0, staff_ping=3_600.0)
MONDAY = "2026-11-23T00:00"
TOKEN_MS = 30 * MINUTE
STEP_MS = 2 * HOUR


class Week(Rig):
    """A node whose whole time is moved by hand, that of its regular tasks too."""

    def __init__(self, place: Path) -> None:
        self._asleep: list[tuple[int, asyncio.Event]] = []
        self._fell_asleep = asyncio.Event()
        super().__init__(place, Rules(), NO_PINGS)
        self.clock.at = at(MONDAY)

    def hub_clock(self) -> HubClock:
        return HubClock(self.clock, lambda: self.clock() / 1000, self._sleep)

    async def _sleep(self, seconds: float) -> None:
        woken = asyncio.Event()
        self._asleep.append((self.clock() + round(seconds * 1000), woken))
        self._fell_asleep.set()
        await woken.wait()

    async def until(self, moment: int, step: int = STEP_MS) -> None:
        """Let the time pass. At each step, every task whose time has come runs once, and is waited for."""
        while self.clock() < moment:
            self.clock.at = min(moment, self.clock() + step)
            tasks = len(self._asleep)
            due = [each for each in self._asleep if each[0] <= self.clock()]
            self._asleep = [each for each in self._asleep if each[0] > self.clock()]
            for _, woken in due:
                woken.set()
            async with asyncio.timeout(60):
                while len(self._asleep) < tasks:
                    self._fell_asleep.clear()
                    await self._fell_asleep.wait()

    async def comes(self) -> VisitorTab:
        _, token, _ = written(
            self.database, lambda conn: visitors.start(tx_at(conn, self.clock()), "main", "zh", TOKEN_MS)
        )
        return await self.visitor(token)

    def stored(self, query: str) -> object:
        return self.database.read_now(lambda conn: conn.exec_driver_sql(query).scalar())


async def test_a_week_passes_in_seconds(tmp_path: Path) -> None:
    migrate(tmp_path / "chat.db")
    desk = Week(tmp_path)
    written(desk.database, lambda conn: furnish(conn, desk.clock()))
    open_during(desk, DAYTIME)
    await desk.hub.start()
    try:
        desk.session_ms = 14 * HOUR
        for_a_day = await desk.staff("wangfang")
        desk.session_ms = 8 * 24 * HOUR
        li = await desk.staff("limin", "online")
        for day in range(7):
            await one_day(desk, li, at(MONDAY) + day * 24 * HOUR)
            assert (for_a_day.closed == CloseCode.SESSION_ENDED) is (day > 0), "a sign-in session ends after 14 hours"
        assert desk.stored("SELECT count(*) FROM conversations WHERE phase = 'closed'") == 7
        assert li.closed is None
    finally:
        await desk.hub.stop()
        desk.database.close()


async def one_day(desk: Week, li: StaffTab, midnight: int) -> None:
    await desk.until(midnight + 4 * HOUR)
    at_night = await desk.comes()
    night = hours_of(await at_night.hears("welcome"))
    assert (night["open"], night["changes_at"]) == (False, midnight + 8 * HOUR + 10 * MINUTE)

    await desk.until(midnight + 9 * HOUR)
    drafts_of_yesterday = desk.stored("SELECT count(*) FROM drafts")
    await desk.until(midnight + 10 * HOUR)
    assert at_night.closed == CloseCode.SESSION_ENDED, "the token ends 30 minutes after the last activity"
    visitor = await desk.comes()
    assert hours_of(await visitor.hears("welcome"))["open"] is True
    conversation = await visitor.opens()
    fence = (await li.row(conversation, state="active"))["fence"]
    assert (await li.ask("message.post", conversation=conversation, body="您好", fence=fence))["type"] == "accepted"
    assert (await li.ask("draft.save", conversation=conversation, mode="note", body="明天"))["type"] == "accepted"

    await desk.until(midnight + 11 * HOUR, 5 * MINUTE)
    why = f"SELECT close_reason FROM conversations WHERE id = '{conversation}'"
    assert desk.stored(why) == "idle", "nobody wrote for 30 minutes"
    assert visitor.closed == CloseCode.SESSION_ENDED
    assert drafts_of_yesterday == min(1, (midnight - at(MONDAY)) // (24 * HOUR)), "a draft is kept for a day"
    assert desk.stored("SELECT count(*) FROM drafts") == 1, "and no longer"
