"""Compares policies on the same days: the same visitors, patience, work and inattention, so that only the choice
differs.

A day is one observation. The confidence interval of a mean is Student's. Two policies are compared by their differences
day by day, which removes what made a day easy or hard.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from math import sqrt
from statistics import NormalDist, fmean, stdev

from chatserver.simulation.arrivals import Arrival, Asked, drawn, people
from chatserver.simulation.day import Day
from chatserver.simulation.measures import Measures, measured
from chatserver.simulation.scenario import Scenario

STUDENT = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
    2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
)  # fmt: skip
"""Student's t for 95 %, by degrees of freedom starting at 1 (from any table)."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean and its half-width at 95 % confidence; the half-width of a single day is None."""

    mean: float
    half_width: float | None

    @property
    def is_clear(self) -> bool:
        """Whether 0 is outside it."""
        return self.half_width is not None and abs(self.mean) > self.half_width

    def holds(self, value: float) -> bool:
        """Whether the value is inside it."""
        return self.half_width is not None and abs(self.mean - value) <= self.half_width


Days = dict[str, list[Measures]]
"""Policy → its days, in the order of the seeds."""


def days(
    scenario: Scenario, policies: Iterable[str], seeds: Iterable[int], trace: Sequence[Asked] | None = None
) -> Days:
    """Run every policy on every day."""
    found: Days = {policy: [] for policy in policies}
    for seed in seeds:
        arrivals = arrivals_of(scenario, seed, trace)
        for policy, measures in found.items():
            measures.append(measured(Day(scenario, arrivals, policy, seed).run()))
    return found


def arrivals_of(scenario: Scenario, seed: int, trace: Sequence[Asked] | None) -> list[Arrival]:
    """The visitors of one day: of the trace, if there is one."""
    return drawn(scenario, seed) if trace is None else people(scenario, trace, seed)


def intervals(measures: Sequence[Measures]) -> dict[str, Interval]:
    """The interval of every measure."""
    rows = [asdict(each) for each in measures]
    return {name: interval([row[name] for row in rows]) for name in rows[0]}


def differences(measures: Sequence[Measures], base: Sequence[Measures]) -> dict[str, Interval]:
    """The interval of every measure's daily differences from `base`."""
    pairs = [(asdict(each), asdict(other)) for each, other in zip(measures, base, strict=True)]
    return {name: interval([one[name] - other[name] for one, other in pairs]) for name in pairs[0][0]}


def interval(values: Sequence[float]) -> Interval:
    """The mean of the values with its 95 % interval."""
    if len(values) < 2:
        return Interval(fmean(values), None)
    return Interval(fmean(values), student(len(values) - 1) * stdev(values) / sqrt(len(values)))


def student(freedom: int) -> float:
    """The 0.975 quantile of Student's t; beyond the table by its expansion (Abramowitz and Stegun, 26.7.5)."""
    if freedom <= len(STUDENT):
        return STUDENT[freedom - 1]
    z = NormalDist().inv_cdf(0.975)
    return z + (z**3 + z) / (4 * freedom) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
