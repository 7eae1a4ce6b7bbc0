"""The default durations: nothing happens a millisecond before a limit, and at the limit it does."""

from dataclasses import fields

from chatserver.domain.commands.messages import PostMessage, WriteNote
from chatserver.domain.commands.presence import OwnerPresenceChanged, VisitorPresenceChanged
from chatserver.domain.commands.ratings import Rate
from chatserver.domain.conversation import Phase
from chatserver.domain.deadlines import Deadline, deadlines, first_reply_limit
from chatserver.domain.events.ending import Closed
from chatserver.domain.events.offers import RingMissed, TransferEnded
from chatserver.domain.events.queue import ReturnedToQueue
from chatserver.domain.events.time import IdleWarned, ReplyOverdue
from chatserver.domain.refusals import ConversationClosed, OutOfTurn
from chatserver.domain.rules import TYPING_HOLDS_MS, Rules

from .people import (
    LI_MIN,
    NOON,
    VISITOR,
    WANG_FANG,
    Story,
    active,
    answered,
    assert_refused,
    closed,
    ringing,
    transferring,
    waiting,
)

SECOND = 1_000
MINUTE = 60 * SECOND


def assert_happens_at(story: Story, limit: int, *expected: str) -> None:
    """Nothing happens until one millisecond before `limit` (ms from now); at the limit exactly `expected` happens."""
    assert story.passes(limit - 1) == []
    assert story.passes(1) == list(expected)


def test_the_numbers_are_those_of_the_hospital() -> None:
    assert {field.name: getattr(Rules(), field.name) for field in fields(Rules)} == {
        "ring_ms": 15 * SECOND,
        "transfer_ms": 30 * SECOND,
        "first_reply_alarm_ms": 60 * SECOND,
        "first_reply_ms": 90 * SECOND,
        "typing_extra_ms": 60 * SECOND,
        "follow_up_alarm_ms": 120 * SECOND,
        "grace_ms": 60 * SECOND,
        "visitor_away_ms": 60 * SECOND,
        "abandon_ms": 10 * MINUTE,
        "inactive_ms": 10 * MINUTE,
        "idle_warning_ms": 28 * MINUTE,
        "idle_close_ms": 30 * MINUTE,
        "reopen_ms": 30 * MINUTE,
        "rating_ms": 24 * 60 * MINUTE,
        "misses": 3,
        "hops": 3,
        "above_capacity": 3,
        "queue_limit": 20,
        "queue_wait_limit_ms": 60 * MINUTE,
        "fit_ms": 60 * SECOND,
        "affinity_ms": 24 * 60 * MINUTE,
        "overflow_ms": 120 * SECOND,
        "emergency_ms": 30 * SECOND,
        "offer_message_ahead": 5,
        "offer_message_ms": 3 * MINUTE,
        "closing_soon_ms": 10 * MINUTE,
        "offline_due_ms": 30 * MINUTE,
        "check_in_early_ms": 5 * MINUTE,
        "shift_quiet_ms": 10 * MINUTE,
        "overflow_to": "",
        "message_length": 1_000,
        "note_length": 2_000,
        "estimate_samples": 5,
    }


# Offers.


def test_a_ring_lasts_15_seconds() -> None:
    story = ringing()
    assert_happens_at(story, 15 * SECOND, "ring_missed")
    assert story.last() == RingMissed("offer-1", LI_MIN.person, "expired")
    assert story.conversation.phase is Phase.WAITING
    assert story.conversation.queue.tried == (LI_MIN.person.id,)


def test_a_transfer_lasts_30_seconds() -> None:
    story = answered()
    story.offered()
    assert_happens_at(story, 30 * SECOND, "transfer_ended")
    assert story.last() == TransferEnded("offer-1", "expired")
    assert story.conversation.phase is Phase.ACTIVE
    assert story.conversation.serving.owner == LI_MIN.person


# The first reply.


def test_the_alarm_sounds_after_60_seconds_without_a_first_reply() -> None:
    story = active()
    assert_happens_at(story, 60 * SECOND, "reply_overdue")
    assert story.last() == ReplyOverdue(LI_MIN.person, 60 * SECOND)


def test_the_alarm_sounds_once() -> None:
    story = active()
    story.passes(60 * SECOND)
    assert story.passes(29 * SECOND) == []


def test_after_90_seconds_it_goes_to_somebody_else() -> None:
    story = active()
    story.passes(60 * SECOND)
    assert_happens_at(story, 30 * SECOND, "returned_to_queue")
    assert story.last() == ReturnedToQueue(LI_MIN.person, "no_first_reply", 2)
    assert story.conversation.queue.tried == (LI_MIN.person.id,)


def test_the_first_reply_is_due_from_the_assignment_on() -> None:
    story = waiting()
    story.passes(5 * MINUTE)
    story.given_to(LI_MIN)
    assert_happens_at(story, 60 * SECOND, "reply_overdue")
    assert story.last() == ReplyOverdue(LI_MIN.person, 6 * MINUTE)
    assert_happens_at(story, 30 * SECOND, "returned_to_queue")


def test_a_second_message_does_not_put_the_clock_back() -> None:
    story = active()
    story.passes(30 * SECOND)
    story.asks("在吗？")
    assert_happens_at(story, 30 * SECOND, "reply_overdue")


def test_a_note_does_not_stop_the_clock() -> None:
    story = active()
    story.does(WriteNote(LI_MIN, "她怕疼"))
    assert_happens_at(story, 60 * SECOND, "reply_overdue")


def test_an_owner_who_is_typing_gets_more_time() -> None:
    story = active()
    story.passes(60 * SECOND)
    assert story.passes(30 * SECOND, owner_typing=True) == ["reply_extended"]
    assert story.passes(TYPING_HOLDS_MS - 1) == []
    assert story.passes(1) == ["returned_to_queue"]


def test_typing_stretches_it_by_60_seconds_and_no_more() -> None:
    story = active()
    story.passes(60 * SECOND)
    for _ in range(10):
        assert story.passes(30 * SECOND if story.now == NOON + MINUTE else 6 * SECOND, owner_typing=True) == [
            "reply_extended"
        ]
    assert story.now == NOON + 144 * SECOND
    assert first_reply_limit(story.conversation, story.rules) == NOON + 150 * SECOND
    assert story.passes(6 * SECOND - 1, owner_typing=True) == []
    assert story.passes(1, owner_typing=True) == ["returned_to_queue"]


def test_the_last_stretch_ends_at_the_limit() -> None:
    story = active()
    story.passes(149 * SECOND, owner_typing=True)
    assert deadlines(story.conversation, story.rules)[Deadline.FIRST_REPLY] == NOON + 150 * SECOND


def test_a_new_owner_has_the_whole_time_for_a_first_reply() -> None:
    story = answered()
    story.asks("还有一个问题")
    story.offered()
    story.passes(20 * SECOND)
    story.accepted_by(WANG_FANG)
    assert_happens_at(story, 60 * SECOND, "reply_overdue")
    assert_happens_at(story, 30 * SECOND, "returned_to_queue")


def test_an_open_transfer_does_not_stop_the_first_reply() -> None:
    story = active()
    story.passes(60 * SECOND)
    story.passes(10 * SECOND)
    story.offered()
    assert_happens_at(story, 20 * SECOND, "transfer_ended", "returned_to_queue")


# The follow-up.


def test_the_follow_up_alarm_sounds_after_120_seconds() -> None:
    story = answered()
    story.passes(5 * MINUTE)
    story.asks("那要带什么？")
    assert_happens_at(story, 120 * SECOND, "reply_overdue")
    assert story.last() == ReplyOverdue(LI_MIN.person, 120 * SECOND)


def test_an_overdue_follow_up_stays_with_its_owner() -> None:
    story = answered()
    story.asks("那要带什么？")
    assert story.passes(120 * SECOND) == ["reply_overdue"]
    assert story.passes(3 * 60 * MINUTE) == []
    assert story.conversation.serving.owner == LI_MIN.person


def test_an_answer_ends_the_alarm() -> None:
    story = active()
    story.passes(60 * SECOND)
    story.answers()
    assert not story.conversation.talk.overdue
    assert story.passes(9 * MINUTE) == []


# The connection.


def test_a_lost_owner_has_60_seconds() -> None:
    story = answered()
    story.does(OwnerPresenceChanged(here=False))
    assert_happens_at(story, 60 * SECOND, "returned_to_queue")
    assert story.last() == ReturnedToQueue(LI_MIN.person, "connection_lost", 2)


def test_an_owner_who_is_back_in_time_keeps_it() -> None:
    story = answered()
    story.does(OwnerPresenceChanged(here=False))
    assert story.passes(60 * SECOND - 1) == []
    assert story.does(OwnerPresenceChanged(here=True)) == ["owner_came_back"]
    assert story.passes(8 * MINUTE) == []


def test_losing_the_connection_twice_does_not_put_the_grace_back() -> None:
    story = answered()
    story.does(OwnerPresenceChanged(here=False))
    story.passes(30 * SECOND)
    assert story.does(OwnerPresenceChanged(here=False)) == []
    assert_happens_at(story, 30 * SECOND, "returned_to_queue")


def test_the_grace_starts_afresh_when_the_server_was_away() -> None:
    story = answered()
    story.does(OwnerPresenceChanged(here=False))
    story.now += 55 * SECOND
    assert story.does(OwnerPresenceChanged(here=False, afresh=True)) == ["owner_left"]
    assert_happens_at(story, 60 * SECOND, "returned_to_queue")


def test_a_visitor_gone_10_minutes_stops_waiting() -> None:
    story = waiting()
    story.does(VisitorPresenceChanged(here=False))
    assert_happens_at(story, 10 * MINUTE, "closed")
    assert story.last() == Closed("system", "abandoned", None)


def test_a_visitor_who_is_back_keeps_waiting() -> None:
    story = waiting()
    story.does(VisitorPresenceChanged(here=False))
    story.passes(10 * MINUTE - 1)
    assert story.does(VisitorPresenceChanged(here=True)) == ["visitor_came_back"]
    assert story.passes(40 * MINUTE) == []


def test_the_visitors_absence_starts_afresh_when_the_server_was_away() -> None:
    story = waiting()
    story.does(VisitorPresenceChanged(here=False))
    story.now += 9 * MINUTE
    assert story.does(VisitorPresenceChanged(here=False, afresh=True)) == ["visitor_left"]
    assert_happens_at(story, 10 * MINUTE, "closed")


def test_a_visitor_who_is_served_is_not_abandoned() -> None:
    story = answered()
    story.asks()
    story.does(VisitorPresenceChanged(here=False))
    assert story.passes(60 * MINUTE) == ["reply_overdue"]


# Idleness.


def test_it_is_inactive_after_10_minutes() -> None:
    story = answered()
    assert story.conversation.counts
    assert_happens_at(story, 10 * MINUTE, "went_inactive")
    assert not story.conversation.counts


def test_the_warning_comes_at_28_and_the_end_at_30_minutes() -> None:
    story = answered()
    story.passes(10 * MINUTE)
    assert_happens_at(story, 18 * MINUTE, "idle_warned")
    assert story.last() == IdleWarned(NOON + 30 * MINUTE)
    assert_happens_at(story, 2 * MINUTE, "closed")
    assert story.last() == Closed("system", "idle", None)


def test_a_late_warning_is_still_2_minutes_ahead() -> None:
    story = answered()
    assert story.passes(3 * 60 * MINUTE) == ["went_inactive", "idle_warned"]
    assert_happens_at(story, 2 * MINUTE, "closed")


def test_the_visitors_word_wakes_it() -> None:
    story = answered()
    story.passes(10 * MINUTE)
    story.passes(18 * MINUTE)
    story.asks("我还在")
    assert story.conversation.counts
    assert story.passes(60 * MINUTE) == ["reply_overdue"]


def test_the_owners_word_starts_idleness_again() -> None:
    story = answered()
    story.passes(10 * MINUTE)
    story.passes(18 * MINUTE)
    story.answers(body="您还在吗？")
    assert_happens_at(story, 10 * MINUTE, "went_inactive")
    assert_happens_at(story, 18 * MINUTE, "idle_warned")


def test_it_is_never_idle_while_the_visitor_waits_for_an_answer() -> None:
    story = answered()
    story.asks("谢谢，再问一句")
    assert story.passes(120 * SECOND) == ["reply_overdue"]
    assert story.passes(7 * 24 * 60 * MINUTE) == []


def test_given_back_after_an_answer_it_is_idle_from_the_giving() -> None:
    story = answered()
    story.does(OwnerPresenceChanged(here=False))
    story.passes(60 * SECOND)
    story.passes(40 * MINUTE)
    story.given_to(WANG_FANG)
    assert_happens_at(story, 10 * MINUTE, "went_inactive")


def test_an_open_offer_stops_idleness() -> None:
    story = answered()
    story.passes(10 * MINUTE - 1)
    story.offered()
    assert story.passes(30 * SECOND - 1) == []
    assert story.passes(1) == ["transfer_ended", "went_inactive"]


# After the end.


def test_within_30_minutes_the_visitors_word_takes_it_up_again() -> None:
    story = closed()
    story.now += 30 * MINUTE
    assert story.asks("忘了问地址") == ["reopened", "message_posted"]


def test_after_30_minutes_it_stays_closed() -> None:
    story = closed()
    story.now += 30 * MINUTE + 1
    with assert_refused(ConversationClosed):
        story.does(PostMessage(VISITOR, "忘了问地址"))


def test_it_can_be_rated_for_24_hours() -> None:
    story = closed()
    story.now += 24 * 60 * MINUTE
    assert story.does(Rate(VISITOR, 5)) == ["rated"]
    assert story.does(Rate(VISITOR, 4)) == ["rated"]
    assert story.conversation.stars == 4
    story.now += 1
    with assert_refused(OutOfTurn, phase="closed"):
        story.does(Rate(VISITOR, 1))


def test_closed_runs_no_clock() -> None:
    for make in (waiting, ringing, active, transferring):
        story = make()
        story.does(OwnerPresenceChanged(here=False))
        story.does(VisitorPresenceChanged(here=False))
        assert story.closed_by(VISITOR)[-1] == "closed"
        assert deadlines(story.conversation, story.rules) == {}


def test_what_is_due_together_happens_in_the_order_it_was_due() -> None:
    story = active()
    story.now += 20 * SECOND
    story.does(OwnerPresenceChanged(here=False))
    assert story.passes(5 * MINUTE) == ["reply_overdue", "returned_to_queue"]
    assert story.last() == ReturnedToQueue(LI_MIN.person, "connection_lost", 2)


def test_a_sleeping_server_catches_up_in_one_go() -> None:
    story = ringing()
    story.does(VisitorPresenceChanged(here=False))
    assert story.passes(24 * 60 * MINUTE) == ["ring_missed", "closed"]
