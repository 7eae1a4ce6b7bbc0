"""Results of a load: what was sent, accepted, refused and delivered, how long it took, and whether the store agrees.

Requests are numbered, and each `ref` ends in the number: millions of them fit into memory, and each can be looked up in
the store afterwards.
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
    """`faults`: sentences about what must never happen. `took`: seconds until each was accepted; `reached`: until the
    other side received it. Both count since `fresh`, like `refusals`, `ends` and `held_back` (what people did not say
    because too much of theirs was unanswered); acknowledged refs are kept to the end."""

    def __init__(self) -> None:
        self.sent = 0
        self.acknowledged = array("Q")
        self.faults: list[str] = []
        self.resumed = 0
        self.jumped = 0
        self.fresh()

    def fresh(self) -> None:
        """Begin a new stretch."""
        self.took: list[float] = []
        self.reached: list[float] = []
        self.refusals: Counter[str] = Counter()
        self.ends: Counter[int] = Counter()
        self.held_back = 0

    def next_ref(self) -> str:
        """A UUIDv7 like the real clients' (time first); it ends in the request's number."""
        self.sent += 1
        at = f"{time.time_ns() // 1_000_000:012x}"
        return f"{at[:8]}-{at[8:]}-7000-8000-{self.sent:012x}"

    def accepted(self, ref: str) -> None:
        self.acknowledged.append(int(ref[-12:], 16))

    def lost(self, where: Path | str) -> str:
        """Which accepted requests are not stored exactly once; empty when all is well."""
        stored: Counter[int] = Counter(int(ref[-12:], 16) for ref in _refs(where))
        missing = sum(stored[number] == 0 for number in self.acknowledged)
        doubled = sum(times > 1 for times in stored.values())
        return f"{missing} lost, {doubled} doubled" if missing or doubled else ""


def percentile(values: Sequence[float], part: float) -> float:
    """The smallest value that this part of them does not exceed: `percentile(took, 0.99)`. 0 for none."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * round(part * 1000) // 1000) - 1)] if ordered else 0.0


def _refs(where: Path | str) -> Iterator[str]:
    """All stored refs, in a SQLite file or at a PostgreSQL address."""
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
