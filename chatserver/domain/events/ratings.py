"""Ratings by visitors."""

from dataclasses import dataclass

from chatserver.domain.events.base import Event
from chatserver.domain.hospital import Person


@dataclass(frozen=True, slots=True)
class Rated(Event):
    """评价: the visitor rated one of the consultants who answered (`part`; missing in old entries). May be repeated
    within the rating time."""

    consultant: Person
    stars: int
    tags: tuple[str, ...]
    comment: str
    part: int | None = None
