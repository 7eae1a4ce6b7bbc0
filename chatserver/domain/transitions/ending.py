"""The end of a conversation and what is possible after it: reopening, and the outcome."""

from chatserver.domain.actors import Staff, Visitor
from chatserver.domain.audience import OWN_CLOSED_MS
from chatserver.domain.commands.ending import Close, Reopen, SetOutcome
from chatserver.domain.conversation import OWNED, Conversation
from chatserver.domain.events.assignment import Assigned, Why
from chatserver.domain.events.ending import Closed, CloseReason, OutcomeSet, Reopened
from chatserver.domain.hospital import Role
from chatserver.domain.refusals import ConversationClosed, FenceStale, Forbidden, OutOfTurn
from chatserver.domain.rules import Rules
from chatserver.domain.transitions.access import only_its_visitor, only_who_knows_of_it, owner_or_supervisor_with_fence
from chatserver.domain.transitions.base import Events
from chatserver.domain.transitions.offers import end_offer
from chatserver.domain.transitions.taking import check_room, group_with


def close(conversation: Conversation, command: Close, now: int, rules: Rules) -> Events:
    if isinstance(command.actor, Visitor):
        only_its_visitor(conversation, command.actor)
        if command.message_left and conversation.phase in OWNED:
            raise OutOfTurn(phase=conversation.phase)
        reason: CloseReason = "ended" if conversation.phase in OWNED else "left"
        reason = "message_left" if command.message_left else reason
        end = Closed("visitor", reason, None)
    else:
        owner_or_supervisor_with_fence(conversation, command.actor, command.fence)
        end = Closed("consultant", "ended", command.outcome)
    return (*end_offer(conversation, "closed"), end)


def reopen(conversation: Conversation, command: Reopen, now: int, rules: Rules) -> Events:
    serving = conversation.serving
    _last_owner_or_supervisor(conversation, command.actor)
    if command.fence != serving.fence:
        raise FenceStale(fence=serving.fence)
    if conversation.ended_by_visitor:
        raise Forbidden(rule="ended_by_visitor")
    assert conversation.ending.at is not None
    if now - conversation.ending.at > rules.reopen_ms:
        raise ConversationClosed()
    check_room(command.load, command.capacity + rules.above_capacity)
    person = command.actor.person
    group = group_with(conversation.queue.group, command.actor)
    why = Why(command.load, command.capacity)
    return (
        Reopened(serving.fence + 1, conversation.queue.closes_at, person),
        Assigned(person, group, "claim", why, serving.fence + 2),
    )


def set_outcome(conversation: Conversation, command: SetOutcome, now: int, rules: Rules) -> Events:
    ending = conversation.ending
    _last_owner_or_supervisor(conversation, command.actor)
    assert ending.at is not None
    if now - ending.at > OWN_CLOSED_MS:
        raise OutOfTurn(phase=conversation.phase)
    if command.outcome == ending.outcome:
        return ()
    return (OutcomeSet(command.outcome, ending.outcome, command.actor.person),)


def _last_owner_or_supervisor(conversation: Conversation, staff: Staff) -> None:
    """Checks who may act on a conversation that has ended."""
    only_who_knows_of_it(conversation, staff)
    had_it = conversation.serving.last_owner is not None and conversation.serving.last_owner.id == staff.person.id
    if not had_it and (staff.role is not Role.SUPERVISOR or conversation.queue.group not in staff.groups):
        raise Forbidden(rule="owner_or_supervisor")
