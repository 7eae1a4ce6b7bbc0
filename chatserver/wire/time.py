"""Deadlines that were reached."""

from chatserver.wire.fields import EventBase
from chatserver.wire.people import Person


class ReplyOverdueEvent(EventBase, tag="reply_overdue", frozen=True, omit_defaults=True):
    """The visitor has waited too long for an answer."""

    consultant: Person
    waited_ms: int


class WentInactiveEvent(EventBase, tag="went_inactive", frozen=True, omit_defaults=True):
    """Nobody has written for a while."""


class IdleWarnedEvent(EventBase, tag="idle_warned", frozen=True, omit_defaults=True):
    """The visitor was warned that the conversation will be closed."""

    ends_at: int
