"""Invented figures."""

from bench.report.machine import Commit, Machine
from bench.report.meter import Spent
from bench.report.rows import Length, Result, Row
from bench.running import Ran, Run, Scenario

SPEED = Row("speed", "speed : relay", floor=0.4, aim=0.8)
MEMORY = Row("memory", "memory | visitor", floor=40, aim=30, less_is_better=True, unit="KiB")
SHORT = Length(rounds=1, seconds=0.0, part=0.0, name="short", budget=0.0, at_most=0.2)
HERE = Machine(2, "a processor", 8.0, "Linux 6")
FULL_CORE, WAITED = Spent(1.9, 0.0, 0.6, 2.0, 1.2), Spent(1.0, 0.0, 0.6, 2.0, 2.0)


def found(row: Row, *values: float, busy: Spent = FULL_CORE) -> Result:
    """A result with one figure per round."""
    return Result(row, list(values), {"bare": [1_000.0 for _ in values]}, ["nothing lost"], {"server": [busy]})


def ran(name: str, *results: Result, failed: str = "") -> Ran:
    return Ran(name, "2026-11-26T10:00:00+00:00", Commit("abc", clean=True), 7.0, list(results), failed)


def run(*scenarios: Ran, machine: Machine = HERE) -> Run:
    return Run("short", machine, {"Python": "3.11"}, list(scenarios))


def scenario(name: str, *results: Result) -> Scenario:
    """A scenario that returns just these results."""

    async def find(_: Length) -> list[Result]:
        return list(results)

    return Scenario(name, [result.row for result in results], find)
