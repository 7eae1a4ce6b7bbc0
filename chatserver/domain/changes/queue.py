"""Into the queue, forward in it, and back to it."""

from msgspec.structs import replace

from chatserver.domain.conversation import (
    Alarms,
    Company,
    Connections,
    Conversation,
    Phase,
    Priority,
    Queueing,
    Serving,
    Talk,
)
from chatserver.domain.events.queue import MovedForward, Opened, Overflowed, ReturnedToQueue
from chatserver.domain.hospital import Person


def opened(before: Conversation, event: Opened, at: int) -> tuple[()]:
    return ()


def returned_to_queue(
    before: Conversation, event: ReturnedToQueue, at: int
) -> tuple[Phase, Talk, Alarms, Connections, Company, Serving, Queueing]:
    escalations = before.alarms.escalations + (event.reason == "emergency")
    return (
        Phase.WAITING,
        replace(before.talk, overdue=False, inactive=False, close_warned_at=None),
        replace(before.alarms, escalations=escalations),
        replace(before.connections, owner_left_at=None),
        Company(),
        replace(before.serving, owner=None, fence=event.fence, silent=_silent_after(before, event)),
        _queued_again(before, event, at),
    )


def _queued_again(before: Conversation, event: ReturnedToQueue, at: int) -> Queueing:
    return replace(
        before.queue,
        since=at,
        group_since=at,
        priority=Priority.EMERGENCY if before.is_critical else Priority.RETURNED,
        # A colleague who has joined knows the conversation already.
        preferred=next((each.person.id for each in before.company.participants if each.joined), None),
        look_again_at=0,
        tried=(event.consultant.id,),
        tried_at=0 if event.reason == "connection_lost" else at,
    )


def _silent_after(before: Conversation, event: ReturnedToQueue) -> tuple[Person, ...]:
    earlier = () if before.talk.replied else before.serving.silent
    return (*earlier, event.consultant) if event.reason in ("no_first_reply", "emergency") else earlier


def moved_forward(before: Conversation, event: MovedForward, at: int) -> tuple[Queueing]:
    return (replace(before.queue, priority=max(before.queue.priority, Priority.FORWARD)),)


def overflowed(before: Conversation, event: Overflowed, at: int) -> tuple[Queueing]:
    return (replace(before.queue, group=event.group, group_since=at, look_again_at=0, tried=()),)
