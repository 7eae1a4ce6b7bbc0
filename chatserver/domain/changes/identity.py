"""Who the visitor is, by the hospital's own website."""

from msgspec.structs import replace

from chatserver.domain.conversation import Conversation, Identity
from chatserver.domain.events.identity import Identified, IdentityDoubted


def identified(before: Conversation, event: Identified, at: int) -> tuple[Identity]:
    """A corrected name does not change since when the number is known."""
    return (Identity(event.visitor_name, event.visitor_number, before.identity.verified_at or at),)


def identity_doubted(before: Conversation, event: IdentityDoubted, at: int) -> tuple[Identity]:
    return (replace(before.identity, doubted_at=at),)
