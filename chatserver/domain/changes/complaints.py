"""投诉: complaints that visitors leave."""

from msgspec.structs import replace

from chatserver.domain.conversation import Conversation, Ending
from chatserver.domain.events.complaints import ComplaintLeft


def complaint_left(before: Conversation, event: ComplaintLeft, at: int) -> tuple[Ending]:
    return (replace(before.ending, complained=True),)
