"""Randomly drawn durations. Every stream has a name in addition to its seed, so that streams do not affect each
other."""

from dataclasses import dataclass
from math import log, sqrt
from random import Random
from typing import Literal

Kind = Literal["exponential", "lognormal"]


def stream(seed: int, *names: str | int) -> Random:
    """The same numbers for the same seed and names, whatever else is drawn."""
    return Random("/".join(str(each) for each in (seed, *names)))


@dataclass(frozen=True, slots=True)
class Duration:
    """A duration drawn for each conversation. `variation`: standard deviation ÷ mean, for a lognormal one."""

    mean_ms: int
    kind: Kind = "lognormal"
    variation: float = 1.0

    def draw(self, chance: Random) -> int:
        """Draw a duration in ms, at least 1."""
        if self.kind == "exponential":
            return max(1, round(chance.expovariate(1 / self.mean_ms)))
        spread = log(1 + self.variation**2)
        return max(1, round(chance.lognormvariate(log(self.mean_ms) - spread / 2, sqrt(spread))))
