"""删除申请: that visitors want a conversation deleted, and what became of it."""

from chatserver.domain.conversation import Conversation
from chatserver.domain.events.deletions import DeletionRequested, DeletionSettled


def deletion_noted(before: Conversation, event: DeletionRequested | DeletionSettled, at: int) -> tuple[()]:
    """The request is kept apart from the conversation, which is as before."""
    return ()
