"""Deadlines that were reached or put off."""

from chatserver.domain.changes.base import Connections, Ending, Queueing, Talk
from chatserver.domain.conversation import Conversation
from chatserver.domain.events.time import (
    EndHeld,
    EscalationDeferred,
    IdleWarned,
    ReplyExtended,
    ReplyOverdue,
    WentInactive,
)


def reply_overdue(before: Conversation, event: ReplyOverdue, at: int) -> Talk:
    return {"overdue": True}


def went_inactive(before: Conversation, event: WentInactive, at: int) -> Talk:
    return {"inactive": True}


def idle_warned(before: Conversation, event: IdleWarned, at: int) -> Talk:
    return {"close_warned_at": at}


def reply_extended(before: Conversation, event: ReplyExtended, at: int) -> Connections:
    return {"reply_until": event.until}


def end_held(before: Conversation, event: EndHeld, at: int) -> Ending:
    return {"held_until": event.until}


def escalation_deferred(before: Conversation, event: EscalationDeferred, at: int) -> Queueing:
    return {"look_again_at": event.until}
