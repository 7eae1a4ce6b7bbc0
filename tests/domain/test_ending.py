"""The end of a conversation, its rating, and its reopening."""

from collections.abc import Callable

import pytest

from chatserver.domain.changes.table import apply
from chatserver.domain.commands.assignment import Assign, AssignManually, Claim
from chatserver.domain.commands.base import Command
from chatserver.domain.commands.ending import Close
from chatserver.domain.commands.messages import PostMessage, Service
from chatserver.domain.commands.offers import AcceptOffer, Ring
from chatserver.domain.commands.presence import VisitorPresenceChanged
from chatserver.domain.commands.ratings import Rate
from chatserver.domain.commands.time import DeadlineReached
from chatserver.domain.conversation import Phase
from chatserver.domain.events.ending import Closed, CloseReason, Reopened
from chatserver.domain.events.messages import MessagePosted
from chatserver.domain.events.offers import TransferEnded
from chatserver.domain.events.ratings import Rated
from chatserver.domain.refusals import ConversationClosed, FenceStale, OutOfTurn, Refused
from chatserver.domain.transitions.table import decide

from .people import (
    CHEN_JING,
    EVERYBODY,
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
        assert story.conversation.ending.outcome == "booked"


def test_the_end_ends_the_offer_first() -> None:
    story = transferring()
    assert story.events_of(Close(VISITOR)) == (TransferEnded(story.offer, "closed"), Closed("visitor", "ended", None))
    assert (story.conversation.serving.offer, story.conversation.serving.owner) == (None, None)


def test_it_remembers_that_it_ended_unanswered() -> None:
    story = active()
    story.closed_by(LI_MIN)
    assert story.conversation.talk.unanswered_since == NOON


def test_a_rating_is_for_the_consultant_who_answered_last() -> None:
    story = transferring()
    story.accepted_by(WANG_FANG)
    story.answers(WANG_FANG)
    story.closed_by(VISITOR)
    assert story.events_of(Rate(VISITOR, 3, ("耐心",), "谢谢")) == (Rated(WANG_FANG.person, 3, ("耐心",), "谢谢", 1),)


def test_what_nobody_answered_is_not_rated() -> None:
    story = waiting()
    story.closed_by(VISITOR)
    with assert_refused(OutOfTurn, phase="closed"):
        story.does(Rate(VISITOR, 1))


# Reopened.


def test_reopened_it_waits_like_a_new_one() -> None:
    story = closed()
    fence = story.fence
    story.now += 60_000
    assert story.events_of(PostMessage(VISITOR, "忘了问地址")) == (
        Reopened(fence + 1),
        MessagePosted("忘了问地址", from_visitor=True),
    )
    again = story.conversation
    assert (again.phase, again.serving.owner, again.queue.since) == (Phase.WAITING, None, story.now)
    assert (again.talk.unanswered_since, again.serving.hops, again.queue.tried) == (story.now, 0, ())
    assert (again.ending.at, again.ending.by, again.ending.reason, again.ending.outcome) == (None, None, None, None)


def test_the_old_owners_fence_is_void_after_the_reopening() -> None:
    story = closed()
    old = story.fence
    story.asks("忘了问地址")
    story.given_to(LI_MIN)
    with assert_refused(FenceStale, fence=old + 2):
        story.does(PostMessage(LI_MIN, "您好", old))


def test_a_visitor_who_had_left_is_back_when_they_write_again() -> None:
    story = active()
    story.does(VisitorPresenceChanged(here=False))
    story.closed_by(LI_MIN)
    story.asks("忘了问地址")
    assert story.passes(story.rules.abandon_ms) == []


# What the visitor ended stays ended: the next person at that browser must not get into it.

BY_THE_VISITOR: dict[str, tuple[Callable[[], Story], Close]] = {
    "stops waiting": (waiting, Close(VISITOR)),
    "stops waiting while it rings": (ringing, Close(VISITOR)),
    "leaves a message instead": (waiting, Close(VISITOR, message_left=True)),
    "ends it": (active, Close(VISITOR)),
    "ends it while it is offered": (transferring, Close(VISITOR)),
}


def ended_by_the_visitor(how: str) -> Story:
    make, close = BY_THE_VISITOR[how]
    story = make()
    story.does(close)
    return story


@pytest.mark.parametrize("how", BY_THE_VISITOR)
def test_what_the_visitor_ended_takes_no_more_of_their_messages(how: str) -> None:
    story = ended_by_the_visitor(how)
    assert story.conversation.ended_by_visitor
    for service in (Service(), Service(open=False)):
        for words in ("忘了问地址", "胸口疼，喘不过气"):
            with assert_refused(ConversationClosed):
                story.does(PostMessage(VISITOR, words, service=service))


@pytest.mark.parametrize("how", BY_THE_VISITOR)
def test_nobody_opens_again_what_the_visitor_ended(how: str) -> None:
    story = ended_by_the_visitor(how)
    fence = story.fence
    commands: list[Command] = [
        DeadlineReached(),
        Assign(LI_MIN.person, 0, 5, ""),
        Ring(LI_MIN.person, "offer-9", 0, 5, ""),
    ]
    for who in EVERYBODY:
        commands += [
            PostMessage(who, "您好", fence),
            Claim(who, 0, 5),
            AcceptOffer(who, story.offer, 0, 5),
            AssignManually(who, fence, LI_MIN.person, LI_MIN.groups, 0, 5),
        ]
    for command in commands:
        try:
            happened = decide(story.conversation, command, story.now, story.rules)
        except Refused:
            continue
        assert happened == (), command


def test_what_others_ended_is_not_ended_by_the_visitor() -> None:
    by_staff, by_the_clock, open = closed(), waiting(), active()
    by_the_clock.does(VisitorPresenceChanged(here=False))
    assert by_the_clock.passes(by_the_clock.rules.abandon_ms) == ["closed"]
    for story in (by_staff, by_the_clock, open):
        assert not story.conversation.ended_by_visitor
    assert by_staff.asks("忘了问地址") == ["reopened", "message_posted"]
    assert not by_staff.conversation.ended_by_visitor


def test_apply_changes_nothing_but_its_copy() -> None:
    before = fresh()
    after = apply(before, MessagePosted("您好", from_visitor=True), NOON + 1)
    assert before == fresh()
    assert after.talk.last_human_at == NOON + 1
