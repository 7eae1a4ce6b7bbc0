"""Messages and notes."""

from chatserver.domain.changes.base import Nothing, Spoken
from chatserver.domain.conversation import Conversation
from chatserver.domain.events.messages import MessagePosted, NoteWritten
from chatserver.domain.parts import answered

LINE = 60
"""Characters of the last message kept for lists."""

ANSWERED: Spoken = {
    "unanswered_since": None,
    "overdue": False,
    "replied": True,
    "gone_on": 0,
    "alarmed_at": None,
    "nobody_answered_at": None,
    "acknowledged_at": None,
}
"""What an answer by a consultant resets, alarms included."""


def message_posted(before: Conversation, event: MessagePosted, at: int) -> Spoken:
    changes: Spoken = {
        "last_human_at": at,
        "last_line": " ".join(event.body.split())[:LINE],
        "inactive": False,
        "close_warned_at": None,
    }
    if event.by is not None:
        changes["parts"] = answered(before.parts, event.by)
    if not event.from_visitor:
        changes |= ANSWERED
    elif before.unanswered_since is None:
        changes["unanswered_since"] = at
    return changes


def note_written(before: Conversation, event: NoteWritten, at: int) -> Nothing:
    return {}
