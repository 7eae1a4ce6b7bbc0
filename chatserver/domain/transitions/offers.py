"""Offers: rings and transfers, from their beginning to their end."""

from typing import Literal

from chatserver.domain.actors import Staff
from chatserver.domain.audience import offered_to
from chatserver.domain.commands.offers import AcceptOffer, DeclineOffer, DropOffer, OfferTransfer, Ring, WithdrawOffer
from chatserver.domain.conversation import Conversation, Offer
from chatserver.domain.events.assignment import Assigned
from chatserver.domain.events.offers import (
    RingMissed,
    Rung,
    TransferDeclined,
    TransferEnded,
    TransferOffered,
    Transferred,
)
from chatserver.domain.hospital import Role
from chatserver.domain.refusals import Forbidden, HopsExhausted, NotFound, NotServing, OfferGone
from chatserver.domain.rules import Rules
from chatserver.domain.text import checked_note
from chatserver.domain.transitions.access import only_who_knows_of_it, owner_or_supervisor_with_fence
from chatserver.domain.transitions.base import Events
from chatserver.domain.transitions.taking import check_room, group_with, why_taken


def ring(conversation: Conversation, command: Ring, now: int, rules: Rules) -> Events:
    check_room(command.load, command.capacity)
    fence = conversation.serving.fence + 1
    return (Rung(command.offer, command.to, now + rules.ring_ms, command.why, fence),)


def offer_transfer(conversation: Conversation, command: OfferTransfer, now: int, rules: Rules) -> Events:
    serving = conversation.serving
    owner_or_supervisor_with_fence(conversation, command.actor, command.fence)
    assert serving.owner is not None
    assert (command.to is None) is not (command.group is None)
    if command.to is not None and command.to.id == serving.owner.id:
        raise NotServing(why="same")
    if serving.hops >= rules.hops and command.to_role is not Role.SUPERVISOR:
        raise HopsExhausted(hops=serving.hops)
    note = checked_note(command.note, rules)
    ends_at = now + rules.transfer_ms
    return (TransferOffered(command.offer, command.actor.person, command.to, command.group, note, ends_at),)


def accept_ring(conversation: Conversation, command: AcceptOffer, now: int, rules: Rules) -> Events:
    _open_offer(conversation, command.actor, command.offer, now)
    check_room(command.load, command.capacity + rules.above_capacity)
    why = why_taken(conversation, command.load, command.capacity, now)
    return (Assigned(command.actor.person, conversation.queue.group, "ring", why, conversation.serving.fence + 1),)


def accept_transfer(conversation: Conversation, command: AcceptOffer, now: int, rules: Rules) -> Events:
    serving = conversation.serving
    offer = _open_offer(conversation, command.actor, command.offer, now)
    if command.actor.person.id in offer.declined:
        raise OfferGone(why="declined", by=command.actor.person.name)
    check_room(command.load, command.capacity + rules.above_capacity)
    assert serving.owner is not None
    group = offer.group or group_with(conversation.queue.group, command.actor)
    return (
        Transferred(
            offer.id,
            command.actor.person,
            serving.owner,
            group,
            offer.note,
            serving.fence + 1,
        ),
    )


def decline_ring(conversation: Conversation, command: DeclineOffer, now: int, rules: Rules) -> Events:
    offer = _open_offer(conversation, command.actor, command.offer, now)
    return (RingMissed(offer.id, command.actor.person, "declined"),)


def decline_transfer(conversation: Conversation, command: DeclineOffer, now: int, rules: Rules) -> Events:
    offer = _open_offer(conversation, command.actor, command.offer, now)
    if command.actor.person.id in offer.declined:
        return ()
    reason = checked_note(command.reason, rules)
    return (TransferDeclined(offer.id, command.actor.person, reason),)


def withdraw(conversation: Conversation, command: WithdrawOffer, now: int, rules: Rules) -> Events:
    serving = conversation.serving
    _who_knows_of_the_offer(conversation, command.actor, command.offer)
    offer = serving.offer
    if offer is None or offer.id != command.offer:
        raise _gone(conversation, command.offer)
    is_offerer = offer.by is not None and offer.by.id == command.actor.person.id
    is_owner = serving.owner is not None and serving.owner.id == command.actor.person.id
    if not (is_offerer or is_owner):
        raise Forbidden(rule="owner_only")
    return (TransferEnded(offer.id, "withdrawn"),)


def drop_ring(conversation: Conversation, command: DropOffer, now: int, rules: Rules) -> Events:
    offer = conversation.serving.offer
    assert offer is not None and offer.to is not None
    return (RingMissed(offer.id, offer.to, "lost"),) if offer.to.id == command.consultant else ()


def drop_transfer(conversation: Conversation, command: DropOffer, now: int, rules: Rules) -> Events:
    offer = conversation.serving.offer
    assert offer is not None
    held_out = offer.to is not None and offer.to.id == command.consultant
    return (TransferEnded(offer.id, "lost"),) if held_out else ()


def no_offer(
    conversation: Conversation, command: AcceptOffer | DeclineOffer | WithdrawOffer, now: int, rules: Rules
) -> Events:
    _who_knows_of_the_offer(conversation, command.actor, command.offer)
    raise _gone(conversation, command.offer)


def end_offer(conversation: Conversation, reason: Literal["expired", "closed"]) -> Events:
    """The open offer ends, because it expired or because the conversation ends. No event when there is no offer."""
    offer = conversation.serving.offer
    if offer is None:
        return ()
    if offer.is_ring:
        assert offer.to is not None
        return (RingMissed(offer.id, offer.to, reason),)
    return (TransferEnded(offer.id, reason),)


def _open_offer(conversation: Conversation, staff: Staff, offer: str, now: int) -> Offer:
    """The open offer, if it has this id, is addressed to this person and has not expired. Raises a refusal that says
    what became of it otherwise."""
    _who_knows_of_the_offer(conversation, staff, offer)
    found, owner = conversation.serving.offer, conversation.serving.owner
    if found is None or found.id != offer:
        raise _gone(conversation, offer)
    # A supervisor may have offered it to the owner's own group; the owner cannot accept it.
    has_it = owner is not None and owner.id == staff.person.id
    if has_it or not offered_to(found, staff):
        raise NotFound()
    if now >= found.ends_at:
        raise OfferGone(why="expired", by="")
    return found


def _who_knows_of_the_offer(conversation: Conversation, staff: Staff, offer: str) -> None:
    """Raises `OfferGone` for somebody who names the id of the last offer that ended: they received that offer, even if
    the conversation has moved to another group since. Everybody else must know of the conversation."""
    if conversation.serving.past_offer is not None and conversation.serving.past_offer.id == offer:
        raise _gone(conversation, offer)
    only_who_knows_of_it(conversation, staff)


def _gone(conversation: Conversation, offer: str) -> OfferGone:
    past = conversation.serving.past_offer
    if past is None or past.id != offer:
        return OfferGone(why="over", by="")
    return OfferGone(why=past.why, by=past.by)
