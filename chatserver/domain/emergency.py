"""急症: which emergency a visitor's words speak of, and how urgent it is. The result never stops a message from being
sent.

The code finds signs and looks at the words around each of them (`emergency_words`); it does not understand the text.
Finding every emergency matters more than avoiding false alarms: a supervisor can dismiss a false alarm (误报), but
nobody can correct a missed one.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from typing import NamedTuple, get_args

from chatserver.domain.emergency_words.frames import Place, Spoken
from chatserver.domain.emergency_words.needed import Needing, telling
from chatserver.domain.emergency_words.signs import PROTECT, Emergency, Level, Manner, Sign, Together
from chatserver.domain.emergency_words.spelling import MISTYPED_PIECES, plainly, plainly_with_pieces
from chatserver.domain.emergency_words.together import FACTS, TOGETHER
from chatserver.domain.emergency_words.words import FIELDS, HARMLESS, SIGNS

Part = tuple[Sign, str]
"""One way of expressing a sign."""


@cache
def compiled(way: str) -> re.Pattern[str]:
    """The pattern, compiled on its first use: there are many patterns, and most commands of the command line need
    none."""
    return re.compile(way, re.ASCII)


def _parts(sign: Sign) -> Iterator[tuple[frozenset[str], Part]]:
    for way in sign.ways:
        yield telling(way), (sign, way)


BUILT_IN_SIGNS = Needing(part for sign in SIGNS for part in _parts(sign))
BUILT_IN_TOGETHER = Needing((each.needs(FACTS), each) for each in TOGETHER)
NAMED = Needing((each.needs, name) for name, each in FACTS.items())
"""The names of the facts, found by the pieces that a text must contain to mention one."""
TELLING = BUILT_IN_SIGNS.pieces.union(MISTYPED_PIECES, *(each.needs for each in FACTS.values()))
"""Every piece that is searched for. A text that contains none of them does not speak of an emergency."""
KINDS: tuple[Emergency, ...] = get_args(Emergency)
"""In the order in which their texts are shown: what kills within minutes comes first."""


class Finding(NamedTuple):
    """What a text speaks of: the kinds of its most urgent level, in the order in which their texts are shown.
    `beside`: further kinds, which it speaks of less urgently."""

    kinds: tuple[Emergency, ...]
    level: Level
    beside: tuple[Emergency, ...] = ()

    @property
    def stored(self) -> Emergency:
        """The kind of a record that has a single one. Suspected abuse counts before all others, because it locks what
        could warn the abuser, and calls a supervisor."""
        return "protect" if self.is_about_abuse else self.kinds[0]

    @property
    def told(self) -> Emergency | None:
        """The kind whose help the visitor is told of at once. Never suspected abuse: the abuser may be reading
        along."""
        return next((kind for kind in self.kinds if kind != "protect"), None) if self.level == "critical" else None

    @property
    def is_about_abuse(self) -> bool:
        return "protect" in (*self.kinds, *self.beside)

    @property
    def calls_for_people(self) -> bool:
        """Whether staff are called because of it."""
        return self.level == "critical" or self.is_about_abuse


@dataclass(frozen=True, slots=True)
class OwnWords:
    """Words that the hospital added. They count only in the departments `only_in` (empty: in all), and never in those
    of `not_in`."""

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
    """The built-in words and the hospital's `own`. `names`: the departments' names by id, which show their medical
    fields."""

    own: tuple[OwnWords, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)

    def signs_for(self, pieces: Set[str], department: str | None) -> list[Part]:
        """The signs that a text with these pieces may contain and that count in this department."""
        built_in = BUILT_IN_SIGNS.of(pieces)
        if built_in and department is not None:
            fields = self._fields(department)
            built_in = [part for part in built_in if fields.isdisjoint(part[0].ordinary_in)]
        if not self.own:
            return built_in
        return built_in + [part for own, part in self._own_signs.of(pieces) if own.hold_in(department)]

    @cached_property
    def telling(self) -> frozenset[str]:
        """`TELLING` with the pieces of the hospital's own words."""
        return TELLING | self._own_signs.pieces

    def named(self, department: str) -> str:
        """The department's id and names, which show its medical field."""
        return f"{department} {self.names.get(department, '')}"

    def _fields(self, department: str) -> frozenset[str]:
        return _fields_named(self.named(department))

    @cached_property
    def _own_signs(self) -> Needing[tuple[OwnWords, Part]]:
        signs = [(own, _own_sign(own)) for own in self.own if own.words]
        return Needing((needs, (own, part)) for own, sign in signs for needs, part in _parts(sign))


@lru_cache(maxsize=1_000)
def _fields_named(names: str) -> frozenset[str]:
    told = names.casefold()
    return frozenset(name for name, pattern in FIELDS.items() if pattern.search(told))


def as_looked_for(word: str) -> str:
    """A word in the normalised spelling that is searched for."""
    return plainly(word).strip("，。？ ")


def _own_sign(own: OwnWords) -> Sign:
    spellings = [as_looked_for(word) for word in own.words]
    manner = Manner.WISH if own.kind == "mind" else Manner.HARM if own.kind == "protect" else Manner.SYMPTOM
    return Sign((own.kind,), own.level, manner, tuple(re.escape(each) for each in spellings))


BUILT_IN = Words()


def recognise(text: str, department: str | None = None, words: Words = BUILT_IN) -> Finding | None:
    """The emergency that `text` speaks of in a conversation with `department` (its id), or None."""
    plain, pieces = plainly_with_pieces(text, words.telling)
    signs = [part for part in words.signs_for(pieces, department) if compiled(part[1]).search(plain)]
    named = frozenset(NAMED.of(pieces))
    possible = [each for each in BUILT_IN_TOGETHER.of(pieces) if each.may_hold(named)] if len(named) > 1 else []
    together = [each for each in possible if _is_named(each, plain, named)]
    if not signs and not together:
        return None
    spoken = Spoken(HARMLESS.sub("＿", plain), pieces)
    found = [*_signs_in(spoken, signs), *_together_in(spoken, together)]
    for level in get_args(Level):
        kinds = {kind for finding in found if finding.level == level for kind in finding.kinds}
        if kinds:
            lesser = {kind for finding in found for kind in finding.kinds} - kinds
            return Finding(_in_order(kinds), level, _in_order(lesser))
    return None


def _in_order(kinds: Set[Emergency]) -> tuple[Emergency, ...]:
    return tuple(kind for kind in KINDS if kind in kinds)


def _is_named(together: Together, plain: str, named: frozenset[str]) -> bool:
    """Whether enough of its facts are mentioned, regardless of the words around them."""
    return together.hold(name in named and FACTS[name].pattern.search(plain) is not None for name in together.facts)


def _signs_in(spoken: Spoken, signs: Iterable[Part]) -> Iterator[Finding]:
    for sign, way in signs:
        for hit in compiled(way).finditer(spoken.text):
            place = spoken.around(*hit.span())
            if not _taken_back(sign.manner, place):
                finding = Finding(_kinds(sign, place), _level(sign, place))
                yield finding
                if finding == Finding(sign.kinds, sign.level):
                    break


def _kinds(sign: Sign, place: Place) -> tuple[Emergency, ...]:
    """The kinds of this sign here. If something was taken by accident, or by a child, it is an emergency of the body
    only."""
    if sign.manner is Manner.ACT and place.by_accident():
        return tuple(kind for kind in sign.kinds if kind != "mind")
    return sign.kinds


def _level(sign: Sign, place: Place) -> Level:
    slight = place.lately() or (sign.manner is Manner.EASING and place.mild())
    return "attention" if slight else sign.level


def _taken_back(manner: Manner, place: Place) -> bool:
    if place.negated() or place.past() or place.of_a_story():
        return True
    match manner:
        case Manner.ACT:
            return place.conditional() or place.wanted()
        case Manner.HARM:
            return place.taught() and not (place.somebodys() or place.now())
        case Manner.WISH:
            return not place.somebodys() and (place.imagined() or place.asked_about() or place.of_a_price())
        case Manner.FACT:
            return place.permitted() or place.imagined() or place.asked_about()
        case Manner.ILLNESS if place.over() or not place.suspected():
            return True
    return place.imagined() or place.asked_about() or place.of_a_price() or place.over()


def _together_in(spoken: Spoken, together: Iterable[Together]) -> Iterator[Finding]:
    known: dict[str, bool] = {}
    for each in together:
        told = each.hold(_fact(name, spoken, known, each.kinds) for name in each.facts)
        if told and not (each.unless and FACTS[each.unless].pattern.search(spoken.text)):
            yield Finding(each.kinds, each.level)


def _fact(name: str, spoken: Spoken, known: dict[str, bool], kinds: tuple[Emergency, ...]) -> bool:
    """Whether the text states the fact, and as something that is so now. Each fact belongs to one kind only, so `known`
    needs only its name."""
    if name not in known:
        fact, manner = FACTS[name], Manner.HARM if kinds == PROTECT else Manner.FACT
        known[name] = not spoken.pieces.isdisjoint(fact.needs) and any(
            not _taken_back(manner, spoken.around(*hit.span())) for hit in fact.pattern.finditer(spoken.text)
        )
    return known[name]
