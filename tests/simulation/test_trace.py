"""A trace is read completely or refused with a line number."""

from pathlib import Path

import pytest

from chatserver.domain.rules import SECOND
from chatserver.simulation.arrivals import people
from chatserver.simulation.scenario import hospital
from chatserver.simulation.trace import BadTrace, read, read_file

SCENARIO = hospital(100, 8)


def test_a_trace_is_read_in_the_order_of_time() -> None:
    lines = ["second,department,language,work", "40000,internal,zh", "36000.5, pediatrics ,en,90", "36001,internal,zh,"]
    asked = read(lines, SCENARIO)
    assert [(each.at, each.demand.department.id, each.language, each.work_ms) for each in asked] == [
        (36_000_500, "pediatrics", "en", 90 * SECOND),
        (36_001_000, "internal", "zh", None),
        (40_000_000, "internal", "zh", None),
    ]
    assert people(SCENARIO, asked, 1)[0].work_ms == 90 * SECOND


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("40000,internal", "has 2 columns"),
        ("40000,internal,zh,60,more", "has 5 columns"),
        ("ten,internal,zh", "second 'ten' is no number"),
        ("nan,internal,zh", "second 'nan' is no number"),
        ("-1,internal,zh", "second '-1' is no number"),
        ("100,internal,zh", "outside the opening hours"),
        ("86400,internal,zh", "outside the opening hours"),
        ("40000,dentistry,zh", "there is no department 'dentistry'; there are gynecology, internal"),
        ("40000,internal,fr", "there is no language 'fr'"),
        ("40000,internal,zh,0", "work must be more than 0"),
        ("40000,internal,zh,99999", "work must be more than 0 and at most"),
        ("40000,internal,zh,long", "work 'long' is no number"),
        ('40000,internal,"zh', "is no CSV"),
    ],
)
def test_a_bad_line_is_refused_with_its_number(line: str, why: str) -> None:
    with pytest.raises(BadTrace, match=r"^line 2: ") as refused:
        read(["40000,internal,zh\n", line], SCENARIO)
    assert refused.value.line == 2
    assert why in refused.value.why


def test_a_file_that_is_not_a_trace_is_refused(tmp_path: Path) -> None:
    empty, bytes_ = tmp_path / "empty.csv", tmp_path / "bytes.csv"
    empty.write_text("second,department,language\n")
    bytes_.write_bytes(b"\xff\xfe\x00")
    for path, why in ((empty, "holds nobody"), (bytes_, "is not UTF-8"), (tmp_path / "none.csv", "cannot be read")):
        with pytest.raises(BadTrace, match=why) as refused:
            read_file(path, SCENARIO)
        assert refused.value.line == 0
