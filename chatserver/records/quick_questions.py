"""A site's quick questions in the hospital's file."""

import re
from collections.abc import Mapping

from chatserver.domain.quick_questions import FEWEST, MOST, QuickQuestion
from chatserver.domain.sentence import Sentence
from chatserver.records.checks import spelled
from chatserver.records.faults import Faults
from chatserver.records.kinds import QuestionRecord

ID = re.compile(r"[a-z0-9-]{1,40}")


def quick_questions(where: str, written: Mapping[str, QuestionRecord], faults: Faults) -> tuple[QuickQuestion, ...]:
    """The questions in their order in the file. Adds what is wrong with them to `faults`."""
    if written and not FEWEST <= len(written) <= MOST:
        # An old database may hold other numbers. They are served as they are until a file replaces the site.
        faults.add(
            where,
            Sentence(
                "there must be {fewest} to {most} questions or none, and there are {count}",
                fewest=FEWEST,
                most=MOST,
                count=len(written),
            ),
        )
    return tuple(_question(f"{where}.{spelled(id)}", id, each, faults) for id, each in written.items())


def _question(where: str, id: str, each: QuestionRecord, faults: Faults) -> QuickQuestion:
    if ID.fullmatch(id) is None:
        faults.add(where, Sentence("its name must be 1 to 40 of: small letters, digits, hyphen"))
    if each.kind == "other":
        if each.answer_zh is not None or each.answer_en is not None:
            faults.add(where, Sentence("a question of the kind other has no answer, because a person answers it"))
    elif each.answer_zh is None or each.answer_en is None:
        faults.add(where, Sentence("it lacks answer_zh and answer_en, which visitors get at once"))
    return QuickQuestion(id, each.kind, each.question_zh, each.question_en, each.answer_zh or "", each.answer_en or "")


def written(questions: tuple[QuickQuestion, ...]) -> dict[str, dict[str, str]]:
    """The same as a file writes them."""
    return {each.id: _written(each) for each in questions}


def _written(each: QuickQuestion) -> dict[str, str]:
    own = {"kind": each.kind, "question_zh": each.question_zh, "question_en": each.question_en}
    return own if each.kind == "other" else own | {"answer_zh": each.answer_zh, "answer_en": each.answer_en}
