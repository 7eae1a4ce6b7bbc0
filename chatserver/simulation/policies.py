"""Who is next, in four ways: the product's own, and three to compare it with, as orders of the product's `Pool`.

An order is asked once when somebody is put into the pool. Where it depends on more than him, `gave` says of whom it has
changed, and whoever holds the pool puts those in anew.
"""

from collections.abc import Callable, Sequence
from random import Random
from typing import Protocol

from chatserver.domain.routing import Candidate, Turn, by_load


class Policy(Protocol):
    """The order of one group."""

    def order(self, candidate: Candidate) -> Turn:
        """His turn; the smallest is next. Ends in his id."""
        ...

    def gave(self, id: str, preferred: bool) -> Sequence[str]:
        """He is given one now; `preferred`: out of turn, to an old acquaintance. Whose turns have changed besides."""
        ...


class LoadRatio:
    """The product's: the lowest load ratio; between equals whoever was given nothing the longest."""

    def __init__(self, members: Sequence[str], chance: Random) -> None:
        pass

    def order(self, candidate: Candidate) -> Turn:
        return by_load(candidate)

    def gave(self, id: str, preferred: bool) -> Sequence[str]:
        return ()


class LongestIdle(LoadRatio):
    """Whoever was given nothing the longest, however much he has."""

    def order(self, candidate: Candidate) -> Turn:
        return (candidate.consultant.last_given_at, candidate.consultant.id)


class RoundRobin:
    """One after the other, in a circle. Whoever has no room when it is his turn, or does not fit, is passed over.

    Whoever was passed in this lap is in the next; so only those between the last and this one change their turns.
    """

    def __init__(self, members: Sequence[str], chance: Random) -> None:
        self._members = members
        self._place = {id: place for place, id in enumerate(members)}
        self._laps = dict.fromkeys(members, 0)
        self._last = len(members) - 1

    def order(self, candidate: Candidate) -> Turn:
        id = candidate.consultant.id
        return (self._laps[id], self._place[id], id)

    def gave(self, id: str, preferred: bool) -> Sequence[str]:
        if preferred:
            return ()
        passed: list[str] = []
        while True:
            self._last = (self._last + 1) % len(self._members)
            each = self._members[self._last]
            self._laps[each] += 1
            passed.append(each)
            if each == id:
                return passed


class AtRandom:
    """Anybody who has room. All draw anew each time: if only the chosen one did, high numbers would stay for ever."""

    def __init__(self, members: Sequence[str], chance: Random) -> None:
        self._members = members
        self._chance = chance

    def order(self, candidate: Candidate) -> Turn:
        return (self._chance.random(), candidate.consultant.id)

    def gave(self, id: str, preferred: bool) -> Sequence[str]:
        return self._members


PRODUCTS = "load-ratio"

POLICIES: dict[str, Callable[[Sequence[str], Random], Policy]] = {
    PRODUCTS: LoadRatio,
    "round-robin": RoundRobin,
    "longest-idle": LongestIdle,
    "random": AtRandom,
}
"""By their names on the command line; made with the group's members and a stream of random numbers."""
