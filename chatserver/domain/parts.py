"""评价: what each consultant answered in a conversation, and whether the visitor is asked for a rating."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from chatserver.domain.hospital import Person

ENOUGH = 2
"""The visitor is asked about consultants who sent at least this many messages. Further messages are not counted."""


@dataclass(frozen=True, slots=True)
class AnsweredPart:
    """What one consultant answered. `number`: 1, 2 … in the order of their first answers; `answers`: counted up to
    `ENOUGH`; `stars`: given at `rated_at` (ms)."""

    number: int
    person: Person
    answers: int = 0
    stars: int | None = None
    rated_at: int = 0

    @property
    def is_asked_about(self) -> bool:
        return self.answers >= ENOUGH


AnsweredParts = tuple[AnsweredPart, ...]
"""One part for each consultant, in the order of their latest answers."""


def answered(parts: AnsweredParts, by: Person) -> AnsweredParts:
    """The parts after an answer. Returns the same object if nothing has changed, as nearly always, so that nothing has
    to be stored."""
    last = parts[-1] if parts else None
    if last is not None and last.person.id == by.id and last.answers >= ENOUGH:
        return parts
    own = next((each for each in parts if each.person.id == by.id), AnsweredPart(len(parts) + 1, by))
    others = tuple(each for each in parts if each.person.id != by.id)
    return (*others, replace(own, answers=min(own.answers + 1, ENOUGH)))


def rated(parts: AnsweredParts, number: int | None, stars: int, at: int) -> AnsweredParts:
    """The parts after a rating of the part with this number."""
    return tuple(replace(each, stars=stars, rated_at=at) if each.number == number else each for each in parts)


def asks(parts: AnsweredParts, now: int, day_of: Callable[[int], object]) -> bool:
    """Whether the visitor is asked about the consultant who answered last: once per conversation and day, counting
    ratings of other consultants, too."""
    if not parts or not parts[-1].is_asked_about or parts[-1].stars is not None:
        return False
    return all(each.stars is None or day_of(each.rated_at) != day_of(now) for each in parts)
