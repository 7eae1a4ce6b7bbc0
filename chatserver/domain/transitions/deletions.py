"""删除申请: that visitors want a conversation deleted, and what became of it."""

from chatserver.domain.commands.deletions import NoteDeletion
from chatserver.domain.conversation import Conversation
from chatserver.domain.events.deletions import DeletionRequested, DeletionSettled
from chatserver.domain.rules import Rules
from chatserver.domain.transitions.base import Events


def note_deletion(conversation: Conversation, command: NoteDeletion, now: int, rules: Rules) -> Events:
    if command.result is None or command.by is None:
        return (DeletionRequested(),)
    return (DeletionSettled(command.result, command.by),)
