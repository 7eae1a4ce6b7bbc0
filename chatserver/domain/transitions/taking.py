"""What all ways to take a conversation share: the check for room, the group, and the numbers that are stored."""

from chatserver.domain.actors import Staff
from chatserver.domain.conversation import Conversation
from chatserver.domain.events.assignment import Why
from chatserver.domain.refusals import NoRoom


def check_room(load: int, limit: int) -> None:
    if load >= limit:
        raise NoRoom(load=load, capacity=limit)


def why_taken(conversation: Conversation, load: int, capacity: int, now: int) -> Why:
    return Why(load, capacity, waited_ms=now - conversation.queue.since)


def group_with(group: str, staff: Staff) -> str:
    """The conversation stays in its group if this person serves it; otherwise it moves to their first group."""
    return group if group in staff.groups or not staff.groups else staff.groups[0]
