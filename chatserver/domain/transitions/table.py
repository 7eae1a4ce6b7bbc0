"""The conversation's state machine, as one table. Every cell says which events and phases may follow; many cells only
refuse.

`decide` says what happens when a command meets a conversation, or raises `Refused`. It changes nothing.
"""

from collections.abc import Mapping
from typing import Any, TypeVar

from chatserver.domain.commands.alarms import AcknowledgeAlarm, DismissEmergency
from chatserver.domain.commands.assignment import Assign, AssignManually, AssignUrgently, Claim
from chatserver.domain.commands.base import Command
from chatserver.domain.commands.callbacks import RequestCallback
from chatserver.domain.commands.colleagues import AskColleague, Join, Leave
from chatserver.domain.commands.consent import SetConsent
from chatserver.domain.commands.deletions import NoteDeletion
from chatserver.domain.commands.departments import ChangeGroup, ChooseDepartment, SetDepartment
from chatserver.domain.commands.ending import Close, Reopen, SetOutcome
from chatserver.domain.commands.files import PostFile
from chatserver.domain.commands.identity import Identify
from chatserver.domain.commands.messages import PostMessage, WriteNote
from chatserver.domain.commands.offers import AcceptOffer, DeclineOffer, DropOffer, OfferTransfer, Ring, WithdrawOffer
from chatserver.domain.commands.offline_messages import NoteComplaint, NoteEmergency
from chatserver.domain.commands.presence import (
    CloseAccount,
    ColleaguePresenceChanged,
    OwnerPresenceChanged,
    VisitorPresenceChanged,
)
from chatserver.domain.commands.queue import MoveForward, Release
from chatserver.domain.commands.ratings import Rate
from chatserver.domain.commands.time import DeadlineReached
from chatserver.domain.conversation import OPEN, OWNED, QUEUED, Conversation, Phase
from chatserver.domain.events.alarms import AlarmAcknowledged, EmergencyDismissed, EmergencyNoticed
from chatserver.domain.events.assignment import Assigned
from chatserver.domain.events.base import Event
from chatserver.domain.events.callbacks import CallbackRequested
from chatserver.domain.events.colleagues import ColleagueAsked, ColleagueJoined, ColleagueLeft
from chatserver.domain.events.consent import ConsentChanged, GuardianAsked, NoticeAgreed
from chatserver.domain.events.deletions import DeletionRequested, DeletionSettled
from chatserver.domain.events.departments import DepartmentChosen, DepartmentSet, GroupChanged
from chatserver.domain.events.ending import Closed, OutcomeSet, Reopened
from chatserver.domain.events.files import FilePosted
from chatserver.domain.events.identity import Identified, IdentityDoubted
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
from chatserver.domain.events.queue import MovedForward, ReturnedToQueue
from chatserver.domain.events.ratings import Rated
from chatserver.domain.refusals import ConversationClosed, OfferGone, OutOfTurn
from chatserver.domain.rules import Rules
from chatserver.domain.transitions.alarms import acknowledge_alarm, dismiss_emergency
from chatserver.domain.transitions.assignment import (
    assign,
    assign_manually,
    assign_too_late,
    assign_urgently,
    claim,
    claim_too_late,
    claim_while_ringing,
)
from chatserver.domain.transitions.base import EVERY, A, C, Cell, Events, R, T, W
from chatserver.domain.transitions.callbacks import request_callback
from chatserver.domain.transitions.colleagues import ask_colleague, join, leave
from chatserver.domain.transitions.consent import set_consent
from chatserver.domain.transitions.deletions import note_deletion
from chatserver.domain.transitions.departments import change_group, choose_department, set_department
from chatserver.domain.transitions.ending import close, reopen, set_outcome
from chatserver.domain.transitions.files import file_after_the_end, post_file
from chatserver.domain.transitions.identity import identify
from chatserver.domain.transitions.messages import say, say_after_the_end, write_note
from chatserver.domain.transitions.offers import (
    accept_ring,
    accept_transfer,
    decline_ring,
    decline_transfer,
    drop_ring,
    drop_transfer,
    no_offer,
    offer_transfer,
    ring,
    withdraw,
)
from chatserver.domain.transitions.offline_messages import note_complaint, note_emergency
from chatserver.domain.transitions.presence import (
    close_account,
    colleague_presence,
    owner_presence,
    visitor_presence,
)
from chatserver.domain.transitions.queue import move_forward, release
from chatserver.domain.transitions.ratings import rate
from chatserver.domain.transitions.refused import closed_already, nothing, out_of_turn
from chatserver.domain.transitions.time import UP_IN_QUEUE, UP_WITH_OWNER, reach_deadlines

NOTHING = Cell(nothing)
REFUSED = {OPEN: Cell(out_of_turn, refuses=OutOfTurn), C: Cell(closed_already, refuses=ConversationClosed)}
NO_OFFER = Cell(no_offer, refuses=OfferGone)

Known = TypeVar("Known", bound=Command)
Row = dict[tuple[Phase, type[Command]], Cell[Any]]


def _row(command: type[Known], cells: Mapping[frozenset[Phase], Cell[Known]]) -> Row:
    """One cell for each phase. In a phase without a cell of its own the command is refused; if a phase has two cells,
    the last one counts."""
    given: dict[frozenset[Phase], Cell[Known]] = {**REFUSED, **cells}
    return {(phase, command): cell for phases, cell in given.items() for phase in Phase if phase in phases}


WITH_A_MESSAGE = (NoticeAgreed, ConsentChanged, EmergencyNoticed, GuardianAsked)

TRANSITIONS: Row = {
    **_row(
        PostMessage,
        {
            OPEN: Cell(say, (*WITH_A_MESSAGE, MessagePosted)),
            C: Cell(say_after_the_end, (Reopened, *WITH_A_MESSAGE, MessagePosted), W),
        },
    ),
    **_row(WriteNote, {EVERY: Cell(write_note, (NoteWritten,))}),
    **_row(PostFile, {OPEN: Cell(post_file, (FilePosted,)), C: Cell(file_after_the_end, (Reopened, FilePosted), W)}),
    **_row(Assign, {W: Cell(assign, (Assigned,), A)}),
    **_row(AssignUrgently, {QUEUED: Cell(assign_urgently, (Assigned,), A)}),
    **_row(Ring, {W: Cell(ring, (Rung,), R)}),
    **_row(
        AssignManually,
        {QUEUED: Cell(assign_manually, (Assigned,), A), OWNED: Cell(assign_too_late, refuses=OfferGone)},
    ),
    **_row(MoveForward, {QUEUED: Cell(move_forward, (MovedForward,))}),
    **_row(
        Release,
        {A: Cell(release, (ReturnedToQueue,), W), T: Cell(release, (TransferEnded, ReturnedToQueue), W)},
    ),
    **_row(AskColleague, {OWNED: Cell(ask_colleague, (ColleagueAsked,))}),
    **_row(Join, {OWNED: Cell(join, (ColleagueJoined,))}),
    **_row(Leave, {QUEUED: Cell(leave), OWNED: Cell(leave, (ColleagueLeft,))}),
    **_row(DismissEmergency, {EVERY: Cell(dismiss_emergency, (EmergencyDismissed,))}),
    **_row(SetDepartment, {OPEN: Cell(set_department, (DepartmentSet,))}),
    **_row(SetConsent, {EVERY: Cell(set_consent, (ConsentChanged,))}),
    **_row(NoteComplaint, {EVERY: Cell(note_complaint, (ComplaintLeft,))}),
    **_row(NoteEmergency, {EVERY: Cell(note_emergency, (EmergencyLeft,))}),
    **_row(NoteDeletion, {EVERY: Cell(note_deletion, (DeletionRequested, DeletionSettled))}),
    **_row(RequestCallback, {OPEN: Cell(request_callback, (CallbackRequested,))}),
    **_row(Identify, {OPEN: Cell(identify, (Identified, IdentityDoubted))}),
    **_row(
        ChooseDepartment,
        {
            OPEN: Cell(choose_department, (DepartmentChosen,)),
            R: Cell(choose_department, (RingMissed, DepartmentChosen), W),
        },
    ),
    **_row(
        ChangeGroup,
        {
            EVERY: NOTHING,
            W: Cell(change_group, (GroupChanged,)),
            R: Cell(change_group, (RingMissed, GroupChanged), W),
        },
    ),
    **_row(
        CloseAccount,
        {
            EVERY: NOTHING,
            R: Cell(close_account, (RingMissed,), W),
            A: Cell(close_account, (ReturnedToQueue, ColleagueLeft), W),
            T: Cell(close_account, (TransferEnded, ReturnedToQueue, ColleagueLeft), A | W),
        },
    ),
    **_row(AcknowledgeAlarm, {OPEN: Cell(acknowledge_alarm, (AlarmAcknowledged,))}),
    **_row(
        Claim,
        {
            W: Cell(claim, (Assigned,), A),
            R: Cell(claim_while_ringing, (Assigned,), A),
            OWNED: Cell(claim_too_late, refuses=OfferGone),
        },
    ),
    **_row(
        AcceptOffer,
        {EVERY: NO_OFFER, R: Cell(accept_ring, (Assigned,), A), T: Cell(accept_transfer, (Transferred,), A)},
    ),
    **_row(
        DeclineOffer,
        {
            EVERY: NO_OFFER,
            R: Cell(decline_ring, (RingMissed,), W),
            T: Cell(decline_transfer, (TransferDeclined,), A | T),
        },
    ),
    **_row(
        WithdrawOffer,
        {EVERY: NO_OFFER, R: REFUSED[OPEN], T: Cell(withdraw, (TransferEnded,), A)},
    ),
    **_row(
        DropOffer,
        {EVERY: NOTHING, R: Cell(drop_ring, (RingMissed,), W), T: Cell(drop_transfer, (TransferEnded,), A)},
    ),
    **_row(OfferTransfer, {A: Cell(offer_transfer, (TransferOffered,), T)}),
    **_row(
        Close,
        {
            OPEN: Cell(close, (Closed,), C),
            R: Cell(close, (RingMissed, Closed), C),
            T: Cell(close, (TransferEnded, Closed), C),
        },
    ),
    **_row(Reopen, {C: Cell(reopen, (Reopened, Assigned), A)}),
    **_row(SetOutcome, {C: Cell(set_outcome, (OutcomeSet,))}),
    **_row(Rate, {C: Cell(rate, (Rated,))}),
    **_row(
        DeadlineReached,
        {
            W: Cell(reach_deadlines, UP_IN_QUEUE, C),
            R: Cell(reach_deadlines, (RingMissed, *UP_IN_QUEUE), W | C),
            A: Cell(reach_deadlines, UP_WITH_OWNER, W | C),
            T: Cell(reach_deadlines, (TransferEnded, *UP_WITH_OWNER), A | W | C),
            C: NOTHING,
        },
    ),
    **_row(OwnerPresenceChanged, {EVERY: NOTHING, OWNED: Cell(owner_presence, (OwnerLeft, OwnerCameBack))}),
    **_row(
        ColleaguePresenceChanged,
        {EVERY: NOTHING, OWNED: Cell(colleague_presence, (ColleagueAway, ColleagueBack))},
    ),
    **_row(VisitorPresenceChanged, {OPEN: Cell(visitor_presence, (VisitorLeft, VisitorCameBack)), C: NOTHING}),
}


LEADS_TO: dict[type[Event], Phase] = {
    Rung: Phase.RINGING,
    RingMissed: Phase.WAITING,
    Assigned: Phase.ACTIVE,
    TransferOffered: Phase.TRANSFERRING,
    TransferDeclined: Phase.ACTIVE,
    TransferEnded: Phase.ACTIVE,
    Transferred: Phase.ACTIVE,
    ReturnedToQueue: Phase.WAITING,
    Closed: Phase.CLOSED,
    Reopened: Phase.WAITING,
}
"""The phase to which an event leads; all other events leave the phase as it is."""


def decide(conversation: Conversation, command: Command, now: int, rules: Rules) -> Events:
    """The events that happen when `command` comes at `now` (ms); in a few cases there are none. Raises `Refused`."""
    return TRANSITIONS[conversation.phase, type(command)].run(conversation, command, now, rules)
