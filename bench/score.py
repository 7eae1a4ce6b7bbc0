"""What a load did: what was sent, accepted, refused, delivered, how long it took; and whether the store agrees.

Requests are numbered; the number ends each `ref`, so that millions of them fit into memory and each can be looked for
in the store afterwards.
"""

import sqlite3
import time
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from sqlalchemy import NullPool, create_engine, text

from tests.postgres import with_driver

REFS = "SELECT ref FROM entries WHERE ref IS NOT NULL"
CHUNK = 10_000


class Score:
    """`faults`: what must never be, in words. `took`: seconds until each was accepted; `reached`: until the other side
    heard it. Both since `fresh`, like `refusals`, `ends` and `held_back` (what somebody did not say because too much
    of his was unanswered); what was accepted is kept to the end."""

    def __init__(self) -> None:
        self.sent = 0
        self.acknowledged = array("Q")
        self.faults: list[str] = []
        self.resumed = 0
        self.jumped = 0
        self.fresh()

    def fresh(self) -> None:
        """A new stretch begins."""
        self.took: list[float] = []
        self.reached: list[float] = []
        self.refusals: Counter[str] = Counter()
        self.ends: Counter[int] = Counter()
        self.held_back = 0

    def next_ref(self) -> str:
        """A UUIDv7 as the real clients make them, time first; its end is the request's number."""
        self.sent += 1
        at = f"{time.time_ns() // 1_000_000:012x}"
        return f"{at[:8]}-{at[8:]}-7000-8000-{self.sent:012x}"

    def accepted(self, ref: str) -> None:
        self.acknowledged.append(int(ref[-12:], 16))

    def lost(self, where: Path | str) -> str:
        """What was accepted and is not stored exactly once; empty when nothing is wrong."""
        stored: Counter[int] = Counter(int(ref[-12:], 16) for ref in _refs(where))
        missing = sum(stored[number] == 0 for number in self.acknowledged)
        doubled = sum(times > 1 for times in stored.values())
        return f"{missing} lost, {doubled} doubled" if missing or doubled else ""


def percentile(values: Sequence[float], part: float) -> float:
    """So much is not exceeded by this part of them: `percentile(took, 0.99)`. 0 of nothing."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * round(part * 1000) // 1000) - 1)] if ordered else 0.0


def _refs(where: Path | str) -> Iterator[str]:
    """All that are stored, in a SQLite file or at a PostgreSQL address."""
    if isinstance(where, Path):
        connection = sqlite3.connect(f"file:{where}?mode=rw", uri=True)
        try:
            yield from (ref for (ref,) in connection.execute(REFS))
        finally:
            connection.close()
        return
    engine = create_engine(with_driver(where), poolclass=NullPool)
    with engine.connect() as server:
        rows: Iterable[str] = server.execution_options(yield_per=CHUNK).scalars(text(REFS))
        yield from rows
