"""A visitor who was unsure confirms a department: what becomes of the conversation in each phase."""

import pytest
from msgspec import structs

from chatserver.domain.commands.departments import ChooseDepartment
from chatserver.domain.commands.messages import PostMessage
from chatserver.domain.conversation import Phase, Subject
from chatserver.domain.events.departments import DepartmentChosen
from chatserver.domain.hospital import UNSURE
from chatserver.domain.refusals import ConversationClosed
from chatserver.domain.rules import MINUTE

from .people import CHILDREN, LI_MIN, VISITOR, WOMEN, Story, active, assert_refused, closed, ringing, waiting

CHOSEN = ChooseDepartment(VISITOR, "pediatrics", CHILDREN, 7)
CRY = "孩子突然抽搐，叫不醒"


def unsure(story: Story) -> Story:
    story.conversation = structs.replace(story.conversation, subject=Subject(UNSURE))
    return story


def test_it_moves_and_keeps_the_time_since_which_it_waits() -> None:
    story = unsure(waiting())
    since, priority = story.conversation.queue.since, story.conversation.queue.priority
    story.now += MINUTE
    assert story.does(CHOSEN) == ["department_chosen"]
    assert story.last() == DepartmentChosen("pediatrics", CHILDREN, WOMEN, 7)
    queue = story.conversation.queue
    assert (queue.group, queue.since, queue.group_since, queue.priority) == (CHILDREN, since, story.now, priority)
    assert story.conversation.subject.department == "pediatrics"


def test_a_ring_for_the_old_group_ends_without_a_fault_of_anybodys() -> None:
    story = unsure(ringing())
    assert story.does(CHOSEN) == ["ring_missed", "department_chosen"]
    assert story.conversation.phase is Phase.WAITING
    assert story.conversation.serving.offer is None


@pytest.mark.parametrize("group", [None, WOMEN])
def test_without_another_group_that_serves_now_it_stays_and_goes_on_ringing(group: str | None) -> None:
    story = unsure(ringing())
    assert story.does(ChooseDepartment(VISITOR, "pediatrics", group)) == ["department_chosen"]
    assert (story.conversation.phase, story.conversation.queue.group) == (Phase.RINGING, WOMEN)


def test_an_emergency_is_taken_from_nobody() -> None:
    story = unsure(ringing())
    story.does(PostMessage(VISITOR, CRY))
    assert story.does(CHOSEN) == ["department_chosen"]
    assert (story.conversation.phase, story.conversation.queue.group) == (Phase.RINGING, WOMEN)


def test_who_serves_is_told_and_keeps_the_conversation() -> None:
    story = unsure(active())
    assert story.does(CHOSEN) == ["department_chosen"]
    assert story.last() == DepartmentChosen("pediatrics")
    assert (story.conversation.serving.owner, story.conversation.queue.group) == (LI_MIN.person, WOMEN)


def test_a_department_that_is_known_stays() -> None:
    assert waiting().does(CHOSEN) == []
    assert unsure(waiting()).does(ChooseDepartment(VISITOR, UNSURE, CHILDREN)) == []


def test_after_the_end_it_is_refused() -> None:
    with assert_refused(ConversationClosed):
        unsure(closed()).does(CHOSEN)
