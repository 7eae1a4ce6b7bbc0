"""Compares a text with its record. RECORD_OUTSIDE=1 (`make record-outside`) writes the record instead."""

import difflib
import os
from pathlib import Path

HERE = Path(__file__).resolve().parent
SHOWN = 60
"""Lines of a difference that are shown."""
LONGEST, AROUND = 300, 60
"""Characters shown of each line, and characters shown on either side of the first difference."""


def check(name: str, now: str) -> None:
    """Fails unless `now` equals tests/outside/`name`, byte for byte."""
    path = HERE / name
    if os.environ.get("RECORD_OUTSIDE"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(now.encode())
        return
    before = path.read_bytes().decode() if path.exists() else ""
    if before == now:
        return
    lines = list(difflib.unified_diff(before.splitlines(), now.splitlines(), "recorded", "now", lineterm="", n=2))
    raise AssertionError(
        f"tests/outside/{name} says something else. If this is meant, run `make record-outside`, "
        "read the difference in git, and say in CHANGELOG.md what changes for others.\n"
        + _first(before, now)
        + "\n".join(line[:LONGEST] for line in lines[:SHOWN])
    )


def _first(before: str, now: str) -> str:
    """The place of the first difference and the text around it, because lines are long."""
    shorter = min(len(before), len(now))
    at = next((at for at in range(shorter) if before[at] != now[at]), shorter)
    around = slice(max(0, at - AROUND), at + AROUND)
    line = before.count("\n", 0, at) + 1
    return f"First in line {line}:\n  recorded …{before[around]!r}…\n  now      …{now[around]!r}…\n"


def check_names(subject: str, names: list[str]) -> None:
    """Checks the sorted names, one a line."""
    check(f"names/{subject}.txt", "".join(f"{name}\n" for name in sorted(names)))
