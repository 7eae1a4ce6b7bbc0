"""The department and its group."""

from chatserver.domain.changes.base import Queueing, Subject
from chatserver.domain.conversation import Conversation
from chatserver.domain.events.departments import DepartmentSet, GroupChanged


def group_changed(before: Conversation, event: GroupChanged, at: int) -> Queueing:
    return {
        "group": event.group,
        "group_since": at,
        "look_again_at": 0,
        "tried": (),
        "closes_at": event.closes_at,
    }


def department_set(before: Conversation, event: DepartmentSet, at: int) -> Subject:
    return {"department": event.department}
