"""Deadlines that were reached or put off."""

from msgspec.structs import replace

from chatserver.domain.conversation import Connections, Conversation, Ending, Queueing, Talk
from chatserver.domain.events.time import (
    EndHeld,
    EscalationDeferred,
    IdleWarned,
    ReplyExtended,
    ReplyOverdue,
    WentInactive,
)


def reply_overdue(before: Conversation, event: ReplyOverdue, at: int) -> tuple[Talk]:
    return (replace(before.talk, overdue=True),)


def went_inactive(before: Conversation, event: WentInactive, at: int) -> tuple[Talk]:
    return (replace(before.talk, inactive=True),)


def idle_warned(before: Conversation, event: IdleWarned, at: int) -> tuple[Talk]:
    return (replace(before.talk, close_warned_at=at),)


def reply_extended(before: Conversation, event: ReplyExtended, at: int) -> tuple[Connections]:
    return (replace(before.connections, reply_until=event.until),)


def end_held(before: Conversation, event: EndHeld, at: int) -> tuple[Ending]:
    return (replace(before.ending, held_until=event.until),)


def escalation_deferred(before: Conversation, event: EscalationDeferred, at: int) -> tuple[Queueing]:
    return (replace(before.queue, look_again_at=event.until),)
