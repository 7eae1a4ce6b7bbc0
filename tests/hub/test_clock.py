"""The hub's time: with PostgreSQL it is the database's, whatever the machine's clock says; with SQLite it never goes
back."""

import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from chatserver.hub.clock import DatabaseClock, MachineClock
from chatserver.store.database import Database

HOUR_NS = 3_600 * 10**9
NEAR_MS = 1_000
"""The test's server runs on this machine, so its time is near this one's."""


@pytest.fixture
def database(postgres_database: str) -> Iterator[Database]:
    database = Database(postgres_database)
    yield database
    database.close()


def here_ms() -> int:
    return time.time_ns() // 1_000_000


async def test_a_wrong_clock_is_corrected_and_logged(database: Database) -> None:
    clock = DatabaseClock(database, wall=lambda: time.time_ns() - HOUR_NS)
    with capture_logs() as logged:
        await clock.start()
    assert abs(clock() - here_ms()) < NEAR_MS
    [warning] = logged
    assert warning["event"] == "clock_differs"
    assert abs(warning["ms"] + 3_600_000) < NEAR_MS
    await clock.stop()


async def test_it_counts_on_between_two_measurements(database: Database) -> None:
    passed = 0
    clock = DatabaseClock(database, steady=lambda: passed)
    await clock.measure()
    before = clock()
    passed += 1_500 * 10**6
    assert clock() - before == 1_500
    await clock.measure()
    assert abs(clock() - here_ms()) < NEAR_MS, "and the next look corrects it"


async def test_a_slow_measurement_is_discarded(database: Database) -> None:
    looks: Iterator[int] = iter([])
    clock = DatabaseClock(database, steady=lambda: next(looks, 0))
    await clock.measure()
    before = clock()
    looks = iter([0, 5 * 10**9])
    await clock.measure()
    looks = iter([])
    assert clock() == before


SECOND_NS = 10**9


class Machine:
    """A machine on which time passes and whose clock the test sets. Nanoseconds."""

    def __init__(self) -> None:
        self.passed = 0
        self.wall = 1_790_000_000 * SECOND_NS

    def clock(self) -> MachineClock:
        return MachineClock(lambda: self.passed, lambda: self.wall)

    def passes(self, seconds: float) -> None:
        self.passed += int(seconds * SECOND_NS)
        self.wall += int(seconds * SECOND_NS)

    def is_set(self, by: float) -> None:
        self.wall += int(by * SECOND_NS)


def test_a_clock_that_nobody_sets_is_the_machines() -> None:
    machine = Machine()
    clock = machine.clock()
    for _ in range(10):
        machine.passes(0.7)
        assert clock() == machine.wall // 10**6


def test_a_clock_that_is_set_forward_is_followed() -> None:
    machine = Machine()
    clock = machine.clock()
    machine.is_set(600)
    assert clock() == machine.wall // 10**6


def test_after_the_clock_is_set_back_time_runs_at_most_a_tenth_slower_until_they_meet() -> None:
    machine = Machine()
    clock = machine.clock()
    before = clock()
    machine.is_set(-60)
    machine.passes(15)
    assert 15_000 * 0.9 <= clock() - before <= 15_000
    for _ in range(600):
        machine.passes(1)
        clock()
    assert clock() == machine.wall // 10**6


@given(st.lists(st.tuples(st.floats(-100_000, 100_000), st.floats(0, 3_600)), max_size=30))
def test_time_never_goes_back_nor_slower_than_nine_tenths(steps: list[tuple[float, float]]) -> None:
    machine = Machine()
    clock = machine.clock()
    before = clock()
    for set_by, passes in steps:
        machine.is_set(set_by)
        machine.passes(passes)
        told = clock()
        assert told - before >= int(passes * 900) - 1
        before = told


def test_a_clock_that_was_set_back_is_logged() -> None:
    machine = Machine()
    clock = machine.clock()
    with capture_logs() as logged:
        for _ in range(3):
            machine.is_set(-600)
            machine.passes(1)
            clock()
            clock()
    assert [each["event"] for each in logged] == ["clock_set_back"] * 3
