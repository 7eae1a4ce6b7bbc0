"""What happened at every client, line by line, with the time it happened; the oracle reads it afterwards.

Kept in memory, because writing it would slow the clients down; saved as JSON lines only for a failed test.
"""

import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


def tell(text: str) -> None:
    """Print something for the person running the test: pytest shows it with a failure, and always under -s."""
    sys.stderr.write(f"{text}\n")


@dataclass(frozen=True, slots=True)
class Line:
    """`at` is monotonic seconds; `what` is sent, accepted, refused, applied, fault, opened, lost …"""

    at: float
    who: str
    what: str
    told: dict[str, Any]


@dataclass
class Journal:
    """One for all clients of a test."""

    lines: list[Line] = field(default_factory=list)

    def note(self, who: str, what: str, **told: Any) -> None:
        self.lines.append(Line(time.monotonic(), who, what, told))

    def of(self, *what: str) -> Iterator[Line]:
        """The lines of these kinds, in order."""
        return (line for line in self.lines if line.what in what)

    def save(self, path: Path) -> None:
        """One JSON object per line."""
        with path.open("w") as out:
            for line in self.lines:
                spelled = {"at": round(line.at, 6), "who": line.who, "what": line.what} | line.told
                out.write(json.dumps(spelled, ensure_ascii=True) + "\n")
