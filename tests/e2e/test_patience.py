"""Bounds in seconds are scaled by what others use of this machine, and by nothing else."""

from collections.abc import Callable

import pytest

from tests.e2e.patience import MOST_TAKEN, SAMPLES, Pace, allowed


def pace_of(others: float, ours: float) -> Pace:
    """On two cores, of which others use so many, and we so many."""
    seconds = 0.0

    def used(cores: float) -> Callable[[], float]:
        return lambda: seconds * cores

    pace = Pace(used(others + ours), used(ours), 2, lambda: seconds)
    for _ in range(SAMPLES + 1):
        pace.sample()
        seconds += 1
    return pace


@pytest.mark.parametrize("ours", [0.0, 0.5, 2.0])
def test_on_an_idle_machine_a_bound_is_not_scaled_however_busy_we_are(ours: float) -> None:
    assert pace_of(0.0, ours).factor == 1.0


@pytest.mark.parametrize(("others", "factor"), [(0.5, 4 / 3), (1.0, 2.0), (2.0, 1 / (1 - MOST_TAKEN))])
def test_a_bound_is_scaled_by_what_others_use(others: float, factor: float) -> None:
    assert pace_of(others, 0.5).factor == pytest.approx(factor)


def test_the_scaled_bound_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert allowed(3.0, pace_of(1.0, 0.0)) == pytest.approx(6.0)
    assert "2.00 times as long" in capsys.readouterr().err


def test_what_is_judged_afterwards_is_scaled_by_the_busiest_moment_since_it_began() -> None:
    busy, seconds = 0.0, 0.0
    pace = Pace(lambda: busy, lambda: 0.0, 2, lambda: seconds)
    for others in [1.5] * SAMPLES + [0.0] * 2 * SAMPLES:
        pace.sample()
        seconds, busy = seconds + 1, busy + others
    assert pace.factor == 1.0
    assert pace.worst(0) == pytest.approx(4.0)
    assert pace.worst(2 * SAMPLES + 1) == 1.0
    assert allowed(3.0, pace, since=0) == pytest.approx(12.0)
