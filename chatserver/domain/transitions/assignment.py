"""A waiting conversation gets an owner: by the router, by a supervisor, or by a claim."""

from chatserver.domain.commands.assignment import Assign, AssignManually, AssignUrgently, Claim
from chatserver.domain.commands.offers import AcceptOffer
from chatserver.domain.conversation import Conversation
from chatserver.domain.events.assignment import Assigned
from chatserver.domain.refusals import FenceStale, NotFound, OfferGone, OutOfTurn
from chatserver.domain.rules import Rules
from chatserver.domain.transitions.access import only_who_knows_of_it, supervisor_only
from chatserver.domain.transitions.base import Events
from chatserver.domain.transitions.offers import accept_ring
from chatserver.domain.transitions.taking import check_room, why_taken


def assign(conversation: Conversation, command: Assign, now: int, rules: Rules) -> Events:
    check_room(command.load, command.capacity)
    return (Assigned(command.to, conversation.queue.group, "automatic", command.why, conversation.serving.fence + 1),)


def assign_urgently(conversation: Conversation, command: AssignUrgently, now: int, rules: Rules) -> Events:
    """Assigns it even while it rings for somebody; the assignment ends that offer."""
    if not conversation.is_critical:
        raise OutOfTurn(phase=conversation.phase)
    check_room(command.load, command.capacity + rules.above_capacity)
    return (Assigned(command.to, command.group, "automatic", command.why, conversation.serving.fence + 1),)


def assign_manually(conversation: Conversation, command: AssignManually, now: int, rules: Rules) -> Events:
    """Assigns it even while it rings for somebody; the assignment ends that offer."""
    serving = conversation.serving
    supervisor_only(conversation, command.actor)
    if command.fence != serving.fence:
        raise FenceStale(fence=serving.fence)
    if not command.above:
        check_room(command.load, command.capacity + rules.above_capacity)
    groups = command.to_groups
    group = conversation.queue.group if conversation.queue.group in groups or not groups else groups[0]
    why = why_taken(conversation, command.load, command.capacity, now)
    return (Assigned(command.to, group, "hand", why, serving.fence + 1, command.actor.person),)


def assign_too_late(conversation: Conversation, command: AssignManually, now: int, rules: Rules) -> Events:
    supervisor_only(conversation, command.actor)
    assert conversation.serving.owner is not None
    raise OfferGone(why="taken", by=conversation.serving.owner.name)


def claim(conversation: Conversation, command: Claim, now: int, rules: Rules) -> Events:
    if conversation.queue.group not in command.actor.groups:
        raise NotFound()
    check_room(command.load, command.capacity + rules.above_capacity)
    why = why_taken(conversation, command.load, command.capacity, now)
    return (Assigned(command.actor.person, conversation.queue.group, "claim", why, conversation.serving.fence + 1),)


def claim_while_ringing(conversation: Conversation, command: Claim, now: int, rules: Rules) -> Events:
    """While it rings for one consultant, only they may claim it."""
    serving = conversation.serving
    assert serving.offer is not None and serving.offer.to is not None
    if conversation.queue.group not in command.actor.groups:
        raise NotFound()
    if serving.offer.to.id != command.actor.person.id:
        raise OutOfTurn(phase=conversation.phase)
    accept = AcceptOffer(command.actor, serving.offer.id, command.load, command.capacity)
    return accept_ring(conversation, accept, now, rules)


def claim_too_late(conversation: Conversation, command: Claim, now: int, rules: Rules) -> Events:
    only_who_knows_of_it(conversation, command.actor)
    assert conversation.serving.owner is not None
    raise OfferGone(why="taken", by=conversation.serving.owner.name)
