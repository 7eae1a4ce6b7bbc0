"""Whether a text, or a department, is about a child under 14, so that a guardian is asked for consent.

A child that is found too often costs one question; one that is missed has no guardian's consent. So an age counts,
whoever has it.
"""

import re
import unicodedata
from functools import lru_cache

ADULT = 14
"""From this age on no guardian is asked."""

_NUMERALS = "十一|十二|十三|十|零|一|二|两|三|四|五|六|七|八|九"
_AGES = re.compile(
    rf"(?<![\d.])(\d{{1,2}})(?:\.\d)?(?:个?多)?周?[岁歲]|(?<![一二三四五六七八九十])(?:{_NUMERALS})(?:个?多)?周?[岁歲]"
)
_MONTHS = re.compile(
    r"(?:\d|[一二两三四五六七八九十])个?多?月大?的?(?:宝宝|宝贝|孩子|小孩|婴儿|娃|男孩|女孩|女儿|儿子)|(?:\d|[一二两三四五六七八九十])个多?月大|"
    r"(?:宝宝|宝贝|孩子|小孩|娃|女儿|儿子|孙子|孙女|外孙女?)(?:现在|才|刚|今年|有|快|已经|是|，){0,3}"
    r"(?:\d{1,2}|[一二两三四五六七八九十]{1,2})个?多?(?:月|天)"
)
_CHILDREN = re.compile(r"婴儿|婴幼儿|新生儿|幼儿|小学生|小朋友|未满(?:14|十四)周?[岁歲]|刚(?:出生|满月)")
_ENGLISH = re.compile(
    r"(?<![\d.])(\d{1,2})(?:\.5| and a half)?[ -]?(?:years?|yrs?|y)[ -]?(?:old|o\b)|"
    r"(?<!\w)aged? (?:of )?(\d{1,2})(?!\d)|"
    r"(?<!\w)(?:is|turned|turns|just) (\d)(?: now)?(?=[.,!?]|$)|(?<!\w)(\d{1,2}) ?y/o\b"
)
_ENGLISH_CHILDREN = re.compile(
    r"(?<!\w)(?:babies|baby(?! bump)|infants?|newborns?|toddlers?|preschoolers?|kindergart(?:en|ner))(?!\w)|"
    r"\d[ -]?(?:months?|weeks?|days?)[ -]?old|"
    r"(?<!\w)(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen)[ -]years?[ -]old"
)
_DEPARTMENTS = re.compile("儿科|小儿|儿童|儿保|新生儿|p(?:a|)ediat|p\u00e6diat|children|neonat|erke")


def speaks_of_a_child(text: str) -> bool:
    """Whether the text gives an age under 14, or names somebody who must be under 14."""
    plain = unicodedata.normalize("NFKC", text).lower()
    close = re.sub(r"\s", "", plain)
    if _CHILDREN.search(close) or _MONTHS.search(close) or _ENGLISH_CHILDREN.search(plain):
        return True
    ages = (found[1] for found in _AGES.finditer(close))
    english = (next((each for each in found.groups() if each), None) for found in _ENGLISH.finditer(plain))
    return any(age is None or int(age) < ADULT for age in (*ages, *english))


@lru_cache(maxsize=1_000)
def is_for_children(names: str) -> bool:
    """Whether a department with this id and these names treats children."""
    return _DEPARTMENTS.search(names.casefold()) is not None
