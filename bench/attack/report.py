"""Writes the results of `make attack` into docs/reliability.md: kind, the honest p50, the slowest new socket,
memory."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.attack.kinds import KINDS

ROOT = Path(__file__).resolve().parents[2]
FOUND = ROOT / "build" / "bench" / "attack.json"
PAGE = ROOT / "docs" / "reliability.md"
BEGIN, END = "<!-- made from a run: attack -->", "<!-- end of attack -->"
HEAD = (
    "Kind", "What", "Accepted, p50, ms: without, under it", "Longest new socket, s",
    "Loop stood still, ms: without, under it",
    "More memory, MB: at most, afterwards", "Cut or refused", "Verdict",
)  # fmt: skip
NOT_MEASURED = "not measured yet"


def table(found: dict[str, Any]) -> str:
    """A line for each kind."""
    lines = [HEAD, tuple("---" for _ in HEAD), *(_line(name, found.get(name)) for name in KINDS)]
    said = "\n".join("| " + " | ".join(line) + " |" for line in lines)
    runs = list(_circumstances(found))
    return "\n".join([said, *(["", *runs] if runs else [])])


def _circumstances(found: dict[str, Any]) -> Iterator[str]:
    """A line for each run: machine, duration, date, commit; and the kinds, unless they are most of them."""
    runs: dict[tuple[str, ...], list[str]] = {}
    for name, each in found.items():
        run = (each["machine"], f"{each['seconds']:.0f} s each", each["date"], each["commit"])
        runs.setdefault(run, []).append(name)
    for where, names in sorted(runs.items(), key=lambda each: -len(each[1])):
        kinds = "" if len(names) * 2 > len(found) else f"{', '.join(f'`{name}`' for name in names)}: "
        yield f"- {kinds}{'; '.join(where)}"


def write_table() -> None:
    """Update the document with the latest figures of each kind."""
    found = json.loads(FOUND.read_text("utf-8")) if FOUND.exists() else {}
    before, rest = PAGE.read_text("utf-8").split(BEGIN)
    PAGE.write_text(f"{before}{BEGIN}\n{table(found)}\n{END}{rest.split(END)[1]}", "utf-8")


def _line(name: str, found: dict[str, Any] | None) -> tuple[str, ...]:
    what = KINDS[name].what
    if found is None:
        return (f"`{name}`", what, *[""] * (len(HEAD) - 3), NOT_MEASURED)
    figures = {each["what"]: each["value"] for each in found["figures"]}
    wrong = found["wrong"]
    return (
        f"`{name}`",
        what,
        f"{figures['accepted, p50, without the attack']:.1f}, {figures['accepted, p50']:.1f}",
        f"{figures['a new socket is served after, at most']:.2f}",
        f"{figures['event loop stood still, at most, without the attack']:.0f}, "
        f"{figures['event loop stood still, at most']:.0f}",
        f"{figures['more memory, at most']:.0f}, {max(0.0, figures['more memory, afterwards']):.0f}",
        "; ".join(wrong[:2]) if wrong else "nobody",
        "kept" if found["good"] else "**missed**",
    )
