"""What a sign of an emergency is, and how its pattern is written.

Patterns are read against the one spelling of `spelling`: simplified, small letters, no punctuation but `，` `。` `？`.
In them `~` stands for at most five characters of the same clause that deny nothing, and `…` for at most twelve of the
same clause. No quantifier without an end stands inside another, so that reading is linear.
"""

import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import Literal

Emergency = Literal["body", "mind", "protect"]
"""Of the body, of the mind, or of somebody who must be protected from others."""
Level = Literal["critical", "attention"]
"""危急 rings and goes to the head of the queue, 需关注 is a badge."""

GAPS = {"~": "[^，。？不没无]{0,5}", "…": "[^，。？]{0,12}"}

BODY: tuple[Emergency, ...] = ("body",)
MIND: tuple[Emergency, ...] = ("mind",)
DONE: tuple[Emergency, ...] = ("body", "mind")
PROTECT: tuple[Emergency, ...] = ("protect",)


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
    HARM = auto()
    """What others do to somebody: also when it is asked what that costs or needs."""


@dataclass(frozen=True, slots=True)
class Sign:
    """Words that speak of an emergency. `ordinary_in` are fields (`words.FIELDS`) in which they are everyday."""

    name: str
    kinds: tuple[Emergency, ...]
    level: Level
    manner: Manner
    needs: frozenset[str]
    pattern: re.Pattern[str]
    ordinary_in: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Together:
    """Facts each of which is ordinary, and together are none; the rarest first. Not where `unless` is said."""

    name: str
    kinds: tuple[Emergency, ...]
    level: Level
    facts: tuple[str, ...]
    unless: str = ""


def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern with its gaps filled in."""
    for gap, meaning in GAPS.items():
        pattern = pattern.replace(gap, meaning)
    return re.compile(pattern)


def sign(
    name: str,
    kinds: tuple[Emergency, ...],
    manner: Manner,
    needs: str,
    pattern: str,
    level: Level = "critical",
    ordinary_in: tuple[str, ...] = (),
) -> Sign:
    """A sign as the lists write it: `needs` are characters one of which every match of the `pattern` contains."""
    return Sign(name, kinds, level, manner, frozenset(needs), compiled(pattern), ordinary_in)
