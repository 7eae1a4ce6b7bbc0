"""The end, the rating, and a conversation taken up again."""

from collections.abc import Callable

from chatserver.domain.commands import Close, NoteVisitor, PostMessage, Rate
from chatserver.domain.conversation import Phase, apply
from chatserver.domain.events import Closed, CloseReason, MessagePosted, Rated, Reopened, TransferEnded
from chatserver.domain.refusals import FenceStale, OutOfTurn

from .people import (
    CHEN_JING,
    LI_MIN,
    NOON,
    VISITOR,
    WANG_FANG,
    Story,
    active,
    assert_refused,
    closed,
    fresh,
    ringing,
    transferring,
    waiting,
)


def test_a_waiting_visitor_leaves_and_a_served_one_ends() -> None:
    ends: list[tuple[Callable[[], Story], CloseReason]]
    ends = [(waiting, "left"), (ringing, "left"), (active, "ended"), (transferring, "ended")]
    for make, reason in ends:
        story = make()
        assert story.events_of(Close(VISITOR))[-1] == Closed("visitor", reason, None)


def test_staff_end_it_with_an_outcome() -> None:
    for who in (LI_MIN, CHEN_JING):
        story = active()
        assert story.events_of(Close(who, story.fence, "booked")) == (Closed("consultant", "ended", "booked"),)
        assert story.conversation.outcome == "booked"


def test_the_end_ends_the_offer_first() -> None:
    story = transferring()
    assert story.events_of(Close(VISITOR)) == (TransferEnded(story.offer, "closed"), Closed("visitor", "ended", None))
    assert (story.conversation.offer, story.conversation.owner) == (None, None)


def test_it_remembers_that_it_ended_unanswered() -> None:
    story = active()
    story.closed_by(LI_MIN)
    assert story.conversation.unanswered_since == NOON


def test_a_rating_is_for_whoever_answered_last() -> None:
    story = transferring()
    story.accepted_by(WANG_FANG)
    story.closed_by(VISITOR)
    assert story.events_of(Rate(VISITOR, 3, ("耐心",), "谢谢")) == (Rated(WANG_FANG.person, 3, ("耐心",), "谢谢"),)


def test_what_nobody_answered_is_not_rated() -> None:
    story = waiting()
    story.closed_by(VISITOR)
    with assert_refused(OutOfTurn, phase="closed"):
        story.does(Rate(VISITOR, 1))


# Taken up again.


def test_reopened_it_waits_like_a_new_one() -> None:
    story = closed()
    fence = story.fence
    story.now += 60_000
    assert story.events_of(PostMessage(VISITOR, "忘了问地址")) == (
        Reopened(fence + 1),
        MessagePosted("忘了问地址", from_visitor=True),
    )
    again = story.conversation
    assert (again.phase, again.owner, again.queued_at) == (Phase.WAITING, None, story.now)
    assert (again.unanswered_since, again.hops, again.tried) == (story.now, 0, ())
    assert (again.closed_at, again.closed_by, again.close_reason, again.outcome) == (None, None, None, None)


def test_the_old_owners_fence_is_void_after_the_reopening() -> None:
    story = closed()
    old = story.fence
    story.asks("忘了问地址")
    story.given_to(LI_MIN)
    with assert_refused(FenceStale, fence=old + 2):
        story.does(PostMessage(LI_MIN, "您好", old))


def test_a_visitor_who_had_left_is_back_when_he_writes_again() -> None:
    story = active()
    story.does(NoteVisitor(here=False))
    story.closed_by(LI_MIN)
    story.asks("忘了问地址")
    assert story.passes(story.rules.abandon_ms) == []


def test_apply_changes_nothing_but_its_copy() -> None:
    before = fresh()
    after = apply(before, MessagePosted("您好", from_visitor=True), NOON + 1)
    assert before == fresh()
    assert after.last_human_at == NOON + 1
