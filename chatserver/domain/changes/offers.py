"""Offers: rings and transfers."""

import dataclasses

from msgspec.structs import replace

from chatserver.domain.changes.assignment import Given, given
from chatserver.domain.conversation import Conversation, Offer, PastOffer, Phase, Queueing, Serving
from chatserver.domain.events.offers import (
    RingMissed,
    Rung,
    TransferDeclined,
    TransferEnded,
    TransferOffered,
    Transferred,
)


def rung(before: Conversation, event: Rung, at: int) -> tuple[Phase, Serving]:
    offer = Offer(event.offer, event.consultant, None, None, "", event.ends_at)
    return Phase.RINGING, replace(before.serving, offer=offer, fence=event.fence)


def ring_missed(before: Conversation, event: RingMissed, at: int) -> tuple[Phase, Serving, Queueing]:
    past = PastOffer(event.offer, event.reason, event.consultant.name)
    # A lost connection is not a refusal: the consultant may be asked again as soon as they are back.
    tried_at = before.queue.tried_at if event.reason == "lost" else at
    return (
        Phase.WAITING,
        replace(before.serving, offer=None, past_offer=past),
        replace(before.queue, tried=(*before.queue.tried, event.consultant.id), tried_at=tried_at),
    )


def transfer_offered(before: Conversation, event: TransferOffered, at: int) -> tuple[Phase, Serving]:
    offer = Offer(event.offer, event.consultant, event.group, event.by, event.note, event.ends_at)
    return Phase.TRANSFERRING, replace(before.serving, offer=offer)


def transfer_declined(before: Conversation, event: TransferDeclined, at: int) -> tuple[Phase, Serving]:
    offer = before.serving.offer
    assert offer is not None
    if offer.group is not None:
        declined = dataclasses.replace(offer, declined=(*offer.declined, event.consultant.id))
        return before.phase, replace(before.serving, offer=declined)
    past = PastOffer(event.offer, "declined", event.consultant.name)
    return Phase.ACTIVE, replace(before.serving, offer=None, past_offer=past)


def transfer_ended(before: Conversation, event: TransferEnded, at: int) -> tuple[Phase, Serving]:
    past = PastOffer(event.offer, event.reason, "")
    return Phase.ACTIVE, replace(before.serving, offer=None, past_offer=past)


def transferred(before: Conversation, event: Transferred, at: int) -> Given:
    past = PastOffer(event.offer, "taken", event.consultant.name)
    serving = replace(before.serving, hops=before.serving.hops + 1, past_offer=past)
    return given(before, serving, event.consultant, event.group, event.fence, at)
