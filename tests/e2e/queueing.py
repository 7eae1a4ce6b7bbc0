"""Derives from the stored data who waited, who was assigned to whom, and who was free meanwhile; finds violations.

Times are the database's (ms). No code of the product is used: assignments are read from the entries, capacities and
groups are what the test set up, and presence comes from the consultants' own journal.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.e2e.oracle import Row, Stored

Span = tuple[float, float]

AT_ONCE_MS = 500
"""Within this time the order of waiting is undefined: a commit may become visible later than its timestamp."""
FOREVER = float("inf")


@dataclass
class Waiting:
    """One conversation's time in the queue, until it was assigned or offered; `decided` is when that was decided."""

    conversation: str
    group: str
    queued_at: int
    returned: bool
    tried: frozenset[str]
    span: Span
    decided: float


@dataclass
class Given:
    """An assignment or offer to a consultant, and how long it was theirs.

    `span` is by the times of the transactions' beginnings, `decided` by those of the decisions. A transaction that
    waited for its locks counts what others have committed since it began.
    """

    conversation: str
    group: str
    consultant: str
    ringing: bool
    span: Span
    decided: Span


@dataclass
class Queue:
    """`present`: when each consultant was connected. `serves`, `capacity`: by consultant. `known`: from when on every
    transaction saw that a conversation waits, because its opening had been acknowledged; by default, from its time."""

    stored: Stored
    present: Mapping[str, list[Span]]
    serves: Mapping[str, str]
    capacity: Mapping[str, int]
    known: Mapping[str, float] = field(default_factory=dict)
    waits: list[Waiting] = field(default_factory=list)
    given: list[Given] = field(default_factory=list)

    def __post_init__(self) -> None:
        for id, rows in self.stored.entries.items():
            self._read(id, str(self.stored.conversations[id]["group"]), rows)

    def too_many(self) -> Iterator[str]:
        """Nobody was assigned more than their capacity."""
        for each in self.given:
            held = [other for other in self.given if self._is_held(other, each.consultant, each.decided[0])]
            if len(held) > self.capacity[each.consultant]:
                lasts = min(other.decided[1] for other in held) - each.decided[0]
                yield f"{each.consultant} holds {len(held)} with {each.conversation}, for {lasts:.0f} ms"

    def out_of_turn(self, at_once_ms: float = AT_ONCE_MS) -> Iterator[str]:
        """Nobody was overtaken by a later visitor, unless that visitor had been returned to the queue. What began
        before the waiting was known did not see it, and what was decided after its end came after it."""
        for wait in self.waits:
            known = max(wait.span[0], self.known.get(wait.conversation, 0.0))
            for each in self._given_in(wait.group, known, wait.decided):
                other = self._wait_before(each)
                passed = other is not None and other.returned <= wait.returned
                if other is not None and passed and other.queued_at > wait.queued_at + at_once_ms and not wait.tried:
                    yield f"{each.conversation} was given before {wait.conversation}, which waited longer"

    def forgotten(self, ms: float) -> Iterator[str]:
        """Nobody waited for so long while the same consultant was free to take them all the time."""
        for wait in self.waits:
            for consultant, group in self.serves.items():
                if group != wait.group or consultant in wait.tried:
                    continue
                for begin, end in self._free(consultant, wait.span):
                    if end - begin > ms:
                        yield f"{wait.conversation} waited {end - begin:.0f} ms while {consultant} was free"

    def _read(self, id: str, group: str, rows: Iterable[Row]) -> None:
        waits_since: float | None = None
        queued_at, returned, held, tried = 0, False, None, set[str]()
        for row in rows:
            details, at = json.loads(row["details"] or "{}"), row["at"]
            match row["event"]:
                case "opened" | "reopened" | "returned_to_queue":
                    queued_at, returned = at, row["event"] == "returned_to_queue"
                    tried = {details["consultant"]["id"]} if returned else set()
                    self._ends(held, row)
                    held, waits_since = None, at
                case "rung" | "assigned" | "transferred":
                    if waits_since is not None:
                        span, decided = (waits_since, at), _decided_at(row)
                        self.waits.append(Waiting(id, group, queued_at, returned, frozenset(tried), span, decided))
                    self._ends(held, row)
                    held, waits_since = self._takes(id, group, row, details), None
                case "ring_missed" | "closed":
                    self._ends(held, row)
                    held = None
                    if row["event"] == "ring_missed":
                        tried.add(details["consultant"]["id"])
                        waits_since = at
                    else:
                        waits_since = None

    def _takes(self, id: str, group: str, row: Row, details: Any) -> Given:
        span, decided = (row["at"], FOREVER), (_decided_at(row), FOREVER)
        self.given.append(Given(id, group, details["consultant"]["id"], row["event"] == "rung", span, decided))
        return self.given[-1]

    def _ends(self, held: Given | None, row: Row) -> None:
        if held is not None:
            held.span, held.decided = (held.span[0], row["at"]), (held.decided[0], _decided_at(row))

    def _is_held(self, given: Given, consultant: str, at: float) -> bool:
        return given.consultant == consultant and given.decided[0] <= at < given.decided[1]

    def _given_in(self, group: str, begun_after: float, decided_before: float) -> Iterator[Given]:
        given = (each for each in self.given if each.group == group)
        return (each for each in given if begun_after < each.span[0] and each.decided[0] < decided_before)

    def _wait_before(self, given: Given) -> Waiting | None:
        """The wait that this assignment ended; None when a ring was accepted."""
        found = (each for each in self.waits if each.conversation == given.conversation)
        return next((each for each in found if each.span[1] == given.span[0]), None)

    def _free(self, consultant: str, span: Span) -> Iterator[Span]:
        """When the consultant was connected, had capacity, and was not being rung."""
        changes: dict[float, list[int]] = defaultdict(lambda: [0, 0])
        for each in self.given:
            if each.consultant == consultant:
                for at, step in zip(each.span, (1, -1), strict=True):
                    changes[at][0] += step
                    changes[at][1] += step * each.ringing
        for present in self.present[consultant]:
            begin, end = max(span[0], present[0]), min(span[1], present[1])
            free_since, load, rings = begin, 0, 0
            is_free = True
            for at in sorted(changes):
                load, rings = load + changes[at][0], rings + changes[at][1]
                now_free = load < self.capacity[consultant] and not rings
                if is_free and not now_free:
                    yield free_since, min(at, end)
                elif now_free and not is_free:
                    free_since = max(at, begin)
                is_free = now_free
            if is_free:
                yield free_since, end


def _decided_at(row: Row) -> float:
    """When the entry was made (ms): its id is a UUIDv7, and is drawn when its transaction has its locks and has
    counted."""
    return float(int(row["id"].replace("-", "")[:12], 16))
