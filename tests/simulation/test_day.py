"""A day: every visitor's story ends once, nobody exceeds their capacity, and the same seed gives the same day."""

from collections import Counter
from dataclasses import replace
from time import monotonic

import pytest

from chatserver.domain.hospital import Mode
from chatserver.domain.rules import HOUR, MINUTE, Rules
from chatserver.simulation.arrivals import drawn
from chatserver.simulation.chance import Duration
from chatserver.simulation.day import Day
from chatserver.simulation.measures import measured
from chatserver.simulation.policies import POLICIES
from chatserver.simulation.record import Record
from chatserver.simulation.scenario import Scenario, hospital

QUIET = hospital(300, 8)
CROWDED = replace(
    hospital(900, 8, newcomers=0.5, mode=Mode.RING),
    missing=0.3,
    silent=0.3,
    emergencies=0.05,
    patience=Duration(20 * MINUTE, "lognormal"),
    rules=Rules(queue_wait_limit_ms=15 * MINUTE, queue_limit=12),
)
"""A lot of everything that can happen."""

LONGEST_MS = 60_000


def day(scenario: Scenario, policy: str = "load-ratio", seed: int = 1, *, watched: bool = False) -> Record:
    return Day(scenario, drawn(scenario, seed), policy, seed, watched=watched).run()


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("scenario", [QUIET, CROWDED], ids=["quiet", "crowded"])
def test_everybody_ends_exactly_once(scenario: Scenario, policy: str) -> None:
    record = day(scenario, policy)
    assert sorted(record.ends) == list(range(len(record.arrived_at)))
    answered = {number for number, end in record.ends.items() if end == "served"}
    assert answered == set(record.replies)


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("scenario", [QUIET, CROWDED], ids=["quiet", "crowded"])
def test_nobody_exceeds_their_capacity(scenario: Scenario, policy: str) -> None:
    duties = day(replace(scenario, emergencies=0), policy).duties
    assert all(each.fullest <= each.capacity for each in duties)
    urgent = day(replace(scenario, emergencies=0.3), policy).duties
    assert all(each.fullest <= each.capacity + Rules().above_capacity for each in urgent)
    assert all(each.busy_ms <= each.places_ms for each in duties)


def test_a_crowded_day_contains_every_kind_of_event() -> None:
    record = day(CROWDED)
    assert set(record.ends.values()) == {"served", "abandoned", "turned_away", "sent_off"}
    assert record.misses
    assert record.paused
    assert record.overflowed
    assert 0 < max(each.fullest - each.capacity for each in record.duties) <= 3, "by emergencies"
    assert Counter(record.ends.values())["served"] > 100


def test_an_inattentive_consultant_loses_it_to_somebody_else() -> None:
    record = day(replace(QUIET, missing=0.3))
    assert record.returned > 0
    assert day(replace(QUIET, missing=0, emergencies=0, reaction=Duration(1_000, "exponential"))).returned == 0


def test_the_same_seed_is_the_same_day() -> None:
    assert day(CROWDED, "random", 7) == day(CROWDED, "random", 7)
    assert day(CROWDED, "random", 7) != day(CROWDED, "random", 8)


def test_watching_changes_nothing() -> None:
    seen, unseen = day(QUIET, watched=True), day(QUIET)
    assert len(seen.moments) == (QUIET.closes - QUIET.opens) // MINUTE + 1
    seen.moments = []
    assert seen == unseen


def test_another_policy_is_another_outcome_for_the_same_people() -> None:
    records = [day(QUIET, policy) for policy in POLICIES]
    assert len({tuple(each.arrived_at) for each in records}) == 1
    assert len({tuple(sorted(each.handled.items())) for each in records}) == len(POLICIES)


def test_nothing_new_comes_after_the_closing() -> None:
    record = day(replace(CROWDED, patience=None, rules=Rules(queue_wait_limit_ms=10 * HOUR)))
    assert all(at < QUIET.closes for at in record.arrived_at)
    waited_until = max(record.arrived_at[number] + wait for number, wait in record.waits.items())
    assert waited_until <= QUIET.closes


def test_more_consultants_shorten_the_waits() -> None:
    few, many = (measured(day(hospital(600, count))) for count in (8, 24))
    assert many.wait_mean < few.wait_mean
    assert many.utilisation < few.utilisation


def test_a_large_day_is_done_in_a_minute() -> None:
    began = monotonic()
    record = day(hospital(5_000, 50))
    assert len(record.arrived_at) > 4_500
    assert (monotonic() - began) * 1_000 < LONGEST_MS
