"""The department that a conversation is about."""

from chatserver.wire.fields import EventBase, Frame, Id, Key, Ref
from chatserver.wire.people import Person


class DepartmentSet(Frame, tag="department.set", frozen=True, omit_defaults=True):
    """Correct the department, to one that the site offers. The conversation stays in its group; a transfer moves it."""

    ref: Ref
    conversation: Id
    department: Key


class ConversationDepartment(Frame, tag="conversation.department", frozen=True, omit_defaults=True):
    """A visitor who chose no department confirms one that the site offers. Nothing happens if the department is known
    already."""

    ref: Ref
    conversation: Id
    department: Key


class DepartmentChosenEvent(EventBase, tag="department_chosen", frozen=True, omit_defaults=True):
    """A visitor who was unsure confirmed the department. With a `group`, the waiting conversation moved there."""

    department: str
    group: str | None = None
    previous_group: str | None = None
    closes_at: int | None = None


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
