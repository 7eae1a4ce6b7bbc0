"""A conversation gets an owner."""

from msgspec.structs import replace

from chatserver.domain.conversation import (
    Company,
    Connections,
    Conversation,
    PastOffer,
    Phase,
    Priority,
    Queueing,
    Serving,
    Talk,
)
from chatserver.domain.events.assignment import Assigned
from chatserver.domain.hospital import Person

Given = tuple[Phase, Talk, Connections, Company, Serving, Queueing]
"""What changes with the owner."""


def given(before: Conversation, serving: Serving, to: Person, group: str, fence: int, at: int) -> Given:
    """The change that is common to all events that give the conversation an owner. `serving`: its `Serving` before the
    event, but with the result of the offer."""
    silent = () if before.talk.replied else before.serving.silent
    others = tuple(each for each in before.company.participants if each.person.id != to.id)
    return (
        Phase.ACTIVE,
        replace(before.talk, replied=False, overdue=False, inactive=False, close_warned_at=None),
        replace(before.connections, owner_left_at=None, reply_until=0),
        Company(others),
        replace(serving, owner=to, last_owner=to, fence=fence, given_at=at, offer=None, silent=silent),
        replace(before.queue, group=group, priority=Priority.NORMAL, tried=(), look_again_at=0),
    )


def assigned(before: Conversation, event: Assigned, at: int) -> Given:
    serving = before.serving
    if serving.offer is not None:
        serving = replace(serving, past_offer=PastOffer(serving.offer.id, "taken", event.consultant.name))
    return given(before, serving, event.consultant, event.group, event.fence, at)
