"""评价 for each consultant: who can be rated, whom the visitor is asked about, and that parts are never mixed up."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from chatserver.domain.commands.colleagues import Join
from chatserver.domain.commands.complaints import NoteComplaint
from chatserver.domain.commands.ending import Close, Reopen
from chatserver.domain.commands.ratings import Rate
from chatserver.domain.events.ratings import Rated
from chatserver.domain.parts import asks
from chatserver.domain.rating import why_not_rated
from chatserver.domain.refusals import NotFound, OutOfTurn

from .people import CHEN_JING, LI_MIN, VISITOR, WANG_FANG, Story, active, answered, assert_refused

DAY = 24 * 60 * 60_000


def parts(story: Story) -> list[tuple[int, str, int, int | None]]:
    return [(each.number, each.person.name, each.answers, each.stars) for each in story.conversation.answers.parts]


def handed_over() -> Story:
    """李敏 has answered twice; 王芳 owns it now."""
    story = answered()
    story.answers()
    story.offered(to=WANG_FANG)
    story.accepted_by(WANG_FANG)
    return story


def is_asked(story: Story) -> bool:
    return asks(story.conversation.answers.parts, story.now, lambda at: datetime.fromtimestamp(at / 1000, UTC).date())


def test_each_consultant_who_answered_has_a_part() -> None:
    story = handed_over()
    assert parts(story) == [(1, "李敏", 2, None)], "whoever never sent a word has none"
    story.answers(WANG_FANG)
    assert parts(story) == [(1, "李敏", 2, None), (2, "王芳", 1, None)]


def test_answers_beyond_the_second_change_nothing() -> None:
    story = handed_over()
    story.answers(WANG_FANG)
    story.answers(WANG_FANG)
    before = story.conversation.answers.parts
    for _ in range(5):
        story.asks()
        story.answers(WANG_FANG)
        assert story.conversation.answers.parts is before


def test_a_joined_colleague_has_a_part_and_the_one_who_answered_last_has_the_last_part() -> None:
    story = answered()
    story.does(Join(CHEN_JING))
    story.answers(CHEN_JING)
    story.answers(LI_MIN)
    assert parts(story) == [(2, "陈静", 1, None), (1, "李敏", 2, None)]


def test_a_rating_names_its_part_and_without_one_it_is_for_the_latest_answer() -> None:
    story = handed_over()
    story.answers(WANG_FANG)
    story.closed_by(VISITOR)
    assert story.events_of(Rate(VISITOR, 3, ("耐心",), "谢谢")) == (Rated(WANG_FANG.person, 3, ("耐心",), "谢谢", 2),)
    assert story.events_of(Rate(VISITOR, 5, part=1)) == (Rated(LI_MIN.person, 5, (), "", 1),)
    assert parts(story) == [(1, "李敏", 2, 5), (2, "王芳", 1, 3)]
    assert story.conversation.stars == 3


def test_a_rating_can_be_changed_until_24_hours_after_the_end() -> None:
    story = answered()
    story.answers()
    story.closed_by(LI_MIN)
    story.does(Rate(VISITOR, 2))
    story.now += DAY
    assert story.does(Rate(VISITOR, 5, ("kind",), "后来都解决了")) == ["rated"]
    assert story.last() == Rated(LI_MIN.person, 5, ("kind",), "后来都解决了", 1)
    story.now += 1
    with assert_refused(OutOfTurn):
        story.does(Rate(VISITOR, 1))


def test_a_part_that_is_not_there_is_not_found() -> None:
    story = answered()
    story.closed_by(VISITOR)
    with assert_refused(NotFound):
        story.does(Rate(VISITOR, 5, part=2))


def test_a_consultant_who_never_answered_is_not_rated() -> None:
    story = active()
    story.closed_by(LI_MIN)
    with assert_refused(OutOfTurn, phase="closed"):
        story.does(Rate(VISITOR, 5))


def test_after_a_reopening_the_rating_of_the_first_consultant_does_not_count_for_the_second() -> None:
    story = answered()
    story.answers()
    story.closed_by(LI_MIN)
    story.asks("忘了问地址")
    story.given_to(WANG_FANG)
    story.answers(WANG_FANG)
    story.answers(WANG_FANG)
    story.closed_by(WANG_FANG)
    assert story.conversation.stars is None
    assert is_asked(story)


def test_the_visitor_is_not_asked_about_a_consultant_who_sent_a_single_message() -> None:
    story = answered()
    assert not is_asked(story)
    story.answers()
    assert is_asked(story)


def test_once_per_conversation_and_day() -> None:
    story = handed_over()
    story.answers(WANG_FANG)
    story.answers(WANG_FANG)
    story.closed_by(WANG_FANG)
    story.does(Rate(VISITOR, 5, part=1))
    assert not is_asked(story)
    story.now += DAY
    assert is_asked(story)


def test_a_consultant_who_answers_again_after_a_reopening_keeps_the_part_and_its_rating() -> None:
    story = answered()
    story.answers()
    story.closed_by(LI_MIN)
    story.does(Rate(VISITOR, 4))
    story.does(Reopen(LI_MIN, story.fence, 0, 5))
    story.answers()
    assert parts(story) == [(1, "李敏", 2, 4)]


def test_a_rating_is_not_asked_for_after_an_emergency_not_even_after_a_reopening() -> None:
    story = answered()
    story.asks("我胸口疼，喘不过气")
    assert story.conversation.emergency.spared
    story.closed_by(LI_MIN)
    story.asks("忘了问地址")
    assert story.conversation.emergency.spared


def emergency(story: Story) -> None:
    story.asks("我胸口疼，喘不过气")


def complaint(story: Story) -> None:
    story.does(NoteComplaint(VISITOR))


WHY: dict[str, tuple[Callable[[Story], None] | None, str]] = {
    "nothing": (None, "answered"),
    "emergency": (emergency, "answered"),
    "complaint": (complaint, "answered"),
    "harassment": (None, "harassment"),
}
"""Why nobody asks: what happened before the end, and the outcome."""


@pytest.mark.parametrize("why", WHY)
def test_no_rating_is_taken_after_an_emergency_a_complaint_or_harassment(why: str) -> None:
    happens, outcome = WHY[why]
    story = answered()
    if happens is not None:
        happens(story)
    story.answers()
    story.does(Close(LI_MIN, story.conversation.serving.fence, outcome))
    if why == "nothing":
        assert why_not_rated(story.conversation) is None
        story.does(Rate(VISITOR, 5))
    else:
        assert why_not_rated(story.conversation) == why
        with assert_refused(OutOfTurn):
            story.does(Rate(VISITOR, 5))


def test_a_complaint_counts_when_the_rating_came_first_and_after_a_reopening() -> None:
    story = answered()
    story.answers()
    story.does(Close(LI_MIN, story.conversation.serving.fence, "answered"))
    story.does(Rate(VISITOR, 1))
    story.does(NoteComplaint(VISITOR))
    with assert_refused(OutOfTurn):
        story.does(Rate(VISITOR, 2))
    story.does(Reopen(LI_MIN, story.conversation.serving.fence, 0, 5))
    story.answers()
    assert why_not_rated(story.conversation) == "complaint"
