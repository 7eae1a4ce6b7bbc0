"""The end, and what comes after it."""

from msgspec.structs import replace

from chatserver.domain.conversation import (
    Alarms,
    Company,
    Connections,
    Conversation,
    Emergency,
    Ending,
    Phase,
    Priority,
    Queueing,
    Serving,
    Talk,
)
from chatserver.domain.events.ending import Closed, OutcomeSet, Reopened

HARASSMENT = "harassment"


def closed(before: Conversation, event: Closed, at: int) -> tuple[Phase, Connections, Company, Serving, Ending]:
    return (
        Phase.CLOSED,
        replace(before.connections, owner_left_at=None),
        Company(),
        replace(before.serving, owner=None),
        replace(
            before.ending,
            at=at,
            by=event.by,
            reason=event.reason,
            outcome=event.outcome,
            unrated=_unrated(before.ending.unrated, event.outcome),
        ),
    )


def reopened(
    before: Conversation, event: Reopened, at: int
) -> tuple[Phase, Talk, Alarms, Connections, Serving, Queueing, Emergency, Ending]:
    talk = replace(before.talk, overdue=False, inactive=False, close_warned_at=None)
    alarms, emergency, connections = before.alarms, before.emergency, before.connections
    if event.by is None:
        # The visitor has written again, so what was known about them at the end no longer applies.
        talk = replace(talk, unanswered_since=None)
        alarms = replace(alarms, emergency_at=None, acknowledged_at=None)
        connections = replace(connections, visitor_left_at=None)
        emergency = Emergency(spared=emergency.spared, crowded=emergency.crowded)
    last_owner = before.serving.last_owner
    return (
        Phase.WAITING,
        talk,
        replace(alarms, nobody_answered_at=None, escalations=0),
        connections,
        replace(before.serving, fence=event.fence, silent=(), hops=0),
        replace(
            before.queue,
            since=at,
            group_since=at,
            look_again_at=0,
            closes_at=event.closes_at,
            preferred=last_owner.id if last_owner is not None else None,
            priority=Priority.NORMAL,
            tried=(),
        ),
        emergency,
        replace(before.ending, at=None, by=None, reason=None, outcome=None),
    )


def outcome_set(before: Conversation, event: OutcomeSet, at: int) -> tuple[Ending]:
    ending = before.ending
    # An outcome that is corrected no longer counts. A complaint or an emergency does, whatever the outcome is.
    corrected = event.previous == HARASSMENT and ending.unrated == HARASSMENT
    unrated = _unrated(None if corrected else ending.unrated, event.outcome)
    return (replace(ending, outcome=event.outcome, unrated=unrated),)


def _unrated(before: str | None, outcome: str | None) -> str | None:
    """Why no rating is asked for, after an end with this outcome."""
    return HARASSMENT if before is None and outcome == HARASSMENT else before
