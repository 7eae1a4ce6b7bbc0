"""The department that a conversation is about."""

from chatserver.wire.fields import EventBase, Frame, Id, Key, Ref
from chatserver.wire.people import Person


class DepartmentSet(Frame, tag="department.set", frozen=True, omit_defaults=True):
    """Correct the department, to one that the site offers. The conversation stays in its group; a transfer moves it."""

    ref: Ref
    conversation: Id
    department: Key


class GroupChangedEvent(EventBase, tag="group_changed", frozen=True, omit_defaults=True):
    """Another group serves the department now."""

    group: str
    previous_group: str
    closes_at: int | None = None


class DepartmentSetEvent(EventBase, tag="department_set", frozen=True, omit_defaults=True):
    """Staff corrected the department."""

    department: str
    previous: str
    by: Person
