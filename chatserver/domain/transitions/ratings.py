"""Ratings by visitors."""

from chatserver.domain.commands.ratings import Rate
from chatserver.domain.conversation import Conversation
from chatserver.domain.events.ratings import Rated
from chatserver.domain.rating import why_not_rated
from chatserver.domain.refusals import NotFound, OutOfTurn
from chatserver.domain.rules import Rules
from chatserver.domain.transitions.access import only_its_visitor
from chatserver.domain.transitions.base import Events


def rate(conversation: Conversation, command: Rate, now: int, rules: Rules) -> Events:
    parts = conversation.answers.parts
    only_its_visitor(conversation, command.actor)
    assert conversation.ending.at is not None
    if why_not_rated(conversation) is not None or not parts or now - conversation.ending.at > rules.rating_ms:
        raise OutOfTurn(phase=conversation.phase)
    number = parts[-1].number if command.part is None else command.part
    part = next((each for each in parts if each.number == number), None)
    if part is None:
        raise NotFound()
    return (Rated(part.person, command.stars, command.tags, command.comment, number),)
