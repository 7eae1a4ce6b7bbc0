"""The department and its group."""

from msgspec.structs import replace

from chatserver.domain.conversation import Conversation, Queueing, Subject
from chatserver.domain.events.departments import DepartmentChosen, DepartmentSet, GroupChanged


def group_changed(before: Conversation, event: GroupChanged, at: int) -> tuple[Queueing]:
    queue = replace(
        before.queue, group=event.group, group_since=at, look_again_at=0, tried=(), closes_at=event.closes_at
    )
    return (queue,)


def department_chosen(before: Conversation, event: DepartmentChosen, at: int) -> tuple[Subject, Queueing]:
    queue = before.queue
    if event.group is not None:
        queue = replace(queue, group=event.group, group_since=at, look_again_at=0, tried=(), closes_at=event.closes_at)
    return Subject(event.department), queue


def department_set(before: Conversation, event: DepartmentSet, at: int) -> tuple[Subject]:
    return (Subject(event.department),)
