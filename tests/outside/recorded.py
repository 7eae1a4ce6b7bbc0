"""A text as it was recorded, compared with what it is now; RECORD_OUTSIDE=1 (`make record-outside`) records it."""

import difflib
import os
from pathlib import Path

HERE = Path(__file__).resolve().parent
SHOWN = 60
"""Lines of a difference that are shown."""


def check(name: str, now: str) -> None:
    """`now` is what tests/outside/`name` says, byte for byte."""
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
        "read the difference in git, and say in CHANGELOG.md what changes for others.\n" + "\n".join(lines[:SHOWN])
    )


def check_names(subject: str, names: list[str]) -> None:
    """One name a line, sorted."""
    check(f"names/{subject}.txt", "".join(f"{name}\n" for name in sorted(names)))
