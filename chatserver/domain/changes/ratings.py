"""Ratings by visitors."""

from chatserver.domain.changes.base import Answers
from chatserver.domain.conversation import Conversation
from chatserver.domain.events.ratings import Rated
from chatserver.domain.parts import rated


def rating_given(before: Conversation, event: Rated, at: int) -> Answers:
    return {"parts": rated(before.parts, event.part, event.stars, at)}
