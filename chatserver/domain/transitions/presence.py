"""Connections that come and go, and accounts that are closed."""

from chatserver.domain.commands.presence import (
    CloseAccount,
    ColleaguePresenceChanged,
    OwnerPresenceChanged,
    VisitorPresenceChanged,
)
from chatserver.domain.conversation import Conversation
from chatserver.domain.events.base import Event
from chatserver.domain.events.colleagues import ColleagueLeft
from chatserver.domain.events.offers import RingMissed, TransferEnded
from chatserver.domain.events.presence import (
    ColleagueAway,
    ColleagueBack,
    OwnerCameBack,
    OwnerLeft,
    VisitorCameBack,
    VisitorLeft,
)
from chatserver.domain.rules import Rules
from chatserver.domain.transitions.base import Events
from chatserver.domain.transitions.queue import return_to_queue


def owner_presence(conversation: Conversation, command: OwnerPresenceChanged, now: int, rules: Rules) -> Events:
    if command.here:
        return () if conversation.connections.owner_left_at is None else (OwnerCameBack(),)
    return (OwnerLeft(),) if conversation.connections.owner_left_at is None or command.afresh else ()


def colleague_presence(conversation: Conversation, command: ColleaguePresenceChanged, now: int, rules: Rules) -> Events:
    """Recorded only for colleagues who have joined, because the visitor sees who answers."""
    beside = conversation.participant(command.consultant)
    if beside is None or not beside.joined:
        return ()
    if command.here:
        return () if beside.left_at is None else (ColleagueBack(command.consultant),)
    return (ColleagueAway(command.consultant),) if beside.left_at is None or command.afresh else ()


def visitor_presence(conversation: Conversation, command: VisitorPresenceChanged, now: int, rules: Rules) -> Events:
    if command.here:
        return () if conversation.connections.visitor_left_at is None else (VisitorCameBack(),)
    return (VisitorLeft(),) if conversation.connections.visitor_left_at is None or command.afresh else ()


def close_account(conversation: Conversation, command: CloseAccount, now: int, rules: Rules) -> Events:
    """The same as a lost connection, but without the grace period."""
    serving = conversation.serving
    consultant = command.consultant
    if serving.owner is not None and serving.owner.id == consultant:
        return return_to_queue(conversation, "connection_lost")
    offer, beside = serving.offer, conversation.participant(consultant)
    events: list[Event] = []
    if offer is not None and offer.to is not None and offer.to.id == consultant:
        dropped = RingMissed(offer.id, offer.to, "lost") if offer.is_ring else TransferEnded(offer.id, "lost")
        events.append(dropped)
    if beside is not None:
        events.append(ColleagueLeft(beside.person, None, beside.joined))
    return tuple(events)
