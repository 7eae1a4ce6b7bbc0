"""The end of a conversation and what is possible after it: reopening, and the outcome."""

from typing import Literal

from chatserver.wire.fields import EventBase, Frame, Id, Place, Ref
from chatserver.wire.people import Person

Outcome = Literal[
    "booked",
    "contact_left",
    "answered",
    "left_midway",
    "returning_patient",
    "not_medical",
    "harassment",
    "competitor",
    "test",
]


class ConversationClose(Frame, tag="conversation.close", frozen=True, omit_defaults=True):
    """End the conversation. Visitors send neither `fence` nor `outcome`; staff send both."""

    ref: Ref
    conversation: Id
    fence: Place | None = None
    outcome: Outcome | None = None


class ConversationReopen(Frame, tag="conversation.reopen", frozen=True, omit_defaults=True):
    """重新打开: reopen a conversation that a deadline or staff ended, until `reopen_until` of its row. It is assigned
    to me at once, as by a claim. Refused with `asked_anew` when the visitor has started a new conversation since."""

    ref: Ref
    conversation: Id
    fence: Place


class OutcomeSet(Frame, tag="outcome.set", frozen=True, omit_defaults=True):
    """Record how a conversation ended, or correct that. Possible for its last owner and for supervisors, for 7 days."""

    ref: Ref
    conversation: Id
    outcome: Outcome


class ClosedEvent(EventBase, tag="closed", frozen=True, omit_defaults=True):
    """The conversation ended."""

    by: str
    reason: str
    outcome: Outcome | None = None


class ReopenedEvent(EventBase, tag="reopened", frozen=True, omit_defaults=True):
    """The conversation is open again."""

    by: Person | None = None
    fence: int | None = None
    closes_at: int | None = None


class OutcomeSetEvent(EventBase, tag="outcome_set", frozen=True, omit_defaults=True, kw_only=True):
    """Staff recorded or corrected the outcome."""

    previous: str | None = None
    by: Person
    outcome: Outcome
