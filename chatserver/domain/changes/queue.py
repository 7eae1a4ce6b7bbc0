"""Into the queue, forward in it, and back to it."""

from chatserver.domain.changes.base import Moved, Nothing, Queueing
from chatserver.domain.conversation import Conversation, Phase, Priority
from chatserver.domain.events.queue import MovedForward, Opened, Overflowed, ReturnedToQueue
from chatserver.domain.hospital import Person


def opened(before: Conversation, event: Opened, at: int) -> Nothing:
    return {}


def returned_to_queue(before: Conversation, event: ReturnedToQueue, at: int) -> Moved:
    return {
        "phase": Phase.WAITING,
        "owner": None,
        "fence": event.fence,
        "queued_at": at,
        "group_since": at,
        "priority": Priority.EMERGENCY if before.is_critical else Priority.RETURNED,
        # A colleague who has joined knows the conversation already.
        "preferred": next((each.person.id for each in before.participants if each.joined), None),
        "participants": (),
        "look_again_at": 0,
        "gone_on": before.gone_on + (event.reason == "emergency"),
        "silent": _silent_after(before, event),
        "tried": (event.consultant.id,),
        "tried_at": 0 if event.reason == "connection_lost" else at,
        "owner_left_at": None,
        "overdue": False,
        "inactive": False,
        "close_warned_at": None,
    }


def _silent_after(before: Conversation, event: ReturnedToQueue) -> tuple[Person, ...]:
    earlier = () if before.replied else before.silent
    return (*earlier, event.consultant) if event.reason in ("no_first_reply", "emergency") else earlier


def moved_forward(before: Conversation, event: MovedForward, at: int) -> Queueing:
    return {"priority": max(before.priority, Priority.FORWARD)}


def overflowed(before: Conversation, event: Overflowed, at: int) -> Queueing:
    return {"group": event.group, "group_since": at, "look_again_at": 0, "tried": ()}
