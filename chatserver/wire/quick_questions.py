"""Quick questions, with the answers that the hospital approved."""

from msgspec import Struct

from chatserver.domain.quick_questions import Kind


class QuickQuestion(Struct, frozen=True, omit_defaults=True):
    """A question that the widget offers before the first message. It shows the answer at once, as an automatic reply. A
    question of the kind `other` has none: its words are put into the box to write in."""

    id: str
    kind: Kind
    question_zh: str
    question_en: str
    answer_zh: str = ""
    answer_en: str = ""


class QuickAnswer(Struct, frozen=True):
    """A question that was answered automatically before the first message. `automatic` is always true: nobody wrote the
    answer, and it counts as no reply."""

    kind: Kind
    question: str
    answer: str
    automatic: bool = True
