"""The observations of a day; `measures` evaluates them."""

from dataclasses import dataclass, field
from typing import Literal

End = Literal["served", "abandoned", "turned_away", "sent_off"]
"""How it ended for a visitor: answered and ended; they left the queue; the queue was full when they came; or the system
ended it unanswered (at closing time, or after an hour of waiting)."""


@dataclass(frozen=True, slots=True)
class Duty:
    """A consultant's day: the work done (ms at the usual pace), and capacity taken × time."""

    consultant: str
    served_ms: int
    duty_ms: int
    busy_ms: int
    places_ms: int
    capacity: int
    fullest: int


@dataclass(frozen=True, slots=True)
class Moment:
    """The desk at `at`: how many wait, how much capacity is taken, and how much there is."""

    at: int
    waiting: int
    busy: int
    places: int


@dataclass(slots=True)
class Record:
    """One day under one policy. `waits`: from asking to the first assignment; `replies`: from asking to the first
    answer; `handled`: from assignment until the work is done. All in ms."""

    policy: str
    seed: int
    arrived_at: list[int]
    ends: dict[int, End] = field(default_factory=dict)
    waits: dict[int, int] = field(default_factory=dict)
    replies: dict[int, int] = field(default_factory=dict)
    handled: dict[int, int] = field(default_factory=dict)
    misses: int = 0
    paused: int = 0
    returned: int = 0
    overflowed: int = 0
    lacking: int = 0
    given: int = 0
    duties: list[Duty] = field(default_factory=list)
    moments: list[Moment] = field(default_factory=list)

    def end(self, number: int, how: End) -> None:
        """Record how it ended for this visitor, once."""
        assert number not in self.ends, f"visitor {number} ended twice"
        self.ends[number] = how
