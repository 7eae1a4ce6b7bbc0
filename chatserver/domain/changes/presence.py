"""Connections that come and go."""

from chatserver.domain.changes.base import Connections
from chatserver.domain.conversation import Conversation
from chatserver.domain.events.presence import OwnerCameBack, OwnerLeft, VisitorCameBack, VisitorLeft
from chatserver.domain.rules import COMING_BACK_MS


def owner_left(before: Conversation, event: OwnerLeft, at: int) -> Connections:
    return {"owner_left_at": at}


def owner_came_back(before: Conversation, event: OwnerCameBack, at: int) -> Connections:
    return {"owner_left_at": None, "reply_until": at + COMING_BACK_MS}


def visitor_left(before: Conversation, event: VisitorLeft, at: int) -> Connections:
    return {"visitor_left_at": at}


def visitor_came_back(before: Conversation, event: VisitorCameBack, at: int) -> Connections:
    return {"visitor_left_at": None}
