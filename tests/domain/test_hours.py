"""Opening hours: open or closed, until when and from when; and hours survive being written and read."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatserver.domain.hours import ALWAYS, DAY, HORIZON_MS, USUAL, CombinedHours, Day, Hours, Window, moment
from chatserver.domain.hours_text import BadHours, read, spelled
from chatserver.domain.rules import HOUR, MINUTE, Rules

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
SOON_MS, DUE_MS = Rules().closing_soon_ms, Rules().offline_due_ms
NEVER = Hours(((),) * 7)
SPLIT = read({"every_day": ["08:00-12:00", "13:30-17:30"]})
NIGHTS = read({"every_day": ["22:00-06:00"]})


def at(text: str, zone: ZoneInfo = SHANGHAI) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()) * 1000


def doors(*hours: Hours, zone: ZoneInfo = SHANGHAI) -> CombinedHours:
    return CombinedHours(hours, zone, october)


def october(day: date) -> Day:
    """1 to 7 October are holidays; Saturday the 10th is worked instead."""
    if day == date(2026, 10, 10):
        return Day.WORKDAY
    return Day.HOLIDAY if day.month == 10 and day.day <= 7 else Day.ORDINARY


def test_the_usual_hours_are_those_of_the_house() -> None:
    assert spelled(USUAL) == {"every_day": ["08:10-24:00"]}
    usual = doors(USUAL)
    assert not usual.is_open(at("2026-11-26 08:09"))
    assert usual.is_open(at("2026-11-26 08:10"))
    assert usual.is_open(at("2026-11-26 23:59"))
    assert not usual.is_open(at("2026-11-27 00:00"))
    assert usual.closes_at(at("2026-11-26 20:00")) == at("2026-11-27 00:00")
    assert usual.opens_at(at("2026-11-27 01:00")) == at("2026-11-27 08:10")


def test_a_split_day_closes_at_noon_and_opens_again() -> None:
    split = doors(SPLIT)
    assert split.closes_at(at("2026-11-26 09:00")) == at("2026-11-26 12:00")
    assert split.opens_at(at("2026-11-26 12:00")) == at("2026-11-26 13:30")
    assert split.opens_at(at("2026-11-26 17:30")) == at("2026-11-27 08:00")


def test_a_night_reaches_into_the_next_day() -> None:
    nights = doors(NIGHTS)
    assert nights.closes_at(at("2026-11-26 23:00")) == at("2026-11-27 06:00")
    assert nights.closes_at(at("2026-11-27 05:59")) == at("2026-11-27 06:00")
    assert not nights.is_open(at("2026-11-27 06:00"))


def test_windows_that_touch_are_one_time_of_openness() -> None:
    touching = read({"every_day": ["00:00-08:00", "08:00-24:00"]})
    assert doors(touching).stand(at("2026-11-26 07:00")) == doors(ALWAYS).stand(at("2026-11-26 07:00")) == (True, None)


def test_what_never_opens_is_not_looked_for_for_ever() -> None:
    assert doors(NEVER).stand(at("2026-11-26 07:00")) == (False, None)
    assert doors(SPLIT, NIGHTS).stand(at("2026-11-26 07:00")) == (False, None), "never open both"


def test_site_and_group_must_both_be_open() -> None:
    both = doors(USUAL, SPLIT)
    assert both.opens_at(at("2026-11-26 07:00")) == at("2026-11-26 08:10")
    assert both.closes_at(at("2026-11-26 09:00")) == at("2026-11-26 12:00")


def test_an_exception_beats_the_weekday_and_the_night_before() -> None:
    written = {"every_day": ["22:00-06:00"], "dates": {"2026-11-27": [], "2026-11-29": ["09:00-10:00"]}}
    nights = doors(read(written))
    assert nights.closes_at(at("2026-11-26 23:00")) == at("2026-11-27 00:00")
    assert nights.opens_at(at("2026-11-27 00:00")) == at("2026-11-28 22:00")
    assert nights.closes_at(at("2026-11-28 22:00")) == at("2026-11-29 00:00")
    assert nights.opens_at(at("2026-11-29 00:00")) == at("2026-11-29 09:00")
    assert nights.opens_at(at("2026-11-29 11:00")) == at("2026-11-30 22:00")


def test_holidays_count_only_where_they_are_wanted() -> None:
    weekdays = {name: ["09:00-17:00"] for name in ("monday", "tuesday", "wednesday", "thursday", "friday")}
    assert doors(read(weekdays)).is_open(at("2026-10-01 10:00"))
    with_holidays = doors(read({**weekdays, "holidays": True}))
    assert with_holidays.opens_at(at("2026-09-30 18:00")) == at("2026-10-08 09:00")


def test_a_worked_saturday_is_open_as_on_a_monday() -> None:
    week = {"monday": ["09:00-17:00"], "saturday": ["10:00-11:00"], "holidays": True}
    worked = doors(read(week))
    assert worked.opens_at(at("2026-10-09 18:00")) == at("2026-10-10 09:00")
    assert worked.opens_at(at("2026-10-16 18:00")) == at("2026-10-17 10:00"), "an ordinary one"


def test_an_exception_beats_the_calendar_too() -> None:
    hours = read({"every_day": ["09:00-17:00"], "holidays": True, "dates": {"2026-10-03": ["10:00-12:00"]}})
    assert doors(hours).opens_at(at("2026-10-01 00:00")) == at("2026-10-03 10:00")


def test_a_window_keeps_its_wall_clock_when_summer_time_begins_and_ends() -> None:
    office = doors(read({"every_day": ["08:00-16:00"]}), zone=BERLIN)
    assert office.opens_at(at("2026-03-28 17:00", BERLIN)) == at("2026-03-28 17:00", BERLIN) + 14 * HOUR
    assert office.opens_at(at("2026-10-24 17:00", BERLIN)) == at("2026-10-24 17:00", BERLIN) + 16 * HOUR


def test_an_hour_that_is_left_out_is_the_moment_of_the_jump() -> None:
    jump = at("2026-03-29 03:00", BERLIN)
    assert moment(date(2026, 3, 29), 2 * 60 + 30, BERLIN) == jump
    within = doors(read({"every_day": ["02:10-02:50"]}), zone=BERLIN)
    assert within.opens_at(at("2026-03-29 00:00", BERLIN)) == at("2026-03-30 02:10", BERLIN)


def test_an_hour_that_comes_twice_is_open_both_times() -> None:
    twice = doors(read({"every_day": ["02:10-02:50"]}), zone=BERLIN)
    opens = twice.opens_at(at("2026-10-25 00:00", BERLIN))
    assert opens is not None
    assert twice.closes_at(opens) == opens + 40 * MINUTE + HOUR


def test_the_last_ten_minutes_are_closing() -> None:
    usual = doors(USUAL)
    assert not usual.closing(at("2026-11-26 23:49"), SOON_MS)
    assert usual.closing(at("2026-11-26 23:50"), SOON_MS)
    assert not usual.closing(at("2026-11-27 00:00"), SOON_MS), "it is closed"
    assert not doors(ALWAYS).closing(at("2026-11-26 23:55"), SOON_MS)


@pytest.mark.parametrize(
    ("left", "due"),
    [
        ("2026-11-26 10:00", "2026-11-26 10:30"),
        ("2026-11-26 23:30", "2026-11-27 00:00"),
        ("2026-11-26 23:31", "2026-11-27 08:40"),
        ("2026-11-27 02:00", "2026-11-27 08:40"),
    ],
)
def test_a_message_is_due_soon_or_soon_after_the_next_opening(left: str, due: str) -> None:
    assert doors(USUAL).due_at(at(left), DUE_MS) == at(due)


def test_nobody_is_promised_an_answer_where_it_never_opens() -> None:
    assert doors(NEVER).due_at(at("2026-11-26 10:00"), DUE_MS) is None


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ({"every_day": ["8:10-24:00"]}, "no time such as 08:10"),
        ({"every_day": ["08:10-24:01"]}, "no time of the day"),
        ({"every_day": ["08:60-12:00"]}, "no time of the day"),
        ({"every_day": ["08:10"]}, "no window"),
        ({"every_day": ["08:10-08:10"]}, "no length"),
        ({"every_day": ["24:00-08:00"]}, "no length"),
        ({"every_day": ["08:00-12:00", "11:00-13:00"]}, "overlap"),
        ({"every_day": ["22:00-06:00", "05:00-07:00"]}, "overlap"),
        ({"every_day": "08:00-12:00"}, "no list"),
        ({"every_day": [8]}, "no window"),
        ({"sonday": []}, "'sonday' is none of"),
        ({"dates": {"2026-02-30": []}}, "no date"),
        ({"dates": []}, "table of dates"),
        ({"holidays": 1}, "true or false"),
    ],
)
def test_what_cannot_be_read_is_said(written: dict[str, object], told: str) -> None:
    with pytest.raises(BadHours, match=told):
        read(written)


# Properties of any hours at any time.

minutes = st.integers(0, DAY // 10 - 1).map(lambda tens: tens * 10)


@st.composite
def windows(draw: st.DrawFn) -> list[str]:
    """Windows of one day that do not overlap; the last may reach into the next morning."""
    edges = sorted(draw(st.lists(minutes, max_size=6, unique=True)))
    return [f"{clock(start)}-{clock(end)}" for start, end in zip(edges[::2], edges[1::2], strict=False)]


def clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


@st.composite
def any_hours(draw: st.DrawFn) -> Hours:
    names = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    written: dict[str, object] = {name: draw(windows()) for name in names}
    if draw(st.booleans()):
        written = {"every_day": [f"{clock(draw(st.integers(12, 23)) * 60)}-{clock(draw(st.integers(0, 11)) * 60)}"]}
    days = draw(st.lists(st.integers(0, 12), max_size=3))
    written["dates"] = {(date(2026, 10, 18) + timedelta(days=day)).isoformat(): draw(windows()) for day in days}
    written["holidays"] = draw(st.booleans())
    return read(written)


zones = st.sampled_from([SHANGHAI, BERLIN, ZoneInfo("America/Santiago"), ZoneInfo("Australia/Lord_Howe")])
moments = st.integers(at("2026-09-28 00:00"), at("2026-11-02 00:00"))
some_doors = st.builds(
    lambda hours, zone: CombinedHours(tuple(hours), zone, october), st.lists(any_hours(), min_size=1, max_size=2), zones
)


@settings(max_examples=50)
@given(some_doors, moments)
def test_it_closes_at_the_end_of_its_openness(hours: CombinedHours, now: int) -> None:
    closes_at = hours.closes_at(now)
    if closes_at is not None:
        assert now < closes_at <= now + HORIZON_MS
        assert hours.is_open(closes_at - 1)
        assert not hours.is_open(closes_at)
        assert hours.is_open((now + closes_at) // 2)


@settings(max_examples=50)
@given(some_doors, moments)
def test_it_opens_at_the_first_open_moment(hours: CombinedHours, now: int) -> None:
    opens_at = hours.opens_at(now)
    if opens_at is None:
        assert not any(hours.is_open(now + step * 7 * HOUR) for step in range(24))
    else:
        assert now <= opens_at <= now + HORIZON_MS
        assert hours.is_open(opens_at)
        if opens_at > now:
            assert not hours.is_open(opens_at - 1)
            assert not hours.is_open((now + opens_at) // 2)


@given(any_hours(), moments)
def test_where_clocks_never_change_it_is_what_the_wall_says(hours: Hours, now: int) -> None:
    wall = datetime.fromtimestamp(now / 1000, SHANGHAI)
    today, yesterday = wall.date(), wall.date() - timedelta(days=1)
    minute = wall.hour * 60 + wall.minute
    tail = () if hours.stands_alone(today, october) else hours.windows(yesterday, october)
    says = any(one.start <= minute < one.end for one in hours.windows(today, october))
    says = says or any(one.start <= minute + DAY < one.end for one in tail)
    assert doors(hours).is_open(now) is says


@settings(max_examples=50)
@given(some_doors, moments)
def test_it_is_due_while_it_is_open(hours: CombinedHours, now: int) -> None:
    due_at = hours.due_at(now, DUE_MS)
    if due_at is not None:
        assert due_at >= now + DUE_MS
        assert hours.is_open(due_at - DUE_MS)


@given(any_hours())
def test_what_is_spelled_is_read_as_the_same(hours: Hours) -> None:
    assert read(spelled(hours)) == hours
    assert all(isinstance(window, Window) for day in hours.week for window in day)
