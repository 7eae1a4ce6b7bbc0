"""常见问题: questions that the widget offers before the first message, with answers that the hospital approved.

The widget answers them from its own welcome, so an answer opens no conversation and occupies no place in a queue. When
the visitor writes, the conversation begins with what was answered (`Opened.answered`), because whoever takes it must
know what the visitor has been told. It is a part of that event and no message: it stops no clock and is no reply.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["address", "hours", "price", "registration", "other"]
FEWEST, MOST = 3, 5
"""Questions of one site that has any. More would cover the box to write in on a phone; fewer would look forgotten."""


@dataclass(frozen=True, slots=True)
class QuickQuestion:
    """A question of a site. The widget shows the answer at once, as an automatic reply; a question of the kind `other`
    has none, and its words are put into the box to write in."""

    id: str
    kind: Kind
    question_zh: str
    question_en: str
    answer_zh: str = ""
    answer_en: str = ""

    def answered(self, language: str) -> "Answered":
        """What a visitor read who tapped it."""
        if language == "en":
            return Answered(self.kind, self.question_en, self.answer_en)
        return Answered(self.kind, self.question_zh, self.answer_zh)


@dataclass(frozen=True, slots=True)
class Answered:
    """A question that was answered before the first message, in the words that the visitor saw."""

    kind: Kind
    question: str
    answer: str


def answered(known: Iterable[QuickQuestion], asked: Iterable[str], language: str) -> tuple[Answered, ...]:
    """What the visitor read who tapped the questions with these ids, in that order, each once. Unknown ones, and those
    without an answer, are left out: the widget may have an older list."""
    by_id: Mapping[str, QuickQuestion] = {each.id: each for each in known}
    tapped = dict.fromkeys(asked)
    return tuple(by_id[id].answered(language) for id in tapped if id in by_id and by_id[id].kind != "other")
