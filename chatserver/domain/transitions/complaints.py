"""投诉: complaints that visitors leave."""

from chatserver.domain.commands.complaints import NoteComplaint
from chatserver.domain.conversation import Conversation
from chatserver.domain.events.complaints import ComplaintLeft
from chatserver.domain.rules import Rules
from chatserver.domain.transitions.access import only_its_visitor
from chatserver.domain.transitions.base import Events


def note_complaint(conversation: Conversation, command: NoteComplaint, now: int, rules: Rules) -> Events:
    only_its_visitor(conversation, command.actor)
    return (ComplaintLeft(),)
