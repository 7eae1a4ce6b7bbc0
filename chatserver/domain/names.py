"""Names of people: what none may hold, and as what a visitor's is shown.

Staff names are refused when they break a rule; they may repeat, since the staff number stands beside them. A visitor's
is never refused: nobody is turned away for what they are called. It is shown as it is, or not at all.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Literal

from chatserver.domain.hiding import hides, visible
from chatserver.domain.text import first_unseen

MARKS_IN_A_ROW = 2
"""A letter of Vietnamese has two; a heap of them covers the lines around it."""
SUBJOINED = frozenset(map(chr, range(0x0F8D, 0x0FBD)))
"""Letters of Tibetan that stand below another one. Unicode has them among the marks, but they are letters."""
SUBJOINED_IN_A_ROW = 4
"""More than any word has."""
WORD = re.compile(r"[^\W\d_]+")
ALIKE = ("CYRILLIC", "GREEK")
"""Scripts with letters that look like Latin ones."""
SPEAKING_FOR_US = frozenset(
    {"系统", "客服", "医生", "护士", "咨询员", "管理员", "医院", "system", "support", "doctor", "nurse", "consultant"}
)
"""Alone they are no name, but would be taken for whoever speaks for the hospital."""

Wrong = Literal["unseen", "marks", "mixed"]


def wrong_with(name: str) -> Wrong | None:
    """Which rule a name breaks: characters that nobody sees, a heap of marks, a word of two scripts that look alike."""
    if first_unseen(name) is not None or hides(name):
        return "unseen"
    if _has_a_heap(name):
        return "marks"
    return "mixed" if any(_is_mixed(word) for word in WORD.findall(name)) else None


def visitors_name(name: str, own_names: Iterable[str], id: str) -> str:
    """As what a visitor's name is shown: itself, or `#` and four characters of `id` where it would be taken for the
    hospital's (`own_names`) or cannot be read. Beside it stands who it is: a visitor, not verified."""
    wrong = wrong_with(name)
    # The hospital may have no name in one language, which is not the name of everybody without one.
    taken = SPEAKING_FOR_US | {_bare(each) for each in own_names} - {""}
    if wrong in ("marks", "mixed") or _bare(name) in taken:
        return f"#{id[-4:].upper()}"
    return visible(name)


def _has_a_heap(text: str) -> bool:
    marks = subjoined = 0
    for character in text:
        if character in SUBJOINED:
            subjoined += 1
        elif unicodedata.category(character).startswith("M"):
            marks += 1
        else:
            marks = subjoined = 0
        if marks > MARKS_IN_A_ROW or subjoined > SUBJOINED_IN_A_ROW:
            return True
    return False


def _is_mixed(word: str) -> bool:
    scripts = {unicodedata.name(each, "").split(" ")[0] for each in word}
    return "LATIN" in scripts and any(each in scripts for each in ALIKE)


def _bare(name: str) -> str:
    """Without what makes no difference to the eye."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return "".join(each for each in plain if each.isalnum())
