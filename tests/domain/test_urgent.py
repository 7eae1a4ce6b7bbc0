"""Who is assigned a critical emergency: the order of candidates, and how far above their capacity."""

from collections.abc import Iterable
from dataclasses import replace

import hypothesis.strategies as st
import pytest
from hypothesis import given
from msgspec import structs

from chatserver.domain.changes.table import apply
from chatserver.domain.commands.assignment import AssignUrgently
from chatserver.domain.commands.messages import PostMessage
from chatserver.domain.commands.presence import OwnerPresenceChanged
from chatserver.domain.commands.queue import Release
from chatserver.domain.conversation import Conversation, Emergency, Phase, Priority
from chatserver.domain.events.alarms import EmergencyNoticed
from chatserver.domain.events.assignment import Assigned, Why
from chatserver.domain.events.queue import ReturnedToQueue
from chatserver.domain.hospital import Availability, Group, Hospital, Mode, Name, Role, Site
from chatserver.domain.refusals import NoRoom
from chatserver.domain.routing import Candidate
from chatserver.domain.urgent import AVAILABILITIES, groups_for, may_take, others, takers, why

from .people import (
    CHEN_JING,
    CHILDREN,
    EVERYBODY,
    LI_MIN,
    NOON,
    RULES,
    VISITOR,
    WANG_FANG,
    WOMEN,
    ZHANG_WEI,
    Story,
    active,
    answered,
    assert_refused,
    consultant,
    in_group,
    ringing,
    waiting,
)

ONLINE, PAUSED, BUSY = AVAILABILITIES
CRY = "我爸突然胸痛，喘不上气！"
GROUPS = (WOMEN, CHILDREN)
"""The women's clinic is asked first; the children's is the group that helps out."""


def urgent(story: Story | None = None) -> Story:
    story = waiting() if story is None else story
    story.does(PostMessage(VISITOR, CRY))
    return story


def stands(
    who: str, availability: Availability = ONLINE, load: int = 0, *, group: str = WOMEN, given_at: int = 0
) -> Candidate:
    """A candidate who serves one group. `who` is the name of one of `EVERYBODY`."""
    person = next(each for each in EVERYBODY if each.person.name == who)
    someone = replace(consultant(in_group(person, group), availability=availability), role=Role.CONSULTANT)
    return Candidate(replace(someone, last_given_at=given_at), load, present=True)


def order(candidates: Iterable[Candidate], conversation: Conversation | None = None, now: int = NOON) -> list[str]:
    conversation = urgent().conversation if conversation is None else conversation
    found = takers(conversation, candidates, GROUPS, now, RULES)
    return [each.candidate.consultant.person.name for each in found]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        # Members of the group come before those who help out, whatever their availability and load.
        (stands("李敏", BUSY, 7), stands("王芳", ONLINE, 0, group=CHILDREN)),
        # Within a group: 在线, then 系统已暂停, then 忙碌; only then the load counts.
        (stands("李敏", ONLINE, 7), stands("王芳", PAUSED, 0)),
        (stands("李敏", PAUSED, 7), stands("王芳", BUSY, 0)),
        (stands("李敏", PAUSED, 7, group=CHILDREN), stands("王芳", BUSY, 0, group=CHILDREN)),
        # The lowest load first; between equals, the one whose last assignment is the longest ago.
        (stands("李敏", ONLINE, 5), stands("王芳", ONLINE, 6)),
        (stands("李敏", ONLINE, 6, given_at=1), stands("王芳", ONLINE, 6, given_at=2)),
    ],
)
def test_the_order_of_people(first: Candidate, second: Candidate) -> None:
    names = [each.consultant.person.name for each in (first, second)]
    assert order([first, second]) == order([second, first]) == names


@pytest.mark.parametrize(
    ("candidate", "may"),
    [
        (stands("李敏", ONLINE, 7), True),
        (stands("李敏", ONLINE, 8), False),
        (stands("李敏", PAUSED, 7), True),
        (stands("李敏", BUSY, 7), True),
        (stands("李敏", Availability.BREAK), False),
        (stands("李敏", Availability.OFFLINE), False),
        (replace(stands("李敏"), present=False), False),
        (replace(stands("李敏"), receiving=False, rung=True), True),
        (Candidate(replace(consultant(LI_MIN), languages=(), skills={}), 0, True), True),
        (Candidate(replace(consultant(LI_MIN), disabled=True), 0, True), False),
        (Candidate(consultant(CHEN_JING), 0, True), False),
        (Candidate(replace(consultant(LI_MIN), role=Role.GROUP_LEADER), 0, True), True),
        (Candidate(replace(consultant(LI_MIN), role=Role.AUDITOR), 0, True), False),
        (stands("李敏", group="elsewhere"), False),
    ],
)
def test_who_may_be_given_it(candidate: Candidate, may: bool) -> None:
    assert may_take(candidate, GROUPS, RULES) is may
    assert order([candidate]) == (["李敏"] if may else [])


def test_the_groups_are_its_own_the_one_that_helps_out_and_the_general_one_of_the_site() -> None:
    own, helping = Group(WOMEN, Name("", ""), Mode.CLAIM, CHILDREN), Group(CHILDREN, Name("", ""), Mode.RING, WOMEN)
    hospital = Hospital(groups={WOMEN: own, CHILDREN: helping})
    assert groups_for(urgent().conversation, hospital) == (WOMEN, CHILDREN)
    assert groups_for(urgent().conversation, Hospital(groups={WOMEN: replace(own, overflow=None)})) == (WOMEN,)
    assert groups_for(urgent().conversation, Hospital(groups={WOMEN: replace(own, overflow=WOMEN)})) == (WOMEN,)
    assert groups_for(urgent().conversation, Hospital()) == (WOMEN,)
    site = Site("demo", Name("", ""), Name("", ""), "east", (), (), general_group="general")
    assert groups_for(urgent().conversation, replace(hospital, sites={"demo": site})) == (WOMEN, CHILDREN, "general")


def test_it_is_given_up_to_three_above_the_capacity() -> None:
    assert urgent().does(AssignUrgently(LI_MIN.person, WOMEN, 7, 5, Why(7, 5, emergency=True))) == ["assigned"]
    with assert_refused(NoRoom, load=8, capacity=8):
        urgent().does(AssignUrgently(LI_MIN.person, WOMEN, 8, 5, Why(8, 5)))


def test_a_ringing_emergency_is_assigned_at_once_and_the_one_it_rang_for_learns_to_whom() -> None:
    story = urgent(ringing())
    assert story.does(AssignUrgently(ZHANG_WEI.person, CHILDREN, 0, 5, Why(0, 5))) == ["assigned"]
    assert (story.conversation.phase, story.conversation.queue.group) == (Phase.ACTIVE, CHILDREN)
    assert story.conversation.serving.past_offer is not None
    assert (story.conversation.serving.past_offer.why, story.conversation.serving.past_offer.by) == ("taken", "张伟")


def test_the_numbers_behind_it() -> None:
    candidates = [stands("李敏", BUSY, 3), stands("王芳", BUSY, 4)]
    conversation = urgent().conversation
    [taker, _] = takers(conversation, candidates, GROUPS, NOON + 9, RULES)
    told = why(conversation, taker, 2, NOON + 9)
    assert told == Why(load=3, capacity=5, among=2, waited_ms=9, emergency=True, availability="busy")


# Those who owned it before.


def goes_on(story: Story) -> Story:
    """The owner has not answered within 30 s."""
    assert story.passes(RULES.emergency_ms, elsewhere=True) == ["returned_to_queue"]
    return story


def test_an_owner_who_did_not_answer_comes_last_and_not_at_once() -> None:
    story = goes_on(urgent(active()))
    both = [stands("李敏"), stands("王芳", BUSY, 7)]
    assert order(both, story.conversation, story.now) == ["王芳"]
    assert order(both[:1], story.conversation, story.now) == []
    assert order(both[:1], story.conversation, story.now + RULES.ring_ms) == ["李敏"]


def test_the_second_time_neither_of_the_two_counts_as_somebody_else() -> None:
    story = goes_on(urgent(active()))
    story.given_to(WANG_FANG)
    assert not others(story.conversation, [stands("李敏"), stands("王芳")], GROUPS, RULES)
    assert others(story.conversation, [stands("李敏"), stands("张伟", BUSY, 7, group=CHILDREN)], GROUPS, RULES)
    goes_on(story)
    everybody = [stands("李敏"), stands("王芳"), stands("张伟", BUSY, 7, group=CHILDREN)]
    assert order(everybody, story.conversation, story.now) == ["张伟"]


def test_an_answer_in_between_makes_everybody_somebody_else_again() -> None:
    story = goes_on(urgent(active()))
    story.given_to(WANG_FANG)
    story.answers(WANG_FANG)
    story.asks("还是很疼")
    assert others(story.conversation, [stands("李敏"), stands("王芳")], GROUPS, RULES)
    goes_on(story)
    assert [each.name for each in story.conversation.serving.silent] == ["王芳"]


def test_an_owner_who_lost_the_connection_is_asked_again_at_once_and_one_who_gave_it_back_is_not() -> None:
    lost, released = urgent(answered()), urgent(answered())
    lost.does(OwnerPresenceChanged(here=False))
    lost.now += RULES.grace_ms
    lost.conversation = apply(lost.conversation, ReturnedToQueue(LI_MIN.person, "connection_lost", 2), lost.now)
    released.does(Release(LI_MIN, released.fence, "我不会处理"))
    assert order([stands("李敏")], lost.conversation, lost.now) == ["李敏"]
    assert order([stands("李敏")], released.conversation, released.now) == []
    assert order([stands("李敏")], released.conversation, released.now + RULES.ring_ms) == ["李敏"]


def test_a_consultant_who_missed_the_ring_before_the_emergency_is_asked_at_once() -> None:
    story = ringing()
    story.passes(RULES.ring_ms)
    assert story.conversation.queue.tried == (LI_MIN.person.id,)
    urgent(story)
    assert order([stands("李敏")], story.conversation, story.now) == ["李敏"]


# The two levels.


def test_what_deserves_attention_changes_no_place_and_may_become_critical_later() -> None:
    conversation = apply(waiting().conversation, EmergencyNoticed("body", "attention"), NOON)
    assert (conversation.emergency.kind, conversation.emergency.level) == ("body", "attention")
    assert (conversation.is_emergency, conversation.is_critical) == (True, False)
    assert (conversation.queue.priority, conversation.alarms.emergency_at) == (Priority.NORMAL, None)
    story = Story()
    story.conversation = conversation
    assert story.does(PostMessage(VISITOR, CRY)) == ["emergency_noticed", "message_posted"]
    assert story.conversation.is_critical
    assert story.conversation.alarms.emergency_at == NOON


def test_a_lesser_word_does_not_make_a_critical_one_less() -> None:
    conversation = apply(urgent().conversation, EmergencyNoticed("body", "attention"), NOON)
    assert (conversation.emergency.kind, conversation.is_critical) == ("body", True)
    assert conversation.emergency.attention_kinds == ("body",)


def test_an_emergency_of_the_time_before_there_were_levels_is_critical() -> None:
    conversation = structs.replace(waiting().conversation, emergency=Emergency(kind="body", level=None))
    assert conversation.is_critical


def test_somebody_who_must_be_protected_calls_a_supervisor_whatever_the_level() -> None:
    conversation = apply(waiting().conversation, EmergencyNoticed("protect", "attention"), NOON)
    assert (conversation.queue.priority, conversation.alarms.emergency_at) == (Priority.NORMAL, NOON)


CANDIDATES = st.lists(
    st.builds(
        stands,
        st.sampled_from([each.person.name for each in EVERYBODY]),
        st.sampled_from(Availability),
        st.integers(0, 9),
        group=st.sampled_from((WOMEN, CHILDREN, "elsewhere")),
        given_at=st.integers(0, 2),
    ),
    unique_by=lambda each: each.consultant.id,
)


@given(CANDIDATES, st.sets(st.sampled_from([each.person.id for each in EVERYBODY])))
def test_everybody_who_can_take_it_is_found_and_nobody_else(candidates: list[Candidate], before: set[str]) -> None:
    conversation = structs.replace(
        urgent().conversation, queue=structs.replace(urgent().conversation.queue, tried=tuple(before))
    )
    able = {each.consultant.person.name for each in candidates if may_take(each, GROUPS, RULES)}
    now = order(candidates, conversation, NOON)
    assert set(now) <= able
    assert set(order(candidates, conversation, NOON + RULES.ring_ms)) in (able, set(now))
    assert now or not {each for each in able if _id(candidates, each) not in before}


def _id(candidates: list[Candidate], name: str) -> str:
    return next(each.consultant.id for each in candidates if each.consultant.person.name == name)


def test_an_urgent_assignment_is_recorded_as_automatic() -> None:
    story = urgent()
    story.does(AssignUrgently(LI_MIN.person, WOMEN, 0, 5, Why(0, 5, emergency=True)))
    event = story.last()
    assert isinstance(event, Assigned)
    assert event.how == "automatic"
