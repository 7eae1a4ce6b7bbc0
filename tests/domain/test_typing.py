"""No deadline ends a conversation while somebody is typing in it, but typing cannot keep it open for ever."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from msgspec import structs

from chatserver.domain.commands.assignment import Assign
from chatserver.domain.commands.messages import PostMessage
from chatserver.domain.commands.time import DeadlineReached
from chatserver.domain.conversation import Phase
from chatserver.domain.deadlines import HELD, Deadline, deadlines
from chatserver.domain.events.ending import Closed
from chatserver.domain.events.time import EndHeld
from chatserver.domain.rules import TYPING_HOLDS_MS
from chatserver.domain.transitions.time import ELAPSED

from .people import LI_MIN, NOON, VISITOR, Story, answered, ringing, waiting

MINUTE = 60_000


def idle() -> Story:
    """The visitor was warned two minutes ago: the idle end is due now."""
    story = answered()
    for passed in (10 * MINUTE, 18 * MINUTE):
        story.passes(passed)
    story.now += 2 * MINUTE
    return story


def waited_too_long() -> Story:
    """It has waited in the queue for an hour: the end is due now."""
    story = waiting()
    story.now += story.rules.queue_wait_limit_ms
    return story


def closing_time(make: Callable[[], Story] = waiting) -> Story:
    """The opening hours end now."""
    story = make()
    story.now += 5_000
    story.conversation = structs.replace(
        story.conversation, queue=structs.replace(story.conversation.queue, closes_at=story.now)
    )
    return story


def closing_time_while_it_rings() -> Story:
    return closing_time(ringing)


ENDS: dict[str, Callable[[], Story]] = {
    "idle": idle,
    "waited_too_long": waited_too_long,
    "closed_hours": closing_time,
    "closed_hours, ringing": closing_time_while_it_rings,
}
"""For each reason of an end, a conversation in which the deadline is due now."""


def typing(story: Story, ms: int = 0) -> list[str]:
    """Moves the clock by `ms`; somebody is typing when the deadlines are checked."""
    story.now += ms
    return story.does(DeadlineReached(somebody_typing=True))


@pytest.mark.parametrize("reason", ENDS)
def test_nothing_ends_while_somebody_is_writing_into_it(reason: str) -> None:
    story = ENDS[reason]()
    assert typing(story) == ["end_held"]
    assert story.conversation.phase is not Phase.CLOSED
    assert story.passes(TYPING_HOLDS_MS - 1) == []
    assert story.passes(1)[-1] == "closed"
    assert story.last() == Closed("system", reason.split(",")[0], None)  # type: ignore[arg-type]


@pytest.mark.parametrize("reason", ENDS)
def test_writing_holds_the_end_for_60_seconds_and_no_longer(reason: str) -> None:
    story = ENDS[reason]()
    up = story.now
    limit = up + story.rules.typing_extra_ms
    while story.now < limit:
        assert typing(story)[-1] == "end_held"
        until = min(at for clock, at in deadlines(story.conversation, story.rules).items() if clock in HELD)
        assert story.now < until <= limit
        story.now = until
    assert typing(story)[-1] == "closed"
    assert story.now == limit


def test_every_clock_that_ends_a_conversation_is_held_or_runs_without_anybody_there() -> None:
    """`abandon` need not wait for typing: the visitor has no connection then."""
    ending = {clock for clock, cell in ELAPSED.items() if Closed in cell.yields}
    held = {clock for clock, cell in ELAPSED.items() if EndHeld in cell.yields}
    assert held == set(HELD)
    assert ending == held | {Deadline.ABANDON}


def test_two_ends_that_come_together_are_each_held_60_seconds_at_most() -> None:
    """The longest wait ends 50 seconds after the opening hours; it must not put off the end by the hours again."""
    story = closing_time()
    story.rules = replace(story.rules, queue_wait_limit_ms=story.now - NOON + 50_000)
    assert typing(story, 50_000) == ["end_held"]
    assert typing(story, 6_000) == ["end_held"]
    assert typing(story, 3_999) == []
    assert typing(story, 1) == ["closed"]
    assert story.last() == Closed("system", "closed_hours", None)


def test_an_owner_who_is_typing_holds_the_end_too() -> None:
    story = idle()
    assert story.does(DeadlineReached(owner_typing=True)) == ["end_held"]


def test_a_message_posted_during_the_hold_prevents_the_end() -> None:
    story = idle()
    typing(story)
    story.now += 5_000
    assert story.does(PostMessage(LI_MIN, "您可以周六上午来。", story.fence)) == ["message_posted"]
    assert story.passes(9 * MINUTE) == []


def test_an_earlier_hold_does_not_put_off_a_later_end() -> None:
    story = idle()
    typing(story)
    story.asks("还有一个问题")
    story.answers()
    story.passes(10 * MINUTE)
    story.passes(18 * MINUTE)
    assert story.passes(2 * MINUTE) == ["closed"]


def test_a_waiting_visitor_who_is_typing_is_still_assigned() -> None:
    story = waited_too_long()
    typing(story)
    assert story.does(Assign(LI_MIN.person, 0, 5, "load 0/5")) == ["assigned"]
    assert story.does(PostMessage(VISITOR, "您好")) == ["message_posted"]
