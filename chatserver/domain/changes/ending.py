"""The end, and what comes after it."""

from chatserver.domain.changes.base import Changes, Ended, Ending
from chatserver.domain.conversation import Conversation, Phase, Priority
from chatserver.domain.events.ending import Closed, OutcomeSet, Reopened


def closed(before: Conversation, event: Closed, at: int) -> Ended:
    return {
        "phase": Phase.CLOSED,
        "owner": None,
        "participants": (),
        "owner_left_at": None,
        "closed_at": at,
        "closed_by": event.by,
        "close_reason": event.reason,
        "outcome": event.outcome,
    }


def reopened(before: Conversation, event: Reopened, at: int) -> Changes:
    changes = _open_again(before, event, at)
    if event.by is not None:
        # The visitor has not written: what the conversation knew of the visitor at the end stays true.
        changes |= {
            "unanswered_since": before.unanswered_since,
            "visitor_left_at": before.visitor_left_at,
            "emergency": before.emergency,
            "emergency_level": before.emergency_level,
            "emergencies": before.emergencies,
            "attentions": before.attentions,
            "alarmed_at": before.alarmed_at,
            "acknowledged_at": before.acknowledged_at,
            "acknowledged_by": before.acknowledged_by,
        }
    return changes


def _open_again(before: Conversation, event: Reopened, at: int) -> Changes:
    return {
        "phase": Phase.WAITING,
        "fence": event.fence,
        "queued_at": at,
        "group_since": at,
        "look_again_at": 0,
        "closes_at": event.closes_at,
        "preferred": before.last_owner.id if before.last_owner is not None else None,
        "priority": Priority.NORMAL,
        "emergency": None,
        "emergency_level": None,
        "emergencies": (),
        "attentions": (),
        "silent": (),
        "alarmed_at": None,
        "nobody_answered_at": None,
        "acknowledged_at": None,
        "acknowledged_by": None,
        "gone_on": 0,
        "tried": (),
        "hops": 0,
        "unanswered_since": None,
        "overdue": False,
        "inactive": False,
        "close_warned_at": None,
        "visitor_left_at": None,
        "closed_at": None,
        "closed_by": None,
        "close_reason": None,
        "outcome": None,
    }


def outcome_set(before: Conversation, event: OutcomeSet, at: int) -> Ending:
    return {"outcome": event.outcome}
