"""docs/reliability.md lists every mechanism that can be switched off, with its test, and every numbered fault."""

import re

import pytest

from tests.mechanisms import MECHANISMS, Mechanism

from .paths import DOCUMENTS, ROOT

TEXT = DOCUMENTS["docs/reliability.md"]
NUMBERED = re.compile(r"\btest_((?:f\d\d_)+)")
"""`test_f03_…`, or `test_f01_f07_…` for a test of several faults."""


def section(heading: str) -> str:
    """The text below this heading, up to the next heading of the same level."""
    _, found, below = TEXT.partition(f"\n## {heading}\n")
    assert found, heading
    return below.partition("\n## ")[0]


def rows(table: str) -> list[list[str]]:
    """The cells of every row below the table's head."""
    lines = [line for line in table.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[1:]]


def numbers_in_tests() -> set[str]:
    """The numbered faults (F03 …) in the names of tests, Python and TypeScript."""
    found = set()
    for folder in ("tests", "widget", "dashboard"):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in (".py", ".ts", ".tsx") and "node_modules" not in path.parts:
                for numbers in NUMBERED.findall(path.name + "\n" + path.read_text(encoding="utf-8")):
                    found |= {number.upper() for number in numbers.split("_") if number}
    return found


def test_every_mechanism_is_named_with_its_test_and_none_that_is_not_there() -> None:
    named = [(name, test.strip("`")) for name, test in rows(section("Switched off"))]
    assert named == [(each.name, each.test) for each in MECHANISMS]


@pytest.mark.parametrize("mechanism", MECHANISMS, ids=lambda each: each.name)
def test_every_mechanism_is_where_it_is_switched_off(mechanism: Mechanism) -> None:
    # Raises if the code is not there exactly once, or if nothing would change (tests/setup/test_switching.py).
    file, without = mechanism.switched_off(ROOT)
    assert file.is_relative_to(ROOT / "chatserver")
    assert without


def test_every_test_of_a_mechanism_exists() -> None:
    for each in MECHANISMS:
        path, _, name = each.test.partition("::")
        assert (ROOT / path).exists(), each.test
        assert not name or f"def {name}(" in (ROOT / path).read_text(encoding="utf-8"), each.test


def test_no_mechanism_is_named_twice() -> None:
    assert len({each.name for each in MECHANISMS}) == len(MECHANISMS)


def test_every_numbered_fault_that_is_tested_is_described() -> None:
    described = {row[0].split()[0] for row in rows(section("The tests")) if row[0]}
    assert numbers_in_tests() - described == set()
