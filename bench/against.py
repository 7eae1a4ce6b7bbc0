"""`make bench-against REV=…`: the quick benchmark of another commit and of this tree, alternately, and what changed.

Two runs an hour apart differ by more than most changes do, even of the same code; alternating runs differ less. The
other commit is set up in a folder of its own, with its own packages. Exit code 3: a figure is worse by more than 5 %
and outside the range of the other commit's runs.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from bench.running import say
from bench.scenarios.catalogue import SCENARIOS

HERE = Path(__file__).resolve().parents[1]
OTHERS = HERE / "build" / "against"
TOLERATED = 0.05
WORSE = 3

Found = dict[str, float]
"""The medians of one run, by row key."""


@dataclass(frozen=True)
class Change:
    """A row that both have: the figures of all runs of each, and the relative worsening (negative: better)."""

    key: str
    before: Sequence[float]
    now: Sequence[float]
    by: float

    @property
    def is_clear(self) -> bool:
        """Whether it is worse than every run of the other commit, and by more than is tolerated."""
        return self.by > TOLERATED and not min(self.before) <= median(self.now) <= max(self.before)

    def shown(self) -> str:
        verdict = "WORSE" if self.is_clear else "within the spread" if self.by > TOLERATED else "held"
        figures = f"{_spread(self.before)} -> {_spread(self.now)}"
        return f"{self.key}: {figures}: {abs(self.by):.1%} {'worse' if self.by > 0 else 'better'}, {verdict}"


def main(arguments: list[str]) -> int:
    """The whole command. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.against", description=__doc__)
    parser.add_argument("revision", help="the commit to compare with")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(SCENARIOS)}; all, if none is named")
    parser.add_argument("--rounds", type=int, default=2, help="runs of each (2)")
    asked = parser.parse_args(arguments)
    other = set_up(asked.revision)
    before: list[Found] = []
    now: list[Found] = []
    less_is_better: dict[str, bool] = {}
    for number in range(asked.rounds):
        turns = [(other, before), (HERE, now)]
        for tree, runs in turns if number % 2 == 0 else reversed(turns):
            say(f"round {number + 1} of {asked.rounds}: {'this tree' if tree == HERE else asked.revision}")
            measurements = measured(tree, asked.names)
            runs.append(medians(measurements))
            less_is_better |= {each["key"]: each["less_is_better"] for each in _results(measurements)}
    found = changes(before, now, less_is_better)
    for change in found:
        print(change.shown())
    return WORSE if any(each.is_clear for each in found) else 0


def set_up(revision: str) -> Path:
    """A checkout of that commit, ready to run. Raises `CalledProcessError` if there is no such commit."""
    name = _said("git", "rev-parse", "--verify", f"{revision}^{{commit}}").strip()
    tree = OTHERS / name[:12]
    if not tree.exists():
        OTHERS.mkdir(parents=True, exist_ok=True)
        subprocess.run(["git", "clone", "--quiet", "--no-checkout", str(HERE), str(tree)], check=True)
        subprocess.run(["git", "checkout", "--quiet", "--detach", name], cwd=tree, check=True)
    subprocess.run(["make", "--silent", "setup", "build"], cwd=tree, check=True, stdout=sys.stderr)
    return tree


def measured(tree: Path, names: Sequence[str]) -> dict[str, Any]:
    """The result of one quick run in that tree. A missed floor or a figure worse than recorded does not stop it."""
    found = tree / "build/bench/quick.json"
    before = json.loads(found.read_text("utf-8")) if found.exists() else {"scenarios": []}
    command = [str(tree / ".venv/bin/python"), "-m", "bench", "--quick", *names]
    subprocess.run(command, cwd=tree, check=False, stdout=subprocess.DEVNULL)
    return new_in(json.loads(found.read_text("utf-8")), before)


def new_in(measurements: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """The scenarios measured by the last run only: the file keeps earlier figures of the others. Raises
    `AssertionError` if there are none."""
    scenarios = [each for each in measurements["scenarios"] if each not in before["scenarios"]]
    assert scenarios, "the run measured nothing"
    return {**measurements, "scenarios": scenarios}


def medians(measurements: Mapping[str, Any]) -> Found:
    """The medians in a run's file; files of earlier versions can be read too."""
    return {each["key"]: median(each["values"]) for each in _results(measurements) if each["values"]}


def changes(before: Sequence[Found], now: Sequence[Found], less_is_better: Mapping[str, bool]) -> list[Change]:
    """The changes of every row that all runs have."""
    found = []
    for key, less in less_is_better.items():
        if not all(key in run for run in (*before, *now)):
            continue
        was, are = [run[key] for run in before], [run[key] for run in now]
        one, other = median(was), median(are)
        by = (other / one if less else one / other) - 1 if one > 0 and other > 0 else 0.0
        found.append(Change(key, was, are, by))
    return found


def _results(measurements: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [result for scenario in measurements["scenarios"] for result in scenario["results"]]


def _spread(values: Sequence[float]) -> str:
    return f"{median(values):.3g} ({min(values):.3g} to {max(values):.3g})"


def _said(*command: str) -> str:
    return subprocess.run(command, cwd=HERE, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
