"""评价: whether the visitor may rate a conversation that has ended."""

from chatserver.domain.conversation import Conversation


def why_not_rated(conversation: Conversation) -> str | None:
    """Why its visitor is not asked for a rating, and cannot give or change one: emergency, complaint or harassment."""
    return "emergency" if conversation.emergency.spared else conversation.ending.unrated
