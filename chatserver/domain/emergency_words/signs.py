"""What a sign of an emergency is, and how its patterns are written.

They are read against the one spelling of `spelling`: simplified, small letters, no punctuation but `，` `。` `？`.

- `~` stands for at most five characters of the same clause that deny nothing, `…` for at most twelve of any;
- `<child>` and the like stand for the words of `VOCABULARY`.

Digits are ASCII's. Nothing repeats without an end inside of what repeats, so that reading is linear in the length of a
text.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Literal

from chatserver.domain.emergency_words.needed import alternatives, rarity, telling

Emergency = Literal["body", "mind", "protect"]
"""Of the body, of the mind, or of somebody who must be protected from others."""
Level = Literal["critical", "attention"]
"""危急 rings and goes to the head of the queue, 需关注 is a badge."""

BODY: tuple[Emergency, ...] = ("body",)
MIND: tuple[Emergency, ...] = ("mind",)
DONE: tuple[Emergency, ...] = ("body", "mind")
"""A done act of self-harm: both texts are shown."""
PROTECT: tuple[Emergency, ...] = ("protect",)

GAPS = {"~": "[^，。？不没无]{0,5}", "…": "[^，。？]{0,12}"}
VOCABULARY = {
    "child": "孩子|宝宝|宝贝|小孩|小朋友|娃|婴儿|儿子|女儿|闺女|孙子|孙女|外孙|妹妹|弟弟",
    "baby": "孩子|宝宝|宝贝|小孩|小朋友|娃|婴儿|小家伙|孙子|孙女|外孙|[一二两三四五六七八九\\d]岁|个月大?的?",
    "old": "老人家?|老头子?|老太太?|爷爷|奶奶|外公|外婆|姥姥|姥爷|公公|婆婆|岳父|岳母|"
    "爸爸?|妈妈?|父亲|母亲|老爸|老妈|老爹|爹|娘",
    "sudden": "突然|忽然|一下子?|刚才|刚刚|瞬间|猛地",
    "hurts": "疼|痛|绞|压榨|压着|压得|压了|撕裂|揪着|揪心|揪|刀割|刀绞|针扎|难受得|发紧|不舒服得|炸",
    "side": "半边|半侧|一侧|一边|单侧|左侧|右侧|左边|右边|左半|右半|半身|半个身子|半拉身子|偏身",
    "amount": "[一二两三四五六七八九十几半好大小整满多]|\\d",
    "vessel": "口|碗|盆|滩|杯|瓶|地|身|床|马桶|块|升|斤|毫升|ml",
}


class Manner(Enum):
    """How a sign is judged by what is said around it."""

    SYMPTOM = auto()
    """What somebody has, unless the words around it say otherwise."""
    EASING = auto()
    """As a symptom, and slight where it comes and goes: then no more than `attention`."""
    ILLNESS = auto()
    """The name of an illness, of which people ask and tell for years: it must be said that it is there now."""
    ACT = auto()
    """Something that was done: asking what follows from it takes nothing away."""
    WISH = auto()
    """Weariness of life: conditions and fears take nothing away."""
    FACT = auto()
    """Part of what is an emergency only together."""
    HARM = auto()
    """What others do to somebody: also when it is asked what that costs or needs."""


@dataclass(frozen=True, slots=True)
class Sign:
    """Words that speak of an emergency: the `ways` of saying it, each a pattern. `ordinary_in` are fields
    (`words.FIELDS`) in which such words are everyday."""

    kinds: tuple[Emergency, ...]
    level: Level
    manner: Manner
    ways: tuple[str, ...]
    ordinary_in: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that is an emergency only together with others. Whatever it matches has one of the pieces `needs`."""

    needs: frozenset[str]
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Together:
    """Facts that are ordinary one by one: all of them are a sign, or `least` of them; not where `unless` is said."""

    kinds: tuple[Emergency, ...]
    level: Level
    facts: tuple[str, ...]
    unless: str = ""
    least: int = 0

    def needs(self, facts: Mapping[str, Fact]) -> frozenset[str]:
        """Pieces of which a text must contain one for it to hold."""
        of_each = [facts[name].needs for name in self.facts]
        return frozenset[str]().union(*of_each) if self.least else min(of_each, key=rarity)

    def may_hold(self, named: frozenset[str]) -> bool:
        """Whether enough of its facts are among these."""
        return len(named.intersection(self.facts)) >= (self.least or len(self.facts))

    def hold(self, told: Iterable[bool]) -> bool:
        """Whether enough of the facts are told."""
        if not self.least:
            return all(told)
        counted = 0
        return any((counted := counted + each) >= self.least for each in told)


def sign(
    kinds: tuple[Emergency, ...],
    manner: Manner,
    *patterns: str,
    level: Level = "critical",
    ordinary_in: tuple[str, ...] = (),
) -> Sign:
    """A sign as the lists write it: any of the patterns."""
    return Sign(kinds, level, manner, tuple(alternatives(filled("|".join(patterns)))), ordinary_in)


def fact(*patterns: str) -> Fact:
    whole = filled("|".join(patterns))
    return Fact(telling(whole), re.compile(whole, re.ASCII))


def filled(pattern: str) -> str:
    """The pattern with its gaps and its words filled in."""
    for name, words in VOCABULARY.items():
        pattern = pattern.replace(f"<{name}>", f"(?:{words})")
    for gap, meaning in GAPS.items():
        pattern = pattern.replace(gap, meaning)
    return pattern
