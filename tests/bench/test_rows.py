"""Rows, how figures are shown, and who was busy."""

import json

import pytest

from bench.report.meter import Spent, shown_use
from bench.report.rows import IN_WORDS, Length, Result, Row

from .made import FULL_CORE, MEMORY, SPEED, WAITED, found


@pytest.mark.parametrize(
    ("row", "value", "verdict"),
    [
        (SPEED, 0.8, "aim"),
        (SPEED, 0.79, "floor"),
        (SPEED, 0.4, "floor"),
        (SPEED, 0.39, "missed"),
        (MEMORY, 30.0, "aim"),
        (MEMORY, 31.0, "floor"),
        (MEMORY, 40.0, "floor"),
        (MEMORY, 41.0, "missed"),
    ],
)
def test_a_value_at_the_bound_holds_it(row: Row, value: float, verdict: str) -> None:
    assert row.verdict(value) == verdict
    assert found(row, value).verdict == verdict
    assert verdict in IN_WORDS


def test_worsening_is_relative_in_either_direction() -> None:
    assert SPEED.worsening(0.6, 0.5) == pytest.approx(0.2)
    assert MEMORY.worsening(30, 36) == pytest.approx(0.2)
    assert SPEED.worsening(0.5, 0.6) < 0
    assert MEMORY.worsening(36, 30) < 0
    assert SPEED.worsening(0, 0.5) == 0


def test_better_is_larger_relative_to_the_aim_which_is_one() -> None:
    assert SPEED.of_aim(0.4) == pytest.approx(0.5)
    assert MEMORY.of_aim(60) == pytest.approx(0.5)
    assert MEMORY.of_aim(15) == pytest.approx(2)
    assert MEMORY.of_aim(0) > 1_000
    assert SPEED.of_aim(SPEED.aim) == MEMORY.of_aim(MEMORY.aim) == 1


def test_a_figure_is_shown_with_three_digits_and_its_unit() -> None:
    assert SPEED.shown(0.35678) == "0.357"
    assert MEMORY.shown(31.26) == "31.3 KiB"
    assert MEMORY.shown(12_345.6) == "12,346 KiB"
    assert Row("k", "w", 1.5, 2.5, unit="×").shown(2.5) == "2.5×"


def test_the_middle_one_of_the_rounds_counts() -> None:
    assert found(SPEED, 0.1, 0.9, 0.5).middle == 0.5


def test_a_result_is_the_same_after_it_was_a_file() -> None:
    result = found(MEMORY, 31.0, 32.0)
    assert Result.from_json(json.loads(json.dumps(result.as_json()))) == result


def test_rounds_are_reported_on_stderr_and_not_among_the_results(capsys: pytest.CaptureFixture[str]) -> None:
    assert list(Length(rounds=2, seconds=0, part=1).turns()) == [0, 1]
    printed = capsys.readouterr()
    assert printed.err.split("\n")[:2] == ["  round 1 of 2", "  round 2 of 2"]
    assert printed.out == ""


def test_a_part_of_the_people_is_at_least_one() -> None:
    assert Length(rounds=1, seconds=0, part=0.2).of(200) == 40
    assert Length(rounds=1, seconds=0, part=0.2).of(1) == 1


def test_what_limited_the_server_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("psutil.cpu_count", lambda: 2)
    load = Spent(server=1.0, database=0.0, load=1.95, wall=2.0, idle=1.0)
    crowded = Spent(server=1.0, database=0.0, load=0.5, wall=2.0, idle=0.1)
    assert [each.limit for each in (FULL_CORE, load, crowded, WAITED)] == ["server", "load", "machine", "waiting"]
    printed = shown_use("it", [FULL_CORE, FULL_CORE, load])
    assert printed.startswith(
        "it: in 2 of 3 rounds the server's core was full; in 1 of 3 rounds the load generator's core"
    )
    assert "server 95%, load generator 30% of a core" in printed
