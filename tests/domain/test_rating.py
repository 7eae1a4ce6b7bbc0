"""评价 for each consultant: who can be rated, whom the visitor is asked about, and that parts are never mixed up."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from chatserver.domain.commands.colleagues import Join
from chatserver.domain.commands.ending import Close, Reopen, SetOutcome
from chatserver.domain.commands.offline_messages import NoteComplaint, NoteEmergency
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


def emergency_left(story: Story) -> None:
    story.does(NoteEmergency(VISITOR))


def ends(story: Story, outcome: str = "answered") -> None:
    story.does(Close(LI_MIN, story.fence, outcome))


def harassment(story: Story) -> None:
    ends(story, "harassment")
    goes_on(story)


def goes_on(story: Story) -> None:
    story.does(Reopen(LI_MIN, story.fence, 0, 5))
    story.answers()


WHY: dict[str, tuple[Callable[[Story], None], str | None]] = {
    "nothing": (lambda story: None, None),
    "an emergency": (emergency, "emergency"),
    "an emergency as a 留言": (emergency_left, "emergency"),
    "a complaint": (complaint, "complaint"),
    "harassment": (harassment, "harassment"),
}
"""What happens, and why nobody is asked then."""


def is_taken(story: Story) -> bool:
    try:
        story.does(Rate(VISITOR, 5))
    except OutOfTurn:
        return False
    return True


@pytest.mark.parametrize("what", WHY)
@pytest.mark.parametrize("first", [False, True], ids=["nothing rated before", "rated before"])
def test_no_rating_is_asked_for_or_taken_after_it_not_even_after_a_reopening(what: str, first: bool) -> None:
    happens, why = WHY[what]
    story = answered()
    if first:
        ends(story)
        assert is_taken(story)
        goes_on(story)
    happens(story)
    story.answers()
    for _ in range(2):
        ends(story)
        assert why_not_rated(story.conversation) == why
        assert is_taken(story) is (why is None)
        goes_on(story)


@pytest.mark.parametrize("what", ["a complaint", "an emergency as a 留言"])
def test_it_counts_also_after_the_end_and_a_corrected_outcome_changes_nothing(what: str) -> None:
    happens, why = WHY[what]
    story = answered()
    story.answers()
    ends(story, "harassment")
    happens(story)
    story.does(SetOutcome(LI_MIN, "answered"))
    assert why_not_rated(story.conversation) == why
    assert not is_taken(story)


def test_an_outcome_of_harassment_counts_until_it_is_corrected_itself() -> None:
    story = answered()
    story.answers()
    ends(story, "harassment")
    story.does(SetOutcome(LI_MIN, "answered"))
    assert is_taken(story)
    story.does(SetOutcome(LI_MIN, "harassment"))
    assert not is_taken(story)
    goes_on(story)
    ends(story)
    story.does(SetOutcome(LI_MIN, "booked"))
    assert not is_taken(story), "the outcome of a later part says nothing of the harassment before"
