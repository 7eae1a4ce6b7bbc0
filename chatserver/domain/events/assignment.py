"""A conversation gets an owner."""

from dataclasses import dataclass
from typing import Literal

from chatserver.domain.events.base import Event
from chatserver.domain.hospital import Person

How = Literal["automatic", "ring", "claim", "hand"]


@dataclass(frozen=True, slots=True)
class Why:
    """The numbers behind an assignment (docs/routing.md): the consultant's `load` of `capacity` before it, how many of
    the group had room (`among`), how long the conversation had waited, and how long ago the consultant last got one
    (`idle_ms`). `preferred`: they served this visitor before. `skill` and `level`: what the department asks for;
    `lacking`: they lack that skill or the language, and nobody who has both was free in time. `again`: they missed or
    declined it before, and nobody else was available. `emergency`: assigned at once, regardless of these numbers;
    `availability`: what the consultant had chosen, if not 在线."""

    load: int
    capacity: int
    among: int = 0
    waited_ms: int = 0
    idle_ms: int | None = None
    preferred: bool = False
    skill: str | None = None
    level: int | None = None
    lacking: bool = False
    again: bool = False
    emergency: bool = False
    availability: str | None = None


@dataclass(frozen=True, slots=True)
class Assigned(Event):
    """分配: a consultant became the owner. `how`: automatic, ring, claim, or hand (a supervisor, `by`). `why` is a
    sentence in entries from before the numbers were stored."""

    is_parting = True

    consultant: Person
    group: str
    how: How
    why: Why | str
    fence: int
    by: Person | None = None
