"""急症: which emergency a visitor's words speak of, and how urgent it is. Never holds a message back.

It finds signs and looks at what is said around each (`emergency_words`); it does not understand.
Recall comes before precision: a supervisor can say that it is none (误报), nobody can mend a missed one.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple, get_args

from chatserver.domain.emergency_words.frames import Place, Spoken
from chatserver.domain.emergency_words.signs import Emergency, Level, Manner, Sign
from chatserver.domain.emergency_words.spelling import plainly
from chatserver.domain.emergency_words.together import FACTS, TOGETHER
from chatserver.domain.emergency_words.words import FIELDS, HARMLESS, SIGNS

KINDS: tuple[Emergency, ...] = get_args(Emergency)
"""In the order in which their texts are shown: what kills within minutes comes first."""


class Finding(NamedTuple):
    """What a text speaks of: the kinds of its most urgent level, in the order in which their texts are shown."""

    kinds: tuple[Emergency, ...]
    level: Level


@dataclass(frozen=True, slots=True)
class OwnWords:
    """Words that a hospital added; with `only_in` for these departments alone, never for those of `not_in`."""

    id: str
    kind: Emergency
    level: Level
    words: tuple[str, ...]
    only_in: tuple[str, ...] = ()
    not_in: tuple[str, ...] = ()

    def hold_in(self, department: str | None) -> bool:
        return department not in self.not_in and (not self.only_in or department in self.only_in)


@dataclass(frozen=True)
class Words:
    """The built-in words and the hospital's `own`. `names` of its departments say which fields they deal with."""

    own: tuple[OwnWords, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)

    def signs(self, department: str | None) -> Iterator[Sign]:
        """Those that are signs in this department."""
        fields = self._fields(department)
        for sign in SIGNS:
            if fields.isdisjoint(sign.ordinary_in):
                yield sign
        for own, sign in self._own_signs:
            if own.hold_in(department):
                yield sign

    def may_be_in(self, plain: str) -> bool:
        """Whether it is worth while to look closer: cheap, and never wrong about a `no`."""
        return self._hint.search(plain) is not None

    def _fields(self, department: str | None) -> frozenset[str]:
        if department is None:
            return frozenset()
        told = f"{department} {self.names.get(department, '')}".casefold()
        return frozenset(name for name, pattern in FIELDS.items() if pattern.search(told))

    @cached_property
    def _own_signs(self) -> tuple[tuple[OwnWords, Sign], ...]:
        return tuple((own, _own_sign(own)) for own in self.own if own.words)

    @cached_property
    def _hint(self) -> re.Pattern[str]:
        needed = frozenset[str]().union(*(sign.needs for sign in (*SIGNS, *(sign for _, sign in self._own_signs))))
        return re.compile(f"[{re.escape(''.join(sorted(needed)))}]")


def as_looked_for(word: str) -> str:
    """A word as it is looked for."""
    return plainly(word).strip("，。？ ")


def _own_sign(own: OwnWords) -> Sign:
    spellings = [as_looked_for(word) for word in own.words]
    manner = Manner.WISH if own.kind == "mind" else Manner.HARM if own.kind == "protect" else Manner.SYMPTOM
    pattern = re.compile("|".join(re.escape(each) for each in spellings))
    return Sign(own.id, (own.kind,), own.level, manner, frozenset(each[0] for each in spellings), pattern)


BUILT_IN = Words()


def recognise(text: str, department: str | None = None, words: Words = BUILT_IN) -> Finding | None:
    """The emergency that `text` speaks of, asked of `department` (its id), or None."""
    plain = plainly(text)
    if not words.may_be_in(plain):
        return None
    spoken = Spoken(HARMLESS.sub("＿", plain))
    found = [*_signs_in(spoken, words.signs(department)), *_together_in(spoken)]
    for level in get_args(Level):
        kinds = {kind for finding in found if finding.level == level for kind in finding.kinds}
        if kinds:
            return Finding(tuple(kind for kind in KINDS if kind in kinds), level)
    return None


def _signs_in(spoken: Spoken, signs: Iterable[Sign]) -> Iterator[Finding]:
    characters = frozenset(spoken.text)
    for sign in signs:
        if characters.isdisjoint(sign.needs):
            continue
        judged = (_judged(sign, spoken.around(*hit.span())) for hit in sign.pattern.finditer(spoken.text))
        levels = {level for level in judged if level is not None}
        if levels:
            yield Finding(sign.kinds, "critical" if "critical" in levels else "attention")


def _judged(sign: Sign, place: Place) -> Level | None:
    """How urgent the sign is at this place; None where it is none."""
    if _taken_back(sign.manner, place):
        return None
    slight = place.lately() or (sign.manner is Manner.EASING and place.mild())
    return "attention" if slight else sign.level


def _taken_back(manner: Manner, place: Place) -> bool:
    if place.negated() or place.past():
        return True
    match manner:
        case Manner.ACT:
            return place.conditional()
        case Manner.HARM:
            return place.asked_about() and not place.somebodys()
        case Manner.WISH:
            return not place.somebodys() and (place.imagined() or place.asked_about() or place.of_a_price())
        case Manner.ILLNESS if place.over() or not place.suspected():
            return True
    return place.imagined() or place.asked_about() or place.of_a_price() or place.over()


def _together_in(spoken: Spoken) -> Iterator[Finding]:
    known: dict[str, bool] = {}
    for each in TOGETHER:
        told = all(_fact(name, spoken, known) for name in each.facts)
        if told and not (each.unless and FACTS[each.unless].search(spoken.text)):
            yield Finding(each.kinds, each.level)


def _fact(name: str, spoken: Spoken, known: dict[str, bool]) -> bool:
    """Whether it is said, and of now."""
    if name not in known:
        places = (spoken.around(*hit.span()) for hit in FACTS[name].finditer(spoken.text))
        known[name] = any(not (place.negated() or place.past() or place.conditional()) for place in places)
    return known[name]
