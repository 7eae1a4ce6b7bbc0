"""The house's time on PostgreSQL is the database's, whatever the machine's own clock says."""

import time
from collections.abc import Iterator

import pytest
from structlog.testing import capture_logs

from chatserver.hub.clock import DatabaseClock
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


async def test_a_wrong_clock_is_corrected_and_told(database: Database) -> None:
    clock = DatabaseClock(database, wall=lambda: time.time_ns() - HOUR_NS)
    with capture_logs() as logged:
        await clock.start()
    assert abs(clock() - here_ms()) < NEAR_MS
    [warning] = logged
    assert warning["event"] == "clock_differs"
    assert abs(warning["ms"] + 3_600_000) < NEAR_MS
    await clock.stop()


async def test_it_counts_on_between_two_looks(database: Database) -> None:
    passed = 0
    clock = DatabaseClock(database, steady=lambda: passed)
    await clock.measure()
    before = clock()
    passed += 1_500 * 10**6
    assert clock() - before == 1_500
    await clock.measure()
    assert abs(clock() - here_ms()) < NEAR_MS, "and the next look corrects it"


async def test_a_look_that_took_long_is_not_believed(database: Database) -> None:
    looks: Iterator[int] = iter([])
    clock = DatabaseClock(database, steady=lambda: next(looks, 0))
    await clock.measure()
    before = clock()
    looks = iter([0, 5 * 10**9])
    await clock.measure()
    looks = iter([])
    assert clock() == before
