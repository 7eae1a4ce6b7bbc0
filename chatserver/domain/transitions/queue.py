"""Moving forward in the queue, and going back to it."""

from chatserver.domain.commands.queue import MoveForward, Release
from chatserver.domain.conversation import Conversation, Priority
from chatserver.domain.events.offers import TransferEnded
from chatserver.domain.events.queue import MovedForward, ReturnedToQueue, ReturnReason
from chatserver.domain.rules import Rules
from chatserver.domain.text import checked_note
from chatserver.domain.transitions.access import owner_with_fence, supervisor_only
from chatserver.domain.transitions.base import Events


def move_forward(conversation: Conversation, command: MoveForward, now: int, rules: Rules) -> Events:
    supervisor_only(conversation, command.actor)
    return () if conversation.queue.priority >= Priority.FORWARD else (MovedForward(command.actor.person),)


def release(conversation: Conversation, command: Release, now: int, rules: Rules) -> Events:
    owner_with_fence(conversation, command.actor, command.fence)
    note = checked_note(command.note, rules)
    return return_to_queue(conversation, "released", note)


def return_to_queue(conversation: Conversation, reason: ReturnReason, note: str = "") -> Events:
    serving = conversation.serving
    assert serving.owner is not None
    back = ReturnedToQueue(serving.owner, reason, serving.fence + 1, note)
    if serving.offer is None:
        return (back,)
    return (TransferEnded(serving.offer.id, "returned"), back)
