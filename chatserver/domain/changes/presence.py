"""Connections that come and go."""

from msgspec.structs import replace

from chatserver.domain.conversation import Connections, Conversation
from chatserver.domain.events.presence import OwnerCameBack, OwnerLeft, VisitorCameBack, VisitorLeft
from chatserver.domain.rules import COMING_BACK_MS


def owner_left(before: Conversation, event: OwnerLeft, at: int) -> tuple[Connections]:
    return (replace(before.connections, owner_left_at=at),)


def owner_came_back(before: Conversation, event: OwnerCameBack, at: int) -> tuple[Connections]:
    return (replace(before.connections, owner_left_at=None, reply_until=at + COMING_BACK_MS),)


def visitor_left(before: Conversation, event: VisitorLeft, at: int) -> tuple[Connections]:
    return (replace(before.connections, visitor_left_at=at),)


def visitor_came_back(before: Conversation, event: VisitorCameBack, at: int) -> tuple[Connections]:
    return (replace(before.connections, visitor_left_at=None),)
