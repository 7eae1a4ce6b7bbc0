"""Alarms: what raises one, who is called, and what ends it."""

import pytest

from chatserver.domain.alarms import SILENT_MS, Alarm, Reach, Watcher, alarm_of, alarm_of_offline, called, is_watched
from chatserver.domain.alarms import supervisors_called as supervised
from chatserver.domain.changes.table import apply
from chatserver.domain.commands.alarms import AcknowledgeAlarm, DismissEmergency
from chatserver.domain.commands.ending import Close
from chatserver.domain.commands.messages import PostMessage
from chatserver.domain.events.alarms import EmergencyNoticed, NobodyAnswered
from chatserver.domain.hospital import Role
from chatserver.domain.offline_messages import OfflineMessage, acknowledge, settle, take
from chatserver.domain.rules import SECOND

from .people import CHEN_JING, LI_MIN, NOON, RULES, VISITOR, WANG_FANG, WOMEN, Story, active, answered, closed, waiting

CRY = "我爸突然胸痛，喘不上气！"
OWN, HELPING, GENERAL, EYES = WOMEN, "children", "general", "eyes"
REACH = Reach(supervised={OWN}, asked={OWN, HELPING, GENERAL}, site={OWN, HELPING, GENERAL, EYES})

LI = Watcher("li, the owner", Role.CONSULTANT, (OWN,))
WANG = Watcher("wang, of the group", Role.CONSULTANT, (OWN,))
ZHANG = Watcher("zhang, who helps out", Role.CONSULTANT, (HELPING,))
SUN = Watcher("sun, of another group of the site", Role.CONSULTANT, (EYES,))
MA = Watcher("ma, of another site", Role.CONSULTANT, ("elsewhere",))
CHEN = Watcher("chen, its supervisor", Role.SUPERVISOR, (OWN,))
ZHAO = Watcher("zhao, supervisor of another group of the site", Role.SUPERVISOR, (EYES,))
EVERYBODY = (LI, WANG, ZHANG, SUN, MA, CHEN, ZHAO)

WHO = """
kind       words    state    with its supervisor connected    without
emergency  body     waiting  li wang zhang chen               li wang zhang sun zhao
emergency  body     active   li chen                          li wang zhang sun zhao
emergency  mind     active   li chen                          li wang zhang sun zhao
emergency  protect  waiting  chen                             li wang
emergency  protect  active   chen                             li wang
overdue    -        active   chen                             -
silent     -        waiting  chen                             -
silent     -        active   chen                             -
offline    body     left     li chen                          li wang zhang sun zhao
offline    protect  left     chen                             li wang
"""


LEADER = Watcher("leader of its group", Role.GROUP_LEADER, (OWN,))
FAR_LEADER = Watcher("far leader of another group of the site", Role.GROUP_LEADER, (EYES,))


def rows() -> list[tuple[str, str, str, str, str]]:
    found = []
    for line in WHO.strip().splitlines()[1:]:
        kind, words, state = line.split()[:3]
        found.append((kind, words, state, line[29:62].strip(), line[62:].strip()))
    return found


@pytest.mark.parametrize(("kind", "words", "state", "with_supervisor", "without"), rows())
def test_who_is_called(kind: str, words: str, state: str, with_supervisor: str, without: str) -> None:
    """Availability makes no difference: everybody with a connection can be called."""
    emergency = None if words == "-" else words
    alarm = Alarm("a", kind, "visitor", "demo", OWN, "gynecology", NOON, state, emergency, "critical", LI.id)  # type: ignore[arg-type]  # by construction
    everybody = called(alarm, EVERYBODY, REACH)
    assert _names(everybody) == with_supervisor
    assert supervised(alarm, EVERYBODY, REACH)
    others = [each for each in EVERYBODY if each is not CHEN]
    assert _names(called(alarm, others, REACH)) == (without if without != "-" else "")
    assert not supervised(alarm, others, REACH)
    assert called(alarm, [], REACH) == set()


@pytest.mark.parametrize(
    ("kind", "words", "called_too"),
    [
        ("emergency", "body", {LI.id, LEADER.id}),
        ("offline", "body", {LI.id, LEADER.id}),
        ("emergency", "protect", {LEADER.id}),
        ("overdue", None, set()),
        ("silent", None, set()),
    ],
)
def test_without_a_supervisor_the_leaders_of_the_group_are_called_before_everybody_of_the_site(
    kind: str, words: str | None, called_too: set[str]
) -> None:
    alarm = Alarm("a", kind, "visitor", "demo", OWN, "gynecology", NOON, "active", words, "critical", LI.id)  # type: ignore[arg-type]  # by construction
    nobody_supervises = [*(each for each in EVERYBODY if each is not CHEN), LEADER, FAR_LEADER]
    assert called(alarm, nobody_supervises, REACH) == called_too
    assert not supervised(alarm, nobody_supervises, REACH)
    with_supervisor = called(alarm, [*EVERYBODY, LEADER, FAR_LEADER], REACH)
    assert with_supervisor == called(alarm, EVERYBODY, REACH)


def _names(people: set[str]) -> str:
    return " ".join(each.id.split(",")[0] for each in EVERYBODY if each.id in people)


def kind_of(story: Story) -> str | None:
    alarm = alarm_of(story.conversation, story.now, story.rules)
    assert alarm is None or is_watched(story.conversation)
    return None if alarm is None else alarm.kind


def urgent(story: Story) -> Story:
    story.does(PostMessage(VISITOR, CRY))
    return story


def test_only_a_persons_answer_a_dismissal_or_the_end_ends_the_alarm_of_an_emergency() -> None:
    story = urgent(answered())
    assert kind_of(story) == "emergency"
    assert story.does(AcknowledgeAlarm(CHEN_JING.person, "emergency")) == ["alarm_acknowledged"]
    story.now += 3_600 * SECOND
    assert kind_of(story) == "emergency"
    before = story.conversation
    for end in (PostMessage(LI_MIN, "请打120", 1), DismissEmergency(CHEN_JING), Close(LI_MIN, 1, "answered")):
        story.conversation = before
        story.does(end)
        assert kind_of(story) != "emergency"


def test_acknowledged_it_says_by_whom_and_is_not_acknowledged_again_for_a_minute() -> None:
    story = urgent(answered())
    story.does(AcknowledgeAlarm(CHEN_JING.person, "emergency"))
    alarm = alarm_of(story.conversation, story.now, RULES)
    assert alarm is not None
    assert (alarm.acknowledged_by, alarm.acknowledged_at) == (CHEN_JING.person, NOON)
    assert story.does(AcknowledgeAlarm(LI_MIN.person, "emergency")) == []
    story.now += SILENT_MS
    assert story.does(AcknowledgeAlarm(LI_MIN.person, "emergency")) == ["alarm_acknowledged"]


def test_another_kind_of_words_raises_it_again_the_same_kind_does_not() -> None:
    story = urgent(answered())
    story.does(AcknowledgeAlarm(CHEN_JING.person, "emergency"))
    story.does(PostMessage(VISITOR, "胸口越来越痛"))
    assert story.conversation.alarms.acknowledged_at == NOON
    story.does(PostMessage(VISITOR, "我不想活了"))
    assert story.conversation.alarms.acknowledged_at is None


def test_after_an_answer_it_calls_again_when_a_message_is_unanswered_for_30_seconds() -> None:
    story = urgent(answered())
    story.answers()
    story.asks("还是痛")
    assert kind_of(story) is None
    story.now += RULES.emergency_ms - 1
    assert kind_of(story) is None
    story.now += 1
    assert kind_of(story) == "emergency"
    assert story.conversation.alarms.acknowledged_at is None


def test_of_the_level_attention_only_protect_calls_people() -> None:
    for emergency, kind in (("body", None), ("mind", None), ("protect", "emergency")):
        story = waiting()
        story.conversation = apply(story.conversation, EmergencyNoticed(emergency, "attention"), NOON)  # type: ignore[arg-type]  # by construction
        assert kind_of(story) == kind
    assert kind_of(Story()) is None


def test_an_answer_too_late_calls_the_supervisor() -> None:
    story = active()
    story.passes(60 * SECOND)
    assert kind_of(story) == "overdue"
    story.answers()
    assert kind_of(story) is None
    assert kind_of(closed()) is None


# Owners who do not answer.


def silent_rounds(story: Story, *people: object) -> list[list[str]]:
    """Each person gets the conversation in turn and does not answer."""
    happened = []
    for who in people:
        story.given_to(who)  # type: ignore[arg-type]  # by construction
        happened.append(story.passes(RULES.first_reply_ms))
    return happened


def test_a_second_owner_who_does_not_answer_calls_the_supervisor_and_both_are_named() -> None:
    story = waiting()
    first, second = silent_rounds(story, LI_MIN, WANG_FANG)
    assert first == ["reply_overdue", "returned_to_queue"]
    assert second == ["reply_overdue", "returned_to_queue", "nobody_answered"]
    assert story.last() == NobodyAnswered((LI_MIN.person, WANG_FANG.person))
    assert kind_of(story) == "silent"
    assert story.conversation.queue.since == story.now, "returned: it stands before those who come"


def test_one_owner_twice_counts_as_two_and_the_next_one_is_named_at_once() -> None:
    story = waiting()
    silent_rounds(story, LI_MIN, LI_MIN)
    assert story.last() == NobodyAnswered((LI_MIN.person,))
    silent_rounds(story, WANG_FANG)
    assert story.last() == NobodyAnswered((LI_MIN.person, WANG_FANG.person))


def test_an_answer_ends_the_alarm_and_resets_the_count() -> None:
    story = waiting()
    silent_rounds(story, LI_MIN, WANG_FANG)
    story.given_to(LI_MIN)
    story.answers(LI_MIN)
    assert kind_of(story) is None
    story.asks("还有一个问题")
    story.offered(LI_MIN, WANG_FANG)
    story.accepted_by(WANG_FANG)
    assert story.passes(RULES.first_reply_ms) == ["reply_overdue", "returned_to_queue"]
    assert [each.name for each in story.conversation.serving.silent] == ["王芳"]


# 留言 (offline messages).


def left(emergency: str | None, level: str | None) -> OfflineMessage:
    return OfflineMessage(
        "m", "demo", "gynecology", WOMEN, VISITOR.id, "question", "zh", "…", NOON, NOON,
        owner=LI_MIN.person.id, emergency=emergency, level=level,
    )  # fmt: skip


def test_a_message_with_words_of_an_emergency_calls_until_it_is_settled() -> None:
    message = left("body", "critical")
    assert alarm_of_offline(message) is not None
    assert alarm_of_offline(left(None, None)) is None
    assert alarm_of_offline(left("body", "attention")) is None
    assert alarm_of_offline(left("protect", "attention")) is not None
    assert alarm_of_offline(settle(message, LI_MIN, "answered", "已回电", NOON, RULES)) is None


def test_an_alarm_that_its_owner_acknowledged_calls_nobody_any_more() -> None:
    seen = acknowledge(left("body", "critical"), CHEN_JING, NOON)
    alarm = alarm_of_offline(seen)
    assert alarm is not None
    assert alarm.acknowledged_at == NOON
    assert alarm_of_offline(acknowledge(seen, LI_MIN, NOON)) is None
    assert alarm_of_offline(take(acknowledge(seen, LI_MIN, NOON), WANG_FANG)) is not None
