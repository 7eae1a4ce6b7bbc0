"""The table of attacks says which run its figures are from, and names the kinds that were run again."""

from typing import Any

from bench.attack.kinds import KINDS
from bench.attack.report import table

FIGURES = [
    {"what": what, "value": 1.0}
    for what in (
        "accepted, p50, without the attack",
        "accepted, p50",
        "a new socket is served after, at most",
        "event loop stood still, at most, without the attack",
        "event loop stood still, at most",
        "more memory, at most",
        "more memory, afterwards",
    )
]


def found(commit: str) -> dict[str, Any]:
    run = {"machine": "2 cores", "seconds": 20.0, "date": "2026-11-30", "commit": commit}
    return {"figures": FIGURES, "wrong": [], "good": True, **run}


def test_a_kind_that_was_run_again_is_named_beside_its_run() -> None:
    again, *others = KINDS
    lines = table({**{name: found("one") for name in others}, again: found("two")}).splitlines()
    assert lines[-2:] == ["- 2 cores; 20 s each; 2026-11-30; one", f"- `{again}`: 2 cores; 20 s each; 2026-11-30; two"]


def test_a_kind_that_was_never_run_says_so() -> None:
    assert "not measured yet" in table({})
