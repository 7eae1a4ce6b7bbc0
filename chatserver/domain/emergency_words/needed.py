"""Which characters a text must contain for a pattern to match: a cheap check before the expensive one.

Parses only the small part of the regular expression syntax that the lists use. A test compares it with the patterns.
"""

from collections.abc import Iterable, Iterator, Set
from contextlib import suppress
from functools import cache
from operator import add
from typing import Generic, TypeVar

COMMON = frozenset(
    "的了不没在是有我你他她们这那个人么吗呢吧啊一二三两几多少上下来去大小要会能可以就都也还很太好看到过着给把被让"
    "说想问请怎什办挂号医院"
    "生科检查天月年周日时间点分早晚现今明昨后前里面子孩宝妈爸老公婆家女儿男得从对为和跟用吃喝药钱费约"
    "abcdefghijklmnopqrstuvwxyz0123456789"
)
"""Characters of everyday chats. A set of pieces without them rules out more texts."""


T = TypeVar("T")


class Needing(Generic[T]):
    """Things, each of which can be in a text only if the text contains one of certain characters or pieces."""

    def __init__(self, needing: Iterable[tuple[frozenset[str], T]]) -> None:
        self._things: list[T] = []
        self._needed_by: dict[str, list[int]] = {}
        for place, (needs, thing) in enumerate(needing):
            self._things.append(thing)
            for piece in needs:
                self._needed_by.setdefault(piece, []).append(place)
        self.pieces = frozenset(self._needed_by)

    def of(self, pieces: Set[str]) -> list[T]:
        """The things that a text with these characters or pieces may contain; all others are ruled out."""
        places: set[int] = set()
        for piece in pieces & self.pieces:
            places.update(self._needed_by[piece])
        return [self._things[place] for place in sorted(places)]


def pieces_of(text: str, telling: frozenset[str]) -> frozenset[str]:
    """The pieces of `telling` that the text contains, as a single character or as a pair of neighbours. No set of all
    pairs is built, because hardly any pair of an ordinary message is in `telling`."""
    return telling.intersection(text).union(telling.intersection(map(add, text, text[1:])))


@cache
def telling(pattern: str) -> frozenset[str]:
    """Pieces of one or two characters, as rare as possible, of which every match contains at least one. Ordinary texts
    contain a character of nearly every pattern, but hardly ever such a piece. Raises `ValueError` if there are none."""
    return frozenset[str]().union(*(_telling_of_sequence(each) for each in alternatives(pattern)))


MOST_PIECES = 400
"""The most pieces kept for one sequence. More would rule out fewer texts than one of its characters does."""


def _telling_of_sequence(sequence: str) -> frozenset[str]:
    found = [_of_sequence(sequence)]
    before: frozenset[str] | None = None
    for atom, optional in _atoms(sequence):
        if atom.startswith(("(?=", "(?!", "(?<")) or atom == r"\b":
            continue
        chars = None if optional or atom.startswith("(") else _of_atom(atom)
        if before and chars and len(before) * len(chars) <= MOST_PIECES:
            found.append(frozenset(one + other for one in before for other in chars))
        if not optional and atom.startswith("(?:"):
            with suppress(ValueError):
                found.append(telling(atom[3:-1]))
        before = chars
    return min(found, key=rarity)


def rarity(pieces: frozenset[str]) -> float:
    """Roughly how many texts contain one of them; the smaller, the better."""
    return sum(1.0 if piece in COMMON else 0.1 if len(piece) == 1 else 0.005 for piece in pieces)


@cache
def needed(pattern: str) -> frozenset[str]:
    """Characters of which every match contains at least one. Raises `ValueError` if there are none."""
    return frozenset[str]().union(*(_of_sequence(each) for each in alternatives(pattern)))


def _of_sequence(sequence: str) -> frozenset[str]:
    """The rarest characters of an atom that is not optional."""
    found = [chars for atom, optional in _atoms(sequence) if not optional and (chars := _of_atom(atom))]
    if not found:
        raise ValueError(f"{sequence!r} can do without any character")
    return min(found, key=commonness)


def commonness(characters: frozenset[str]) -> tuple[int, int]:
    """Roughly how many texts contain one of them."""
    return len(characters & COMMON), len(characters)


def _of_atom(atom: str) -> frozenset[str]:
    """The characters of which the atom matches one; empty if they are not known."""
    if atom.startswith("(?:"):
        try:
            return needed(atom[3:-1])
        except ValueError:
            return frozenset()
    if atom.startswith("[") and not atom.startswith("[^"):
        return _of_class(atom[1:-1])
    if atom[0] in "([.^$" or atom in (r"\b", r"\w", r"\s"):
        return frozenset()
    return frozenset("0123456789") if atom == r"\d" else frozenset(atom[-1])


def _of_class(inside: str) -> frozenset[str]:
    found: set[str] = set()
    at = 0
    while at < len(inside):
        if inside[at] == "\\":
            found |= _of_atom(inside[at : at + 2])
            at += 2
        elif inside[at + 1 : at + 2] == "-" and at + 2 < len(inside):
            found |= {chr(code) for code in range(ord(inside[at]), ord(inside[at + 2]) + 1)}
            at += 3
        else:
            found.add(inside[at])
            at += 1
    return frozenset(found)


def alternatives(pattern: str) -> list[str]:
    """The alternatives on the outermost level, between `|`."""
    found, begun = [], 0
    for at, end in _pieces(pattern):
        if pattern[at:end] == "|":
            found.append(pattern[begun:at])
            begun = end
    return [*found, pattern[begun:]]


def _atoms(sequence: str) -> Iterator[tuple[str, bool]]:
    """The atoms, and whether each is optional."""
    pieces = [sequence[at:end] for at, end in _pieces(sequence)]
    for piece, following in zip(pieces, [*pieces[1:], ""], strict=True):
        if piece not in ("?", "*", "+") and not piece.startswith("{"):
            yield piece, following in ("?", "*") or following.startswith("{0")


def _pieces(pattern: str) -> Iterator[tuple[int, int]]:
    """The start and end of each group, class, repetition and single character."""
    at = 0
    while at < len(pattern):
        end = _end(pattern, at)
        yield at, end
        at = end


def _end(pattern: str, at: int) -> int:
    match pattern[at]:
        case "\\":
            return at + 2
        case "[":
            return _closed(pattern, at, "]")
        case "{":
            return _closed(pattern, at, "}")
        case "(":
            at += 1
            while pattern[at] != ")":
                at = _end(pattern, at)
    return at + 1


def _closed(pattern: str, at: int, closing: str) -> int:
    """The place after the closing bracket; escaped ones are skipped."""
    while pattern[at] != closing:
        at += 2 if pattern[at] == "\\" else 1
    return at + 1
