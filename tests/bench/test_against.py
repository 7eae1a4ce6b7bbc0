"""Another commit's figures beside this one's: which direction is better, and what exceeds noise."""

import pytest

from bench.against import changes, medians, new_in

SPEED, MEMORY = "speed", "memory"
LESS = {SPEED: False, MEMORY: True}


@pytest.mark.parametrize(
    ("before", "now", "by", "is_clear"),
    [
        ({SPEED: [1.0, 1.02]}, {SPEED: [0.8, 0.82]}, 0.247, True),
        ({SPEED: [1.0, 1.02]}, {SPEED: [1.3, 1.3]}, -0.223, False),
        ({SPEED: [0.7, 1.3]}, {SPEED: [0.8, 0.82]}, 0.235, False),
        ({SPEED: [1.0, 1.0]}, {SPEED: [0.97, 0.97]}, 0.031, False),
        ({MEMORY: [10.0, 10.0]}, {MEMORY: [12.0, 12.0]}, 0.2, True),
        ({MEMORY: [10.0, 10.0]}, {MEMORY: [8.0, 8.0]}, -0.2, False),
    ],
)
def test_worse_means_worse_than_every_run_of_the_other_commit(
    before: dict[str, list[float]], now: dict[str, list[float]], by: float, is_clear: bool
) -> None:
    [key] = before
    runs = [[{key: value} for value in values[key]] for values in (before, now)]
    [change] = changes(runs[0], runs[1], LESS)
    assert change.by == pytest.approx(by, abs=0.001)
    assert change.is_clear is is_clear
    assert ("WORSE" in change.shown()) is is_clear


def test_a_row_that_one_commit_lacks_is_not_compared() -> None:
    assert changes([{SPEED: 1.0}], [{SPEED: 1.0, MEMORY: 10.0}], LESS)[0].key == SPEED
    assert len(changes([{SPEED: 1.0}], [{SPEED: 1.0, MEMORY: 10.0}], LESS)) == 1


def test_figures_of_an_earlier_run_are_left_out() -> None:
    earlier, now = {"name": "messages", "date": "10:00"}, {"name": "messages", "date": "10:05"}
    other = {"name": "sizes", "date": "09:00"}
    before = {"scenarios": [earlier, other]}
    assert new_in({"scenarios": [now, other]}, before)["scenarios"] == [now]
    with pytest.raises(AssertionError, match="measured nothing"):
        new_in(before, before)


def test_the_file_of_a_run_is_read_by_its_rows() -> None:
    measurements = {"scenarios": [{"results": [{"key": SPEED, "values": [1, 3, 2]}, {"key": MEMORY, "values": []}]}]}
    assert medians(measurements) == {SPEED: 2}
