"""What happened in a conversation, as an entry of its transcript: one struct per event, told apart by `name`."""

from typing import Any

from chatserver.wire.alarms import (
    AlarmAcknowledgedEvent,
    EmergencyDismissedEvent,
    EmergencyNoticedEvent,
    NobodyAnsweredEvent,
)
from chatserver.wire.assignment import AssignedEvent
from chatserver.wire.callbacks import CallbackRequestedEvent
from chatserver.wire.colleagues import ColleagueAskedEvent, ColleagueJoinedEvent, ColleagueLeftEvent
from chatserver.wire.consent import ConsentChangedEvent
from chatserver.wire.deletions import DeletionRequestedEvent, DeletionSettledEvent
from chatserver.wire.departments import DepartmentChosenEvent, DepartmentSetEvent, GroupChangedEvent
from chatserver.wire.ending import ClosedEvent, OutcomeSetEvent, ReopenedEvent
from chatserver.wire.identity import IdentifiedEvent, IdentityDoubtedEvent
from chatserver.wire.offers import (
    RingMissedEvent,
    RungEvent,
    TransferDeclinedEvent,
    TransferEndedEvent,
    TransferOfferedEvent,
    TransferredEvent,
)
from chatserver.wire.offline_messages import ComplaintLeftEvent, EmergencyLeftEvent
from chatserver.wire.queue import MovedForwardEvent, OpenedEvent, OverflowedEvent, ReturnedToQueueEvent
from chatserver.wire.ratings import RatedEvent
from chatserver.wire.time import IdleWarnedEvent, ReplyOverdueEvent, WentInactiveEvent

Event = (
    OpenedEvent
    | AssignedEvent
    | RungEvent
    | RingMissedEvent
    | TransferOfferedEvent
    | TransferDeclinedEvent
    | TransferEndedEvent
    | TransferredEvent
    | ReturnedToQueueEvent
    | ReplyOverdueEvent
    | WentInactiveEvent
    | IdleWarnedEvent
    | ClosedEvent
    | ReopenedEvent
    | OutcomeSetEvent
    | RatedEvent
    | MovedForwardEvent
    | OverflowedEvent
    | GroupChangedEvent
    | DepartmentChosenEvent
    | DepartmentSetEvent
    | EmergencyNoticedEvent
    | EmergencyDismissedEvent
    | AlarmAcknowledgedEvent
    | NobodyAnsweredEvent
    | ColleagueAskedEvent
    | ColleagueJoinedEvent
    | ColleagueLeftEvent
    | ConsentChangedEvent
    | CallbackRequestedEvent
    | IdentifiedEvent
    | IdentityDoubtedEvent
    | ComplaintLeftEvent
    | EmergencyLeftEvent
    | DeletionRequestedEvent
    | DeletionSettledEvent
)

EVENTS: dict[str, Any] = {str(kind.__struct_config__.tag): kind for kind in Event.__args__}
"""Name → struct."""
