"""Words of an emergency are found as people write them, and not where they mean something else."""

from itertools import permutations

import pytest
from msgspec import structs

from chatserver.domain.alarms import is_about_abuse
from chatserver.domain.commands.alarms import DismissEmergency
from chatserver.domain.commands.assignment import Assign
from chatserver.domain.commands.messages import PostMessage, Service
from chatserver.domain.commands.presence import OwnerPresenceChanged, VisitorPresenceChanged
from chatserver.domain.commands.time import DeadlineReached
from chatserver.domain.conversation import Priority
from chatserver.domain.emergency import Finding, OwnWords, Words, recognise
from chatserver.domain.emergency_words.signs import Emergency, Level
from chatserver.domain.events.alarms import EmergencyNoticed
from chatserver.domain.queue import rank_at
from chatserver.domain.rules import LOOK_AGAIN_MS, SECOND

from .people import CHEN_JING, LI_MIN, NOON, RULES, VISITOR, WANG_FANG, Story, active, closed, waiting

CRY = "我爸突然胸痛,喘不上气!"


@pytest.mark.parametrize(
    "text",
    [
        "胸痛", "他呼吸困难", "产后大出血怎么办", "老人昏迷了", "意识不清", "孩子抽搐", "口角歪斜", "说话不清楚",
        "右边一侧无力", "好像窒息了", "青霉素过敏休克", "高热惊厥", "这两天胎动减少", "破水了", "停经40天,剧烈腹痛",
        "煤气中毒", "My father has CHEST PAIN", "he can't breathe",
    ],
)  # fmt: skip
def test_words_of_the_body(text: str) -> None:
    assert recognise(text) == Finding(("body",), "critical")


@pytest.mark.parametrize("text", ["我想自杀", "想割腕", "不想活了", "活不下去了", "I want to die"])
def test_words_of_the_mind(text: str) -> None:
    assert recognise(text) == Finding(("mind",), "critical")


@pytest.mark.parametrize("text", ["割腕了", "已经割腕", "不想活,喝了农药", "吃了一瓶安眠药"])
def test_a_done_act_is_of_the_body_and_shows_both_texts(text: str) -> None:
    assert recognise(text) == Finding(("body", "mind"), "critical")


@pytest.mark.parametrize(
    "text",
    [
        "孕前检查要空腹吗?",
        "没有胸痛",
        "怎样预防煤气中毒",
        "做这个手术不会昏迷吧",
        "想死你们了",
        "",
        "no chest pain",
    ],
)
def test_other_words_are_not_an_emergency(text: str) -> None:
    assert recognise(text) is None


def test_the_message_is_posted_and_the_conversation_goes_to_the_head_of_the_queue() -> None:
    story = waiting()
    assert story.does(PostMessage(VISITOR, CRY)) == ["emergency_noticed", "message_posted"]
    assert story.conversation.queue.priority == Priority.EMERGENCY
    assert rank_at(story.conversation) < NOON - 60 * 60 * SECOND


def test_each_kind_is_noticed_once_per_conversation() -> None:
    story = waiting()
    story.does(PostMessage(VISITOR, CRY))
    assert story.does(PostMessage(VISITOR, CRY)) == ["message_posted"]
    assert story.does(PostMessage(VISITOR, "不想活了")) == ["emergency_noticed", "message_posted"]


def test_what_a_supervisor_dismissed_is_not_raised_again() -> None:
    story = waiting()
    story.does(PostMessage(VISITOR, CRY))
    assert story.does(DismissEmergency(CHEN_JING)) == ["emergency_dismissed"]
    assert story.conversation.queue.priority == Priority.NORMAL
    assert story.does(PostMessage(VISITOR, CRY)) == ["message_posted"]
    assert not story.conversation.is_emergency
    # Words of another kind still raise an alarm.
    assert story.does(PostMessage(VISITOR, "不想活了")) == ["emergency_noticed", "message_posted"]


def test_after_a_reopening_every_kind_is_noticed_again() -> None:
    story = closed()
    story.conversation = structs.replace(
        story.conversation,
        emergency=structs.replace(story.conversation.emergency, critical_kinds=("body",)),
        alarms=structs.replace(story.conversation.alarms, escalations=2),
    )
    shut = Service(open=False, opens_at=7)
    assert story.does(PostMessage(VISITOR, CRY, service=shut)) == ["reopened", "emergency_noticed", "message_posted"]
    assert (story.conversation.alarms.escalations, story.conversation.queue.priority) == (0, Priority.EMERGENCY)


def urgent() -> Story:
    """李敏 owns it and has answered; then the visitor's words speak of an emergency."""
    story = active()
    story.does(PostMessage(LI_MIN, "您好", story.fence))
    story.does(PostMessage(VISITOR, CRY))
    return story


def test_unanswered_for_30_seconds_it_goes_to_somebody_else() -> None:
    story = urgent()
    assert story.passes(30 * SECOND - 1, elsewhere=True) == []
    assert story.passes(1, elsewhere=True) == ["returned_to_queue"]
    assert story.conversation.queue.priority == Priority.EMERGENCY
    assert story.conversation.queue.tried == (LI_MIN.person.id,)


def test_it_goes_on_twice_and_then_somebody_keeps_it() -> None:
    """Otherwise it would circulate for ever among people who are all slow. The alarm goes on instead."""
    story = urgent()
    for _ in range(2):
        assert story.passes(30 * SECOND, elsewhere=True) == ["returned_to_queue"]
        story.does(Assign(WANG_FANG.person, 0, 5, "load 0/5"))
    assert story.passes(60 * SECOND - 1, elsewhere=True) == []
    assert story.passes(3_600 * SECOND, elsewhere=True) == ["reply_overdue"]
    assert story.conversation.serving.owner == WANG_FANG.person


def test_a_waiting_emergency_keeps_waiting_although_its_visitor_has_left() -> None:
    """Whoever is available first must learn of it, even if that is in the morning."""
    story = waiting()
    story.does(PostMessage(VISITOR, CRY))
    story.does(VisitorPresenceChanged(here=False))
    assert story.passes(12 * 3_600 * SECOND) == []


def test_an_answered_emergency_does_not_move_on() -> None:
    story = urgent()
    story.does(PostMessage(LI_MIN, "请马上拨打120", story.fence))
    assert story.passes(30 * SECOND, elsewhere=True) == []


def test_when_nobody_else_is_there_it_stays_and_is_looked_at_again() -> None:
    story = urgent()
    assert story.passes(30 * SECOND) == ["escalation_deferred"]
    assert story.passes(LOOK_AGAIN_MS - 1, elsewhere=True) == []
    assert story.passes(1, elsewhere=True) == ["returned_to_queue"]


def test_an_owner_who_is_typing_keeps_it_for_another_minute() -> None:
    story = urgent()
    story.passes(30 * SECOND - 1)
    until = story.now + 1 + RULES.typing_extra_ms
    while story.now < until:
        story.now += 1 if story.now == until - RULES.typing_extra_ms - 1 else 5 * SECOND
        happened = story.does(DeadlineReached(owner_typing=True, elsewhere=True))
    assert happened == ["returned_to_queue"]
    assert story.now - until < 10 * SECOND


def test_a_lost_connection_does_not_stop_the_clock() -> None:
    story = urgent()
    story.does(OwnerPresenceChanged(here=False))
    assert story.passes(30 * SECOND, elsewhere=True) == ["returned_to_queue"]


def test_in_the_same_moment_the_banner_comes_before_the_words() -> None:
    story = waiting()
    events = story.events_of(PostMessage(VISITOR, "我不想活了"))
    assert events[0] == EmergencyNoticed("mind")


PAIRS = [("body", "我胸口疼，喘不过气"), ("mind", "我想自杀"), ("protect", "家暴，他打我")]


@pytest.mark.parametrize(("first", "second"), list(permutations(PAIRS, 2)))
def test_of_two_kinds_none_is_lost(first: tuple[str, str], second: tuple[str, str]) -> None:
    """Whatever a record stores or tells, abuse calls the supervisor, and the visitor is told of the other kind only."""
    finding = recognise(f"{first[1]}。{second[1]}。")
    assert finding is not None
    kinds = {first[0], second[0]}
    assert {*finding.kinds, *finding.beside} == kinds
    assert finding.is_about_abuse == ("protect" in kinds)
    assert finding.stored == ("protect" if "protect" in kinds else "body")
    assert finding.told == next(kind for kind in ("body", "mind") if kind in kinds)


@pytest.mark.parametrize(
    ("level", "other"), [("critical", "attention"), ("attention", "critical"), ("attention", "attention")]
)
@pytest.mark.parametrize("kind", ["body", "mind"])
def test_abuse_is_not_hidden_by_words_of_another_level(kind: Emergency, level: Level, other: Level) -> None:
    words = Words((OwnWords("a", "protect", level, ("暗号甲",)), OwnWords("b", kind, other, ("暗号乙",))))
    finding = recognise("暗号甲，暗号乙", None, words)
    assert finding is not None
    assert finding.is_about_abuse
    assert finding.stored == "protect"
    assert finding.told == (kind if other == "critical" else None)
    story = active()
    story.does(PostMessage(VISITOR, "暗号甲，暗号乙", words=words))
    assert is_about_abuse(story.conversation)
    assert story.conversation.alarms.emergency_at == story.now
    assert story.does(PostMessage(VISITOR, "暗号甲，暗号乙", words=words)) == ["message_posted"], "once"
