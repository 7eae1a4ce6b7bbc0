"""Reads a real day from a CSV file: who asked when. Refuses what it cannot read, by line; never guesses.

Columns: second of the day, department, language, and optionally seconds of work. A header line is allowed.
"""

import csv
from collections.abc import Iterable
from pathlib import Path

from chatserver.domain.hospital import LANGUAGES
from chatserver.domain.rules import HOUR, SECOND
from chatserver.domain.sentence import Sentence, Told
from chatserver.simulation.arrivals import Asked
from chatserver.simulation.scenario import Demand, Scenario

LONGEST_WORK = 8 * HOUR // SECOND


class BadTrace(Told):
    """The trace cannot be used. `line` counts from 1; 0 means the whole file."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(Sentence("line {line}: {why}", line=line, why=why) if line else why)
        self.line = line
        self.why = why


def read_file(path: Path, scenario: Scenario) -> list[Asked]:
    """`read` for a file. Raises `BadTrace`, also when it is not text."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            return read(lines, scenario)
    except OSError as why:
        raise BadTrace(0, Sentence("cannot be read ({why})", why=why.strerror)) from why
    except UnicodeDecodeError as why:
        raise BadTrace(0, Sentence("is not UTF-8")) from why


def read(lines: Iterable[str], scenario: Scenario) -> list[Asked]:
    """All visitors in it, ordered by time. Raises `BadTrace`."""
    demands = {each.department.id: each for each in scenario.demands}
    rows = csv.reader(lines, strict=True)
    try:
        asked = [
            _asked(rows.line_num, [cell.strip() for cell in row], demands, scenario)
            for row in rows
            if row and not (rows.line_num == 1 and row[0].strip() == "second")
        ]
    except csv.Error as why:
        raise BadTrace(rows.line_num, Sentence("is no CSV ({why})", why=why)) from why
    if not asked:
        raise BadTrace(0, Sentence("holds nobody"))
    return sorted(asked, key=lambda each: each.at)


def _asked(line: int, row: list[str], demands: dict[str, Demand], scenario: Scenario) -> Asked:
    if len(row) not in (3, 4):
        raise BadTrace(
            line,
            Sentence(
                "has {columns} columns; second, department, language and perhaps the seconds of work are wanted",
                columns=len(row),
            ),
        )
    at = round(_number(line, "second", row[0]) * SECOND)
    if not scenario.opens <= at < scenario.closes:
        begins, ends = scenario.opens // SECOND, scenario.closes // SECOND
        raise BadTrace(
            line,
            Sentence(
                "second {second} is outside the opening hours ({begins} to {ends})",
                second=row[0],
                begins=begins,
                ends=ends,
            ),
        )
    if row[1] not in demands:
        raise BadTrace(
            line,
            Sentence("there is no department {name!r}; there are {known}", name=row[1], known=", ".join(demands)),
        )
    if row[2] not in LANGUAGES:
        raise BadTrace(
            line,
            Sentence("there is no language {name!r}; there are {known}", name=row[2], known=", ".join(LANGUAGES)),
        )
    work = _number(line, "work", row[3]) if len(row) == 4 and row[3] else None
    if work is not None and not 0 < work <= LONGEST_WORK:
        raise BadTrace(
            line, Sentence("work must be more than 0 and at most {longest_work} seconds", longest_work=LONGEST_WORK)
        )
    return Asked(at, demands[row[1]], row[2], None if work is None else max(1, round(work * SECOND)))


def _number(line: int, name: str, text: str) -> float:
    """`float` would also accept nan, inf and 1_0."""
    if not text.isascii() or not text.replace(".", "", 1).isdigit():
        raise BadTrace(line, Sentence("{name} {text!r} is no number", name=name, text=text))
    return float(text)
