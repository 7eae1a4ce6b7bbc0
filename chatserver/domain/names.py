"""Names of people: what they may not contain, and how a visitor's name is shown.

A staff name that breaks a rule is refused. Two people may have the same name, because the staff number is shown as
well. A visitor's name is never refused, because nobody may be turned away for it: it is shown as it is, or replaced.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Literal

from chatserver.domain.hiding import hides, visible
from chatserver.domain.text import first_unseen

MARKS_IN_A_ROW = 2
"""Vietnamese letters have up to two marks. More of them would cover the lines around the name."""
SUBJOINED = frozenset(map(chr, range(0x0F8D, 0x0FBD)))
"""Subjoined letters of Tibetan. Unicode classifies them as marks, but they are letters."""
SUBJOINED_IN_A_ROW = 4
"""More than any word has."""
WORD = re.compile(r"[^\W\d_]+")
ALIKE = ("CYRILLIC", "GREEK")
"""Scripts with letters that look like Latin ones."""
SPEAKING_FOR_US = frozenset(
    {"系统", "客服", "医生", "护士", "咨询员", "管理员", "医院", "system", "support", "doctor", "nurse", "consultant"}
)
"""Names that would make a visitor look like somebody who speaks for the hospital."""

Wrong = Literal["unseen", "marks", "mixed"]


def wrong_with(name: str) -> Wrong | None:
    """The rule that a name breaks: `unseen` (invisible characters), `marks` (too many marks), or `mixed` (a word in two
    scripts that look alike)."""
    if first_unseen(name) is not None or hides(name):
        return "unseen"
    if _has_a_heap(name):
        return "marks"
    return "mixed" if any(_is_mixed(word) for word in WORD.findall(name)) else None


def visitors_name(name: str, own_names: Iterable[str], id: str) -> str:
    """How a visitor's name is shown: as it is, or as `#` and four characters of `id` if it could be taken for the
    hospital's (`own_names`) or cannot be read. The clients show beside it that this is a visitor, not verified."""
    wrong = wrong_with(name)
    # A hospital without a name in one language must not claim the empty name.
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
    """The name in one spelling, for comparisons: only letters and digits, without differences of case and of width."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return "".join(each for each in plain if each.isalnum())
