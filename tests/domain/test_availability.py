"""状态: what a consultant chooses, and how three missed rings in a row pause them."""

import pytest

from chatserver.domain.availability import chose, given, missed, took
from chatserver.domain.hospital import Availability

from .people import LI_MIN, NOON, RULES, consultant


def test_three_misses_in_a_row_pause_the_consultant() -> None:
    first = missed(consultant(LI_MIN), NOON, RULES)
    second = missed(first, NOON + 1, RULES)
    assert (second.availability, second.misses) == (Availability.ONLINE, 2)
    third = missed(second, NOON + 2, RULES)
    assert (third.availability, third.misses, third.availability_since) == (Availability.PAUSED, 3, NOON + 2)


def test_taking_a_conversation_resets_the_count_of_misses() -> None:
    twice = missed(missed(consultant(LI_MIN), NOON, RULES), NOON, RULES)
    assert missed(took(twice), NOON, RULES).misses == 1


def test_choosing_an_availability_resets_the_count_of_misses() -> None:
    paused = consultant(LI_MIN)
    for _ in range(3):
        paused = missed(paused, NOON, RULES)
    back = chose(paused, Availability.ONLINE, NOON + 5)
    assert (back.availability, back.misses, back.availability_since) == (Availability.ONLINE, 0, NOON + 5)


@pytest.mark.parametrize("chosen", [Availability.BUSY, Availability.BREAK, Availability.OFFLINE])
def test_a_consultant_who_receives_nothing_is_not_paused_by_misses(chosen: Availability) -> None:
    away = consultant(LI_MIN, availability=chosen)
    for _ in range(4):
        away = missed(away, NOON, RULES)
    assert away.availability is chosen


def test_an_assignment_is_remembered_with_its_time() -> None:
    assert given(consultant(LI_MIN), NOON).last_given_at == NOON
