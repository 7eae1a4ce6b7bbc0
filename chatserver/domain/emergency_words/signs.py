"""What a sign of an emergency is, and how its patterns are written.

Patterns are matched against text normalised by `spelling`: simplified characters, lower case, no punctuation but `，`
`。` `？`.

- `~` stands for at most five characters of the same clause without a negation, `…` for at most twelve of any kind;
- `<child>` and the like stand for the words in `VOCABULARY`.

Digits are ASCII. An unbounded repetition never contains another one, so that the time to read a text grows linearly
with its length.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Literal

from chatserver.domain.emergency_words.needed import alternatives, rarity, telling

Emergency = Literal["body", "mind", "protect"]
"""Danger to the body, danger to oneself, or a person who must be protected from others."""
Level = Literal["critical", "attention"]
"""critical (危急) raises an alarm and goes to the head of the queue; attention (需关注) is only marked."""

BODY: tuple[Emergency, ...] = ("body",)
MIND: tuple[Emergency, ...] = ("mind",)
DONE: tuple[Emergency, ...] = ("body", "mind")
"""For self-harm that has happened, the texts of both kinds are shown."""
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
    """How the words around a sign affect it."""

    SYMPTOM = auto()
    """Something that somebody has, unless the words around it say otherwise."""
    EASING = auto()
    """Like a symptom, but only `attention` if it is described as slight or as coming and going."""
    ILLNESS = auto()
    """The name of an illness. People ask about it, or have had it for years, so it must be said to be present."""
    ACT = auto()
    """Something that was done. A question about its consequences does not weaken it."""
    WISH = auto()
    """Weariness of life. Conditions and fears do not weaken it."""
    FACT = auto()
    """One of several facts that are an emergency only together."""
    HARM = auto()
    """What others do to somebody. A question about its cost or its requirements does not weaken it."""


@dataclass(frozen=True, slots=True)
class Sign:
    """Words that speak of an emergency. `ways`: the patterns for them; `ordinary_in`: fields (`words.FIELDS`) in which
    such words are ordinary."""

    kinds: tuple[Emergency, ...]
    level: Level
    manner: Manner
    ways: tuple[str, ...]
    ordinary_in: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that is an emergency only together with other facts. Every match contains one of the pieces `needs`."""

    needs: frozenset[str]
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Together:
    """Facts that are a sign only together: all of them, or `least` of them; not if `unless` is mentioned."""

    kinds: tuple[Emergency, ...]
    level: Level
    facts: tuple[str, ...]
    unless: str = ""
    least: int = 0

    def needs(self, facts: Mapping[str, Fact]) -> frozenset[str]:
        """Pieces of which a text must contain at least one for this to hold."""
        of_each = [facts[name].needs for name in self.facts]
        return frozenset[str]().union(*of_each) if self.least else min(of_each, key=rarity)

    def may_hold(self, named: frozenset[str]) -> bool:
        """Whether enough of its facts are among `named`."""
        return len(named.intersection(self.facts)) >= (self.least or len(self.facts))

    def hold(self, told: Iterable[bool]) -> bool:
        """Whether enough of its facts are true."""
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
    """A sign as the lists write it: any of the patterns matches."""
    return Sign(kinds, level, manner, tuple(alternatives(filled("|".join(patterns)))), ordinary_in)


def fact(*patterns: str) -> Fact:
    whole = filled("|".join(patterns))
    return Fact(telling(whole), re.compile(whole, re.ASCII))


def filled(pattern: str) -> str:
    """The pattern with its gaps and vocabulary expanded."""
    for name, words in VOCABULARY.items():
        pattern = pattern.replace(f"<{name}>", f"(?:{words})")
    for gap, meaning in GAPS.items():
        pattern = pattern.replace(gap, meaning)
    return pattern
