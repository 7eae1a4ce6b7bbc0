"""Runs one scenario after the other; a failed one does not stop the others. Keeps a run's results in a file.

A run of selected scenarios keeps the file's results of the others, if they are from the same machine: each has its own
date and commit.
"""

import asyncio
import json
import sys
import time
import traceback
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvloop

from bench.report.machine import Commit, Machine, commit, this_machine, versions
from bench.report.rows import Length, Result, Row

FOUND = Path(__file__).resolve().parents[1] / "build" / "bench"


@dataclass(frozen=True)
class Scenario:
    """A scenario to run: its name, and the rows that it must have a result for."""

    name: str
    rows: list[Row]
    run: Callable[[Length], Awaitable[list[Result]]]


@dataclass
class Ran:
    """A scenario that was run. `failed`: one line saying why it did not finish or what it lost; `left_out`: a line for
    each row that this machine cannot measure; `took` in seconds."""

    name: str
    date: str
    commit: Commit
    took: float
    results: list[Result] = field(default_factory=list)
    failed: str = ""
    left_out: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"results": [result.as_json() for result in self.results]}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Ran":
        results = [Result.from_json(each) for each in data["results"]]
        return cls(**(data | {"commit": Commit(**data["commit"]), "results": results}))


@dataclass
class Run:
    """All scenarios of one length, on one machine."""

    length: str
    machine: Machine
    versions: dict[str, str]
    scenarios: list[Ran] = field(default_factory=list)

    @property
    def results(self) -> dict[str, Result]:
        """By row key."""
        return {result.row.key: result for ran in self.scenarios for result in ran.results}

    @property
    def date(self) -> str:
        """The day on which its last scenario was run."""
        return max((ran.date for ran in self.scenarios), default="")[:10]

    def took(self) -> dict[str, float]:
        """Seconds, by scenario."""
        return {ran.name: ran.took for ran in self.scenarios if not ran.failed}

    def save(self) -> None:
        FOUND.mkdir(parents=True, exist_ok=True)
        data = asdict(self) | {"scenarios": [ran.as_json() for ran in self.scenarios]}
        path = FOUND / f"{self.length}.json"
        path.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

    def beside(self, before: "Run | None") -> "Run":
        """This run's scenarios, and those of the earlier run that were not run now."""
        known = {} if before is None or before.machine != self.machine else {ran.name: ran for ran in before.scenarios}
        known |= {ran.name: ran for ran in self.scenarios}
        return Run(self.length, self.machine, self.versions, list(known.values()))


def last_run(length: str) -> Run | None:
    """The content of that length's file, if there is one. A file by an earlier version counts as none."""
    path = FOUND / f"{length}.json"
    if not path.exists():
        return None
    data = json.loads(path.read_text(encoding="utf-8"))
    try:
        scenarios = [Ran.from_json(each) for each in data["scenarios"]]
        return Run(data["length"], Machine(**data["machine"]), data["versions"], scenarios)
    except (KeyError, TypeError):
        say(f"{path.name} is of an earlier version, and is left out")
        return None


def run(scenarios: list[Scenario], length: Length, took: Mapping[str, float]) -> Iterator[Ran]:
    """Run them, reporting progress on stderr. `took`: the seconds that each scenario took before."""
    whole = sum(took.get(each.name, length.budget) for each in scenarios)
    say(f"{length.name}: {', '.join(each.name for each in scenarios)}; about {lasting(whole)} in all")
    for number, each in enumerate(scenarios, 1):
        expected = lasting(took.get(each.name, length.budget))
        say(f"[{number}/{len(scenarios)}] {each.name}, about {expected}")
        ran = one(each, length)
        say(f"[{number}/{len(scenarios)}] {each.name} {'FAILED after' if ran.failed else 'took'} {lasting(ran.took)}")
        yield ran


def one(scenario: Scenario, length: Length) -> Ran:
    """Run one scenario, whatever its outcome. Exceptions that interrupt the whole run pass through."""
    began, ran = time.monotonic(), Ran(scenario.name, now(), commit(), 0.0)
    try:
        results = uvloop.run(_in_time(scenario, length))
        ran.results = [each for each in results if each.values]
        ran.left_out = [f"{each.row.what}: {' '.join(each.notes)}" for each in results if not each.values]
    except Exception as error:
        traceback.print_exc(file=sys.stderr)
        ran.failed = f"{type(error).__name__}: {error}".partition("\n")[0]
    ran.took = round(time.monotonic() - began, 1)
    return ran


async def _in_time(scenario: Scenario, length: Length) -> list[Result]:
    async with asyncio.timeout(length.at_most):
        results = list(await scenario.run(length))
    found, wanted = {result.row.key for result in results}, {row.key for row in scenario.rows}
    assert found == wanted, f"results for {sorted(found)}, rows are {sorted(wanted)}"
    return results


def found_by(ran: Iterable[Ran], length: Length) -> Run:
    """The run that consists of these."""
    return Run(length.name, this_machine(), versions(), list(ran))


def say(line: str) -> None:
    """Report progress."""
    print(line, file=sys.stderr, flush=True)


def lasting(seconds: float) -> str:
    """`45 s`, `3 min 20 s`."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def now() -> str:
    """The time in UTC, as written to files."""
    return datetime.now(UTC).isoformat(timespec="seconds")
