"""The hospital's own rules and the words of its advertisements, as files: each is taken in as a whole or not at all."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from chatserver.domain.sources import BUILT_IN
from chatserver.records import keywords_file
from tests.runtime.test_commands import refusals, said
from tests.runtime.test_hospital_file import data, exported, file, held

__all__ = ["data", "file"]

RULES = """
[[sources]]
id = "poster"
zh = "海报"
en = "Poster"
parameters = { qr = "*" }
keywords = ["where"]

[[sources]]
id = "baidu-bid"
zh = "百度竞价"
en = "Baidu ads"
referrers = ["baidu.com"]
plans = ["p"]
units = ["u"]
keyword_ids = ["k"]
[sources.parameters]
utm_source = "baidu*|bd"
"""


def test_rules_are_taken_in_in_their_order_and_exported_again(data: Path, file: Callable[[str], str]) -> None:
    assert held(data).sources.rules == BUILT_IN
    assert "sources" not in exported(data), "the built-in rules may improve with the program"
    assert said(data, "hospital", "apply", file(RULES)).exit_code == 0
    sources = held(data).sources
    assert [each.id for each in sources.rules] == ["poster", "baidu-bid"]
    assert sources.kept({"qr": "1", "where": "地铁", "p": "1", "bd_vid": "2", "session": "3"}).keys() == {
        "qr",
        "where",
        "p",
    }
    first = exported(data)
    assert said(data, "hospital", "apply", file(first)).exit_code == 0
    assert (exported(data), held(data).sources) == (first, sources)
    assert said(data, "hospital", "apply", file("")).exit_code == 0
    assert held(data).sources == sources, "a file without rules leaves them"
    assert said(data, "hospital", "apply", file("sources = []")).exit_code == 0
    assert held(data).sources.rules == BUILT_IN


FAULTS = [
    ('id = "a"', "sources 1: it lacks the required field `zh`."),
    ('id = "A b"\nzh = "甲"\nen = "A"\nreferrers = ["a.example"]', "its name must be 1 to 40 of"),
    ('id = "direct"\nzh = "甲"\nen = "A"\nreferrers = ["a.example"]', "direct is the source that no rule recognises"),
    ('id = "a"\nzh = "甲"\nen = "A"', "it needs referrers or parameters"),
    ('id = "a"\nzh = "甲"\nen = "A"\nreferrers = ["https://a.example/"]', "is no host such as baidu.com"),
    ('id = "a"\nzh = "甲"\nen = "A"\nparameters = { bd_vid = "*" }', "bd_vid identifies a click and is never kept"),
    ('id = "a"\nzh = "甲"\nen = "A"\nreferrers = ["a.example"]\nkeywords = ["GCLID"]', "GCLID identifies a click"),
    ('id = "a"\nzh = "甲"\nen = "A"\nparameters = { "a b" = "*" }', "a b is no name of a parameter"),
    ('id = "a"\nzh = "甲"\nen = "A"\nparameters = { a = 1 }', "it must be text in quotes"),
]


@pytest.mark.parametrize(("rule", "fault"), FAULTS)
def test_a_faulty_rule_changes_nothing(data: Path, file: Callable[[str], str], rule: str, fault: str) -> None:
    told = refusals(said(data, "hospital", "apply", file(f"{RULES}\n[[sources]]\n{rule}".replace(RULES, ""))))
    assert any(fault in each for each in told), told
    assert held(data).sources.rules == BUILT_IN


TABLE = """站点,计划,单元,关键词ID,关键词,开始日期
,妇科,痛经,778,痛经怎么办,2026-11-01
demo,妇科,痛经,778,痛经,2026/11/5

,妇科,,,妇科计划,2026-01-01
"""
ROWS = [
    ("", "778", "妇科", "痛经", "2026-11-01", "痛经怎么办"),
    ("", "", "妇科", "", "2026-01-01", "妇科计划"),
    ("demo", "778", "妇科", "痛经", "2026-11-05", "痛经"),
]


def imported(data: Path) -> list[tuple[str, ...]]:
    connection = sqlite3.connect(data / "chat.db")
    try:
        query = "SELECT site, keyword_id, plan, unit, from_day, words FROM keywords ORDER BY site, keyword_id DESC"
        return list(connection.execute(query))
    finally:
        connection.close()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_table_of_keywords_is_taken_in(data: Path, tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "keywords.csv"
    path.write_bytes(TABLE.replace("\n", "\r\n").encode(encoding))
    result = said(data, "keywords", "import", str(path))
    assert (result.exit_code, result.stdout) == (0, f"Took in 3 keywords from {path}.\n"), result.output
    assert imported(data) == ROWS
    path.write_text("plan,words,from\n妇科,改正,2026-01-01\n", "utf-8")
    assert said(data, "keywords", "import", str(path)).exit_code == 0
    assert ("", "", "妇科", "", "2026-01-01", "改正") in imported(data)


HEAD = "plan,unit,keyword_id,words,from,site\n"
BAD_TABLES = [
    ("", "The first line lacks the column words / 关键词."),
    ("plan,words\n", "The first line lacks the column from / 开始日期."),
    ("plan,plan,words,from\n", "The first line has the column plan twice."),
    ("plan,wrods,from\n", "The first line has the unknown column wrods (did you mean 'words'?)."),
    (HEAD + "a,,,甲,2026-11-01\na,,,,2026-11-01\n", "Line 3: it has no words."),
    (HEAD + ",,,甲,2026-11-01\n", "Line 2: it needs a plan, a unit or a keyword id."),
    (HEAD + ",b,,甲,2026-11-01\n", "Line 2: a unit needs its plan."),
    (HEAD + "a,,,甲,2026-13-01\n", "Line 2: '2026-13-01' is no date such as 2026-11-27."),
    (HEAD + "a,,,甲,2026-11-01,elsewhere\n", "Line 2: there is no site elsewhere."),
    (HEAD + "a,,,甲,2026-11-01\na,,,乙,2026-11-1\n", "Line 3: it has the ids and the day of line 2."),
    (HEAD + f"a,,,{'甲' * 201},2026-11-01\n", "Line 2: it may have 200 characters at most, and has 201."),
    (HEAD + 'a,,,"甲,2026-11-01\n', "Line 2: unexpected end of data."),
    (HEAD + "".join(f"a,,{n},,2026-11-01\n" for n in range(30)), "10 more lines have faults."),
]


@pytest.mark.parametrize(("table", "fault"), BAD_TABLES)
def test_a_faulty_table_changes_nothing(data: Path, tmp_path: Path, table: str, fault: str) -> None:
    path = tmp_path / "keywords.csv"
    path.write_text(table, "utf-8")
    assert fault in refusals(said(data, "keywords", "import", str(path)))
    assert imported(data) == []


def test_a_table_has_limits(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "keywords.csv"
    path.write_text(TABLE, "utf-8")
    monkeypatch.setattr(keywords_file, "MOST_ROWS", 2)
    assert refusals(said(data, "keywords", "import", str(path))) == ["The file has more than 2 lines."]
    monkeypatch.setattr(keywords_file, "MOST_BYTES", 100)
    assert "has more than 0 MiB" in refusals(said(data, "keywords", "import", str(path)))[0]
    path.write_bytes(b"plan,words,from\n\xff\xff")
    assert "is no CSV file" in refusals(said(data, "keywords", "import", str(path)))[0]
    assert imported(data) == []
