"""The department that a conversation is about, and the group that serves it."""

from dataclasses import dataclass

from chatserver.domain.events.base import Event
from chatserver.domain.hospital import Person


@dataclass(frozen=True, slots=True)
class GroupChanged(Event):
    """Another group serves its department now, and the waiting conversation moved there. Its waiting time goes on
    counting. `closes_at`: when the opening hours of that group end (ms)."""

    by_department = True

    previous_group: str
    group: str
    closes_at: int | None = None


@dataclass(frozen=True, slots=True)
class DepartmentChosen(Event):
    """A visitor who was unsure confirmed the department. A conversation that waits moves to `group`, which serves that
    department until `closes_at` (ms), and its waiting time goes on counting. Without a `group` it stays where it is."""

    by_department = True

    department: str
    group: str | None = None
    previous_group: str | None = None
    closes_at: int | None = None


@dataclass(frozen=True, slots=True)
class DepartmentSet(Event):
    """Staff corrected the department. The conversation stays in its group; only a transfer changes that."""

    by_department = True

    department: str
    previous: str
    by: Person
