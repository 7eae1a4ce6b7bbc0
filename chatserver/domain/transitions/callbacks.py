"""回电: calls that visitors ask for."""

from chatserver.domain.commands.callbacks import RequestCallback
from chatserver.domain.conversation import Conversation
from chatserver.domain.events.callbacks import CallbackRequested
from chatserver.domain.masking import masked_phone
from chatserver.domain.rules import Rules
from chatserver.domain.transitions.access import only_its_visitor
from chatserver.domain.transitions.base import Events


def request_callback(conversation: Conversation, command: RequestCallback, now: int, rules: Rules) -> Events:
    """The conversation goes on as before: whoever waits may go on waiting."""
    only_its_visitor(conversation, command.actor)
    promised = command.callback.promised
    start, end = promised or (None, None)
    return (CallbackRequested(masked_phone(command.callback.phone), start, end),)
