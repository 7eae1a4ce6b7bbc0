"""How each event changes the conversation.

`apply` never refuses: what happened, happened. Whether it may happen is decided in `transitions`.
"""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from chatserver.domain.changes.alarms import alarm_acknowledged, emergency_dismissed, emergency_noticed, nobody_answered
from chatserver.domain.changes.assignment import assigned
from chatserver.domain.changes.base import Changes
from chatserver.domain.changes.colleagues import (
    colleague_asked,
    colleague_away,
    colleague_back,
    colleague_joined,
    colleague_left,
)
from chatserver.domain.changes.departments import department_set, group_changed
from chatserver.domain.changes.ending import closed, outcome_set, reopened
from chatserver.domain.changes.messages import message_posted, note_written
from chatserver.domain.changes.offers import (
    ring_missed,
    rung,
    transfer_declined,
    transfer_ended,
    transfer_offered,
    transferred,
)
from chatserver.domain.changes.presence import owner_came_back, owner_left, visitor_came_back, visitor_left
from chatserver.domain.changes.queue import moved_forward, opened, overflowed, returned_to_queue
from chatserver.domain.changes.ratings import rating_given
from chatserver.domain.changes.time import (
    end_held,
    escalation_deferred,
    idle_warned,
    reply_extended,
    reply_overdue,
    went_inactive,
)
from chatserver.domain.conversation import Conversation
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
from chatserver.domain.events.presence import (
    ColleagueAway,
    ColleagueBack,
    OwnerCameBack,
    OwnerLeft,
    VisitorCameBack,
    VisitorLeft,
)
from chatserver.domain.events.queue import MovedForward, Opened, Overflowed, ReturnedToQueue
from chatserver.domain.events.ratings import Rated
from chatserver.domain.events.time import (
    EndHeld,
    EscalationDeferred,
    IdleWarned,
    ReplyExtended,
    ReplyOverdue,
    WentInactive,
)

CHANGES: dict[type[Event], Callable[[Conversation, Any, int], Changes]] = {
    MessagePosted: message_posted,
    NoteWritten: note_written,
    Opened: opened,
    Assigned: assigned,
    Rung: rung,
    RingMissed: ring_missed,
    TransferOffered: transfer_offered,
    TransferDeclined: transfer_declined,
    TransferEnded: transfer_ended,
    Transferred: transferred,
    ReturnedToQueue: returned_to_queue,
    ReplyOverdue: reply_overdue,
    WentInactive: went_inactive,
    IdleWarned: idle_warned,
    Closed: closed,
    Reopened: reopened,
    OutcomeSet: outcome_set,
    Rated: rating_given,
    OwnerLeft: owner_left,
    OwnerCameBack: owner_came_back,
    VisitorLeft: visitor_left,
    VisitorCameBack: visitor_came_back,
    ReplyExtended: reply_extended,
    EndHeld: end_held,
    MovedForward: moved_forward,
    Overflowed: overflowed,
    EmergencyNoticed: emergency_noticed,
    EmergencyDismissed: emergency_dismissed,
    AlarmAcknowledged: alarm_acknowledged,
    NobodyAnswered: nobody_answered,
    ColleagueAsked: colleague_asked,
    ColleagueJoined: colleague_joined,
    ColleagueLeft: colleague_left,
    ColleagueAway: colleague_away,
    ColleagueBack: colleague_back,
    GroupChanged: group_changed,
    DepartmentSet: department_set,
    EscalationDeferred: escalation_deferred,
}


def apply(conversation: Conversation, event: Event, at: int) -> Conversation:
    """The conversation after `event`, which happened at `at` (ms)."""
    change = CHANGES[type(event)]
    return replace(conversation, **change(conversation, event, at))
