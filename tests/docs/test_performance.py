"""docs/performance.md has a line for every row of the benchmarks, with its floor and its target, and no other."""

import re

import pytest

from bench.report.performance_page import HEAD, MADE, held
from bench.report.rows import IN_WORDS, Row
from bench.scenarios.catalogue import SCENARIOS, all_rows, meaning

from .paths import DOCUMENTS, ROOT

TEXT = DOCUMENTS["docs/performance.md"]
PICTURE = (ROOT / "docs/images/performance.svg").read_text(encoding="utf-8")
HINT = "run `make bench-report` after a full run"


def block(name: str) -> str:
    """The generated block of this name."""
    return TEXT.partition(f"<!-- made from a run: {name} -->\n")[2].partition(f"\n<!-- end of {name} -->")[0]


def lines() -> list[list[str]]:
    """The cells of the table of rows."""
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in block("rows").splitlines()]


@pytest.mark.parametrize("name", MADE)
def test_the_page_has_what_a_run_found(name: str) -> None:
    assert block(name), HINT


def test_the_page_has_every_row_with_its_floor_and_its_aim() -> None:
    head, _, *rows = lines()
    assert tuple(head) == HEAD
    assert [tuple(row[:3]) for row in rows] == [held(row) for row in all_rows()], HINT


def test_a_verdict_is_said_in_words() -> None:
    _, _, *rows = lines()
    assert {row[-1] for row in rows} <= {*IN_WORDS.values(), "not measured"}


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_has_its_figures(name: str) -> None:
    assert f"### {name}\n\n{meaning(name)}\n" in block("figures"), HINT


@pytest.mark.parametrize("row", all_rows(), ids=lambda row: row.key)
def test_the_picture_has_every_row(row: Row) -> None:
    assert f"floor {row.shown(row.floor)}, aim {row.shown(row.aim)}" in PICTURE, HINT
