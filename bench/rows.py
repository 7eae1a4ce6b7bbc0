"""What is held: one row per promise of speed, with its floor and its aim; and what a run found for it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any, Literal

Verdict = Literal["aim", "floor", "missed"]


@dataclass(frozen=True)
class Row:
    """`floor` must be held, `aim` is wanted. `key` names it in files; `unit` follows the figure (`×`, `KiB`)."""

    key: str
    what: str
    floor: float
    aim: float
    less_is_better: bool = False
    unit: str = ""

    def verdict(self, value: float) -> Verdict:
        if self._reaches(value, self.aim):
            return "aim"
        return "floor" if self._reaches(value, self.floor) else "missed"

    def _reaches(self, value: float, bound: float) -> bool:
        return value <= bound if self.less_is_better else value >= bound

    def worsening(self, before: float, now: float) -> float:
        """By which part it has become worse; negative when it is better."""
        if before <= 0 or now <= 0:
            return 0.0
        return now / before - 1 if self.less_is_better else before / now - 1


@dataclass
class Result:
    """One value per round (a ratio, mostly). `figures`: what it was made of, by name, one per round. `notes` say what
    the reader must know to believe it: who was busy, what was compared with the store."""

    row: Row
    values: list[float]
    figures: dict[str, list[float]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def middle(self) -> float:
        return median(self.values)

    @property
    def verdict(self) -> Verdict:
        return self.row.verdict(self.middle)

    def as_json(self) -> dict[str, Any]:
        return {
            "key": self.row.key,
            "what": self.row.what,
            "floor": self.row.floor,
            "aim": self.row.aim,
            "less_is_better": self.row.less_is_better,
            "unit": self.row.unit,
            "values": [round(value, 4) for value in self.values],
            "figures": {name: [round(value, 2) for value in values] for name, values in self.figures.items()},
            "notes": self.notes,
        }


@dataclass(frozen=True)
class Length:
    """How long a run is: rounds of each comparison, seconds of load in each, and how many people take part of those
    that the full run asks for."""

    rounds: int
    seconds: float
    part: float

    def of(self, people: int) -> int:
        return max(1, round(people * self.part))


FULL = Length(rounds=7, seconds=4.0, part=1.0)
QUICK = Length(rounds=3, seconds=2.0, part=0.2)


def spread(values: Sequence[float]) -> tuple[float, float, float]:
    """Least, middle, most."""
    return min(values), median(values), max(values)
