"""Images and PDF files."""

from chatserver.domain.changes.messages import message_posted
from chatserver.domain.conversation import Alarms, Answers, Conversation, Talk
from chatserver.domain.events.files import FilePosted
from chatserver.domain.events.messages import MessagePosted


def file_posted(before: Conversation, event: FilePosted, at: int) -> tuple[Talk | Alarms | Answers, ...]:
    """A file changes the same as a message."""
    return message_posted(before, MessagePosted(event.file.line, event.from_visitor, event.by), at)
