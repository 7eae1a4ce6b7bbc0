"""Who comes when, and what he brings: drawn before the day begins, so that every policy meets the same people."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from chatserver.domain.rules import HOUR, MINUTE
from chatserver.simulation.chance import stream
from chatserver.simulation.scenario import Demand, Scenario


@dataclass(frozen=True, slots=True)
class Arrival:
    """A visitor who asks at `at` (ms of the day). `work_ms`: how long one consultant at the usual pace, who has nothing
    else, would be busy with it; `preferred`: who served him the day before."""

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
    """A stream for each thing that is drawn: one distribution takes more numbers than another."""

    work: Random
    patience: Random
    reaction: Random
    ways: Random


@dataclass(frozen=True, slots=True)
class Asked:
    """When somebody comes and what is known of it beforehand; the rest is drawn."""

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
    """Whoever asked, with everything else about him."""
    chances = _Chances(*(stream(seed, each) for each in ("work", "patience", "reaction", "ways")))
    members = {
        group.id: [each.consultant.id for each in scenario.staff if group.id in each.consultant.groups]
        for group in scenario.groups
    }
    return [_person(scenario, number, each, members, chances) for number, each in enumerate(asked)]


def _person(scenario: Scenario, number: int, asked: Asked, members: dict[str, list[str]], chances: _Chances) -> Arrival:
    # Everything is drawn of everybody, also what is not needed: a changed share must not move the other draws.
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
    """By thinning: drawn as at the busiest moment, and each stays with the probability of its own moment."""
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
    """The weight at each moment, on straight lines between the hours that are given."""

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
