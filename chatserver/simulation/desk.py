"""One consultant's desk: how much capacity is taken, and how simultaneous conversations slow each other down.

With n at once each progresses at the rate 1 ÷ (1 + g·(n - 1)). With g = 0 they do not slow each other down, with g = 1
the consultant divides their time among them without loss, above 1 switching between them costs time as well.
"""

from math import ceil

from chatserver.domain.actors import Staff
from chatserver.domain.hospital import Availability
from chatserver.domain.routing import Candidate
from chatserver.simulation.scenario import Rostered


class Desk:
    """`load` is maintained by the caller, counted as in the product: active conversations and rings."""

    def __init__(self, rostered: Rostered, overhead: float) -> None:
        self.rostered = rostered
        self.consultant = rostered.consultant
        self.staff = Staff(self.consultant.person, self.consultant.role, self.consultant.groups)
        self.on_duty = False
        self.load = 0
        self.rings = 0
        self.plan = 0
        """Changes whenever `next_end` does, which invalidates events scheduled before."""
        self.served_ms = 0
        self.busy_ms = 0
        """Capacity taken × time, while on duty."""
        self.fullest = 0
        self._overhead = overhead
        self._ends: dict[str, float] = {}
        self._progress = 0.0
        self._progressed_at = 0
        self._tallied_at = 0

    @property
    def candidate(self) -> Candidate:
        """The consultant as the router sees them. Nobody is rung for a second conversation while one is ringing."""
        return Candidate(self.consultant, self.load, self.on_duty, self.on_duty and not self.rings)

    @property
    def slowness(self) -> float:
        """The factor by which everything takes longer with the present number of conversations."""
        return 1 + self._overhead * max(0, len(self._ends) - 1)

    @property
    def is_online(self) -> bool:
        return self.on_duty and self.consultant.availability is Availability.ONLINE

    @property
    def duty_ms(self) -> int:
        return self.rostered.ends - self.rostered.receives_from

    def takes(self, places: int, now: int) -> None:
        """From now on this many more (or fewer) places are taken."""
        self.tally(now)
        self.load += places
        self.fullest = max(self.fullest, self.load)

    def tally(self, now: int) -> None:
        """Account for the load up to now."""
        if self.on_duty:
            self.busy_ms += self.load * (now - self._tallied_at)
        self._tallied_at = now

    def begin(self, id: str, work_ms: int, now: int) -> None:
        """Begin work on a conversation."""
        self._go_on(now)
        self._ends[id] = self._progress + work_ms * self.rostered.pace
        self.plan += 1

    def leave(self, id: str, now: int) -> None:
        """Stop work on a conversation; no effect if it had not begun."""
        if id in self._ends:
            self._go_on(now)
            del self._ends[id]
            self.plan += 1

    def works_on(self, id: str) -> bool:
        """Whether work on it has begun and is not finished."""
        return id in self._ends

    def next_end(self, now: int) -> tuple[str, int] | None:
        """Which conversation will be finished first and when, if none is added or removed until then."""
        if not self._ends:
            return None
        self._go_on(now)
        id = min(self._ends, key=self._ends.__getitem__)
        return id, now + max(0, ceil((self._ends[id] - self._progress) * self.slowness))

    def _go_on(self, now: int) -> None:
        self._progress += (now - self._progressed_at) / self.slowness
        self._progressed_at = now
