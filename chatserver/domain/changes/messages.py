"""Messages and notes."""

from chatserver.domain.conversation import Alarms, Answers, Conversation, Talk
from chatserver.domain.events.messages import MessagePosted, NoteWritten
from chatserver.domain.parts import answered

LINE = 60
"""Characters of the last message kept for lists."""

NO_ALARMS = Alarms()


def message_posted(before: Conversation, event: MessagePosted, at: int) -> tuple[Talk | Alarms | Answers, ...]:
    """A message by the visitor starts the wait for an answer. An answer ends that wait and the alarms."""
    line = " ".join(event.body.split())[:LINE]
    if event.from_visitor:
        talk = before.talk
        since = at if talk.unanswered_since is None else talk.unanswered_since
        return (Talk(since, talk.overdue, talk.replied, at, line),)
    talk = Talk(replied=True, last_human_at=at, last_line=line)
    if event.by is None or (parts := answered(before.answers.parts, event.by)) is before.answers.parts:
        return talk, NO_ALARMS
    return talk, NO_ALARMS, Answers(parts)


def note_written(before: Conversation, event: NoteWritten, at: int) -> tuple[()]:
    return ()
