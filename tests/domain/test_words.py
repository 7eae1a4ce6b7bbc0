"""Messages and notes: how they are stored, and when they are refused."""

from collections.abc import Callable

import pytest

from chatserver.domain.commands.messages import PostMessage, WriteNote
from chatserver.domain.conversation import Phase
from chatserver.domain.events.messages import MessagePosted
from chatserver.domain.refusals import NotFound, TextInvalid, TooLarge

from .people import (
    LI_MIN,
    NOON,
    VISITOR,
    ZHANG_WEI,
    Story,
    active,
    answered,
    assert_refused,
    closed,
    fresh,
    ringing,
    transferring,
    waiting,
)


def test_opened_it_waits() -> None:
    conversation = fresh()
    assert (conversation.phase, conversation.serving.fence, conversation.serving.owner) == (Phase.WAITING, 0, None)
    assert (conversation.opened_at, conversation.queue.since) == (NOON, NOON)
    assert not conversation.counts


def test_words_are_trimmed_before_they_are_kept() -> None:
    [posted] = waiting().events_of(PostMessage(VISITOR, "  你好\r\n在吗  "))
    assert posted == MessagePosted("你好\n在吗", from_visitor=True)


@pytest.mark.parametrize("make", [waiting, active, closed])
def test_empty_words_are_refused_in_every_phase(make: Callable[[], Story]) -> None:
    with assert_refused(TextInvalid, why="empty"):
        make().asks(" \n ")


@pytest.mark.parametrize("make", [waiting, active, closed])
def test_too_many_words_are_refused_in_every_phase(make: Callable[[], Story]) -> None:
    with assert_refused(TooLarge, limit=1_000):
        make().asks("痛" * 1_001)


def test_a_message_into_a_strangers_conversation_tells_nothing_even_with_bad_words() -> None:
    for make in (waiting, ringing, active, transferring, closed):
        with assert_refused(NotFound):
            make().does(PostMessage(ZHANG_WEI, "", 0))


def test_a_note_may_be_longer_than_a_message() -> None:
    assert active().does(WriteNote(LI_MIN, "长" * 2_000)) == ["note_written"]
    with assert_refused(TooLarge, limit=2_000):
        active().does(WriteNote(LI_MIN, "长" * 2_001))


def test_the_last_line_is_short_and_of_one_line() -> None:
    story = waiting()
    story.asks("第一行\n第二行 " + "长" * 100)
    assert story.conversation.talk.last_line == ("第一行 第二行 " + "长" * 100)[:60]


def test_a_note_is_no_last_line() -> None:
    story = answered()
    story.does(WriteNote(LI_MIN, "疑似同行"))
    assert story.conversation.talk.last_line == "有的，周六上午。"
