"""协助 and 三方会话: a colleague beside the owner, who writes notes or also answers the visitor."""

import pytest

from chatserver.domain.audience import may_read, visible_to_visitor
from chatserver.domain.commands.colleagues import AskColleague, Join, Leave
from chatserver.domain.commands.departments import SetDepartment
from chatserver.domain.commands.ending import Close
from chatserver.domain.commands.messages import PostMessage, WriteNote
from chatserver.domain.commands.offers import OfferTransfer
from chatserver.domain.commands.presence import ColleaguePresenceChanged
from chatserver.domain.commands.queue import Release
from chatserver.domain.events.colleagues import ColleagueLeft
from chatserver.domain.events.departments import DepartmentSet
from chatserver.domain.refusals import FenceStale, Forbidden, NotFound, NotServing, Refused

from .people import CHEN_JING, LI_MIN, RULES, WANG_FANG, WOMEN, ZHANG_WEI, Story, active, assert_refused


def helped(asked_for: str = "help") -> Story:
    """李敏, the owner, has asked 王芳."""
    story = active()
    assert story.does(asks(asked_for)) == ["colleague_asked"]
    return story


def asks(asked_for: str = "help") -> AskColleague:
    assert asked_for in ("help", "join")
    return AskColleague(LI_MIN, WANG_FANG.person, "join" if asked_for == "join" else "help", "她问的是手术费用")


def joined() -> Story:
    story = helped("join")
    assert story.does(Join(WANG_FANG)) == ["colleague_joined"]
    return story


def test_a_colleague_who_was_asked_reads_along_and_writes_notes() -> None:
    story = active()
    assert not may_read(story.conversation, WANG_FANG, story.now)
    story.does(asks())
    assert may_read(story.conversation, WANG_FANG, story.now)
    assert story.does(WriteNote(WANG_FANG, "大约三千")) == ["note_written"]
    with assert_refused(Forbidden, rule="owner_only"):
        story.does(PostMessage(WANG_FANG, "大约三千", story.fence))


def test_a_colleague_of_another_group_can_be_asked_too() -> None:
    story = active()
    story.does(AskColleague(LI_MIN, ZHANG_WEI.person, "help", "孩子也咳嗽"))
    assert story.does(WriteNote(ZHANG_WEI, "先量体温")) == ["note_written"]


def test_a_colleague_who_was_asked_to_help_cannot_join() -> None:
    story = helped()
    with assert_refused(Forbidden, rule="supervisor_only"):
        story.does(Join(WANG_FANG))


def test_a_colleague_who_has_joined_answers_too() -> None:
    story = joined()
    assert story.does(PostMessage(WANG_FANG, "您好", story.fence)) == ["message_posted"]
    assert story.does(PostMessage(LI_MIN, "您好", story.fence)) == ["message_posted"]
    assert story.does(Join(WANG_FANG)) == []
    with assert_refused(FenceStale):
        story.does(PostMessage(WANG_FANG, "您好", story.fence - 1))


def test_a_supervisor_joins_unasked() -> None:
    story = active()
    assert story.does(Join(CHEN_JING)) == ["colleague_joined"]
    assert story.does(PostMessage(CHEN_JING, "您好", story.fence)) == ["message_posted"]


def test_a_colleague_neither_ends_it_nor_gives_it_away() -> None:
    story = joined()
    for command in (
        Close(WANG_FANG, story.fence, "answered"),
        OfferTransfer(WANG_FANG, story.fence, "offer-9", "…", CHEN_JING.person, CHEN_JING.role),
        Release(WANG_FANG, story.fence, "…"),
        AskColleague(WANG_FANG, ZHANG_WEI.person, "help", "…"),
    ):
        with assert_refused(Forbidden):
            story.does(command)


def test_a_colleague_leaves_or_is_removed() -> None:
    for command in (Leave(WANG_FANG), Leave(LI_MIN, WANG_FANG.person.id)):
        story = joined()
        assert story.does(command) == ["colleague_left"]
        assert story.conversation.company.participants == ()
        assert not may_read(story.conversation, WANG_FANG, story.now)
    with assert_refused(Forbidden, rule="owner_only"):
        joined().does(Leave(CHEN_JING, WANG_FANG.person.id))


def test_the_visitor_sees_only_colleagues_leave_who_had_joined() -> None:
    for story, shown in ((joined(), True), (helped(), False)):
        story.does(Leave(WANG_FANG))
        event = story.last()
        assert isinstance(event, ColleagueLeft)
        assert event.joined is shown


@pytest.mark.parametrize("who", [LI_MIN, WANG_FANG])
def test_neither_the_owner_nor_a_participant_can_be_asked(who: object) -> None:
    story = joined()
    again = AskColleague(LI_MIN, WANG_FANG.person if who is WANG_FANG else LI_MIN.person, "help", "…")
    with assert_refused(NotServing, why="same"):
        story.does(again)


def test_asking_a_colleague_needs_a_note() -> None:
    with pytest.raises(Refused):
        active().does(AskColleague(LI_MIN, WANG_FANG.person, "help", "  "))


def test_to_a_stranger_it_does_not_exist() -> None:
    with assert_refused(NotFound):
        active().does(Leave(ZHANG_WEI))


def test_back_in_the_queue_it_prefers_the_colleague_who_had_joined() -> None:
    story = joined()
    story.does(Release(LI_MIN, story.fence, "我要下班了"))
    assert story.conversation.company.participants == ()
    assert story.conversation.queue.preferred == WANG_FANG.person.id
    assert not may_read(story.conversation, WANG_FANG, story.now)


def gone() -> Story:
    """王芳 has joined and lost the connection."""
    story = joined()
    story.answers()
    assert story.does(ColleaguePresenceChanged(WANG_FANG.person.id, here=False)) == ["colleague_away"]
    assert story.does(ColleaguePresenceChanged(WANG_FANG.person.id, here=False)) == []
    return story


def test_a_joined_colleague_who_lost_the_connection_leaves_after_the_grace() -> None:
    story = gone()
    assert story.passes(RULES.grace_ms - 1) == []
    assert story.passes(1) == ["colleague_left"]
    event = story.last()
    assert isinstance(event, ColleagueLeft)
    assert (event.consultant, event.by, event.joined) == (WANG_FANG.person, None, True)
    assert visible_to_visitor(event)


def test_a_joined_colleague_who_reconnects_within_the_grace_stays() -> None:
    story = gone()
    story.passes(RULES.grace_ms - 1)
    assert story.does(ColleaguePresenceChanged(WANG_FANG.person.id, here=True)) == ["colleague_back"]
    assert story.passes(RULES.grace_ms) == []
    assert story.conversation.company.participants[0].joined


def test_two_colleagues_who_lost_the_connection_leave_each_after_their_own_grace() -> None:
    story = gone()
    story.does(Join(CHEN_JING))
    story.passes(RULES.grace_ms // 2)
    story.does(ColleaguePresenceChanged(CHEN_JING.person.id, here=False))
    assert story.passes(RULES.grace_ms // 2) == ["colleague_left"]
    assert [each.person for each in story.conversation.company.participants] == [CHEN_JING.person]
    assert story.passes(RULES.grace_ms // 2) == ["colleague_left"]


def test_the_connection_of_a_colleague_who_only_helps_is_not_watched() -> None:
    story = helped()
    assert story.does(ColleaguePresenceChanged(WANG_FANG.person.id, here=False)) == []


def test_a_colleague_who_has_joined_may_set_the_department() -> None:
    story = joined()
    assert story.does(SetDepartment(WANG_FANG, "obstetrics")) == ["department_set"]
    event = story.last()
    assert event == DepartmentSet("obstetrics", "gynecology", WANG_FANG.person)
    assert not visible_to_visitor(event)
    assert (story.conversation.subject.department, story.conversation.queue.group) == ("obstetrics", WOMEN)
    assert story.does(SetDepartment(LI_MIN, "obstetrics")) == []
    with assert_refused(Forbidden, rule="owner_or_supervisor"):
        helped().does(SetDepartment(WANG_FANG, "obstetrics"))
