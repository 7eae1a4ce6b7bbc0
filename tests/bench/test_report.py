"""The page and the picture show a run's results, and leave hand-written text unchanged."""

import re
from xml.etree import ElementTree

import pytest

from bench.report import performance_page
from bench.report.performance_page import MADE, filled
from bench.report.picture import LEFT, RIGHT, WIDTH, picture
from bench.report.rows import Row
from bench.running import Run
from bench.scenarios.catalogue import all_rows

from .made import MEMORY, SPEED, WAITED, found, ran, run

PAGE = "".join(
    f"before {name}\n<!-- made from a run: {name} -->\nold\n<!-- end of {name} -->\nafter\n" for name in MADE
)


@pytest.fixture(autouse=True)
def made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two scenarios with a row each."""
    rows = {"talk": [SPEED], "idle": [MEMORY]}
    monkeypatch.setattr(performance_page, "SCENARIOS", rows)
    monkeypatch.setattr(performance_page, "all_rows", lambda: [SPEED, MEMORY])
    monkeypatch.setattr(performance_page, "meaning", lambda name: f"What {name} is.")


def page(of: Run) -> str:
    return filled(PAGE, of)


def test_what_people_wrote_around_a_block_stays() -> None:
    made = page(run(ran("talk", found(SPEED, 0.9))))
    for name in MADE:
        assert f"before {name}\n" in made
    assert made.count("after\n") == len(MADE)
    assert "old" not in made
    assert filled(made, run()) == page(run())


def test_a_row_shows_its_bounds_figures_and_verdict_in_words() -> None:
    made = page(run(ran("talk", found(SPEED, 0.4, 0.6, 0.5)), ran("idle", found(MEMORY, 45.0))))
    assert "| speed : relay | at least 0.4 | at least 0.8 | 0.5 | 0.4 to 0.6 | floor held |" in made
    assert "| memory \\| visitor | at most 40 KiB | at most 30 KiB | 45 KiB | 45 KiB to 45 KiB | floor missed |" in made


def test_a_row_is_judged_by_todays_floor_not_by_the_runs() -> None:
    was_easier = Row(SPEED.key, SPEED.what, floor=0.1, aim=0.2)
    assert "| 0.3 | 0.3 to 0.3 | floor missed |" in page(run(ran("talk", found(was_easier, 0.3))))


def test_unmeasured_rows_are_named() -> None:
    made = page(run(ran("talk", found(SPEED, 0.9))))
    assert "|  |  | not measured |" in made
    assert "### idle\n\nWhat idle is.\n\nNot measured yet." in made


def test_failed_scenarios_are_reported() -> None:
    assert "It failed: 1 lost" in page(run(ran("talk", failed="1 lost")))


def test_every_value_of_every_round_is_there_and_who_was_busy() -> None:
    made = page(run(ran("talk", found(SPEED, 0.4, 0.6, busy=WAITED))))
    assert "| Round | 1 | 2 |" in made
    assert "| **speed : relay** | 0.4 | 0.6 |" in made
    assert "| bare | 1,000 | 1,000 |" in made
    assert "- server: in 1 of 1 rounds no core was full" in made
    assert "- nothing lost" in made
    assert "| Run of `talk` | 2026-11-26, 7 s, commit abc |" in made


def drawn(*found_for: tuple[Row, float, float, float]) -> ElementTree.Element:
    """The picture of these, which must be well-formed XML."""
    results = {row.key: found(row, *values) for row, *values in found_for}
    return ElementTree.fromstring(picture([SPEED, MEMORY], results, "title & more"))


def test_the_picture_has_its_figures_as_text() -> None:
    root = drawn((SPEED, 0.5, 0.6, 0.7))
    words = " ".join(root.itertext())
    assert "0.6; floor 0.4, aim 0.8: floor held" in words
    assert "not measured; floor 40 KiB, aim 30 KiB" in words
    assert "title & more" in words
    sizes = [int(each.get("font-size", "13")) for each in root.iter()]
    assert min(sizes) >= 12


def test_further_right_is_better_even_where_less_is_better() -> None:
    def marks(speed: float, memory: float) -> list[float]:
        root = drawn((SPEED, speed, speed, speed), (MEMORY, memory, memory, memory))
        return [float(each.get("x", "")) for each in root.iter() if each.get("width") == "5"]

    worse, better = marks(0.5, 40), marks(0.7, 32)
    assert [after > before for before, after in zip(worse, better, strict=True)] == [True, True]


def test_very_good_figures_stay_within_the_picture() -> None:
    root = drawn((SPEED, 50, 60, 70), (MEMORY, 0.1, 0.2, 0.3))
    places = [float(each.get("x", 0)) + float(each.get("width", 0)) for each in root.iter() if each.get("fill-opacity")]
    assert len(places) == 2
    assert max(places) <= WIDTH - RIGHT + 2
    assert min(places) > LEFT


def test_a_long_name_does_not_run_into_the_figures() -> None:
    long = Row("long", "a name " * 30, 1, 2)
    drawing = picture([long], {}, "title")
    [name] = re.findall(r">(a name [^<]*)<", drawing)
    assert name.endswith("…")
    assert all_rows()
