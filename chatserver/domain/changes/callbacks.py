"""回电: calls that visitors ask for."""

from chatserver.domain.conversation import Conversation
from chatserver.domain.events.callbacks import CallbackRequested


def callback_requested(before: Conversation, event: CallbackRequested, at: int) -> tuple[()]:
    """The call is kept apart from the conversation, which is as before."""
    return ()
