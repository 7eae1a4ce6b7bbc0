"""The promises: one row per promise of speed, with its floor and aim; and a run's result for it."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, fields
from math import inf
from statistics import median
from typing import Any, Literal, Self

from bench.report.meter import Spent

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

    def shown(self, value: float) -> str:
        """A figure for people: three significant digits and the unit."""
        digits = f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
        return digits + ("" if self.unit in ("", "×") else " ") + self.unit

    def worsening(self, before: float, now: float) -> float:
        """The relative worsening; negative when it is better."""
        if before <= 0 or now <= 0:
            return 0.0
        return now / before - 1 if self.less_is_better else before / now - 1


@dataclass
class Result:
    """One value per round (usually a ratio). `figures`: what it was computed from, by name, one per round. `busy`: the
    use of each server, its database and the load generator, one per round, for servers under full load: it shows
    whether they were. `notes`: what else the reader must know to trust it, such as the comparison with the store."""

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
    def from_json(cls, data: dict[str, Any]) -> Self:
        """The reverse of `as_json`."""
        row = Row(**{each.name: data[each.name] for each in fields(Row)})
        busy = {name: [Spent(**each) for each in rounds] for name, rounds in data["busy"].items()}
        return cls(row, data["values"], data["figures"], data["notes"], busy)


@dataclass(frozen=True)
class Length:
    """The length of a run: rounds of each comparison, seconds of load in each, and the share of the full run's people
    that take part. `budget`: seconds that one scenario should take in all; it is aborted after `at_most`."""

    rounds: int
    seconds: float
    part: float
    name: str = ""
    budget: float = 60.0
    at_most: float = 600.0

    def of(self, people: int) -> int:
        return max(1, round(people * self.part))

    def turns(self) -> Iterator[int]:
        """The round numbers, from 0; each is reported on stderr when it begins."""
        for number in range(self.rounds):
            print(f"  round {number + 1} of {self.rounds}", file=sys.stderr, flush=True)
            yield number


FULL = Length(rounds=5, seconds=4.0, part=1.0, name="full", budget=240.0, at_most=3_600.0)
QUICK = Length(rounds=3, seconds=1.0, part=0.2, name="quick", budget=18.0, at_most=120.0)
"""Ten scenarios in three minutes."""


def spread(values: Sequence[float]) -> tuple[float, float, float]:
    """Least, median, most."""
    return min(values), median(values), max(values)
