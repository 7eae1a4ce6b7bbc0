"""Every decision record has its sections, fits on a page, and is listed."""

import re

import pytest

from .paths import DOCUMENTS

LIST = DOCUMENTS["docs/decisions/README.md"]
RECORDS = {name: text for name, text in DOCUMENTS.items() if re.match(r"docs/decisions/\d\d-", name)}
A_PAGE = 50
"""Lines."""


def titles() -> list[tuple[str, str]]:
    """File and title of each record, as the list has them."""
    return re.findall(r"^\| \[\d\d\]\(([\w.-]+)\) \| (.+) \|$", LIST, re.MULTILINE)


def test_the_list_has_every_record_with_its_title() -> None:
    heads = [(name.rpartition("/")[2], text.partition("\n")[0].partition(": ")[2]) for name, text in RECORDS.items()]
    assert titles() == sorted(heads)


@pytest.mark.parametrize("record", RECORDS)
def test_a_record_has_context_decision_and_consequences_on_one_page(record: str) -> None:
    parts = re.findall(r"^\*\*(\w+)\.\*\*", RECORDS[record], re.MULTILINE)
    assert parts == ["Context", "Decision", "Consequences"]
    assert len(RECORDS[record].splitlines()) <= A_PAGE
