"""评价: what each consultant answered of a conversation, and whether the visitor is asked to rate it."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from chatserver.domain.hospital import Person

ENOUGH = 2
"""So many messages of somebody are worth a question about them; more are not counted."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one consultant answered: `number` 1, 2 … by whose first answer came first. `answers` are counted up to
    `ENOUGH`; `stars` were given at `rated_at` (ms)."""

    number: int
    person: Person
    answers: int = 0
    stars: int | None = None
    rated_at: int = 0

    @property
    def is_asked_about(self) -> bool:
        return self.answers >= ENOUGH


Parts = tuple[Part, ...]
"""In the order of the latest answers: whoever answered last has the last one. One of each consultant."""


def answered(parts: Parts, by: Person) -> Parts:
    """After an answer. The very same value when nothing has to be written: nearly always."""
    last = parts[-1] if parts else None
    if last is not None and last.person.id == by.id and last.answers >= ENOUGH:
        return parts
    own = next((each for each in parts if each.person.id == by.id), Part(len(parts) + 1, by))
    others = tuple(each for each in parts if each.person.id != by.id)
    return (*others, replace(own, answers=min(own.answers + 1, ENOUGH)))


def rated(parts: Parts, number: int | None, stars: int, at: int) -> Parts:
    """After a rating of the part of that number."""
    return tuple(replace(each, stars=stars, rated_at=at) if each.number == number else each for each in parts)


def asks(parts: Parts, now: int, day_of: Callable[[int], object]) -> bool:
    """Whether the visitor is asked about whoever answered last: once per conversation and day, whoever was rated."""
    if not parts or not parts[-1].is_asked_about or parts[-1].stars is not None:
        return False
    return all(each.stars is None or day_of(each.rated_at) != day_of(now) for each in parts)
