"""Who gets a conversation, and why. Pure: the candidates and their loads are counted by the caller.

A `Pool` keeps a group's consultants sorted, those with room first in the order in which they are chosen, so that
choosing does not look at everybody (docs/routing.md).
"""

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from copy import copy
from dataclasses import dataclass
from typing import Any

from chatserver.domain.conversation import Conversation
from chatserver.domain.events.assignment import Why
from chatserver.domain.hospital import ANSWERING, Availability, Consultant, Department
from chatserver.domain.refusals import NotServing
from chatserver.domain.rules import Rules


@dataclass(frozen=True, slots=True)
class Candidate:
    """A consultant as the router sees them. `load`: active conversations plus the ring in progress; `receiving`: the
    roster lets them get new conversations; `rung`: a conversation rings for them already, so no second one may."""

    consultant: Consultant
    load: int
    present: bool
    receiving: bool = True
    rung: bool = False


@dataclass(frozen=True, slots=True)
class Needs:
    """What a conversation needs of the consultant who answers it."""

    language: str
    skill: str | None = None
    level: int = 1

    @classmethod
    def of(cls, conversation: Conversation, department: Department | None) -> "Needs":
        if department is None:
            return cls(conversation.language)
        return cls(conversation.language, department.skill, department.level)

    def met_by(self, consultant: Consultant) -> bool:
        knows = self.skill is None or consultant.skills.get(self.skill, 0) >= self.level
        return knows and self.language in consultant.languages


@dataclass(frozen=True, slots=True)
class Choice:
    """The chosen consultant, and the numbers behind the choice."""

    consultant: Consultant
    why: Why


Turn = tuple[Any, ...]
Order = Callable[[Candidate], Turn]


def by_load(candidate: Candidate) -> Turn:
    """The lowest ratio of load to capacity first; between equals, the one whose last assignment is the longest ago."""
    consultant = candidate.consultant
    return (candidate.load / consultant.capacity, consultant.last_given_at, consultant.id)


class Pool:
    """A group's consultants who serve it now. `order` makes the key by which they are sorted; its last element is the
    id, so that no two keys are equal."""

    def __init__(self, group: str, candidates: Iterable[Candidate] = (), order: Order = by_load) -> None:
        self._group = group
        self._order = order
        self._serving: dict[str, Candidate] = {}
        self._turns: dict[str, Turn] = {}
        self._free: list[Turn] = []
        self._languages: Counter[str] = Counter()
        self._skills: Counter[tuple[str, int]] = Counter()
        for each in candidates:
            self.put(each)

    def copy(self) -> "Pool":
        """An independent copy."""
        other = copy(self)
        other._serving, other._turns, other._free = self._serving.copy(), self._turns.copy(), self._free.copy()
        other._languages, other._skills = self._languages.copy(), self._skills.copy()
        return other

    def put(self, candidate: Candidate) -> None:
        """Adds or replaces a candidate with their current state."""
        id = candidate.consultant.id
        if self._serving.get(id) == candidate:
            return
        self.drop(id)
        if self._group not in candidate.consultant.groups or not is_serving(candidate):
            return
        self._serving[id] = candidate
        self._count(candidate.consultant, +1)
        if candidate.load < candidate.consultant.capacity and not candidate.rung:
            self._turns[id] = turn = self._order(candidate)
            insort(self._free, turn)

    def drop(self, id: str) -> None:
        """Removes a consultant; does nothing if they are not in the pool."""
        known = self._serving.pop(id, None)
        if known is None:
            return
        self._count(known.consultant, -1)
        turn = self._turns.pop(id, None)
        if turn is not None:
            del self._free[bisect_left(self._free, turn)]

    def get(self, id: str) -> Candidate | None:
        """The candidate, if they serve, with or without room."""
        return self._serving.get(id)

    def __len__(self) -> int:
        """How many have room."""
        return len(self._free)

    @property
    def serving(self) -> int:
        """How many serve, with room or without."""
        return len(self._serving)

    @property
    def places(self) -> int:
        """How many conversations they serve at once."""
        return sum(each.consultant.capacity for each in self._serving.values())

    def others(self, but: str) -> bool:
        """Whether anybody else has room."""
        return len(self._free) > (1 if but in self._turns else 0)

    def choose(self, conversation: Conversation, needs: Needs, now: int, rules: Rules) -> Choice | None:
        """The consultant who gets it; None if nobody gets it now. First comes the one who served this visitor before,
        if they have room and meet its needs; otherwise the next one who meets them.

        For `fit_ms` the conversation waits for somebody who meets its needs. After that, or if nobody who serves meets
        them, anybody with room gets it, again the one who served this visitor before first. Consultants who missed or
        declined it are asked again only if nobody else can get it, and not before the duration of a ring has passed.
        """
        queue = conversation.queue
        patient = now < queue.group_since + rules.fit_ms and self._somebody_meets(needs)
        found = self._next(conversation, needs, patient=patient, again=False)
        if found is None and queue.tried and now >= queue.tried_at + rules.ring_ms:
            found = self._next(conversation, needs, patient=patient, again=True)
        if found is None:
            return None
        consultant, given_at = found.consultant, found.consultant.last_given_at
        why = Why(
            load=found.load,
            capacity=consultant.capacity,
            among=len(self._free),
            waited_ms=now - queue.since,
            idle_ms=now - given_at if given_at else None,
            preferred=consultant.id == queue.preferred,
            skill=needs.skill,
            level=needs.level if needs.skill is not None else None,
            lacking=not needs.met_by(consultant),
            again=consultant.id in queue.tried,
        )
        return Choice(consultant, why)

    def _next(self, conversation: Conversation, needs: Needs, *, patient: bool, again: bool) -> Candidate | None:
        """The first who meets its needs. If nobody does: None while it is still `patient`, and afterwards the first of
        all."""
        tried = conversation.queue.tried
        fallback: Candidate | None = None
        for candidate in self._with_room(first=conversation.queue.preferred):
            if (candidate.consultant.id in tried) is not again:
                continue
            if needs.met_by(candidate.consultant):
                return candidate
            fallback = fallback or candidate
        return None if patient else fallback

    def _with_room(self, first: str | None) -> Iterator[Candidate]:
        if first is not None and first in self._turns:
            yield self._serving[first]
        for turn in self._free:
            yield self._serving[turn[-1]]

    def _somebody_meets(self, needs: Needs) -> bool:
        """Whether anybody who serves speaks the language, and anybody has the skill at that level."""
        knows = needs.skill is None or self._skills[needs.skill, needs.level] > 0
        return knows and self._languages[needs.language] > 0

    def _count(self, consultant: Consultant, by: int) -> None:
        for language in consultant.languages:
            self._languages[language] += by
        for skill, level in consultant.skills.items():
            for reached in range(1, level + 1):
                self._skills[skill, reached] += by


def is_serving(candidate: Candidate) -> bool:
    """Online, connected and on duty, with or without room."""
    consultant = candidate.consultant
    return (
        not consultant.disabled
        and consultant.role in ANSWERING
        and consultant.availability is Availability.ONLINE
        and candidate.present
        and candidate.receiving
    )


def is_here(candidate: Candidate) -> bool:
    """Connected and not away: online, busy or paused. This is how visitors are told whether they wait for somebody, or
    nobody is here."""
    consultant = candidate.consultant
    return (
        not consultant.disabled
        and consultant.role in ANSWERING
        and candidate.present
        and consultant.availability in (Availability.ONLINE, Availability.BUSY, Availability.PAUSED)
    )


def why_not_offered(candidate: Candidate, rules: Rules) -> str | None:
    """Why nothing can be transferred to this consultant now: offline, break, paused or full. None: it can.

    Conversations can be transferred to a consultant who is 忙碌 (busy), but the router assigns them only critical
    emergencies.
    """
    away = why_not_asked(candidate)
    if away is not None:
        return away
    return "full" if candidate.load >= candidate.consultant.capacity + rules.above_capacity else None


def why_not_asked(candidate: Candidate) -> str | None:
    """Why this consultant cannot be asked for help now, whatever their load: offline, break or paused. None: they
    can."""
    consultant = candidate.consultant
    if consultant.disabled or not candidate.present or consultant.availability is Availability.OFFLINE:
        return "offline"
    if consultant.availability in (Availability.BREAK, Availability.PAUSED):
        return consultant.availability.value
    return None


def check_offered(candidate: Candidate, rules: Rules) -> None:
    """Raises `NotServing` where `why_not_offered` has a reason."""
    why = why_not_offered(candidate, rules)
    if why is not None:
        raise NotServing(why=why)


def check_group_offered(candidates: Iterable[Candidate], rules: Rules) -> None:
    """Raises `NotServing` when nobody of a group can take a transfer: `group_full` when somebody is there but has no
    room, `group_away` when nobody is there."""
    reasons = {why_not_offered(each, rules) for each in candidates}
    if None in reasons:
        return
    raise NotServing(why="group_full" if "full" in reasons else "group_away")


def check_asked(candidate: Candidate) -> None:
    """Raises `NotServing` where `why_not_asked` has a reason."""
    why = why_not_asked(candidate)
    if why is not None:
        raise NotServing(why=why)
