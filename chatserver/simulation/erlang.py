"""Erlang C: compares the simulator with the waits that the formula gives where it applies.

A. K. Erlang, 1917: n equal servers, Poisson arrivals, exponential service, nobody gives up, first come first served.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import exp

from chatserver.domain.rules import MINUTE, SECOND
from chatserver.simulation.arrivals import drawn
from chatserver.simulation.chance import Duration
from chatserver.simulation.comparison import Interval, interval
from chatserver.simulation.day import Day
from chatserver.simulation.measures import PROMPT_MS, Measures, measured
from chatserver.simulation.scenario import group_of_equals

SERVICE = Duration(3 * MINUTE, "exponential")

DESKS = ((3, 2.0), (6, 4.5), (14, 10.0), (20, 17.0))
"""The cases compared: number of consultants, and offered traffic in erlangs."""

WARMING = 0.2
"""The first part of a run is left out, because it begins with everybody free."""


@dataclass(frozen=True, slots=True)
class Waits:
    """Probability of waiting at all, mean wait (s, of everybody), probability of waiting longer than 30 s."""

    waits: float
    mean_s: float
    long: float


@dataclass(frozen=True, slots=True)
class Agreement:
    """Erlang C's values for a desk beside the simulated ones."""

    consultants: int
    load: float
    reckoned: Waits
    waits: Interval
    mean_s: Interval
    long: Interval


def probability_of_waiting(consultants: int, load: float) -> float:
    """Erlang C for `load` erlangs, which must be less than the consultants; uses Erlang B's recursion, which is
    stable."""
    blocked = 1.0
    for each in range(1, consultants + 1):
        blocked = load * blocked / (each + load * blocked)
    return blocked / (1 - load / consultants * (1 - blocked))


def mean_wait(consultants: int, load: float, service: float) -> float:
    """The mean over everybody, including those who do not wait; in the unit of `service`, the mean service time."""
    return probability_of_waiting(consultants, load) * service / (consultants - load)


def probability_of_longer(consultants: int, load: float, service: float, than: float) -> float:
    """The probability of waiting longer than `than`."""
    return probability_of_waiting(consultants, load) * exp(-(consultants - load) * than / service)


def reckoned(consultants: int, load: float) -> Waits:
    """Erlang C's values for this module's service time."""
    mean_s = SERVICE.mean_ms / SECOND
    return Waits(
        probability_of_waiting(consultants, load),
        mean_wait(consultants, load, mean_s),
        probability_of_longer(consultants, load, mean_s, PROMPT_MS / SECOND),
    )


def agreements(
    policy: str, seeds: Sequence[int], conversations: int, desks: Sequence[tuple[int, float]] = DESKS
) -> Iterator[Agreement]:
    """Each desk, simulated with every seed."""
    for consultants, load in desks:
        runs = [simulated(consultants, load, conversations, policy, seed) for seed in seeds]
        yield Agreement(
            consultants,
            load,
            reckoned(consultants, load),
            interval([each.waited for each in runs]),
            interval([each.wait_mean for each in runs]),
            interval([each.waited_long for each in runs]),
        )


def simulated(consultants: int, load: float, conversations: int, policy: str, seed: int) -> Measures:
    """One run, measured after its warm-up."""
    scenario = group_of_equals(consultants, conversations, load, SERVICE)
    record = Day(scenario, drawn(scenario, seed), policy, seed).run()
    return measured(record, first=round(WARMING * len(record.arrived_at)))
