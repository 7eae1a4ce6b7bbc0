"""How each event changes the conversation.

`apply` never refuses an event. Whether it may happen was decided before, in `transitions`.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from msgspec.structs import replace

from chatserver.domain.changes.alarms import alarm_acknowledged, emergency_dismissed, emergency_noticed, nobody_answered
from chatserver.domain.changes.assignment import assigned
from chatserver.domain.changes.base import PLACES, Group, groups_of
from chatserver.domain.changes.callbacks import callback_requested
from chatserver.domain.changes.colleagues import (
    colleague_asked,
    colleague_away,
    colleague_back,
    colleague_joined,
    colleague_left,
)
from chatserver.domain.changes.consent import consent_changed, guardian_asked, notice_agreed
from chatserver.domain.changes.deletions import deletion_noted
from chatserver.domain.changes.departments import department_chosen, department_set, group_changed
from chatserver.domain.changes.ending import closed, outcome_set, reopened
from chatserver.domain.changes.files import file_posted
from chatserver.domain.changes.identity import identified, identity_doubted
from chatserver.domain.changes.messages import message_posted, note_written
from chatserver.domain.changes.offers import (
    ring_missed,
    rung,
    transfer_declined,
    transfer_ended,
    transfer_offered,
    transferred,
)
from chatserver.domain.changes.offline_messages import complaint_left, emergency_left
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
from chatserver.domain.events.base import Event, SilentEvent
from chatserver.domain.events.callbacks import CallbackRequested
from chatserver.domain.events.colleagues import ColleagueAsked, ColleagueJoined, ColleagueLeft
from chatserver.domain.events.consent import ConsentChanged, GuardianAsked, NoticeAgreed
from chatserver.domain.events.deletions import DeletionRequested, DeletionSettled
from chatserver.domain.events.departments import DepartmentChosen, DepartmentSet, GroupChanged
from chatserver.domain.events.ending import Closed, OutcomeSet, Reopened
from chatserver.domain.events.files import FilePosted
from chatserver.domain.events.identity import Identified, IdentityDoubted
from chatserver.domain.events.kinds import snake
from chatserver.domain.events.messages import MessagePosted, NoteWritten
from chatserver.domain.events.offers import (
    RingMissed,
    Rung,
    TransferDeclined,
    TransferEnded,
    TransferOffered,
    Transferred,
)
from chatserver.domain.events.offline_messages import ComplaintLeft, EmergencyLeft
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

Happened = TypeVar("Happened", bound=Event)
Rows = dict[type[Event], Callable[[Conversation, Any, int], tuple[Group, ...]]]


def _row(event: type[Happened], change: Callable[[Conversation, Happened, int], tuple[Group, ...]]) -> Rows:
    """One event with its change. The type checker makes sure that the change takes this event."""
    return {event: change}


CHANGES: Rows = {
    **_row(MessagePosted, message_posted),
    **_row(NoteWritten, note_written),
    **_row(FilePosted, file_posted),
    **_row(Opened, opened),
    **_row(Assigned, assigned),
    **_row(Rung, rung),
    **_row(RingMissed, ring_missed),
    **_row(TransferOffered, transfer_offered),
    **_row(TransferDeclined, transfer_declined),
    **_row(TransferEnded, transfer_ended),
    **_row(Transferred, transferred),
    **_row(ReturnedToQueue, returned_to_queue),
    **_row(MovedForward, moved_forward),
    **_row(Overflowed, overflowed),
    **_row(GroupChanged, group_changed),
    **_row(DepartmentChosen, department_chosen),
    **_row(DepartmentSet, department_set),
    **_row(EmergencyNoticed, emergency_noticed),
    **_row(AlarmAcknowledged, alarm_acknowledged),
    **_row(NobodyAnswered, nobody_answered),
    **_row(EmergencyDismissed, emergency_dismissed),
    **_row(ColleagueAsked, colleague_asked),
    **_row(ColleagueJoined, colleague_joined),
    **_row(ColleagueLeft, colleague_left),
    **_row(ReplyOverdue, reply_overdue),
    **_row(WentInactive, went_inactive),
    **_row(IdleWarned, idle_warned),
    **_row(Closed, closed),
    **_row(Reopened, reopened),
    **_row(OutcomeSet, outcome_set),
    **_row(Rated, rating_given),
    **_row(ConsentChanged, consent_changed),
    **_row(NoticeAgreed, notice_agreed),
    **_row(CallbackRequested, callback_requested),
    **_row(Identified, identified),
    **_row(IdentityDoubted, identity_doubted),
    **_row(ComplaintLeft, complaint_left),
    **_row(EmergencyLeft, emergency_left),
    **_row(DeletionRequested, deletion_noted),
    **_row(DeletionSettled, deletion_noted),
    **_row(GuardianAsked, guardian_asked),
    **_row(OwnerLeft, owner_left),
    **_row(OwnerCameBack, owner_came_back),
    **_row(VisitorLeft, visitor_left),
    **_row(VisitorCameBack, visitor_came_back),
    **_row(ReplyExtended, reply_extended),
    **_row(EndHeld, end_held),
    **_row(ColleagueAway, colleague_away),
    **_row(ColleagueBack, colleague_back),
    **_row(EscalationDeferred, escalation_deferred),
}


TOUCHES = {event: groups_of(change) for event, change in CHANGES.items()}
"""All groups that each event may replace, as the return type of its change says."""


def entry_kinds() -> dict[str, type[Event]]:
    """Every event that is an entry, by its name on the wire and in the store (`transfer_offered` …)."""
    return {snake(kind.__name__): kind for kind in CHANGES if not issubclass(kind, SilentEvent)}


def apply(conversation: Conversation, event: Event, at: int) -> Conversation:
    """The conversation after `event`, which happened at `at` (ms)."""
    changed: dict[str, Any] = {PLACES[type(group)]: group for group in CHANGES[type(event)](conversation, event, at)}
    return replace(conversation, **changed)
