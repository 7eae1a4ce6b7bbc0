"""A conversation gets an owner."""

from chatserver.domain.changes.base import Moved
from chatserver.domain.conversation import Conversation, PastOffer, Phase, Priority
from chatserver.domain.events.assignment import Assigned
from chatserver.domain.hospital import Person


def given(before: Conversation, to: Person, group: str, fence: int, at: int) -> Moved:
    return {
        "phase": Phase.ACTIVE,
        "owner": to,
        "last_owner": to,
        "group": group,
        "fence": fence,
        "offer": None,
        "given_at": at,
        "silent": () if before.replied else before.silent,
        "replied": False,
        "reply_until": 0,
        "overdue": False,
        "inactive": False,
        "close_warned_at": None,
        "owner_left_at": None,
        "priority": Priority.NORMAL,
        "tried": (),
        "look_again_at": 0,
        "participants": tuple(each for each in before.participants if each.person.id != to.id),
    }


def assigned(before: Conversation, event: Assigned, at: int) -> Moved:
    changes = given(before, event.consultant, event.group, event.fence, at)
    if before.offer is not None:
        changes["past_offer"] = PastOffer(before.offer.id, "taken", event.consultant.name)
    return changes
