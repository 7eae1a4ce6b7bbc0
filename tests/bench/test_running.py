"""Scenarios run one after the other, whatever happens to each; and the exit code."""

import asyncio
from pathlib import Path

import pytest

from bench import running
from bench.__main__ import FAILED, WORSE, main, measure
from bench.references import socket_io
from bench.references.socket_io import CannotBeHad, install
from bench.report import recorded
from bench.report.machine import Machine, commit, this_machine, versions
from bench.report.rows import Length, Result
from bench.running import Scenario, last_run, one
from bench.scenarios.catalogue import SCENARIOS, all_rows, meaning, rows_of

from .made import HERE, MEMORY, SHORT, SPEED, found, ran, run, scenario


@pytest.fixture(autouse=True)
def place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Use a separate folder for the files of a run."""
    monkeypatch.setattr(running, "FOUND", tmp_path)
    monkeypatch.setattr(recorded, "RECORDED", tmp_path / "recorded.json")
    return tmp_path


async def loses(_: Length) -> list[Result]:
    raise AssertionError("1 lost, 0 doubled")


async def never_ends(_: Length) -> list[Result]:
    await asyncio.sleep(3_600)
    return []


GOOD, BAD = scenario("good", found(SPEED, 0.9)), Scenario("bad", [MEMORY], loses)


def test_a_failed_scenario_stops_no_other_and_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert measure([BAD, GOOD], SHORT) == FAILED
    printed = capsys.readouterr()
    assert "FAILED: bad: AssertionError: 1 lost, 0 doubled" in printed.out
    assert "speed : relay: 0.9 (0.9 to 0.9), floor 0.4, aim 0.8: aim reached" in printed.out
    assert "[2/2] good took" in printed.err


def test_a_scenario_that_does_not_end_is_aborted() -> None:
    assert one(Scenario("slow", [], never_ends), SHORT).failed.startswith("TimeoutError")


def test_what_cannot_be_installed_is_one_line_and_the_rest_is_measured(capsys: pytest.CaptureFixture[str]) -> None:
    async def without(_: Length) -> list[Result]:
        return [found(SPEED, 0.9), Result(MEMORY, [], notes=["npm could not install it"])]

    assert measure([Scenario("half", [SPEED, MEMORY], without)], SHORT) == 0
    printed = capsys.readouterr().out.splitlines()
    assert printed[0].startswith("speed : relay: 0.9")
    assert [line for line in printed if line.startswith("NOT MEASURED")] == [
        f"NOT MEASURED: {MEMORY.what}: npm could not install it"
    ]


def test_a_failed_npm_is_reported_in_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("package.json", "package-lock.json"):
        (tmp_path / name).write_text("{}")
    npm = tmp_path / "npm"
    npm.write_text("#!/bin/sh\necho 'gyp ERR! find Python' >&2\necho more >&2\nexit 1\n")
    npm.chmod(0o755)
    monkeypatch.setattr(socket_io, "HERE", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CannotBeHad, match=r"^npm could not install .*\(gyp ERR! find Python\).*$"):
        install()


def test_a_scenario_without_a_result_for_a_row_has_failed() -> None:
    short_of_one = Scenario("short", [SPEED, MEMORY], GOOD.run)
    assert "rows are ['memory', 'speed']" in one(short_of_one, SHORT).failed


def test_a_missed_floor_is_reported_at_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    assert measure([scenario("slow", found(SPEED, 0.1, 0.3, 0.2)), GOOD], SHORT) == FAILED
    assert capsys.readouterr().out.splitlines()[-1] == "FLOOR MISSED: speed : relay: 0.2, floor 0.4"


def test_a_run_that_holds_succeeds_and_its_figures_are_kept() -> None:
    assert measure([GOOD], SHORT) == 0
    kept = last_run("short")
    assert kept is not None
    assert kept.machine == this_machine()
    assert kept.results["speed"].values == [0.9]
    assert kept.scenarios[0].commit == commit()


def test_a_clearly_worse_figure_has_its_own_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    recorded.record(run(ran("good", found(SPEED, 2.0)), machine=this_machine()), [SPEED])
    assert measure([GOOD], SHORT) == WORSE
    assert "WORSE than recorded" in capsys.readouterr().out


def test_another_kind_of_processor_is_named_and_is_not_a_failure(capsys: pytest.CaptureFixture[str]) -> None:
    recorded.record(run(ran("good", found(SPEED, 2.0)), machine=Machine(64, "another one", 8.0, "Linux 6")), [SPEED])
    assert measure([GOOD], SHORT) == 0
    printed = capsys.readouterr().out
    assert "Not compared: this is" in printed
    assert "64 cores, another one" in printed


def test_possible_noise_is_reported_and_is_not_a_failure(capsys: pytest.CaptureFixture[str]) -> None:
    recorded.record(run(ran("good", found(SPEED, 2.0)), machine=this_machine()), [SPEED])
    assert measure([scenario("good", found(SPEED, 0.9, 0.9, 2.1))], SHORT) == 0
    assert "Perhaps worse" in capsys.readouterr().out


def test_a_partial_run_keeps_the_last_figures_of_the_others() -> None:
    assert measure([GOOD, scenario("other", found(MEMORY, 20.0))], SHORT) == 0
    assert measure([scenario("good", found(SPEED, 0.8))], SHORT) == 0
    kept = last_run("short")
    assert kept is not None
    assert {key: result.values for key, result in kept.results.items()} == {"speed": [0.8], "memory": [20.0]}


def test_figures_of_two_machines_are_never_in_one_run() -> None:
    before = run(ran("a", found(SPEED, 0.9)), machine=Machine(64, "another one", 8.0, "Linux 6"))
    assert run(ran("b", found(MEMORY, 20.0))).beside(before).results.keys() == {"memory"}
    assert run(ran("b", found(MEMORY, 20.0)), machine=before.machine).beside(before).results.keys() == {
        "speed",
        "memory",
    }


def test_a_file_of_an_earlier_version_counts_as_none(place: Path) -> None:
    (place / "short.json").write_text('{"length": "short", "scenarios": [{"name": "a", "results": [{}]}]}')
    assert last_run("short") is None
    assert last_run("never") is None


def test_having_nothing_to_record_is_reported(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--record"]) == FAILED
    assert "no run to record" in capsys.readouterr().err


def test_an_unknown_scenario_is_refused_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["massages"])
    assert "there are messages" in capsys.readouterr().err


def test_a_figure_says_where_it_is_from() -> None:
    assert this_machine().cores > 0
    assert HERE.shown() == "2 cores, a processor, 8 GiB, Linux 6"
    assert {"Python", "uvicorn", "SQLite", "PostgreSQL", "Node"} <= versions().keys()


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_says_what_it_measures_and_has_rows(name: str) -> None:
    assert meaning(name)
    assert rows_of(name)


def test_no_two_rows_have_one_key_or_one_name() -> None:
    rows = all_rows()
    assert len({row.key for row in rows}) == len({row.what for row in rows}) == len(rows)
