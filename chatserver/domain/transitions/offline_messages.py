"""留言 that say something about the visitor's conversations."""

from chatserver.domain.commands.offline_messages import NoteComplaint, NoteEmergency
from chatserver.domain.conversation import Conversation
from chatserver.domain.events.offline_messages import ComplaintLeft, EmergencyLeft
from chatserver.domain.rules import Rules
from chatserver.domain.transitions.access import only_its_visitor
from chatserver.domain.transitions.base import Events


def note_complaint(conversation: Conversation, command: NoteComplaint, now: int, rules: Rules) -> Events:
    only_its_visitor(conversation, command.actor)
    return (ComplaintLeft(),)


def note_emergency(conversation: Conversation, command: NoteEmergency, now: int, rules: Rules) -> Events:
    only_its_visitor(conversation, command.actor)
    return (EmergencyLeft(),)
