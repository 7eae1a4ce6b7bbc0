"""班次: when 签到 opens, when new conversations arrive, and which shift is shown."""

from dataclasses import replace

import pytest

from chatserver.domain.refusals import NotFound, NotOpen
from chatserver.domain.rules import HOUR, MINUTE, Rules
from chatserver.domain.shifts import Duties, Shift, on_duty
from tests.domain.people import assert_refused

EIGHT = 1_790_000_000_000
FOUR = EIGHT + 8 * HOUR
EARLY = Shift("li", "早班", EIGHT, FOUR)
RULES = Rules()
MIDNIGHT = EIGHT + 16 * HOUR


def duties(*check_ins: int, shifts: tuple[Shift, ...] = (EARLY,)) -> Duties:
    return Duties(shifts, check_ins, RULES)


def test_a_consultant_without_a_shift_is_not_restricted() -> None:
    assert duties(shifts=()).receiving(EIGHT)


@pytest.mark.parametrize("at", [EIGHT - 5 * MINUTE - 1, FOUR, FOUR + HOUR])
def test_outside_the_shift_nobody_is_restricted(at: int) -> None:
    assert duties().receiving(at)


@pytest.mark.parametrize("at", [EIGHT - 5 * MINUTE, EIGHT, EIGHT + HOUR, FOUR - 1])
def test_without_checking_in_a_consultant_receives_nothing(at: int) -> None:
    assert not duties().receiving(at)


def test_new_conversations_come_ten_minutes_after_the_start() -> None:
    signed = duties(EIGHT - MINUTE)
    assert not signed.receiving(EIGHT - MINUTE)
    assert not signed.receiving(EIGHT + 10 * MINUTE - 1)
    assert signed.receiving(EIGHT + 10 * MINUTE)


def test_a_consultant_who_checks_in_late_receives_at_once() -> None:
    assert duties(EIGHT + HOUR).receiving(EIGHT + HOUR)


def test_a_check_in_before_it_opens_does_not_count() -> None:
    assert not duties(EIGHT - 5 * MINUTE - 1).receiving(EIGHT + HOUR)


def test_two_shifts_without_a_pause_need_one_check_in() -> None:
    noon = EIGHT + 4 * HOUR
    halves = (Shift("li", "早班", EIGHT, noon), Shift("li", "中班", noon, FOUR))
    signed = duties(EIGHT, shifts=halves)
    assert all(signed.receiving(at) for at in (noon - 1, noon, noon + MINUTE, FOUR - 1))


def test_after_a_pause_a_new_check_in_is_needed() -> None:
    one, two = EIGHT + 12 * HOUR, EIGHT + 14 * HOUR
    signed = duties(EIGHT, shifts=(EARLY, Shift("li", "晚班", one, two)))
    assert not signed.receiving(one + HOUR)
    assert duties(EIGHT, one, shifts=(EARLY, Shift("li", "晚班", one, two))).receiving(one + HOUR)


def test_a_check_in_is_for_the_shift_that_runs_or_soon_begins() -> None:
    assert duties().to_check_in(EIGHT - 5 * MINUTE).shift == EARLY
    assert duties().to_check_in(FOUR - 1).shift == EARLY
    assert duties().may_check_in(EIGHT)
    assert not duties(EIGHT).may_check_in(EIGHT + MINUTE)


def test_a_check_in_that_is_too_early_is_told_when_it_opens() -> None:
    with assert_refused(NotOpen, opens_at=EIGHT - 5 * MINUTE):
        duties().to_check_in(EIGHT - HOUR)


@pytest.mark.parametrize("at", [FOUR, FOUR + HOUR])
def test_without_a_shift_nobody_can_check_in(at: int) -> None:
    with assert_refused(NotFound):
        duties().to_check_in(at)


def test_the_running_shift_is_shown_else_the_next_of_the_day() -> None:
    late = replace(EARLY, name="晚班", starts_at=FOUR + HOUR, ends_at=FOUR + 2 * HOUR)
    both = duties(shifts=(late, EARLY))
    shown = [both.shown(at, MIDNIGHT) for at in (EIGHT - HOUR, EIGHT, FOUR - 1, FOUR, FOUR + 2 * HOUR)]
    assert [each and each.shift.name for each in shown] == ["早班", "早班", "早班", "晚班", None]
    assert both.shown(EIGHT - HOUR, EIGHT - 30 * MINUTE) is None, "it is tomorrow's"


def test_a_shift_has_the_times_of_its_check_in_and_of_new_conversations() -> None:
    shown = duties(EIGHT + 1).shown(EIGHT + 2, MIDNIGHT)
    assert shown is not None
    assert (shown.check_in_from, shown.receives_from) == (EIGHT - 5 * MINUTE, EIGHT + 10 * MINUTE)
    assert shown.checked_in_at == EIGHT + 1


def test_people_with_a_shift_at_that_time_are_on_duty() -> None:
    roster = [EARLY, Shift("wang", "晚班", FOUR, MIDNIGHT)]
    assert on_duty(roster, EIGHT) == {"li"}
    assert on_duty(roster, FOUR) == {"wang"}
    assert on_duty(roster, MIDNIGHT) == set()
