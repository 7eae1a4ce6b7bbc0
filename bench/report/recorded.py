"""Earlier results, kept in the repository, and what has become worse since.

Ratios are compared, each with the recorded one of a run of the same length on the same kind of processor: quick and
full runs differ, and so do processors.
"""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.report.rows import Result, Row
from bench.running import Run

RECORDED = Path(__file__).parent / "recorded.json"
TOLERATED = 0.15
"""By how much a figure may be worse than the recorded one; smaller differences occur between runs of the same code."""


@dataclass(frozen=True)
class Recorded:
    """The file's content for one length and kind of processor: medians by row key, seconds by scenario, and where they
    were measured."""

    medians: dict[str, float]
    took: dict[str, float]
    machine: str
    date: str
    commit: str


NOTHING = Recorded({}, {}, "", "", "")


@dataclass(frozen=True)
class Worse:
    """A row that has become worse. `by`: the relative worsening. `noise`: the recorded value is within the range of
    this run's own rounds."""

    row: Row
    now: float
    before: float
    by: float
    noise: bool

    def shown(self) -> str:
        now, before = self.row.shown(self.now), self.row.shown(self.before)
        return f"{self.row.what}\n    {now} now, {before} recorded: {self.by:.0%} worse"


def recorded(length: str, kind: str) -> Recorded:
    """What was recorded for runs of that length on that kind of processor (`Machine.kind`)."""
    known = _read().get(length, {}).get(kind)
    return NOTHING if known is None else Recorded(**known)


def kinds(length: str) -> list[str]:
    """The kinds of processors for which runs of that length are recorded."""
    return sorted(_read().get(length, {}))


def record(run: Run, rows: Collection[Row]) -> None:
    """Record the run's results for these rows; rows without a result keep theirs."""
    kind = run.machine.kind
    data, before = _read(), recorded(run.length, kind)
    known = before.medians | {key: round(result.middle, 4) for key, result in run.results.items()}
    data.setdefault(run.length, {})[kind] = {
        "machine": run.machine.shown(),
        "date": run.date,
        "commit": ", ".join(dict.fromkeys(ran.commit.shown() for ran in run.scenarios)),
        "took": before.took | run.took(),
        "medians": {row.key: known[row.key] for row in rows if row.key in known},
    }
    RECORDED.write_text(json.dumps(data, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def worse(results: Iterable[Result], before: Recorded) -> list[Worse]:
    """Every row that is worse by more than is tolerated."""
    found = []
    for result in results:
        known = before.medians.get(result.row.key)
        if known is None or (by := result.row.worsening(known, result.middle)) <= TOLERATED:
            continue
        noise = min(result.values) <= known <= max(result.values)
        found.append(Worse(result.row, result.middle, known, by, noise))
    return found


def not_compared(length: str, kind: str) -> str:
    """The sentence for a run on a kind of processor that has nothing recorded; empty when something is."""
    known = kinds(length)
    if not known or kind in known:
        return ""
    return f"Not compared: this is {kind}, and figures are recorded only for {'; '.join(known)}."


def warning(found: Collection[Worse], before: Recorded) -> str:
    """The block at the end of a run; empty when nothing is worse."""
    parts = []
    if clear := [each for each in found if not each.noise]:
        parts += [f"WORSE than recorded on {before.date} by more than {TOLERATED:.0%}:"]
        parts += [f"  {each.shown()}" for each in clear]
    if noisy := [each for each in found if each.noise]:
        parts += ["Perhaps worse: the recorded figure is within the spread of its own rounds. A longer run tells:"]
        parts += [f"  {each.shown()}" for each in noisy]
    return "\n".join(["=" * 78, *parts, "=" * 78]) if parts else ""


def _read() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(RECORDED.read_text(encoding="utf-8")) if RECORDED.exists() else {}
    return data
