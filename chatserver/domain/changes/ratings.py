"""Ratings by visitors."""

from chatserver.domain.conversation import Answers, Conversation
from chatserver.domain.events.ratings import Rated
from chatserver.domain.parts import rated


def rating_given(before: Conversation, event: Rated, at: int) -> tuple[Answers]:
    return (Answers(rated(before.answers.parts, event.part, event.stars, at)),)
