"""评价: whether the visitor may rate a conversation that has ended."""

from typing import Literal

from chatserver.domain.conversation import Conversation

NotAsked = Literal["emergency", "complaint", "harassment"]


def why_not_rated(conversation: Conversation) -> NotAsked | None:
    """Why its visitor is asked for no rating, and can give or change none; None: they may."""
    if conversation.emergency.spared:
        return "emergency"
    if conversation.ending.complained:
        return "complaint"
    if conversation.ending.outcome == "harassment":
        return "harassment"
    return None
