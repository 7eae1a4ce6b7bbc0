"""A table of the words that ids in advertisements stand for, as CSV. It is taken in as a whole or not at all."""

import csv
import io
import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from pathlib import Path

from chatserver.domain.keywords import Keyword
from chatserver.domain.sentence import Sentence
from chatserver.domain.visits import one_line
from chatserver.records.checks import near, spelled
from chatserver.records.faults import BadPlan

MOST_BYTES = 20 * 1024 * 1024
MOST_ROWS = 200_000
LONGEST = 200
FAULTS_SHOWN = 20
"""More are counted and not listed."""

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "site": ("site", "站点"),
    "plan": ("plan", "计划", "推广计划"),
    "unit": ("unit", "单元", "推广单元"),
    "keyword_id": ("keyword_id", "关键词ID", "关键词 ID"),
    "words": ("words", "关键词"),
    "from_day": ("from", "开始日期"),
}
"""Each column and the names that it may have in the first line."""
NEEDED = ("words", "from_day")
DAY = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})")


def read(file: Path, sites: Collection[str]) -> list[Keyword]:
    """The rows of the file. `sites`: the ids of the hospital's sites. Raises `BadPlan` with each faulty line."""
    rows = csv.reader(io.StringIO(_text(file), newline=""), strict=True)
    found: dict[tuple[str, ...], tuple[int, Keyword]] = {}
    faults: list[Sentence] = []
    try:
        columns = _columns(next(rows, []))
        for fields in rows:
            if not any(field.strip() for field in fields):
                continue
            if len(found) + len(faults) >= MOST_ROWS:
                raise BadPlan(Sentence("The file has more than {most} lines.", most=MOST_ROWS))
            try:
                row = _row(fields, columns, sites)
                key = (row.site, row.plan, row.unit, row.keyword_id, row.from_day)
                if key in found:
                    raise _Fault(Sentence("it has the ids and the day of line {other}", other=found[key][0]))
                found[key] = (rows.line_num, row)
            except _Fault as fault:
                faults.append(Sentence("Line {line}: {fault}.", line=rows.line_num, fault=fault.sentence))
    except csv.Error as why:
        raise BadPlan(Sentence("Line {line}: {fault}.", line=rows.line_num, fault=str(why))) from None
    if faults:
        more = len(faults) - FAULTS_SHOWN
        hidden = [Sentence("{count} more lines have faults.", count=more)] if more > 0 else []
        raise BadPlan(*faults[:FAULTS_SHOWN], *hidden)
    return [row for _, row in found.values()]


class _Fault(Exception):
    """A line is wrong; `sentence` is the end of the sentence that says how."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def _text(file: Path) -> str:
    """The file's text: UTF-8, or what a Chinese Excel writes. Raises `BadPlan`."""
    try:
        with file.open("rb") as opened:
            content = opened.read(MOST_BYTES + 1)
    except OSError as why:
        raise BadPlan(Sentence("{file} cannot be read: {why}.", file=file, why=why.strerror)) from None
    if len(content) > MOST_BYTES:
        raise BadPlan(Sentence("{file} has more than {most} MiB.", file=file, most=MOST_BYTES // 1024 // 1024))
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadPlan(Sentence("{file} is no CSV file in UTF-8 or GB18030.", file=file))


def _columns(head: list[str]) -> dict[str, int]:
    """The place of each column, by the first line. Raises `BadPlan`."""
    names = {written: column for column, known in COLUMNS.items() for written in known}
    columns: dict[str, int] = {}
    for place, written in enumerate(each.strip() for each in head):
        column = names.get(written)
        if column is None:
            raise BadPlan(
                Sentence(
                    "The first line has the unknown column {name}{near}.",
                    name=spelled(written),
                    near=near(written, [*names]),
                )
            )
        if column in columns:
            raise BadPlan(Sentence("The first line has the column {name} twice.", name=spelled(written)))
        columns[column] = place
    for column in NEEDED:
        if column not in columns:
            known = " / ".join(COLUMNS[column])
            raise BadPlan(Sentence("The first line lacks the column {name}.", name=known))
    return columns


def _row(fields: list[str], columns: Mapping[str, int], sites: Collection[str]) -> Keyword:
    values = dict(_values(fields, columns))
    site, words = values.get("site", ""), values["words"]
    plan, unit, keyword_id = (values.get(name, "") for name in ("plan", "unit", "keyword_id"))
    if site and site not in sites:
        raise _Fault(Sentence("there is no site {id}", id=spelled(site)))
    if not (plan or unit or keyword_id):
        raise _Fault(Sentence("it needs a plan, a unit or a keyword id"))
    if unit and not plan and not keyword_id:
        raise _Fault(Sentence("a unit needs its plan"))
    if not words:
        raise _Fault(Sentence("it has no words"))
    return Keyword(site, plan, unit, keyword_id, _day(values["from_day"]), words)


def _values(fields: list[str], columns: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    for column, place in columns.items():
        written = fields[place].strip() if place < len(fields) else ""
        if len(written) > LONGEST:
            limits = {"limit": LONGEST, "length": len(written)}
            raise _Fault(Sentence("it may have {limit} characters at most, and has {length}", **limits))
        yield column, one_line(written, LONGEST)


def _day(written: str) -> str:
    found = DAY.fullmatch(written)
    try:
        if found is None:
            raise ValueError
        return date(int(found[1]), int(found[2]), int(found[3])).isoformat()
    except ValueError:
        raise _Fault(Sentence("{written!r} is no date such as 2026-11-27", written=written)) from None
