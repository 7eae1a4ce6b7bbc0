"""Four policies for choosing the next consultant: the product's own and three to compare it with, as orders for `Pool`.

An order is computed when somebody is put into the pool. If it depends on more than that candidate, `gave` returns whose
order has changed, and the pool's owner puts those in again.
"""

from collections.abc import Callable, Sequence
from random import Random
from typing import Protocol

from chatserver.domain.routing import Candidate, Turn, by_load


class Policy(Protocol):
    """The order of one group."""

    def order(self, candidate: Candidate) -> Turn:
        """The candidate's turn; the smallest is next. Ends in the id."""
        ...

    def gave(self, id: str, preferred: bool) -> Sequence[str]:
        """The consultant is assigned one; `preferred`: out of turn, to a visitor whom they served before. Returns who
        else's turn changed."""
        ...


class LoadRatio:
    """The product's: the lowest load ratio; ties go to the consultant with the longest time since an assignment."""

    def __init__(self, members: Sequence[str], chance: Random) -> None:
        pass

    def order(self, candidate: Candidate) -> Turn:
        return by_load(candidate)

    def gave(self, id: str, preferred: bool) -> Sequence[str]:
        return ()


class LongestIdle(LoadRatio):
    """The consultant with the longest time since an assignment, regardless of load."""

    def order(self, candidate: Candidate) -> Turn:
        return (candidate.consultant.last_given_at, candidate.consultant.id)


class RoundRobin:
    """One after the other, in a circle. Consultants without room or the needed skills are skipped.

    Skipped consultants count as passed and move to the next lap, so only turns between the last and this one change.
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
    """A random consultant with room. Everybody draws again each time: otherwise high numbers would remain for ever."""

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
"""By their names on the command line; created with the group's members and a random stream."""
