"""回电: when a call is promised, who sees it and its number, and how it ends."""

from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from chatserver.domain.alarms import Reach, Watcher, alarm_of_callback, called
from chatserver.domain.callbacks import (
    Callback,
    Report,
    Wish,
    acknowledge,
    after_an_attempt,
    became_overdue,
    placed,
    promise,
    report,
    revealed,
    sees,
    shown_phone,
    take,
    withdraw,
)
from chatserver.domain.hospital import Role
from chatserver.domain.hours import ALWAYS, HORIZON_MS, MINUTE, USUAL, CombinedHours, Day, Hours, Span, Window
from chatserver.domain.refusals import Forbidden, NotFound, OutOfTurn, TextInvalid
from tests.domain.people import CALLBACK, CHEN_JING, LI_MIN, NOON, RULES, WANG_FANG, ZHANG_WEI, assert_refused
from tests.domain.people import consultant as as_consultant

ZONE = ZoneInfo("Asia/Shanghai")
SOON = 30 * MINUTE

OFFICE = Hours(((Window(8 * 60, 12 * 60), Window(14 * 60, 17 * 60)),) * 5 + ((), ()))
"""8–12 and 14–17 on weekdays. 2026-11-30 is a Monday."""
HOLIDAY = date(2026, 12, 1)
CLOSED_TOMORROW = replace(OFFICE, exceptions={HOLIDAY: ()})
WITH_HOLIDAYS = replace(OFFICE, holidays=True)
NEVER = Hours(((),) * 7)


def calendar(day: date) -> Day:
    return Day.HOLIDAY if day == HOLIDAY else Day.ORDINARY


def at(local: str) -> int:
    return int(datetime.fromisoformat(local).replace(tzinfo=ZONE).timestamp()) * 1000


def told(hours: Hours, now: str, wish: str) -> str:
    """The promise in words: 11-30 14:00 - 14:30."""
    day, _, part = wish.partition(" ")
    doors = CombinedHours((hours,), ZONE, calendar)
    span = promise(doors, at(now), Wish(day, part or "morning"), SOON)  # type: ignore[arg-type]
    start, end = (datetime.fromtimestamp(each / 1000, ZONE) for each in span)
    return f"{start:%m-%d %H:%M} - {end:%H:%M}"


@pytest.mark.parametrize(
    ("hours", "now", "wish", "promised"),
    [
        # As soon as possible.
        (USUAL, "2026-11-30 09:00", "soonest", "11-30 09:00 - 09:30"),
        (USUAL, "2026-11-30 03:00", "soonest", "11-30 08:10 - 08:40"),
        (USUAL, "2026-11-30 23:50", "soonest", "12-01 08:10 - 08:40"),
        (OFFICE, "2026-11-30 11:45", "soonest", "11-30 14:00 - 14:30"),
        (OFFICE, "2026-11-30 13:00", "soonest", "11-30 14:00 - 14:30"),
        (OFFICE, "2026-12-04 17:30", "soonest", "12-07 08:00 - 08:30"),
        (CLOSED_TOMORROW, "2026-11-30 20:00", "soonest", "12-02 08:00 - 08:30"),
        (WITH_HOLIDAYS, "2026-11-30 20:00", "soonest", "12-02 08:00 - 08:30"),
        (ALWAYS, "2026-11-30 03:00", "soonest", "11-30 03:00 - 03:30"),
        # A part of the day, as far as it is open.
        (USUAL, "2026-11-30 22:00", "tomorrow morning", "12-01 08:10 - 12:00"),
        (USUAL, "2026-11-30 22:00", "tomorrow afternoon", "12-01 12:00 - 18:00"),
        (USUAL, "2026-11-30 22:00", "tomorrow evening", "12-01 18:00 - 21:00"),
        (OFFICE, "2026-11-30 09:00", "tomorrow afternoon", "12-01 14:00 - 17:00"),
        (ALWAYS, "2026-11-30 22:00", "tomorrow morning", "12-01 08:00 - 12:00"),
        # Today, the rest of it.
        (USUAL, "2026-11-30 10:00", "today morning", "11-30 10:00 - 12:00"),
        (USUAL, "2026-11-30 11:45", "today morning", "11-30 11:45 - 12:00"),
        (USUAL, "2026-11-30 11:46", "today morning", "11-30 11:46 - 12:16"),
        (USUAL, "2026-11-30 15:00", "today morning", "11-30 15:00 - 15:30"),
        (USUAL, "2026-11-30 20:50", "today evening", "11-30 20:50 - 21:20"),
        (OFFICE, "2026-11-30 16:50", "today afternoon", "12-01 08:00 - 08:30"),
        # When it is closed then: the next opening after that.
        (OFFICE, "2026-11-30 10:00", "today evening", "12-01 08:00 - 08:30"),
        (OFFICE, "2026-11-30 18:00", "tomorrow evening", "12-02 08:00 - 08:30"),
        (CLOSED_TOMORROW, "2026-11-30 18:00", "tomorrow morning", "12-02 08:00 - 08:30"),
        (WITH_HOLIDAYS, "2026-11-30 18:00", "tomorrow afternoon", "12-02 08:00 - 08:30"),
        (OFFICE, "2026-12-04 10:00", "tomorrow morning", "12-07 08:00 - 08:30"),
    ],
)
def test_a_call_is_promised_for_a_time_that_is_open(hours: Hours, now: str, wish: str, promised: str) -> None:
    assert told(hours, now, wish) == promised


def test_a_promise_is_never_past_and_always_within_opening_hours() -> None:
    for hours in (USUAL, OFFICE, ALWAYS, CLOSED_TOMORROW):
        doors = CombinedHours((hours,), ZONE, calendar)
        for minute in range(0, 8 * 24 * 60, 37):
            now = at("2026-11-28 00:00") + minute * MINUTE
            for day in ("soonest", "today", "tomorrow"):
                for part in ("morning", "afternoon", "evening"):
                    span = promise(doors, now, Wish(day, part), SOON)
                    assert now <= span.start < span.end
                    assert doors.is_open(span.start)
                    assert doors.is_open(span.end - 1)


def test_without_an_opening_no_time_is_promised() -> None:
    span = promise(CombinedHours((NEVER,), ZONE), NOON, Wish("tomorrow", "morning"), SOON)
    assert span == (NOON, NOON + HORIZON_MS)
    assert replace(CALLBACK, from_at=span.start, due_at=span.end).promised is None
    assert CALLBACK.promised == (CALLBACK.from_at, CALLBACK.due_at)


MINE = take(CALLBACK, LI_MIN)
TOMORROW = Span(NOON + 86_400_000, NOON + 90_000_000)


def reported(callback: Callback, told: Report, now: int = NOON, *, note: str = "约好周六", **by: object) -> Callback:
    who = by.get("who", LI_MIN)
    lock = by.get("lock")
    return report(callback, who, told, note, now, TOMORROW, lock, RULES)  # type: ignore[arg-type]


def test_its_group_sees_it_and_only_who_calls_sees_the_number() -> None:
    assert sees(WANG_FANG, CALLBACK)
    assert sees(CHEN_JING, CALLBACK)
    assert not sees(ZHANG_WEI, CALLBACK)
    assert shown_phone(MINE, None) == "138****5678"
    assert revealed(LI_MIN, MINE, None) == CALLBACK.phone
    with assert_refused(Forbidden, rule="own_or_offered"):
        revealed(CHEN_JING, MINE, None)
    with assert_refused(NotFound):
        revealed(ZHANG_WEI, MINE, None)


def test_while_an_alert_of_abuse_is_open_nobody_gets_the_number_or_reports_a_call() -> None:
    assert shown_phone(MINE, "abuse_alert") == ""
    with assert_refused(Forbidden, rule="abuse_alert"):
        revealed(LI_MIN, MINE, "abuse_alert")
    for told in ("reached", "not_reached"):
        with assert_refused(Forbidden, rule="abuse_alert"):
            reported(MINE, told, lock="abuse_alert")
    assert reported(MINE, "do_not_call", lock="abuse_alert").state == "withdrawn"
    late = became_overdue(MINE, MINE.due_at)
    assert alarm_of_callback(late, None) is not None
    assert alarm_of_callback(late, "abuse_alert") is None


def test_a_call_that_was_answered_ends_it_with_the_result() -> None:
    done = reported(MINE, "reached")
    assert (done.state, done.ended_at, done.ended_by, done.note) == ("done", NOON, LI_MIN.person.id, "约好周六")
    assert reported(done, "reached", NOON + 5) is done, "a repeat whose answer was lost"
    with assert_refused(OutOfTurn, phase="done"):
        reported(done, "not_reached", NOON + 5)
    with assert_refused(TextInvalid):
        reported(MINE, "reached", note=" ")


def test_two_calls_on_two_days_are_tried() -> None:
    once = reported(MINE, "not_reached", note="")
    assert (once.state, once.attempts, once.from_at, once.due_at) == ("open", 1, *TOMORROW)
    assert reported(once, "not_reached", NOON + 1_000, note="") is once, "a double click is one call"
    with assert_refused(Forbidden, rule="one_call_a_day"):
        reported(once, "not_reached", NOON + 3_600_000, note="")
    assert reported(once, "reached", NOON + 3_600_000).attempts == 2, "they may have called themselves"
    twice = reported(once, "not_reached", TOMORROW.start, note="")
    assert (twice.state, twice.attempts, twice.ended_by) == ("not_reached", 2, LI_MIN.person.id)
    assert after_an_attempt(MINE) == Wish("tomorrow", "morning")
    assert after_an_attempt(replace(MINE, day="today", part="evening")) == Wish("tomorrow", "evening")


def test_only_its_owner_or_a_supervisor_reports() -> None:
    for who in (WANG_FANG, LI_MIN):
        with assert_refused(Forbidden, rule="own_or_offered"):
            reported(CALLBACK, "do_not_call", who=who)
    stopped = reported(CALLBACK, "do_not_call", who=CHEN_JING)
    assert (stopped.state, stopped.do_not_call) == ("withdrawn", True)
    with assert_refused(NotFound):
        reported(CALLBACK, "do_not_call", who=ZHANG_WEI)
    with assert_refused(OutOfTurn, phase="withdrawn"):
        take(stopped, WANG_FANG)


def test_only_its_visitor_withdraws_it() -> None:
    gone = withdraw(MINE, MINE.visitor, NOON)
    assert (gone.state, gone.ended_at, gone.ended_by) == ("withdrawn", NOON, None)
    assert withdraw(gone, MINE.visitor, NOON + 1) is gone
    with assert_refused(NotFound):
        withdraw(MINE, "visitor-2", NOON)
    with assert_refused(OutOfTurn, phase="done"):
        withdraw(reported(MINE, "reached"), MINE.visitor, NOON)


def test_a_broken_promise_raises_an_alarm_until_somebody_has_seen_it() -> None:
    assert became_overdue(MINE, MINE.due_at - 1) is MINE
    late = became_overdue(MINE, MINE.due_at)
    alarm = alarm_of_callback(late, None)
    assert alarm is not None
    assert (alarm.kind, alarm.since, alarm.emergency) == ("callback", MINE.due_at, None)
    reach = Reach({"women"}, {"women"}, {"women"})
    watchers = [Watcher(each.person.id, each.role, each.groups) for each in (LI_MIN, WANG_FANG, CHEN_JING, ZHANG_WEI)]
    assert called(alarm, watchers, reach) == {LI_MIN.person.id, CHEN_JING.person.id}
    assert alarm_of_callback(acknowledge(late, CHEN_JING, NOON), None) is None
    assert alarm_of_callback(reported(late, "not_reached", note=""), None) is None, "it is promised anew"
    assert alarm_of_callback(reported(late, "reached"), None) is None


def test_emergency_words_in_the_topic_raise_the_alarm_at_once() -> None:
    urgent = replace(CALLBACK, emergency="body", level="critical")
    alarm = alarm_of_callback(urgent, None)
    assert alarm is not None
    assert (alarm.emergency, alarm.level) == ("body", "critical")
    assert alarm_of_callback(acknowledge(urgent, CHEN_JING, NOON), None) is not None, "it is nobody's yet"
    mine = take(urgent, LI_MIN)
    assert alarm_of_callback(acknowledge(mine, LI_MIN, NOON), None) is None


def test_it_follows_its_department_and_leaves_those_who_are_gone() -> None:
    li = as_consultant(LI_MIN)
    assert placed(MINE, "women", li) is MINE
    assert placed(MINE, "children", li) == replace(MINE, group="children", owner=None)
    assert placed(MINE, "women", replace(li, disabled=True)).owner is None
    assert placed(MINE, "women", replace(li, role=Role.AUDITOR)).owner is None
    assert placed(CALLBACK, "women", None) is CALLBACK
    done = reported(MINE, "reached")
    assert placed(done, "children", None) is done
