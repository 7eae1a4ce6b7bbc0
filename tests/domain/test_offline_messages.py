"""留言: who owns an offline message, who sees how much of it, how it is settled, and how phone numbers are masked."""

from dataclasses import replace

import pytest

from chatserver.domain.hospital import Consultant, Person, Role, Title
from chatserver.domain.hours import HORIZON_MS
from chatserver.domain.masking import masked_phone
from chatserver.domain.offline_messages import (
    OfflineMessage,
    choose_owner,
    due_without_opening,
    needs_owner,
    revealed,
    sees,
    settle,
    shown_phone,
    take,
)
from chatserver.domain.refusals import Forbidden, NotFound, OutOfTurn
from tests.domain.people import LI_MIN, NOON, RULES, WANG_FANG, assert_refused, in_group

LI, WANG = in_group(LI_MIN, "general"), in_group(WANG_FANG, "general")
STRANGER = in_group(WANG_FANG, "children")
SUPERVISOR = replace(WANG, role=Role.SUPERVISOR)
MESSAGE = OfflineMessage(
    "m",
    "main",
    "gynecology",
    "general",
    "v",
    "question",
    "zh",
    "周六有门诊吗？",
    NOON,
    NOON + 60_000,
    phone="13812345678",
)
MINE = replace(MESSAGE, owner=LI.person.id)


def consultant(id: str, *groups: str, role: Role = Role.CONSULTANT) -> Consultant:
    return Consultant(Person(id, id, id, Title.CONSULTANT), role, groups, 5)


A, B, C = (consultant(id, "general") for id in "abc")


def test_a_consultant_who_is_on_duty_when_it_is_due_comes_first() -> None:
    assert choose_owner("general", [A, B, C], {"c"}, {"c": 7}) == "c"


def test_in_an_emergency_whoever_serves_now_comes_before_whoever_will_be_on_duty() -> None:
    assert choose_owner("general", [A, B, C], {"c"}, {"b": 7}, {"b"}) == "b"
    assert choose_owner("general", [A, B, C], {"c"}, {}, {"x"}) == "c", "nobody of the group serves"
    assert choose_owner("general", [A, B, C], {"c"}, {}, {"b"}, must_serve=True) == "b"
    assert choose_owner("general", [A, B, C], {"c"}, {}, {"x"}, must_serve=True) is None


def test_an_emergency_without_an_owner_needs_one_once_somebody_of_the_group_serves() -> None:
    people = {each.id: each for each in (A, B, C)}
    emergency = replace(MESSAGE, owner=None, emergency="mind", level="critical")
    assert not needs_owner(emergency, MESSAGE.group, people, {"x"})
    assert needs_owner(emergency, MESSAGE.group, people, {"b"})
    assert needs_owner(replace(emergency, emergency=None), MESSAGE.group, people)


def test_between_equals_the_fewest_open_ones_then_the_id() -> None:
    assert choose_owner("general", [A, B, C], {"b", "c"}, {"b": 2, "c": 1}) == "c"
    assert choose_owner("general", [C, B, A], set(), {}) == "a"


def test_only_enabled_consultants_of_the_group_become_owners() -> None:
    others = [consultant("s", "general", role=Role.SUPERVISOR), consultant("x", "children"), replace(A, disabled=True)]
    assert choose_owner("general", others, {"s", "x", "a"}, {}) is None
    assert choose_owner("general", [*others, B], {"s", "x", "a"}, {}) == "b"
    assert choose_owner("general", [*others, consultant("l", "general", role=Role.GROUP_LEADER)], set(), {}) == "l"
    assert choose_owner("general", [consultant("u", "general", role=Role.AUDITOR)], set(), {}) is None


def test_the_group_sees_it_and_its_owner_in_any_group() -> None:
    assert sees(LI, MESSAGE)
    assert not sees(STRANGER, MESSAGE)
    assert sees(STRANGER, replace(MESSAGE, owner=STRANGER.person.id))


def test_the_phone_is_masked_wherever_it_stands_and_revealed_to_who_calls_alone() -> None:
    assert shown_phone(MINE) == "138****5678"
    assert revealed(LI, MINE) == "13812345678"
    for other in (WANG, SUPERVISOR):
        with pytest.raises(Forbidden):
            revealed(other, MINE)
    with pytest.raises(NotFound):
        revealed(STRANGER, MINE)
    with pytest.raises(NotFound):
        revealed(LI, replace(MINE, phone=""))


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("", ""),
        ("13812345678", "138****5678"),
        ("+86 138-1234-5678", "861******5678"),
        ("8888120", "*****20"),
        ("12", "**"),
    ],
)
def test_a_phone_number_is_masked(phone: str, shown: str) -> None:
    assert masked_phone(phone) == shown


def test_anybody_of_the_group_may_take_it_even_from_its_owner() -> None:
    assert take(MESSAGE, WANG).owner == take(MINE, WANG).owner == WANG.person.id
    assert take(MINE, LI) is MINE
    with assert_refused(NotFound):
        take(MESSAGE, STRANGER)


def test_its_owner_or_a_supervisor_settles_it() -> None:
    for who in (LI, SUPERVISOR):
        done = settle(MINE, who, "answered", "已回电", NOON, RULES)
        assert (done.settled_at, done.settled_by, done.result, done.note) == (NOON, who.person.id, "answered", "已回电")
    with assert_refused(Forbidden, rule="own_or_offered"):
        settle(MINE, WANG, "answered", "已回电", NOON, RULES)
    with assert_refused(NotFound):
        settle(MESSAGE, STRANGER, "answered", "已回电", NOON, RULES)


def test_what_is_settled_stays_so() -> None:
    done = settle(MINE, LI, "answered", "已回电", NOON, RULES)
    assert settle(done, LI, "answered", "已回电", NOON + 1, RULES) is done, "asked again, its answer was lost"
    with assert_refused(OutOfTurn, phase="settled"):
        settle(done, LI, "unreachable", "没人接", NOON + 1, RULES)
    with assert_refused(OutOfTurn, phase="settled"):
        take(done, WANG)


def test_no_time_is_promised_where_it_never_opens() -> None:
    assert MESSAGE.answer_by == MESSAGE.due_at
    assert replace(MESSAGE, due_at=due_without_opening(NOON)).answer_by is None
    assert due_without_opening(NOON) == NOON + HORIZON_MS
