"""The events that are entries of the transcript, by their names on the wire and in the store."""

from functools import cache

from chatserver.domain.events.alarms import AlarmAcknowledged, EmergencyDismissed, EmergencyNoticed, NobodyAnswered
from chatserver.domain.events.assignment import Assigned
from chatserver.domain.events.base import Event
from chatserver.domain.events.colleagues import ColleagueAsked, ColleagueJoined, ColleagueLeft
from chatserver.domain.events.departments import DepartmentSet, GroupChanged
from chatserver.domain.events.ending import Closed, OutcomeSet, Reopened
from chatserver.domain.events.messages import MessagePosted, NoteWritten
from chatserver.domain.events.offers import (
    RingMissed,
    Rung,
    TransferDeclined,
    TransferEnded,
    TransferOffered,
    Transferred,
)
from chatserver.domain.events.queue import MovedForward, Opened, Overflowed, ReturnedToQueue
from chatserver.domain.events.ratings import Rated
from chatserver.domain.events.time import IdleWarned, ReplyOverdue, WentInactive

_ENTRIES: tuple[type[Event], ...] = (
    MessagePosted,
    NoteWritten,
    Opened,
    Assigned,
    Rung,
    RingMissed,
    TransferOffered,
    TransferDeclined,
    TransferEnded,
    Transferred,
    ReturnedToQueue,
    MovedForward,
    Overflowed,
    GroupChanged,
    DepartmentSet,
    EmergencyNoticed,
    AlarmAcknowledged,
    NobodyAnswered,
    EmergencyDismissed,
    ColleagueAsked,
    ColleagueJoined,
    ColleagueLeft,
    ReplyOverdue,
    WentInactive,
    IdleWarned,
    Closed,
    Reopened,
    OutcomeSet,
    Rated,
)


def entry_kinds() -> dict[str, type[Event]]:
    """Every event that is an entry, by its name on the wire and in the store (`transfer_offered` …)."""
    return {snake(kind.__name__): kind for kind in _ENTRIES}


@cache
def snake(name: str) -> str:
    """`TransferOffered` → `transfer_offered`."""
    return "".join("_" + letter.lower() if letter.isupper() else letter for letter in name).lstrip("_")
