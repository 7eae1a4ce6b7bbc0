"""Who gets a conversation, and why; to whom a transfer may be offered."""

from collections.abc import Iterable
from dataclasses import replace

import hypothesis.strategies as st
import pytest
from hypothesis import given
from msgspec import structs

from chatserver.domain.actors import Staff
from chatserver.domain.conversation import Conversation
from chatserver.domain.events.assignment import Why
from chatserver.domain.hospital import Availability, Department, Name, Role
from chatserver.domain.refusals import NotServing
from chatserver.domain.routing import (
    Candidate,
    Choice,
    Needs,
    Pool,
    check_asked,
    check_group_offered,
    check_offered,
    is_serving,
    why_not_offered,
)

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


ANYBODY = Needs("zh")


def choose(
    conversation: Conversation, candidates: Iterable[Candidate], now: int, needs: Needs = ANYBODY
) -> Choice | None:
    return Pool(WOMEN, candidates).choose(conversation, needs, now, RULES)


def chosen(*candidates: Candidate, tried: tuple[str, ...] = (), after: int = RULES.ring_ms) -> str | None:
    """Who is chosen `after` ms after the last person in `tried` was."""
    conversation = structs.replace(
        waiting().conversation, queue=structs.replace(waiting().conversation.queue, tried=tried, tried_at=NOON)
    )
    choice = choose(conversation, candidates, NOON + after)
    return None if choice is None else choice.consultant.person.name


def may_receive(candidate: Candidate, group: str) -> bool:
    return len(Pool(group, [candidate])) == 1


def test_the_lowest_load_ratio_gets_it() -> None:
    assert chosen(stands_by(LI_MIN, 2), stands_by(WANG_FANG, 1)) == "王芳"
    assert chosen(stands_by(LI_MIN, 2, capacity=10), stands_by(WANG_FANG, 1, capacity=3)) == "李敏"


def test_between_equals_the_one_whose_last_assignment_is_the_longest_ago() -> None:
    assert chosen(stands_by(LI_MIN, 1, given_at=20), stands_by(WANG_FANG, 1, given_at=10)) == "王芳"
    assert chosen(stands_by(LI_MIN, 1, given_at=10), stands_by(WANG_FANG, 2, capacity=10, given_at=9)) == "王芳"


def test_between_complete_equals_always_the_same() -> None:
    assert chosen(stands_by(WANG_FANG), stands_by(LI_MIN)) == chosen(stands_by(LI_MIN), stands_by(WANG_FANG)) == "李敏"


def test_a_consultant_who_missed_it_comes_last_but_comes() -> None:
    missed = (LI_MIN.person.id,)
    assert chosen(stands_by(LI_MIN, 0), stands_by(WANG_FANG, 4), tried=missed) == "王芳"
    assert chosen(stands_by(LI_MIN, 0), stands_by(WANG_FANG, 5), tried=missed) == "李敏"


def test_a_consultant_who_missed_it_is_not_asked_again_before_the_time_of_a_ring() -> None:
    missed = (LI_MIN.person.id,)
    assert chosen(stands_by(LI_MIN), tried=missed, after=RULES.ring_ms - 1) is None
    assert chosen(stands_by(LI_MIN), tried=missed, after=RULES.ring_ms) == "李敏"
    assert chosen(stands_by(LI_MIN), stands_by(WANG_FANG), tried=missed, after=0) == "王芳"


def test_when_nobody_fits_nobody_gets_it() -> None:
    assert chosen() is None
    assert chosen(stands_by(LI_MIN, 5), stands_by(ZHANG_WEI), stands_by(WANG_FANG, present=False)) is None


def test_the_choice_has_the_numbers_behind_it() -> None:
    conversation = waiting().conversation
    candidates = [stands_by(LI_MIN, 2), stands_by(WANG_FANG, 1, given_at=NOON - 7), stands_by(ZHANG_WEI)]
    choice = choose(conversation, candidates, NOON + 3)
    assert choice is not None
    assert choice.why == Why(load=1, capacity=5, among=2, waited_ms=3, idle_ms=10)
    tried = structs.replace(conversation, queue=structs.replace(conversation.queue, tried=(LI_MIN.person.id,)))
    again = choose(tried, [stands_by(LI_MIN, 2)], NOON)
    assert again is not None
    assert again.why == Why(load=2, capacity=5, among=1, again=True)


# What a conversation needs.

KNOWS = Needs("zh", "fertility", 3)


def knowing(who: Staff, level: int, load: int = 0, *languages: str) -> Candidate:
    someone = replace(consultant(who), skills={"fertility": level}, languages=languages or ("zh", "en"))
    return Candidate(someone, load, True)


def asked_for(needs: Needs, *candidates: Candidate, after: int = 0) -> str | None:
    choice = choose(waiting().conversation, candidates, NOON + after, needs)
    return None if choice is None else choice.consultant.person.name


def test_a_consultant_with_the_skill_comes_before_a_lower_load() -> None:
    assert asked_for(KNOWS, knowing(LI_MIN, 3, 4), knowing(WANG_FANG, 2)) == "李敏"


def test_it_waits_for_somebody_with_the_skill_but_not_for_ever() -> None:
    busy, free = knowing(LI_MIN, 3, 5), knowing(WANG_FANG, 2)
    assert asked_for(KNOWS, busy, free, after=RULES.fit_ms - 1) is None
    assert asked_for(KNOWS, busy, free, after=RULES.fit_ms) == "王芳"


def test_it_does_not_wait_for_a_skill_that_nobody_serving_has() -> None:
    assert asked_for(KNOWS, knowing(WANG_FANG, 2)) == "王芳"
    away = replace(knowing(LI_MIN, 5), present=False)
    assert asked_for(KNOWS, away, knowing(WANG_FANG, 2)) == "王芳"


def test_a_consultant_who_speaks_the_language_gets_it() -> None:
    english = Needs("en")
    assert asked_for(english, knowing(LI_MIN, 0, 0, "zh"), knowing(WANG_FANG, 0, 4, "zh", "en")) == "王芳"
    assert asked_for(english, knowing(LI_MIN, 0, 0, "zh"), knowing(WANG_FANG, 0, 5, "en")) is None
    assert asked_for(english, knowing(LI_MIN, 0, 0, "zh")) == "李敏"


def test_the_reason_says_that_a_skill_is_lacking() -> None:
    choice = choose(waiting().conversation, [knowing(WANG_FANG, 2)], NOON, KNOWS)
    assert choice is not None
    assert (choice.why.skill, choice.why.level, choice.why.lacking) == ("fertility", 3, True)


def test_what_a_department_asks_for() -> None:
    conversation = waiting().conversation
    department = Department("gynecology", Name("妇科", "Gynecology"), WOMEN, "main", "fertility", 3)
    assert Needs.of(conversation, department) == KNOWS
    assert Needs.of(conversation, None) == ANYBODY


# The consultant who served the visitor before.


def returning(*candidates: Candidate, tried: tuple[str, ...] = (), needs: Needs = ANYBODY) -> str | None:
    conversation = structs.replace(
        waiting().conversation,
        queue=structs.replace(waiting().conversation.queue, preferred=LI_MIN.person.id, tried=tried),
    )
    choice = choose(conversation, candidates, NOON, needs)
    return None if choice is None else choice.consultant.person.name


def test_a_returning_visitor_gets_their_last_consultant() -> None:
    assert returning(stands_by(LI_MIN, 4), stands_by(WANG_FANG, 0)) == "李敏"


def test_a_last_consultant_who_is_full_away_or_declined_does_not_get_it() -> None:
    assert returning(stands_by(LI_MIN, 5), stands_by(WANG_FANG, 4)) == "王芳"
    assert returning(stands_by(LI_MIN, 0, present=False), stands_by(WANG_FANG, 4)) == "王芳"
    assert returning(stands_by(LI_MIN, 0), stands_by(WANG_FANG, 4), tried=(LI_MIN.person.id,)) == "王芳"
    assert returning(knowing(LI_MIN, 2), knowing(WANG_FANG, 3, 4), needs=KNOWS) == "王芳"


def test_a_consultant_whose_shift_has_just_begun_gets_nothing_yet() -> None:
    assert not is_serving(replace(stands_by(LI_MIN), receiving=False))
    assert chosen(replace(stands_by(LI_MIN), receiving=False), stands_by(WANG_FANG, 4)) == "王芳"


# A pool that changes.


CANDIDATES = st.builds(
    Candidate,
    st.builds(
        lambda who, availability, capacity, given_at, level: replace(
            consultant(who, availability=availability, capacity=capacity),
            last_given_at=given_at,
            skills={"fertility": level},
        ),
        st.sampled_from(EVERYBODY),
        st.sampled_from(Availability),
        st.integers(1, 5),
        st.integers(0, 3),
        st.integers(0, 5),
    ),
    st.integers(0, 6),
    st.booleans(),
)


@given(st.lists(CANDIDATES), st.sets(st.sampled_from([who.person.id for who in EVERYBODY])))
def test_a_pool_that_has_changed_is_like_a_new_one(changes: list[Candidate], gone: set[str]) -> None:
    pool = Pool(WOMEN)
    for each in changes:
        pool.put(each)
    for id in gone:
        pool.drop(id)
    last = {each.consultant.id: each for each in changes if each.consultant.id not in gone}
    new = Pool(WOMEN, last.values())
    for needs in (ANYBODY, KNOWS):
        conversation = waiting().conversation
        assert pool.choose(conversation, needs, NOON, RULES) == new.choose(conversation, needs, NOON, RULES)
    assert (len(pool), pool.serving, pool.places) == (len(new), new.serving, new.places)


@given(st.lists(CANDIDATES))
def test_a_copy_of_a_pool_is_independent(candidates: list[Candidate]) -> None:
    pool = Pool(WOMEN, candidates)
    before = pool.choose(waiting().conversation, KNOWS, NOON, RULES)
    other = pool.copy()
    for each in EVERYBODY:
        other.drop(each.person.id)
    assert (len(other), other.serving) == (0, 0)
    assert pool.choose(waiting().conversation, KNOWS, NOON, RULES) == before


# Who may be assigned a conversation automatically.


def test_a_candidate_must_have_room() -> None:
    assert may_receive(stands_by(LI_MIN, 4), WOMEN)
    assert not may_receive(stands_by(LI_MIN, 5), WOMEN)


@pytest.mark.parametrize("availability", Availability)
def test_a_candidate_must_be_online(availability: Availability) -> None:
    candidate = Candidate(consultant(LI_MIN, availability=availability), 0, True)
    assert may_receive(candidate, WOMEN) is (availability is Availability.ONLINE)


@pytest.mark.parametrize("role", Role)
def test_a_candidate_must_be_a_consultant_or_a_group_leader(role: Role) -> None:
    candidate = Candidate(replace(consultant(LI_MIN), role=role), 0, True)
    assert may_receive(candidate, WOMEN) is (role in (Role.CONSULTANT, Role.GROUP_LEADER))


def test_a_candidate_must_be_connected_enabled_and_of_the_group() -> None:
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
                st.integers(1, 5),
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
    conversation = structs.replace(
        waiting().conversation, queue=structs.replace(waiting().conversation.queue, tried=tuple(tried))
    )
    candidates = list({each.consultant.id: each for each in candidates}.values())
    choice = choose(conversation, candidates, NOON + RULES.ring_ms)
    fitting = [each for each in candidates if may_receive(each, WOMEN)]
    assert (choice is None) == (not fitting)
    if choice is None:
        return
    assert any(each.consultant == choice.consultant and each.load == choice.why.load for each in fitting)
    fresh = [each for each in fitting if each.consultant.id not in tried]
    assert choice.consultant.id not in tried or not fresh
    ratio = choice.why.load / choice.consultant.capacity
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


def test_nothing_is_offered_to_a_consultant_who_is_away() -> None:
    assert why_not_offered(stands_by(WANG_FANG, present=False), RULES) == "offline"
    assert why_not_offered(Candidate(replace(consultant(WANG_FANG), disabled=True), 0, True), RULES) == "offline"


def test_up_to_three_above_the_capacity_it_may_be_offered() -> None:
    assert why_not_offered(stands_by(WANG_FANG, 7), RULES) is None
    assert why_not_offered(stands_by(WANG_FANG, 8), RULES) == "full"


def test_a_consultant_without_room_can_still_be_asked_for_help() -> None:
    check_asked(stands_by(WANG_FANG, 20))
    with assert_refused(NotServing, why="offline"):
        check_asked(stands_by(WANG_FANG, present=False))


def test_a_supervisor_may_be_offered_one() -> None:
    check_offered(stands_by(CHEN_JING), RULES)


def test_the_reason_is_told() -> None:
    with assert_refused(NotServing, why="full"):
        check_offered(stands_by(WANG_FANG, 8), RULES)


@pytest.mark.parametrize(
    ("loads", "why"),
    [
        ((8, 7), None),
        ((8, 8), "group_full"),
        ((8, None), "group_full"),
        ((None, None), "group_away"),
        ((), "group_away"),
    ],
)
def test_a_full_group_is_not_called_an_absent_one(loads: tuple[int | None, ...], why: str | None) -> None:
    there = [stands_by(WANG_FANG, load or 0, present=load is not None) for load in loads]
    if why is None:
        check_group_offered(there, RULES)
    else:
        with assert_refused(NotServing, why=why):
            check_group_offered(there, RULES)
