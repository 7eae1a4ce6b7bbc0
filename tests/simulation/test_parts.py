"""The simulator's parts: arrivals, a desk's work, the policies' orders, measures, intervals."""

from dataclasses import replace
from functools import partial
from itertools import pairwise

import pytest

from chatserver.domain import availability
from chatserver.domain.conversation import start
from chatserver.domain.events.queue import Opened
from chatserver.domain.hospital import Availability, Consultant, Person, Role, Title
from chatserver.domain.routing import Needs
from chatserver.domain.rules import HOUR, MINUTE, SECOND, Rules
from chatserver.simulation.arrivals import drawn
from chatserver.simulation.chance import Duration, stream
from chatserver.simulation.comparison import differences, interval, student
from chatserver.simulation.desk import Desk
from chatserver.simulation.floor import Floor
from chatserver.simulation.measures import gini, measured, percentile
from chatserver.simulation.record import Record
from chatserver.simulation.scenario import GROUPS, Rostered, hospital

GROUP = "general"


def consultant(id: str, capacity: int = 5) -> Consultant:
    return Consultant(Person(id, id, id, Title.CONSULTANT), Role.CONSULTANT, (GROUP,), capacity, Availability.ONLINE)


# Arrivals.


def test_arrivals_match_the_expected_number() -> None:
    scenario = hospital(1_000)
    days = [len(drawn(scenario, seed)) for seed in range(40)]
    mean = interval(days)
    assert mean.holds(1_000)
    assert mean.half_width is not None
    assert mean.half_width < 20


def test_most_come_at_ten_and_at_four() -> None:
    scenario = hospital(20_000)
    hours = [0] * 24
    for arrival in drawn(scenario, 1):
        hours[(arrival.at + 30 * MINUTE) // HOUR % 24] += 1
    assert sorted(range(24), key=hours.__getitem__)[-2:] in ([10, 16], [16, 10])
    assert min(each.at for each in drawn(scenario, 1)) >= scenario.opens


def test_a_changed_assumption_leaves_the_other_draws_unchanged() -> None:
    scenario = hospital(200)
    plain = drawn(scenario, 3)
    changed = drawn(replace(scenario, returning=1.0, emergencies=0.5, patience=Duration(5, "lognormal")), 3)
    assert [(each.at, each.demand, each.work_ms) for each in plain] == [
        (each.at, each.demand, each.work_ms) for each in changed
    ]
    assert all(each.preferred is not None for each in changed)


@pytest.mark.parametrize("kind", ["exponential", "lognormal"])
def test_a_duration_has_its_mean(kind: str) -> None:
    duration = Duration(60_000, "exponential") if kind == "exponential" else Duration(60_000, "lognormal", 0.8)
    chance = stream(1, kind)
    found = interval([duration.draw(chance) for _ in range(20_000)])
    assert abs(found.mean - 60_000) < 0.02 * 60_000


# A desk.


def done_after(overhead: float, *works: int) -> dict[str, int]:
    """When each of several works that begin together is done."""
    desk = Desk(Rostered(consultant("li"), 0, HOUR), overhead)
    for number, work in enumerate(works):
        desk.begin(str(number), work, 0)
    done, now = {}, 0
    while (coming := desk.next_end(now)) is not None:
        id, now = coming
        desk.leave(id, now)
        done[id] = now
    return done


def test_without_overhead_conversations_do_not_slow_each_other() -> None:
    assert done_after(0, 60_000, 90_000) == {"0": 60_000, "1": 90_000}


def test_with_overhead_simultaneous_conversations_slow_each_other() -> None:
    assert done_after(1, 60_000, 60_000) == {"0": 120_000, "1": 120_000}
    assert done_after(0.5, 60_000, 90_000) == {"0": 90_000, "1": 120_000}
    assert done_after(2, 60_000) == {"0": 60_000}


def test_a_slow_consultant_takes_longer_for_the_same_work() -> None:
    desk = Desk(Rostered(consultant("li"), 0, HOUR, pace=1.5), 0)
    desk.begin("0", 60_000, 0)
    assert desk.next_end(0) == ("0", 90_000)


# The policies, as orders of the product's pool.


class Givings:
    """A group under a policy, and one conversation after the other."""

    def __init__(self, policy: str, *people: Consultant) -> None:
        staff = tuple(Rostered(each, 0, HOUR) for each in people)
        self.floor = Floor(replace(hospital(), groups=GROUPS[:1], staff=staff), policy, seed=5)
        self.now = 0
        for each in people:
            self.comes(each.id)

    def comes(self, id: str) -> None:
        self.floor.desks[id].on_duty = True
        self.floor.put(self.floor.desks[id])

    def goes(self, id: str) -> None:
        self.floor.desks[id].on_duty = False
        self.floor.put(self.floor.desks[id])

    def has(self, id: str, load: int) -> None:
        self.floor.desks[id].load = load
        self.floor.put(self.floor.desks[id])

    def next(self, preferred: str | None = None) -> str:
        """Who is assigned the next one; their load rises."""
        self.now += SECOND
        opened = Opened("any", GROUP, "zh", "", preferred)
        conversation = start(opened, id=str(self.now), site="s", visitor="v", at=self.now)
        choice = self.floor.pools[GROUP].choose(conversation, Needs("zh"), self.now, Rules())
        assert choice is not None
        self.floor.assigned(GROUP, choice)
        id = choice.consultant.id
        self.has(id, choice.why.load + 1)
        self.floor.change(id, partial(availability.given, now=self.now))
        return id


def test_round_robin_goes_in_a_circle_and_skips_the_full() -> None:
    givings = Givings("round-robin", consultant("a", 9), consultant("b", 2), consultant("c", 9))
    assert [givings.next() for _ in range(9)] == ["a", "b", "c", "a", "b", "c", "a", "c", "a"]


def test_round_robin_gives_a_returning_consultant_one_turn_a_lap() -> None:
    givings = Givings("round-robin", consultant("a", 9), consultant("b", 9), consultant("c", 9))
    givings.goes("b")
    assert [givings.next() for _ in range(4)] == ["a", "c", "a", "c"]
    givings.comes("b")
    assert [givings.next() for _ in range(4)] == ["a", "b", "c", "a"]


def test_a_preferred_consultant_out_of_turn_does_not_move_the_circle() -> None:
    givings = Givings("round-robin", consultant("a"), consultant("b"), consultant("c"))
    assert [givings.next(), givings.next("c"), givings.next(), givings.next()] == ["a", "c", "b", "c"]


def test_longest_idle_ignores_the_load() -> None:
    givings = Givings("longest-idle", consultant("a", 9), consultant("b", 9))
    givings.has("b", 8)
    assert [givings.next(), givings.next()] == ["a", "b"]


def test_load_ratio_considers_the_load() -> None:
    givings = Givings("load-ratio", consultant("a", 9), consultant("b", 3))
    assert [givings.next() for _ in range(8)].count("a") == 6


def test_random_gives_everybody_the_same_chance() -> None:
    givings = Givings("random", *(consultant(id, 10_000) for id in "abcd"))
    given = [givings.next() for _ in range(4_000)]
    shares = [given.count(id) / 4_000 for id in "abcd"]
    assert all(abs(share - 0.25) < 0.025 for share in shares), shares
    repeats = sum(one == other for one, other in pairwise(given)) / 4_000
    assert abs(repeats - 0.25) < 0.025


# Measures.


@pytest.mark.parametrize(
    ("values", "expected"),
    [([], 0), ([0, 0], 0), ([4, 4, 4], 0), ([0, 1], 0.5), ([0, 0, 0, 8], 0.75), ([1, 2, 3], 2 / 9), ([3, 1, 2], 2 / 9)],
)
def test_gini_as_calculated_by_hand(values: list[float], expected: float) -> None:
    assert gini(values) == pytest.approx(expected)


def test_nine_of_ten_wait_no_longer() -> None:
    assert percentile(range(1, 11), 0.9) == 9
    assert percentile([7], 0.9) == 7
    assert percentile([], 0.9) == 0


def test_a_day_calculated_by_hand() -> None:
    record = Record("load-ratio", 1, arrived_at=[0, 1, 2, 3], given=4, lacking=1, misses=2, returned=1)
    record.waits = {0: 0, 1: 10_000, 2: 50_000}
    record.replies = {0: 10_000, 1: 30_000, 2: 80_000}
    record.handled = {0: 60_000, 1: 60_000, 2: 180_000}
    record.ends = {0: "served", 1: "served", 2: "served", 3: "abandoned"}
    found = measured(record)
    assert (found.asked, found.wait_mean, found.wait_p90, found.wait_max) == (4, 20, 50, 50)
    assert (found.waited, found.waited_long) == (2 / 3, 1 / 3)
    assert (found.reply_mean, found.prompt, found.abandoned, found.turned_away) == (40, 0.5, 0.25, 0)
    assert found.handled_mean == pytest.approx(5 / 3)
    assert (found.fitting, found.misses, found.returned) == (0.75, 2, 1)
    later = measured(record, first=2)
    assert (later.asked, later.wait_mean, later.abandoned) == (2, 50, 0.5)


# Intervals.


def test_an_interval_as_calculated_by_hand() -> None:
    found = interval([1, 2, 3, 4])
    assert found.mean == 2.5
    assert found.half_width == pytest.approx(3.182 * 1.2909944 / 2)
    assert interval([5]).half_width is None
    assert not interval([5]).is_clear


@pytest.mark.parametrize(("freedom", "expected"), [(1, 12.706), (19, 2.093), (40, 2.021), (60, 2.000), (120, 1.980)])
def test_students_t_as_in_the_tables(freedom: int, expected: float) -> None:
    assert student(freedom) == pytest.approx(expected, abs=6e-4)


def test_differences_are_taken_day_by_day() -> None:
    hard_and_easy = (10_000, 90_000)
    base = [measured(Record("a", 1, [0], waits={0: wait})) for wait in hard_and_easy]
    other = [measured(Record("b", 1, [0], waits={0: wait + 5_000})) for wait in hard_and_easy]
    apart = differences(other, base)["wait_mean"]
    assert (apart.mean, apart.half_width) == (5, 0)
    assert apart.is_clear
