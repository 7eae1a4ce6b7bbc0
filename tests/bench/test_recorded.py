"""Figures that became worse are reported, and possible noise is reported as such."""

from pathlib import Path

import pytest

from bench.report import recorded
from bench.report.recorded import NOTHING, Recorded, record, warning, worse
from bench.report.rows import Row
from bench.scenarios.catalogue import all_rows

from .made import HERE, MEMORY, SPEED, found, ran, run

BEFORE = Recorded({"speed": 0.6, "memory": 30.0}, {}, HERE.shown(), "2026-11-01", "abc")


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The file of recorded figures."""
    monkeypatch.setattr(recorded, "RECORDED", tmp_path / "recorded.json")
    return tmp_path / "recorded.json"


def test_unchanged_or_better_figures_are_not_reported() -> None:
    assert worse([found(SPEED, 0.55, 0.53, 0.6), found(MEMORY, 20.0)], BEFORE) == []


def test_a_row_never_recorded_cannot_be_worse() -> None:
    assert worse([found(Row("new", "new", 1, 1), 0.001)], BEFORE) == []
    assert worse([found(SPEED, 0.001)], NOTHING) == []


def test_a_clearly_worse_figure_is_reported_with_both_values() -> None:
    found_worse = worse([found(SPEED, 0.4, 0.5, 0.42), found(MEMORY, 45.0)], BEFORE)
    assert [(each.row, each.noise) for each in found_worse] == [(SPEED, False), (MEMORY, False)]
    text = warning(found_worse, BEFORE, HERE.shown())
    assert "WORSE than recorded on 2026-11-01 by more than 15%" in text
    assert "0.42 now, 0.6 recorded: 43% worse" in text
    assert "45 KiB now, 30 KiB recorded: 50% worse" in text
    assert "another machine" not in text


def test_a_figure_within_the_spread_of_its_rounds_is_a_hint() -> None:
    [each] = worse([found(SPEED, 0.4, 0.65, 0.41)], BEFORE)
    assert each.noise
    text = warning([each], BEFORE, HERE.shown())
    assert "WORSE" not in text
    assert "within the spread of its own rounds" in text


def test_a_figure_of_another_machine_is_marked() -> None:
    text = warning(worse([found(SPEED, 0.4)], BEFORE), BEFORE, "another one")
    assert "found on another machine" in text
    assert HERE.shown() in text


def test_without_worse_figures_nothing_is_reported() -> None:
    assert warning([], BEFORE, "another one") == ""


def test_recorded_figures_are_read_back(place: Path) -> None:
    record(run(ran("a", found(SPEED, 0.5, 0.6, 0.7))), [SPEED])
    assert place.exists()
    text = recorded.recorded("short")
    assert text.medians == {"speed": 0.6}
    assert (text.machine, text.date, text.commit, text.took) == (HERE.shown(), "2026-11-26", "abc", {"a": 7.0})
    assert recorded.recorded("full") == NOTHING


@pytest.mark.usefixtures("place")
def test_a_partial_run_leaves_the_recorded_figures_of_the_others() -> None:
    record(run(ran("a", found(SPEED, 0.6)), ran("b", found(MEMORY, 30.0))), [SPEED, MEMORY])
    record(run(ran("b", found(MEMORY, 20.0)), ran("c", failed="lost")), [SPEED, MEMORY])
    assert recorded.recorded("short").medians == {"speed": 0.6, "memory": 20.0}
    record(run(), [MEMORY])
    assert recorded.recorded("short").medians == {"memory": 20.0}


def test_only_rows_that_exist_are_recorded_in_the_repository() -> None:
    known = {row.key for row in all_rows()}
    for length in ("quick", "full"):
        assert recorded.recorded(length).medians.keys() <= known
