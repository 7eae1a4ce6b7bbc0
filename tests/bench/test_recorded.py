"""Figures that became worse are reported, and possible noise is reported as such."""

from pathlib import Path

import pytest

from bench.report import recorded
from bench.report.machine import Machine
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
    text = warning(found_worse, BEFORE)
    assert "WORSE than recorded on 2026-11-01 by more than 15%" in text
    assert "0.42 now, 0.6 recorded: 43% worse" in text
    assert "45 KiB now, 30 KiB recorded: 50% worse" in text


def test_a_figure_within_the_spread_of_its_rounds_is_a_hint() -> None:
    [each] = worse([found(SPEED, 0.4, 0.65, 0.41)], BEFORE)
    assert each.noise
    text = warning([each], BEFORE)
    assert "WORSE" not in text
    assert "within the spread of its own rounds" in text


def test_without_worse_figures_nothing_is_reported() -> None:
    assert warning([], BEFORE) == ""


def test_recorded_figures_are_read_back(place: Path) -> None:
    record(run(ran("a", found(SPEED, 0.5, 0.6, 0.7))), [SPEED])
    assert place.exists()
    text = recorded.recorded("short", HERE.kind)
    assert text.medians == {"speed": 0.6}
    assert (text.machine, text.date, text.commit, text.took) == (HERE.shown(), "2026-11-26", "abc", {"a": 7.0})
    assert recorded.recorded("full", HERE.kind) == NOTHING


@pytest.mark.usefixtures("place")
def test_a_partial_run_leaves_the_recorded_figures_of_the_others() -> None:
    record(run(ran("a", found(SPEED, 0.6)), ran("b", found(MEMORY, 30.0))), [SPEED, MEMORY])
    record(run(ran("b", found(MEMORY, 20.0)), ran("c", failed="lost")), [SPEED, MEMORY])
    assert recorded.recorded("short", HERE.kind).medians == {"speed": 0.6, "memory": 20.0}
    record(run(), [MEMORY])
    assert recorded.recorded("short", HERE.kind).medians == {"memory": 20.0}


def test_only_rows_that_exist_are_recorded_in_the_repository() -> None:
    known = {row.key for row in all_rows()}
    for length in ("quick", "full"):
        assert recorded.kinds(length)
        for kind in recorded.kinds(length):
            assert recorded.recorded(length, kind).medians.keys() <= known


@pytest.mark.usefixtures("place")
def test_figures_of_another_kind_of_processor_are_not_compared_and_that_is_said() -> None:
    record(run(ran("a", found(SPEED, 0.6))), [SPEED])
    assert recorded.not_compared("short", HERE.kind) == ""
    other = Machine(2, "Intel(R) Xeon(R) Processor @ 2.60GHz", 8.0, "Linux 6")
    assert recorded.recorded("short", other.kind) == NOTHING
    told = recorded.not_compared("short", other.kind)
    assert other.kind in told
    assert HERE.kind in told
    record(run(ran("a", found(SPEED, 0.5)), machine=other), [SPEED])
    assert recorded.recorded("short", HERE.kind).medians == {"speed": 0.6}
    assert recorded.recorded("short", other.kind).medians == {"speed": 0.5}


@pytest.mark.parametrize(
    ("processor", "kind"),
    [
        ("AMD EPYC", "2 cores, AMD EPYC"),
        ("AMD EPYC 9B14 96-Core Processor", "2 cores, AMD EPYC"),
        ("Intel(R) Xeon(R) Platinum 8481C CPU @ 2.70GHz", "2 cores, Intel Xeon"),
        ("Intel(R) Core(TM) i7-1165G7", "2 cores, Intel(R) Core(TM) i7-1165G7"),
        ("Neoverse-N1", "2 cores, Neoverse"),
        ("something new", "2 cores, something new"),
    ],
)
def test_the_kind_of_a_processor_is_its_family(processor: str, kind: str) -> None:
    assert Machine(2, processor, 8.0, "Linux 6").kind == kind
