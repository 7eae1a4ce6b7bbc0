"""留言 that say something about the visitor's conversations."""

from msgspec.structs import replace

from chatserver.domain.conversation import Conversation, Ending
from chatserver.domain.events.offline_messages import ComplaintLeft, EmergencyLeft


def complaint_left(before: Conversation, event: ComplaintLeft, at: int) -> tuple[Ending]:
    return (replace(before.ending, unrated="complaint"),)


def emergency_left(before: Conversation, event: EmergencyLeft, at: int) -> tuple[Ending]:
    return (replace(before.ending, unrated="emergency"),)
