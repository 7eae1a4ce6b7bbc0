"""Cells that never change anything: the command has no effect, is not possible in this phase, or comes after the
end."""

from chatserver.domain.actors import Staff, Visitor
from chatserver.domain.commands.base import Command
from chatserver.domain.conversation import Conversation
from chatserver.domain.refusals import ConversationClosed, OutOfTurn
from chatserver.domain.rules import Rules
from chatserver.domain.transitions.access import only_its_visitor, only_who_knows_of_it
from chatserver.domain.transitions.base import Events


def nothing(conversation: Conversation, command: Command, now: int, rules: Rules) -> Events:
    return ()


def out_of_turn(conversation: Conversation, command: Command, now: int, rules: Rules) -> Events:
    actor = getattr(command, "actor", None)
    if isinstance(actor, Visitor):
        only_its_visitor(conversation, actor)
    elif isinstance(actor, Staff):
        only_who_knows_of_it(conversation, actor)
    raise OutOfTurn(phase=conversation.phase)


def closed_already(conversation: Conversation, command: Command, now: int, rules: Rules) -> Events:
    actor = getattr(command, "actor", None)
    if isinstance(actor, Visitor):
        only_its_visitor(conversation, actor)
    elif isinstance(actor, Staff):
        only_who_knows_of_it(conversation, actor)
    raise ConversationClosed()
