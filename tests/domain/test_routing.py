"""Who gets a conversation, and why; who may be offered one."""

from dataclasses import replace

import hypothesis.strategies as st
import pytest
from hypothesis import given

from chatserver.domain.commands import Staff
from chatserver.domain.hospital import Availability, Role
from chatserver.domain.refusals import NotServing
from chatserver.domain.routing import Candidate, check_offered, choose, may_receive, why_not_offered

from .people import (
    CHEN_JING,
    CHILDREN,
    EVERYBODY,
    LI_MIN,
    NOON,
    RULES,
    WANG_FANG,
    WOMEN,
    ZHANG_WEI,
    assert_refused,
    consultant,
    in_group,
    waiting,
)


def stands_by(who: Staff, load: int = 0, *, capacity: int = 5, given_at: int = 0, present: bool = True) -> Candidate:
    someone = replace(consultant(who, capacity=capacity), last_given_at=given_at)
    return Candidate(someone, load, present)


def chosen(*candidates: Candidate, tried: tuple[str, ...] = (), after: int = RULES.ring_ms) -> str | None:
    """Who is chosen `after` ms after the last of `tried` was."""
    conversation = replace(waiting().conversation, tried=tried, tried_at=NOON)
    choice = choose(conversation, candidates, NOON + after, RULES)
    return None if choice is None else choice.consultant.person.name


def test_the_lowest_load_ratio_gets_it() -> None:
    assert chosen(stands_by(LI_MIN, 2), stands_by(WANG_FANG, 1)) == "王芳"
    assert chosen(stands_by(LI_MIN, 2, capacity=10), stands_by(WANG_FANG, 1, capacity=3)) == "李敏"


def test_between_equals_whoever_was_given_nothing_the_longest() -> None:
    assert chosen(stands_by(LI_MIN, 1, given_at=20), stands_by(WANG_FANG, 1, given_at=10)) == "王芳"
    assert chosen(stands_by(LI_MIN, 1, given_at=10), stands_by(WANG_FANG, 2, capacity=10, given_at=9)) == "王芳"


def test_between_complete_equals_always_the_same() -> None:
    assert chosen(stands_by(WANG_FANG), stands_by(LI_MIN)) == chosen(stands_by(LI_MIN), stands_by(WANG_FANG)) == "李敏"


def test_whoever_missed_it_comes_last_but_comes() -> None:
    missed = (LI_MIN.person.id,)
    assert chosen(stands_by(LI_MIN, 0), stands_by(WANG_FANG, 4), tried=missed) == "王芳"
    assert chosen(stands_by(LI_MIN, 0), stands_by(WANG_FANG, 5), tried=missed) == "李敏"


def test_whoever_missed_it_is_not_asked_again_before_the_time_of_a_ring() -> None:
    missed = (LI_MIN.person.id,)
    assert chosen(stands_by(LI_MIN), tried=missed, after=RULES.ring_ms - 1) is None
    assert chosen(stands_by(LI_MIN), tried=missed, after=RULES.ring_ms) == "李敏"
    assert chosen(stands_by(LI_MIN), stands_by(WANG_FANG), tried=missed, after=0) == "王芳"


def test_when_nobody_fits_nobody_gets_it() -> None:
    assert chosen() is None
    assert chosen(stands_by(LI_MIN, 5), stands_by(ZHANG_WEI), stands_by(WANG_FANG, present=False)) is None


def test_the_numbers_behind_the_choice_are_told() -> None:
    conversation = waiting().conversation
    choice = choose(conversation, [stands_by(LI_MIN, 2), stands_by(WANG_FANG, 1), stands_by(ZHANG_WEI)], NOON, RULES)
    assert choice is not None
    assert (choice.load, choice.why) == (1, "load 1/5, lowest of 2 with room")
    again = choose(replace(conversation, tried=(LI_MIN.person.id,)), [stands_by(LI_MIN, 2)], NOON, RULES)
    assert again is not None
    assert again.why == "load 2/5, lowest of 1 with room; tried before, nobody else fits"


# Who gets something unasked.


def test_he_must_have_room() -> None:
    assert may_receive(stands_by(LI_MIN, 4), WOMEN)
    assert not may_receive(stands_by(LI_MIN, 5), WOMEN)


@pytest.mark.parametrize("availability", Availability)
def test_he_must_be_online(availability: Availability) -> None:
    candidate = Candidate(consultant(LI_MIN, availability=availability), 0, True)
    assert may_receive(candidate, WOMEN) is (availability is Availability.ONLINE)


@pytest.mark.parametrize("role", Role)
def test_he_must_be_a_consultant(role: Role) -> None:
    candidate = Candidate(replace(consultant(LI_MIN), role=role), 0, True)
    assert may_receive(candidate, WOMEN) is (role is Role.CONSULTANT)


def test_he_must_be_connected_enabled_and_of_the_group() -> None:
    assert not may_receive(stands_by(LI_MIN, present=False), WOMEN)
    assert not may_receive(Candidate(replace(consultant(LI_MIN), disabled=True), 0, True), WOMEN)
    assert not may_receive(stands_by(LI_MIN), CHILDREN)
    assert may_receive(stands_by(in_group(LI_MIN, CHILDREN, WOMEN)), WOMEN)


@given(
    st.lists(
        st.builds(
            Candidate,
            st.builds(
                lambda who, availability, capacity, given_at: replace(
                    consultant(who, availability=availability, capacity=capacity), last_given_at=given_at
                ),
                st.sampled_from(EVERYBODY),
                st.sampled_from(Availability),
                st.integers(0, 5),
                st.integers(0, 3),
            ),
            st.integers(0, 6),
            st.booleans(),
        ),
        max_size=8,
    ),
    st.sets(st.sampled_from([who.person.id for who in EVERYBODY])),
)
def test_the_choice_always_fits_and_nobody_fitting_is_better(candidates: list[Candidate], tried: set[str]) -> None:
    conversation = replace(waiting().conversation, tried=tuple(tried))
    choice = choose(conversation, candidates, NOON + RULES.ring_ms, RULES)
    fitting = [each for each in candidates if may_receive(each, WOMEN)]
    assert (choice is None) == (not fitting)
    if choice is None:
        return
    assert any(each.consultant == choice.consultant and each.load == choice.load for each in fitting)
    fresh = [each for each in fitting if each.consultant.id not in tried]
    assert choice.consultant.id not in tried or not fresh
    ratio = choice.load / choice.consultant.capacity
    assert all(ratio <= each.load / each.consultant.capacity for each in fresh or fitting)


# Who may be offered a transfer.


@pytest.mark.parametrize(
    ("availability", "why"),
    [
        (Availability.ONLINE, None),
        (Availability.BUSY, None),
        (Availability.BREAK, "break"),
        (Availability.PAUSED, "paused"),
        (Availability.OFFLINE, "offline"),
    ],
)
def test_busy_means_transfers_only(availability: Availability, why: str | None) -> None:
    assert why_not_offered(Candidate(consultant(WANG_FANG, availability=availability), 0, True), RULES) == why


def test_nothing_is_offered_to_whoever_is_not_there() -> None:
    assert why_not_offered(stands_by(WANG_FANG, present=False), RULES) == "offline"
    assert why_not_offered(Candidate(replace(consultant(WANG_FANG), disabled=True), 0, True), RULES) == "offline"


def test_up_to_three_above_the_capacity_it_may_be_offered() -> None:
    assert why_not_offered(stands_by(WANG_FANG, 7), RULES) is None
    assert why_not_offered(stands_by(WANG_FANG, 8), RULES) == "full"


def test_a_supervisor_may_be_offered_one() -> None:
    check_offered(stands_by(CHEN_JING), RULES)


def test_the_reason_is_told() -> None:
    with assert_refused(NotServing, why="full"):
        check_offered(stands_by(WANG_FANG, 8), RULES)
