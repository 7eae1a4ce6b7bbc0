"""The department and its group."""

from msgspec.structs import replace

from chatserver.domain.conversation import Conversation, Queueing, Subject
from chatserver.domain.events.departments import DepartmentSet, GroupChanged


def group_changed(before: Conversation, event: GroupChanged, at: int) -> tuple[Queueing]:
    queue = replace(
        before.queue, group=event.group, group_since=at, look_again_at=0, tried=(), closes_at=event.closes_at
    )
    return (queue,)


def department_set(before: Conversation, event: DepartmentSet, at: int) -> tuple[Subject]:
    return (Subject(event.department),)
