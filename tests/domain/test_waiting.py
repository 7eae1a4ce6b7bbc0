"""What becomes of waiting conversations: another group, a higher priority, or a form instead. Nobody waits for ever."""

from dataclasses import replace

from msgspec import structs

from chatserver.domain.commands.assignment import AssignManually
from chatserver.domain.commands.ending import Close
from chatserver.domain.commands.messages import PostMessage, Service
from chatserver.domain.commands.queue import MoveForward, Release
from chatserver.domain.conversation import Phase, Priority
from chatserver.domain.deadlines import Deadline, deadlines
from chatserver.domain.events.assignment import Assigned
from chatserver.domain.events.ending import Closed
from chatserver.domain.events.queue import Overflowed, ReturnedToQueue
from chatserver.domain.refusals import FenceStale, Forbidden, NoRoom, NotOpen, OutOfTurn
from chatserver.domain.rules import LOOK_AGAIN_MS, MINUTE, Rules

from .people import (
    CHEN_JING,
    CHILDREN,
    LI_MIN,
    NOON,
    RULES,
    VISITOR,
    WANG_FANG,
    WOMEN,
    Story,
    active,
    assert_refused,
    closed,
    ringing,
    waiting,
)

HELPED = replace(RULES, overflow_to=CHILDREN)


def helped_out(rules: Rules = HELPED) -> Story:
    story = waiting()
    story.rules = rules
    return story


def test_after_two_minutes_the_group_that_helps_out_has_it() -> None:
    story = helped_out()
    assert story.passes(2 * MINUTE - 1, elsewhere=True) == []
    assert story.passes(1, elsewhere=True) == ["overflowed"]
    assert story.last() == Overflowed(WOMEN, CHILDREN)
    assert (story.conversation.queue.group, story.conversation.queue.since) == (CHILDREN, NOON)


def test_it_does_not_overflow_while_nobody_is_there_either() -> None:
    story = helped_out()
    assert story.passes(2 * MINUTE) == ["escalation_deferred"]
    assert story.passes(LOOK_AGAIN_MS, elsewhere=True) == ["overflowed"]


def test_a_group_without_help_keeps_it() -> None:
    assert Deadline.OVERFLOW not in deadlines(waiting().conversation, RULES)
    story = helped_out(RULES)
    assert story.passes(3 * MINUTE, elsewhere=True) == []


def test_nobody_waits_longer_than_an_hour() -> None:
    story = waiting()
    assert story.passes(60 * MINUTE - 1) == []
    assert story.passes(1) == ["closed"]
    assert story.last() == Closed("system", "waited_too_long", None)


def test_an_emergency_waits_longer_than_an_hour() -> None:
    story = waiting()
    story.does(PostMessage(VISITOR, "胸痛"))
    assert story.passes(5 * 60 * MINUTE) == []


def until(closes_at: int, story: Story) -> Story:
    story.conversation = structs.replace(
        story.conversation, queue=structs.replace(story.conversation.queue, closes_at=closes_at)
    )
    return story


def test_at_the_closing_those_who_wait_get_a_form_instead() -> None:
    for story in (until(NOON + 5_000, waiting()), until(NOON + 5_000, ringing())):
        story.passes(5_000)
        assert story.last() == Closed("system", "closed_hours", None)


def test_an_active_conversation_goes_on_after_the_closing() -> None:
    story = until(NOON + 5_000, active())
    assert story.passes(6_000) == []


def test_one_that_comes_back_after_the_closing_is_not_sent_away() -> None:
    """Those who were on duty may still be there; or the opening hours began again long ago."""
    story = until(NOON + 5_000, active())
    story.now += 6_000
    story.does(Release(LI_MIN, story.fence, "我要下班了"))
    assert story.passes(60 * MINUTE - 1) == []
    assert story.passes(1) == ["closed"]
    assert story.last() == Closed("system", "waited_too_long", None)


def test_a_visitor_who_leaves_a_message_waits_no_longer() -> None:
    story = waiting()
    assert story.does(Close(VISITOR, message_left=True)) == ["closed"]
    assert story.last() == Closed("visitor", "message_left", None)
    with assert_refused(OutOfTurn):
        active().does(Close(VISITOR, message_left=True))


def test_an_ended_one_is_not_taken_up_outside_the_hours() -> None:
    story = closed()
    with assert_refused(NotOpen, opens_at=7):
        story.does(PostMessage(VISITOR, "还有一个问题", service=Service(open=False, opens_at=7)))
    story.does(PostMessage(VISITOR, "还有一个问题", service=Service(closes_at=NOON + 9_999_999)))
    assert (story.conversation.phase, story.conversation.queue.closes_at) == (Phase.WAITING, NOON + 9_999_999)


def test_once_reopened_it_prefers_the_visitors_last_consultant() -> None:
    story = closed()
    story.does(PostMessage(VISITOR, "还有一个问题"))
    assert story.conversation.queue.preferred == LI_MIN.person.id


# Assigned by a supervisor.


def by_hand(story: Story, load: int = 0, *, above: bool = False) -> AssignManually:
    return AssignManually(CHEN_JING, story.fence, WANG_FANG.person, WANG_FANG.groups, load, 5, above)


def test_a_supervisor_gives_it_to_somebody() -> None:
    story = waiting()
    assert story.does(by_hand(story)) == ["assigned"]
    event = story.last()
    assert isinstance(event, Assigned)
    assert (event.how, event.by, event.consultant) == ("hand", CHEN_JING.person, WANG_FANG.person)


def test_more_than_the_consultant_could_claim_needs_the_supervisors_consent() -> None:
    story = waiting()
    with assert_refused(NoRoom, load=8, capacity=8):
        story.does(by_hand(story, 8))
    assert story.does(by_hand(story, 8, above=True)) == ["assigned"]


def test_a_supervisor_may_assign_it_while_it_rings_for_somebody_else() -> None:
    story = ringing()
    assert story.does(by_hand(story)) == ["assigned"]
    assert story.conversation.serving.offer is None


def test_a_supervisor_assigns_only_with_the_current_fence() -> None:
    story = waiting()
    with assert_refused(FenceStale):
        story.does(replace(by_hand(story), fence=story.fence + 1))


def test_moving_it_forward_keeps_a_higher_priority() -> None:
    story = waiting()
    assert story.does(MoveForward(CHEN_JING)) == ["moved_forward"]
    assert story.conversation.queue.priority == Priority.FORWARD
    assert story.does(MoveForward(CHEN_JING)) == []


# Given back to the queue.


def test_the_owner_gives_it_back_with_a_note() -> None:
    story = active()
    assert story.does(Release(LI_MIN, story.fence, "我要下班了")) == ["returned_to_queue"]
    assert story.last() == ReturnedToQueue(LI_MIN.person, "released", story.fence, "我要下班了")
    assert story.conversation.queue.tried == (LI_MIN.person.id,)


def test_nobody_else_gives_it_back() -> None:
    story = active()
    with assert_refused(Forbidden, rule="owner_only"):
        story.does(Release(WANG_FANG, story.fence, "我要下班了"))
