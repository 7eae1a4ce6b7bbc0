"""删除申请, as entries of a conversation."""

from typing import Literal

from chatserver.wire.fields import EventBase
from chatserver.wire.people import Person


class DeletionRequestedEvent(EventBase, tag="deletion_requested", frozen=True):
    """The visitor asked that this conversation be deleted."""


class DeletionSettledEvent(EventBase, tag="deletion_settled", frozen=True):
    """`by` recorded what became of that."""

    result: Literal["told", "kept", "withdrawn"]
    by: Person
