"""Writes a full run's results into docs/performance.md and draws docs/images/performance.svg: `make bench-report`.

The text between `<!-- made from a run: NAME -->` and `<!-- end of NAME -->` is generated here; everything around it is
written by people and never touched. A row without a result is listed as not measured.
"""

import argparse
import sys
from collections.abc import Callable, Iterable
from itertools import zip_longest
from pathlib import Path

from bench.report.meter import shown_use
from bench.report.picture import picture
from bench.report.rows import IN_WORDS, Result, Row, spread
from bench.running import Ran, Run, last_run, lasting
from bench.scenarios.catalogue import SCENARIOS, all_rows, meaning

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE, PICTURE = DOCS / "performance.md", DOCS / "images" / "performance.svg"
HEAD = ("What", "Floor", "Aim", "Median", "Least to most", "Verdict")
NOT_MEASURED = "not measured"


def table(run: Run) -> str:
    """Every row with its promise and its result."""
    return _table(HEAD, [_cells(row, run.results.get(row.key)) for row in all_rows()])


def machine(run: Run) -> str:
    """The circumstances of the run."""
    runs = (
        (f"Run of `{ran.name}`", f"{ran.date[:10]}, {lasting(ran.took)}, commit {ran.commit.shown()}")
        for ran in run.scenarios
        if ran.name in SCENARIOS
    )
    return _table(("", ""), [("Machine", run.machine.shown()), *run.versions.items(), *runs])


def figures(run: Run) -> str:
    """Scenario by scenario: every value of every round, who was busy, and what was compared."""
    known = {ran.name: ran for ran in run.scenarios}
    return "\n\n".join(_scenario(name, known.get(name)) for name in SCENARIOS)


MADE: dict[str, Callable[[Run], str]] = {"rows": table, "machine": machine, "figures": figures}


def filled(page: str, run: Run) -> str:
    """The page with its blocks generated from the run."""
    for name, make in MADE.items():
        begin, end = f"<!-- made from a run: {name} -->", f"<!-- end of {name} -->"
        before, rest = page.split(begin)
        page = f"{before}{begin}\n{make(run)}\n{end}{rest.split(end)[1]}"
    return page


def held(row: Row) -> tuple[str, str, str]:
    """The first cells of a row: the promise, whatever was measured."""
    bound = "at most " if row.less_is_better else "at least "
    return row.what, bound + row.shown(row.floor), bound + row.shown(row.aim)


def _cells(row: Row, result: Result | None) -> tuple[str, ...]:
    if result is None:
        return (*held(row), "", "", NOT_MEASURED)
    least, middle, most = (row.shown(value) for value in spread(result.values))
    return (*held(row), middle, f"{least} to {most}", IN_WORDS[row.verdict(result.middle)])


def _scenario(name: str, ran: Ran | None) -> str:
    parts = [f"### {name}", meaning(name)]
    if ran is None or ran.failed:
        parts.append(f"It failed: {ran.failed}" if ran else f"{NOT_MEASURED.capitalize()} yet.")
        return "\n\n".join(parts)
    lines = list(dict.fromkeys(line for result in ran.results for line in _lines(result)))
    rounds = max(len(line) for line in lines) - 1
    head = ("Round", *(str(number + 1) for number in range(rounds)))
    parts.append(_table(head, (tuple(cell for cell, _ in zip_longest(line, head, fillvalue="")) for line in lines)))
    said = [shown_use(who, each) for result in ran.results for who, each in result.busy.items()]
    said += [note for result in ran.results for note in result.notes]
    if said:
        parts.append("\n".join(f"- {line}" for line in dict.fromkeys(said)))
    return "\n\n".join(parts)


def _lines(result: Result) -> Iterable[tuple[str, ...]]:
    yield f"**{result.row.what}**", *(result.row.shown(value) for value in result.values)
    for name, values in result.figures.items():
        yield name, *(f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}" for value in values)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def main(arguments: list[str]) -> int:
    """Uses the last full run, or the quick one."""
    parser = argparse.ArgumentParser(prog="python -m bench.report.performance_page", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="from the last quick run: to look at the page, not to keep"
    )
    length = "quick" if parser.parse_args(arguments).quick else "full"
    run = last_run(length)
    if run is None:
        print(f"There is no {length} run yet; `make bench` and `make bench-quick` make one.", file=sys.stderr)
        return 1
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8"), run), encoding="utf-8")
    title = f"What is held, and what was found on {run.date}"
    PICTURE.write_text(picture(all_rows(), run.results, title), encoding="utf-8")
    failed = [ran.name for ran in run.scenarios if ran.failed]
    left_out = [row.key for row in all_rows() if row.key not in run.results]
    if failed or left_out:
        print(f"Failed: {', '.join(failed) or 'none'}; not measured: {', '.join(left_out) or 'none'}.", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
