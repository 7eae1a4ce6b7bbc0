"""What the widget has answered is a part of the beginning, in the words that the visitor saw."""

from chatserver.domain.quick_questions import Answered, QuickQuestion, answered

WHERE = QuickQuestion("where", "address", "医院在哪里？", "Where is it?", "康宁路 18 号。", "18 Kangning Road.")
HOURS = QuickQuestion("hours", "hours", "几点上班？", "When?", "8:10 至 24:00。", "8:10 to 24:00.")
RESULTS = QuickQuestion("results", "other", "我想问检查结果。", "About my results.")
KNOWN = (WHERE, HOURS, RESULTS)


def test_the_answers_are_in_the_order_and_the_language_of_the_visitor() -> None:
    assert answered(KNOWN, ["hours", "where"], "zh") == (
        Answered("hours", "几点上班？", "8:10 至 24:00。"),
        Answered("address", "医院在哪里？", "康宁路 18 号。"),
    )
    assert answered(KNOWN, ["where"], "en") == (Answered("address", "Where is it?", "18 Kangning Road."),)


def test_only_what_the_hospital_has_answered_counts_and_only_once() -> None:
    assert answered(KNOWN, ["results", "gone", "where", "where"], "zh") == (WHERE.answered("zh"),)
    assert answered((), ["where"], "zh") == ()
