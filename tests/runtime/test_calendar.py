"""China's calendar in the library: holidays, the weekends within them, and weekend days that are worked."""

from datetime import date

import pytest

from chatserver.domain.hours import Day
from chatserver.records.public_holidays import when_asked

CALENDAR = when_asked()


@pytest.mark.parametrize("day", ["2026-01-01", "2026-02-17", "2026-05-01", "2026-10-07"])
def test_the_announced_days_are_off(day: str) -> None:
    assert CALENDAR(date.fromisoformat(day)) is Day.HOLIDAY


@pytest.mark.parametrize("day", ["2026-01-03", "2026-02-15", "2026-02-21", "2026-02-22", "2026-09-27", "2026-10-04"])
def test_a_weekend_within_or_beside_them_is_off_too(day: str) -> None:
    assert CALENDAR(date.fromisoformat(day)) is Day.HOLIDAY


@pytest.mark.parametrize("day", ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-10-10"])
def test_a_weekend_day_in_place_of_another_is_worked(day: str) -> None:
    assert CALENDAR(date.fromisoformat(day)) is Day.WORKDAY


@pytest.mark.parametrize("day", ["2026-11-26", "2026-11-28", "2026-11-29", "2026-10-08", "2026-10-11"])
def test_any_other_day_is_ordinary(day: str) -> None:
    assert CALENDAR(date.fromisoformat(day)) is Day.ORDINARY


def test_a_year_that_is_not_announced_yet_has_its_festivals() -> None:
    assert CALENDAR(date(2031, 10, 1)) is Day.HOLIDAY
    assert CALENDAR(date(2031, 11, 26)) is Day.ORDINARY
