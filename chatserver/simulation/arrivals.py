"""The visitors of a day: drawn before the day begins, so that every policy gets the same ones."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from chatserver.domain.rules import HOUR, MINUTE
from chatserver.simulation.chance import stream
from chatserver.simulation.scenario import Demand, Scenario


@dataclass(frozen=True, slots=True)
class Arrival:
    """A visitor who arrives at `at` (ms of the day). `work_ms`: the time that one consultant at the usual pace with no
    other conversation needs; `preferred`: the consultant who served them the day before."""

    number: int
    at: int
    demand: Demand
    language: str
    work_ms: int
    patience_ms: int | None
    reaction_ms: int
    preferred: str | None
    emergency: bool
    silent: bool


@dataclass(frozen=True, slots=True)
class _Chances:
    """A random stream for each kind of draw, because distributions consume different amounts of random numbers."""

    work: Random
    patience: Random
    reaction: Random
    ways: Random


@dataclass(frozen=True, slots=True)
class Asked:
    """When a visitor arrives and what is known of them beforehand; the rest is drawn."""

    at: int
    demand: Demand
    language: str
    work_ms: int | None = None


def drawn(scenario: Scenario, seed: int) -> list[Arrival]:
    """A day of a Poisson process with the scenario's profile."""
    chance = stream(seed, "kinds")
    demands = scenario.demands
    shares = [each.share for each in demands]
    asked = [
        Asked(at, chance.choices(demands, shares)[0], "en" if chance.random() < scenario.english else "zh")
        for at in times(scenario, stream(seed, "times"))
    ]
    return people(scenario, asked, seed)


def people(scenario: Scenario, asked: Sequence[Asked], seed: int) -> list[Arrival]:
    """Draw the remaining properties of these visitors."""
    chances = _Chances(*(stream(seed, each) for each in ("work", "patience", "reaction", "ways")))
    members = {
        group.id: [each.consultant.id for each in scenario.staff if group.id in each.consultant.groups]
        for group in scenario.groups
    }
    return [_person(scenario, number, each, members, chances) for number, each in enumerate(asked)]


def _person(scenario: Scenario, number: int, asked: Asked, members: dict[str, list[str]], chances: _Chances) -> Arrival:
    # Draw everything for everybody, needed or not: changing one share must not change the other draws.
    work = asked.demand.work.draw(chances.work)
    patience = scenario.patience.draw(chances.patience) if scenario.patience is not None else None
    reaction = scenario.reaction.draw(chances.reaction)
    known = members[asked.demand.department.group]
    preferred = known[int(chances.ways.random() * len(known))] if known else None
    returns, hurries, vanishes = (chances.ways.random() for _ in range(3))
    return Arrival(
        number=number,
        at=asked.at,
        demand=asked.demand,
        language=asked.language,
        work_ms=asked.work_ms if asked.work_ms is not None else work,
        patience_ms=patience,
        reaction_ms=reaction,
        preferred=preferred if returns < scenario.returning else None,
        emergency=hurries < scenario.emergencies,
        silent=vanishes < scenario.silent,
    )


def times(scenario: Scenario, chance: Random) -> list[int]:
    """Arrival times by thinning: draw at the peak rate, then keep each with the probability of its own time."""
    weigh = _Profile(scenario.profile)
    length = scenario.closes - scenario.opens
    highest = max(weight for _, weight in scenario.profile)
    steps = max(1, min(2_000, length // MINUTE))
    middles = (scenario.opens + (step + 0.5) * length / steps for step in range(steps))
    mean = sum(weigh(each) for each in middles) / steps
    per_ms = scenario.conversations / length * highest / mean
    came: list[int] = []
    at = float(scenario.opens)
    while True:
        at += chance.expovariate(per_ms)
        if at >= scenario.closes:
            return came
        if chance.random() * highest < weigh(at):
            came.append(int(at))


class _Profile:
    """The weight at each time, interpolated linearly between the given hours."""

    def __init__(self, profile: Sequence[tuple[float, float]]) -> None:
        self._hours = [hour for hour, _ in profile]
        self._weights = [weight for _, weight in profile]

    def __call__(self, at: float) -> float:
        hour = at / HOUR
        after = bisect_right(self._hours, hour)
        if after == 0 or after == len(self._hours):
            return self._weights[0 if after == 0 else -1]
        begins, ends = self._hours[after - 1], self._hours[after]
        part = (hour - begins) / (ends - begins)
        return self._weights[after - 1] * (1 - part) + self._weights[after] * part
