"""What staff may still do with a conversation that has ended: reopen it, and record its outcome."""

from collections.abc import Callable

import pytest

from chatserver.domain.actors import Staff
from chatserver.domain.audience import OWN_CLOSED_MS, Audience, view
from chatserver.domain.commands.ending import Close, Reopen, SetOutcome
from chatserver.domain.commands.messages import PostMessage
from chatserver.domain.commands.presence import VisitorPresenceChanged
from chatserver.domain.conversation import Phase
from chatserver.domain.entry import SYSTEM, Entry
from chatserver.domain.events.assignment import Assigned, Why
from chatserver.domain.events.ending import Closed, OutcomeSet, Reopened
from chatserver.domain.refusals import ConversationClosed, FenceStale, Forbidden, NoRoom, NotFound, OutOfTurn

from .people import (
    CHEN_JING,
    CHILDREN,
    LI_MIN,
    VISITOR,
    WANG_FANG,
    ZHANG_WEI,
    ZHAO_GANG,
    Story,
    active,
    answered,
    assert_refused,
    closed,
    in_group,
    waiting,
)

MINUTE = 60_000


def closed_by_the_clock() -> Story:
    """李敏 owned it; it ended after half an hour of idleness."""
    story = answered()
    for passed in (10, 18, 2):
        story.passes(passed * MINUTE)
    assert story.last() == Closed("system", "idle", None)
    return story


def ended_by_the_visitor() -> Story:
    story = answered()
    story.closed_by(VISITOR)
    return story


def reopens(story: Story, who: Staff = LI_MIN, load: int = 0) -> list[str]:
    return story.does(Reopen(who, story.fence, load, 5))


def sets(story: Story, outcome: str = "booked", who: Staff = LI_MIN) -> list[str]:
    return story.does(SetOutcome(who, outcome))


# Reopening.


@pytest.mark.parametrize("make", [closed, closed_by_the_clock])
@pytest.mark.parametrize("who", [LI_MIN, CHEN_JING])
def test_the_last_owner_or_a_supervisor_reopens_what_a_deadline_or_staff_ended(
    make: Callable[[], Story], who: Staff
) -> None:
    story = make()
    fence = story.fence
    happened = story.events_of(Reopen(who, fence, 3, 5))
    assert happened == (
        Reopened(fence + 1, None, who.person),
        Assigned(who.person, story.conversation.queue.group, "claim", Why(3, 5), fence + 2),
    )
    again = story.conversation
    assert (again.phase, again.serving.owner, again.serving.fence) == (Phase.ACTIVE, who.person, fence + 2)
    assert (again.ending.at, again.ending.by, again.ending.reason, again.ending.outcome) == (None, None, None, None)
    assert story.does(PostMessage(who, "还有一点要补充。", story.fence)) == ["message_posted"]


def test_nobody_reopens_what_the_visitor_ended() -> None:
    for who in (LI_MIN, CHEN_JING):
        with assert_refused(Forbidden, rule="ended_by_visitor"):
            reopens(ended_by_the_visitor(), who)


def test_staff_may_reopen_it_as_long_as_the_visitor_could() -> None:
    story = closed()
    story.now += story.rules.reopen_ms
    assert reopens(story) == ["reopened", "assigned"]
    late = closed()
    late.now += late.rules.reopen_ms + 1
    with assert_refused(ConversationClosed):
        reopens(late)


def test_reopening_is_possible_up_to_three_above_the_capacity_as_a_claim_is() -> None:
    story = closed()
    with assert_refused(NoRoom, load=8, capacity=8):
        reopens(story, load=8)
    assert reopens(story, load=7) == ["reopened", "assigned"]


def test_an_old_fence_reopens_nothing() -> None:
    story = closed()
    with assert_refused(FenceStale, fence=story.fence):
        story.does(Reopen(LI_MIN, story.fence - 1, 0, 5))


def test_a_reopened_conversation_goes_to_a_group_of_its_last_owner() -> None:
    story = closed()
    moved = in_group(LI_MIN, CHILDREN)
    reopens(story, moved)
    assert story.conversation.queue.group == CHILDREN


def test_an_unanswered_question_is_unanswered_still() -> None:
    story = active()
    since = story.conversation.talk.unanswered_since
    story.now += 5_000
    story.closed_by(LI_MIN)
    story.now += MINUTE
    reopens(story)
    assert story.conversation.talk.unanswered_since == since
    assert story.passes(90_000)[-1] == "returned_to_queue"


def test_an_answered_one_is_idle_from_the_reopening() -> None:
    story = closed_by_the_clock()
    story.now += 5 * MINUTE
    reopens(story)
    assert story.passes(10 * MINUTE - 1) == []
    assert story.passes(1) == ["went_inactive"]


def test_a_visitor_who_was_away_is_away_still() -> None:
    story = answered()
    story.does(VisitorPresenceChanged(here=False))
    story.closed_by(LI_MIN)
    reopens(story)
    assert story.conversation.connections.visitor_left_at is not None


def test_an_emergency_is_one_still() -> None:
    story = waiting()
    story.asks("我胸口疼，喘不过气")
    kinds = story.conversation.emergency.critical_kinds
    story.given_to(LI_MIN)
    story.answers()
    story.closed_by(LI_MIN)
    reopens(story)
    assert (story.conversation.is_critical, story.conversation.emergency.critical_kinds) == (True, kinds)


def test_the_visitor_sees_that_staff_reopened_it_and_nobodys_id() -> None:
    story = closed()
    reopens(story)
    [reopened] = [event for event, _ in story.happened if isinstance(event, Reopened)]
    seen = view(Entry("conversation-1", 9, 8, "entry", story.now, SYSTEM, reopened), Audience.VISITOR)
    assert seen is not None
    assert seen.details["by"].name == "李敏"
    assert seen.details["by"].id == ""


# Recording the outcome.


@pytest.mark.parametrize("make", [ended_by_the_visitor, closed_by_the_clock])
@pytest.mark.parametrize("who", [LI_MIN, CHEN_JING])
def test_the_last_owner_or_a_supervisor_records_the_outcome(make: Callable[[], Story], who: Staff) -> None:
    story = make()
    assert story.events_of(SetOutcome(who, "booked")) == (OutcomeSet("booked", None, who.person),)
    assert (story.conversation.ending.outcome, story.conversation.phase) == ("booked", Phase.CLOSED)


def test_what_staff_said_at_the_end_can_be_corrected() -> None:
    story = closed()
    assert story.events_of(SetOutcome(LI_MIN, "booked")) == (OutcomeSet("booked", "answered", LI_MIN.person),)


def test_the_same_outcome_again_changes_nothing() -> None:
    story = closed()
    sets(story, "booked")
    assert sets(story, "booked") == []


def test_the_outcome_can_be_recorded_for_seven_days() -> None:
    story = ended_by_the_visitor()
    story.now += OWN_CLOSED_MS
    assert sets(story) == ["outcome_set"]
    story.now += 1
    for who in (LI_MIN, CHEN_JING):
        with assert_refused(OutOfTurn, phase="closed"):
            sets(story, "test", who)


def test_others_cannot_record_the_outcome() -> None:
    story = ended_by_the_visitor()
    with assert_refused(Forbidden, rule="owner_or_supervisor"):
        sets(story, who=WANG_FANG)
    for who in (ZHANG_WEI, ZHAO_GANG):
        with assert_refused(NotFound):
            sets(story, who=who)


def test_an_earlier_owner_cannot_record_the_outcome() -> None:
    story = answered()
    story.offered(to=WANG_FANG)
    story.accepted_by(WANG_FANG)
    story.closed_by(VISITOR)
    with assert_refused(Forbidden, rule="owner_or_supervisor"):
        sets(story, who=LI_MIN)
    assert sets(story, who=WANG_FANG) == ["outcome_set"]


def test_an_open_conversation_has_no_outcome() -> None:
    with assert_refused(OutOfTurn, phase="active"):
        sets(answered())


def test_the_visitor_never_learns_of_the_outcome() -> None:
    event = OutcomeSet("harassment", None, LI_MIN.person)
    for place in (None, 3):
        assert view(Entry("conversation-1", 9, place, "entry", 0, SYSTEM, event), Audience.VISITOR) is None


def test_only_supervisors_record_the_outcome_of_one_that_nobody_ever_owned() -> None:
    story = waiting()
    story.closed_by(VISITOR)
    with assert_refused(Forbidden, rule="owner_or_supervisor"):
        sets(story, who=LI_MIN)
    assert sets(story, "left_midway", CHEN_JING) == ["outcome_set"]


def test_a_reopened_conversation_needs_a_new_outcome() -> None:
    story = closed_by_the_clock()
    sets(story)
    reopens(story)
    assert story.conversation.ending.outcome is None
    story.does(Close(VISITOR))
    assert sets(story, "answered") == ["outcome_set"]


def test_supervisors_of_other_groups_reopen_nothing() -> None:
    with assert_refused(NotFound):
        reopens(closed(), ZHAO_GANG)
    with assert_refused(Forbidden, rule="owner_or_supervisor"):
        reopens(closed(), WANG_FANG)
