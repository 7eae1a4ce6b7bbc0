"""同意: what follows from each decision, who may decide what, and that a message never waits for consent."""

import subprocess
import sys
from hashlib import sha256

import pytest

from chatserver.domain.children import speaks_of_a_child
from chatserver.domain.commands.alarms import DismissEmergency
from chatserver.domain.commands.consent import SetConsent
from chatserver.domain.commands.messages import PostMessage
from chatserver.domain.consent import (
    ASKED,
    BUILT_IN_NOTICE,
    MOST_DECISIONS,
    Consent,
    ConsentKind,
    Consents,
    ConsentText,
    Decision,
    Said,
    asked_for,
    decision_on,
    lock,
    standing,
)
from chatserver.domain.emergency import Words
from chatserver.domain.health_words import speaks_of_health
from chatserver.domain.hospital import LANGUAGES
from chatserver.domain.refusals import ConversationClosed, Forbidden
from tests.setup.paths import ROOT

from .people import CHEN_JING, LI_MIN, VISITOR, Story, active, assert_refused, closed, waiting

NOTICE, HEALTH = BUILT_IN_NOTICE.texts()[0], asked_for("health", "zh")
GUARDIAN, BEHALF = asked_for("guardian", "zh"), asked_for("behalf", "zh")


def consents_of(told: str) -> Consents:
    """`"notice given, health refused"` as consents."""
    pairs = [each.split() for each in told.split(", ") if each]
    return tuple(Consent(kind, decision, 1, "1", "", "zh") for kind, decision in pairs)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("told", "shown", "locked"),
    [
        ("", None, None),
        ("notice given", "not_asked", None),
        ("notice given, health given", "agreed", None),
        ("notice given, health refused", "refused", "health_refused"),
        ("health refused", "refused", "health_refused"),
        ("notice given, health withdrawn", "withdrawn", "health_withdrawn"),
        ("notice withdrawn", "withdrawn", "notice_withdrawn"),
        ("notice withdrawn, health withdrawn", "withdrawn", "notice_withdrawn"),
        ("notice given, health given, guardian asked", "agreed", None),
        ("notice given, health given, guardian given", "agreed", None),
        ("notice given, health given, guardian refused", "agreed", "guardian_refused"),
        ("notice given, health given, guardian withdrawn", "agreed", "guardian_refused"),
        ("behalf given", None, None),
    ],
)
def test_what_staff_are_shown_and_what_is_locked(told: str, shown: str | None, locked: str | None) -> None:
    assert (standing(consents_of(told)), lock(consents_of(told))) == (shown, locked)


def test_every_question_exists_once_in_each_language_and_under_its_own_hash() -> None:
    kinds = ("behalf", "guardian", "health")
    asked = sorted((each.kind, each.language) for each in ASKED)
    assert asked == sorted((kind, language) for kind in kinds for language in LANGUAGES)
    assert len({each.sha256 for each in (*ASKED, *BUILT_IN_NOTICE.texts())}) == len(ASKED) + 2


def test_the_hash_is_of_the_text_and_of_its_link() -> None:
    plain = ConsentText("notice", "1", "zh", "告知")
    linked = ConsentText("notice", "1", "zh", "告知", "https://example.org/privacy")
    assert plain.sha256 == sha256("告知".encode()).hexdigest()
    assert linked.sha256 == sha256("告知\nhttps://example.org/privacy".encode()).hexdigest()


def sends(story: Story, body: str, *said: Said) -> list[str]:
    return story.does(PostMessage(VISITOR, body, consents=said))


def sets(story: Story, kind: ConsentKind, decision: Decision, text: ConsentText | None = None) -> list[str]:
    return story.does(SetConsent(VISITOR, kind, decision, text))


def test_the_first_message_brings_the_notice_and_leaves_no_line_of_its_own() -> None:
    story = waiting()
    assert sends(story, "请问几点上班？", Said("given", NOTICE)) == ["notice_agreed", "message_posted"]
    assert sends(story, "还有停车吗？", Said("given", NOTICE)) == ["message_posted"], "the same again is nothing new"
    known = story.conversation.agreed.consents
    assert known == (Consent("notice", "given", story.now, BUILT_IN_NOTICE.version, NOTICE.sha256, "zh"),)


def test_a_new_text_is_agreed_to_anew() -> None:
    story = waiting()
    sends(story, "请问几点上班？", Said("given", NOTICE))
    newer = ConsentText("notice", "2", "zh", "新的告知")
    assert sends(story, "还有停车吗？", Said("given", newer)) == ["notice_agreed", "message_posted"]


@pytest.mark.parametrize("decision", ["given", "refused"])
def test_health_consent_comes_with_the_message_that_needed_it(decision: Decision) -> None:
    story = active()
    assert sends(story, "最近咳嗽", Said(decision, HEALTH)) == ["consent_changed", "message_posted"]
    assert decision_on(story.conversation.agreed.consents, "health") == decision


@pytest.mark.parametrize(
    "said", [Said("withdrawn", NOTICE), Said("asked", HEALTH), Said("given", GUARDIAN), Said("refused", BEHALF)]
)
def test_a_message_goes_through_whatever_comes_with_it(said: Said) -> None:
    story = active()
    assert sends(story, "请问几点上班？", said) == ["message_posted"]
    assert story.conversation.agreed.consents == ()


@pytest.mark.parametrize("before", ["", "notice withdrawn", "notice given, health refused"])
def test_emergency_words_pass_without_any_consent(before: str) -> None:
    story = active()
    for each in consents_of(before):
        sets(story, each.kind, "given", NOTICE if each.kind == "notice" else HEALTH)
        sets(story, each.kind, each.decision, NOTICE if each.kind == "notice" else HEALTH)
    assert sends(story, "我胸口剧痛，喘不上气")[-1] == "message_posted"
    assert story.conversation.is_critical


def test_withdrawing_the_notice_withdraws_health_data_too() -> None:
    story = active()
    sends(story, "最近咳嗽", Said("given", NOTICE), Said("given", HEALTH))
    assert sets(story, "notice", "withdrawn") == ["consent_changed", "consent_changed"]
    decisions = {each.kind: each.decision for each in story.conversation.agreed.consents}
    assert decisions == {"notice": "withdrawn", "health": "withdrawn"}
    assert sets(story, "notice", "withdrawn") == [], "once is enough"


def test_a_withdrawal_is_about_the_text_that_was_agreed_to() -> None:
    story = active()
    sends(story, "I cough", Said("given", asked_for("health", "en")))
    [event] = story.events_of(SetConsent(VISITOR, "health", "withdrawn"))
    assert (event.sha256, event.language) == (asked_for("health", "en").sha256, "en")  # type: ignore[attr-defined]


def test_after_the_end_the_visitor_still_withdraws_and_staff_ask_nothing() -> None:
    story = active()
    sends(story, "最近咳嗽", Said("given", HEALTH))
    story.closed_by(LI_MIN)
    assert sets(story, "health", "withdrawn") == ["consent_changed"]
    with assert_refused(ConversationClosed):
        story.does(SetConsent(CHEN_JING, "behalf", "asked", BEHALF))


def test_what_the_visitor_has_ended_stays_closed_to_the_next_person_at_that_browser() -> None:
    story = active()
    sends(story, "最近咳嗽", Said("given", HEALTH))
    story.closed_by(VISITOR)
    with assert_refused(ConversationClosed):
        sets(story, "health", "withdrawn")


@pytest.mark.parametrize(
    ("kind", "decision"),
    [
        (kind, decision)
        for kind in ("notice", "health", "behalf", "guardian")
        for decision in ("asked", "given", "refused", "withdrawn")
        if (kind, decision) not in {(each, done) for each in ("behalf", "guardian") for done in ("asked", "withdrawn")}
    ],
)
def test_staff_never_decide_for_the_visitor(kind: ConsentKind, decision: Decision) -> None:
    text = NOTICE if kind == "notice" else asked_for(kind, "zh")
    with assert_refused(Forbidden, rule="visitor_decides"):
        active().does(SetConsent(LI_MIN, kind, decision, text))


def test_staff_take_back_a_question_only_while_nobody_has_decided() -> None:
    story = active()
    ask = SetConsent(LI_MIN, "behalf", "asked", BEHALF)
    assert story.does(ask) == ["consent_changed"]
    assert story.does(SetConsent(LI_MIN, "behalf", "withdrawn")) == ["consent_changed"]
    assert story.does(ask) == ["consent_changed"]
    assert sets(story, "behalf", "given", BEHALF) == ["consent_changed"]
    assert story.does(ask) == [], "it was given"
    with assert_refused(Forbidden, rule="visitor_decides"):
        story.does(SetConsent(LI_MIN, "behalf", "withdrawn"))


def test_a_guardian_answers_only_where_one_was_asked_for() -> None:
    story = active()
    with assert_refused(Forbidden, rule="not_asked"):
        sets(story, "guardian", "given", GUARDIAN)
    story.does(SetConsent(LI_MIN, "guardian", "asked", GUARDIAN))
    assert sets(story, "guardian", "given", GUARDIAN) == ["consent_changed"]


@pytest.mark.parametrize("answered", [False, True])
def test_no_guardian_is_asked_for_while_an_alert_of_abuse_is_open(answered: bool) -> None:
    story = active()
    sends(story, "我13岁，爸爸打我，还摸我下面")
    assert "protect" in (*story.conversation.emergency.critical_kinds, *story.conversation.emergency.attention_kinds)
    if answered:
        story.answers()
    # Another emergency does not hide the alert.
    sends(story, "我胸口剧痛，喘不上气")
    ask = SetConsent(LI_MIN, "guardian", "asked", GUARDIAN)
    with assert_refused(Forbidden, rule="abuse_alert"):
        story.does(ask)
    story.does(DismissEmergency(CHEN_JING))
    assert story.does(ask) == ["consent_changed"], "a supervisor has closed the alert"


def test_a_closed_conversation_reopens_with_the_consent_of_its_message() -> None:
    assert sends(closed(), "再问一句", Said("given", NOTICE)) == ["reopened", "notice_agreed", "message_posted"]


def test_the_widget_has_these_questions_and_words_and_the_verdicts_on_the_examples() -> None:
    """Its tests compare its own verdicts with these. `make types` writes the files."""
    command = [sys.executable, "scripts/consent_words.py", "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_words_of_every_kind_are_found_and_a_general_question_is_not() -> None:
    for text in (
        "发烧三天了",
        "查出糖尿病",
        "做个ｃｔ多少钱",
        "头 痛",
        "医生开的抗生素",
        "my blood pressure",
        "Is an MRI painful?",
    ):
        assert speaks_of_health(text), text
    for text in ("请问周末有门诊吗？", "地址在哪里", "how do I get there by train", "painting"):
        assert not speaks_of_health(text), text
    assert speaks_of_health("想问蓝色药水", ["蓝色药水"])


CHILDREN = """
我孩子8岁 | 10岁女孩 | 孩子 3 岁半，最近不爱吃饭 | 女儿十三岁 | 宝宝八个月 | 宝宝5个月大 | 刚出生5天 | 两岁多
我13周岁 | 小学生近视 | 儿子才2个月 | ８岁 | 未满14岁怎么挂号 | 新生儿要做什么检查 | 1岁半
my 9 year old | 9-year-old girl | a girl aged 7 | my son is 5 | my baby | a toddler | 6 month old | ten years old
3 yrs old | 12yo
"""
GROWN = """
我38岁 | 二十岁 | 十四岁 | 14岁男孩 | 45岁女性 | 怀孕5个月 | 三十八岁 | 108岁 | 请问几点上班？ | 疼了3个月
8点可以来吗 | 吃了10天药 | I am 34 years old | my 21 year old | for 9 years | aged 70 | baby bump | 8 o'clock | 5 days
"""


def listed(texts: str) -> list[str]:
    return [each.strip() for line in texts.strip().splitlines() for each in line.split("|")]


@pytest.mark.parametrize("text", listed(CHILDREN))
def test_words_about_a_child_are_found(text: str) -> None:
    assert speaks_of_a_child(text)


@pytest.mark.parametrize("text", listed(GROWN))
def test_ages_from_fourteen_on_are_none(text: str) -> None:
    assert not speaks_of_a_child(text)


def guardian(story: Story) -> str | None:
    return decision_on(story.conversation.agreed.consents, "guardian")


def test_a_child_in_the_words_asks_for_a_guardian_once_and_leaves_no_line() -> None:
    story = active()
    assert sends(story, "请问几点上班？") == ["message_posted"]
    assert sends(story, "我孩子8岁，要挂哪个科？") == ["guardian_asked", "message_posted"]
    assert sends(story, "孩子8岁") == ["message_posted"]
    sets(story, "guardian", "given", GUARDIAN)
    assert sends(story, "他8岁") == ["message_posted"]
    assert guardian(story) == "given"


@pytest.mark.parametrize(
    ("names", "asked"), [("儿科", True), ("Paediatrics", True), ("小儿外科", True), ("妇科", False)]
)
def test_a_department_for_children_asks_with_the_first_words(names: str, asked: bool) -> None:
    story = waiting()
    words = Words(names={story.conversation.subject.department: names})
    events = story.does(PostMessage(VISITOR, "请问几点上班？", words=words))
    assert (events == ["guardian_asked", "message_posted"]) is asked


@pytest.mark.parametrize(
    "words",
    [
        "我13岁，爸爸打我，还摸我下面",
        "女儿12岁，怀孕了",
        "我孩子8岁，突然昏迷了",
        "孩子3岁，高热惊厥",
        "我13岁，不想活了",
    ],
)
def test_no_guardian_is_asked_for_with_emergency_words(words: str) -> None:
    story = active()
    assert "guardian_asked" not in sends(story, words)
    assert guardian(story) is None
    assert sends(story, "她12岁") == ["message_posted"], "nor before they are answered"


def test_after_the_answer_to_an_emergency_a_guardian_is_asked_for_but_not_after_words_of_abuse() -> None:
    story = active()
    sends(story, "我孩子8岁，突然昏迷了")
    story.does(PostMessage(LI_MIN, "请马上拨打120。", story.conversation.serving.fence))
    assert "guardian_asked" in sends(story, "120 来了，他8岁")
    abused = active()
    sends(abused, "我13岁，爸爸打我，还摸我下面")
    abused.does(PostMessage(LI_MIN, "您现在安全吗？", abused.conversation.serving.fence))
    assert sends(abused, "我13岁") == ["message_posted"]


def test_the_decisions_of_one_conversation_come_to_an_end_but_withdrawing_never_does() -> None:
    story = active()
    for _ in range(MOST_DECISIONS // 2):
        assert sets(story, "health", "given", HEALTH) == ["consent_changed"]
        assert sets(story, "health", "refused", HEALTH) == ["consent_changed"]
    with assert_refused(Forbidden, rule="too_many_decisions"):
        sets(story, "health", "given", HEALTH)
    assert sends(story, "请问几点上班？", Said("given", HEALTH), Said("given", NOTICE)) == ["message_posted"]
    assert sends(story, "我孩子8岁") == ["message_posted"]
    given = active()
    sets(given, "notice", "given", NOTICE)
    for _ in range((MOST_DECISIONS - 1) // 2):
        sets(given, "health", "refused", HEALTH)
        sets(given, "health", "given", HEALTH)
    sets(given, "behalf", "given", BEHALF)
    assert sets(given, "notice", "withdrawn") == ["consent_changed", "consent_changed"]
    assert lock(given.conversation.agreed.consents) == "notice_withdrawn"
