"""Durations drawn at random. Every stream has a name beside its seed, so that what one draws does not move another."""

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
    """A time drawn anew for each conversation. `variation`: standard deviation ÷ mean, of a lognormal one."""

    mean_ms: int
    kind: Kind = "lognormal"
    variation: float = 1.0

    def draw(self, chance: Random) -> int:
        """One of them, ms, at least 1."""
        if self.kind == "exponential":
            return max(1, round(chance.expovariate(1 / self.mean_ms)))
        spread = log(1 + self.variation**2)
        return max(1, round(chance.lognormvariate(log(self.mean_ms) - spread / 2, sqrt(spread))))
