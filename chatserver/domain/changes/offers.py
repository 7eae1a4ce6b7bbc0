"""Offers: rings and transfers."""

import dataclasses

from chatserver.domain.changes.assignment import given
from chatserver.domain.changes.base import Moved, Serving, Unanswered
from chatserver.domain.conversation import Conversation, Offer, PastOffer, Phase
from chatserver.domain.events.offers import (
    RingMissed,
    Rung,
    TransferDeclined,
    TransferEnded,
    TransferOffered,
    Transferred,
)


def rung(before: Conversation, event: Rung, at: int) -> Serving:
    offer = Offer(event.offer, event.consultant, None, None, "", event.ends_at)
    return {"phase": Phase.RINGING, "offer": offer, "fence": event.fence}


def ring_missed(before: Conversation, event: RingMissed, at: int) -> Unanswered:
    return {
        "phase": Phase.WAITING,
        "offer": None,
        "past_offer": PastOffer(event.offer, event.reason, event.consultant.name),
        "tried": (*before.tried, event.consultant.id),
        # A lost connection is not a refusal: the consultant may be asked again as soon as they are back.
        "tried_at": before.tried_at if event.reason == "lost" else at,
    }


def transfer_offered(before: Conversation, event: TransferOffered, at: int) -> Serving:
    offer = Offer(event.offer, event.consultant, event.group, event.by, event.note, event.ends_at)
    return {"phase": Phase.TRANSFERRING, "offer": offer}


def transfer_declined(before: Conversation, event: TransferDeclined, at: int) -> Serving:
    assert before.offer is not None
    if before.offer.group is not None:
        return {"offer": dataclasses.replace(before.offer, declined=(*before.offer.declined, event.consultant.id))}
    past = PastOffer(event.offer, "declined", event.consultant.name)
    return {"phase": Phase.ACTIVE, "offer": None, "past_offer": past}


def transfer_ended(before: Conversation, event: TransferEnded, at: int) -> Serving:
    return {"phase": Phase.ACTIVE, "offer": None, "past_offer": PastOffer(event.offer, event.reason, "")}


def transferred(before: Conversation, event: Transferred, at: int) -> Moved:
    past = PastOffer(event.offer, "taken", event.consultant.name)
    return given(before, event.consultant, event.group, event.fence, at) | {
        "hops": before.hops + 1,
        "past_offer": past,
    }
