"""What is held: one row per promise of speed, with its floor and its aim; and what a run found for it."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, fields
from math import inf
from statistics import median
from typing import Any, Literal, Self

from bench.meter import Spent

Verdict = Literal["aim", "floor", "missed"]
IN_WORDS: dict[Verdict, str] = {"aim": "aim reached", "floor": "floor held", "missed": "floor missed"}


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

    def of_aim(self, value: float) -> float:
        """How near it comes to the aim, which is 1; more is better, whichever way the row counts."""
        if self.less_is_better:
            return self.aim / value if value > 0 else inf
        return value / self.aim

    def told(self, value: float) -> str:
        """A figure as people read it: three digits that mean something, and the unit."""
        digits = f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
        return digits + ("" if self.unit in ("", "×") else " ") + self.unit

    def worsening(self, before: float, now: float) -> float:
        """By which part it has become worse; negative when it is better."""
        if before <= 0 or now <= 0:
            return 0.0
        return now / before - 1 if self.less_is_better else before / now - 1


@dataclass
class Result:
    """One value per round (a ratio, mostly). `figures`: what it was made of, by name, one per round. `busy`: what each
    server, its database and the load generator used, one per round, wherever a server is loaded to its limit: it tells
    whether it was. `notes` say what else the reader must know to believe it: what was compared with the store."""

    row: Row
    values: list[float]
    figures: dict[str, list[float]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    busy: dict[str, list[Spent]] = field(default_factory=dict)

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
            "busy": {
                name: [{part: round(used, 3) for part, used in asdict(each).items()} for each in rounds]
                for name, rounds in self.busy.items()
            },
        }

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> Self:
        """What `as_json` gave."""
        row = Row(**{each.name: told[each.name] for each in fields(Row)})
        busy = {name: [Spent(**each) for each in rounds] for name, rounds in told["busy"].items()}
        return cls(row, told["values"], told["figures"], told["notes"], busy)


@dataclass(frozen=True)
class Length:
    """How long a run is: rounds of each comparison, seconds of load in each, and how many people take part of those
    that the full run asks for. `budget`: seconds that one scenario should be done in, all told; what has not ended
    after `at_most` is given up."""

    rounds: int
    seconds: float
    part: float
    name: str = ""
    budget: float = 60.0
    at_most: float = 600.0

    def of(self, people: int) -> int:
        return max(1, round(people * self.part))

    def turns(self) -> Iterator[int]:
        """The rounds by number, from 0; each is told on stderr when it begins."""
        for number in range(self.rounds):
            print(f"  round {number + 1} of {self.rounds}", file=sys.stderr, flush=True)
            yield number


FULL = Length(rounds=5, seconds=4.0, part=1.0, name="full", budget=240.0, at_most=3_600.0)
QUICK = Length(rounds=3, seconds=1.0, part=0.2, name="quick", budget=18.0, at_most=120.0)
"""Ten scenarios in three minutes."""


def spread(values: Sequence[float]) -> tuple[float, float, float]:
    """Least, middle, most."""
    return min(values), median(values), max(values)
