"""Who the visitor is, by the hospital's own website. It is shown to staff, and gives no right."""

from chatserver.domain.commands.identity import Identify
from chatserver.domain.conversation import Conversation
from chatserver.domain.events.identity import Identified, IdentityDoubted
from chatserver.domain.rules import Rules
from chatserver.domain.transitions.access import only_its_visitor
from chatserver.domain.transitions.base import Events


def identify(conversation: Conversation, command: Identify, now: int, rules: Rules) -> Events:
    """Another number does not replace the first one: then nobody knows who wrote what, and staff must see that."""
    only_its_visitor(conversation, command.actor)
    known = conversation.identity
    if known.doubted_at is not None:
        return ()
    if known.number not in (None, command.number):
        return (IdentityDoubted(),)
    if (known.name, known.number) == (command.name, command.number):
        return ()
    return (Identified(command.name, command.number),)
