"""The table of connection states in docs/security.md agrees with the code, and each line has its test."""

import re

from chatserver.transport.bounds import BOUNDS, Bound
from tests.docs.paths import DOCUMENTS, ROOT

ROWS = re.findall(
    r"^\| `(\w+)` \| [^|]+ \| ([\d,]+) \| ([\d,]+) \| [^|]+ \| `([^`]+)` \|$",
    DOCUMENTS["docs/security.md"],
    re.MULTILINE,
)


def number(told: str) -> int:
    return int(told.replace(",", ""))


def test_every_state_of_a_connection_is_told_as_it_is() -> None:
    told = {state: Bound(number(seconds), number(size)) for state, seconds, size, _ in ROWS}
    assert told == {state.value: bound for state, bound in BOUNDS.items()}


def test_every_state_has_a_test_that_names_it() -> None:
    for state, _, _, test in ROWS:
        text = (ROOT / test).read_text("utf-8")
        assert f"State.{state.upper()}" in text or test.startswith("tests/attack/"), state
