"""The end of a conversation, and what comes after it."""

from dataclasses import dataclass
from typing import Literal

from chatserver.domain.events.base import Event
from chatserver.domain.hospital import Person

ClosedBy = Literal["visitor", "consultant", "system"]

CloseReason = Literal["ended", "left", "idle", "abandoned", "message_left", "closed_hours", "waited_too_long"]


@dataclass(frozen=True, slots=True)
class Closed(Event):
    """It ended. `by`: visitor, consultant or system; `reason`: ended, left (a waiting visitor), idle, abandoned,
    message_left (a 留言 instead of waiting on), closed_hours (the opening hours ended), waited_too_long."""

    is_parting = True

    by: ClosedBy
    reason: CloseReason
    outcome: str | None


@dataclass(frozen=True, slots=True)
class Reopened(Event):
    """The visitor wrote again soon after the end and it waits in the queue; or a member of staff (`by`) reopened it,
    and it is assigned to them in the same transaction. The previous fence is no longer valid."""

    is_parting = True

    fence: int
    closes_at: int | None = None
    by: Person | None = None


@dataclass(frozen=True, slots=True)
class OutcomeSet(Event):
    """After the end, staff recorded the outcome, or corrected the earlier one (`previous`)."""

    outcome: str
    previous: str | None
    by: Person
