"""The conversation's state machine: one table, every cell a transition or a typed refusal.

`decide` says what happens when a command meets a conversation, or raises `Refused`. It changes nothing.
"""

from chatserver.domain.commands.alarms import AcknowledgeAlarm, DismissEmergency
from chatserver.domain.commands.assignment import Assign, AssignManually, AssignUrgently, Claim
from chatserver.domain.commands.base import Command
from chatserver.domain.commands.colleagues import AskColleague, Join, Leave
from chatserver.domain.commands.departments import ChangeGroup, SetDepartment
from chatserver.domain.commands.ending import Close, Reopen, SetOutcome
from chatserver.domain.commands.messages import PostMessage, WriteNote
from chatserver.domain.commands.offers import AcceptOffer, DeclineOffer, DropOffer, OfferTransfer, Ring, WithdrawOffer
from chatserver.domain.commands.presence import (
    CloseAccount,
    ColleaguePresenceChanged,
    OwnerPresenceChanged,
    VisitorPresenceChanged,
)
from chatserver.domain.commands.queue import MoveForward, Release
from chatserver.domain.commands.ratings import Rate
from chatserver.domain.commands.time import DeadlineReached
from chatserver.domain.conversation import Conversation, Phase
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
from chatserver.domain.transitions.base import Cell, Events
from chatserver.domain.transitions.colleagues import ask_colleague, join, leave
from chatserver.domain.transitions.departments import change_group, set_department
from chatserver.domain.transitions.ending import close, reopen, set_outcome
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
from chatserver.domain.transitions.presence import (
    close_account,
    colleague_presence,
    owner_presence,
    visitor_presence,
)
from chatserver.domain.transitions.queue import move_forward, release
from chatserver.domain.transitions.ratings import rate
from chatserver.domain.transitions.refused import closed_already, nothing, out_of_turn
from chatserver.domain.transitions.time import reach_deadlines

W, R, A, T, C = Phase.WAITING, Phase.RINGING, Phase.ACTIVE, Phase.TRANSFERRING, Phase.CLOSED

_ROWS: dict[type[Command], dict[Phase, Cell]] = {
    PostMessage: {W: say, R: say, A: say, T: say, C: say_after_the_end},
    WriteNote: {W: write_note, R: write_note, A: write_note, T: write_note, C: write_note},
    Assign: {W: assign, R: out_of_turn, A: out_of_turn, T: out_of_turn, C: closed_already},
    AssignUrgently: {W: assign_urgently, R: assign_urgently, A: out_of_turn, T: out_of_turn, C: closed_already},
    Ring: {W: ring, R: out_of_turn, A: out_of_turn, T: out_of_turn, C: closed_already},
    AssignManually: {W: assign_manually, R: assign_manually, A: assign_too_late, T: assign_too_late, C: closed_already},
    MoveForward: {W: move_forward, R: move_forward, A: out_of_turn, T: out_of_turn, C: closed_already},
    Release: {W: out_of_turn, R: out_of_turn, A: release, T: release, C: closed_already},
    AskColleague: {W: out_of_turn, R: out_of_turn, A: ask_colleague, T: ask_colleague, C: closed_already},
    Join: {W: out_of_turn, R: out_of_turn, A: join, T: join, C: closed_already},
    Leave: {W: leave, R: leave, A: leave, T: leave, C: closed_already},
    DismissEmergency: dict.fromkeys(Phase, dismiss_emergency),
    SetDepartment: {W: set_department, R: set_department, A: set_department, T: set_department, C: closed_already},
    ChangeGroup: {W: change_group, R: change_group, A: nothing, T: nothing, C: nothing},
    CloseAccount: {**dict.fromkeys((W, R, A, T), close_account), C: nothing},
    AcknowledgeAlarm: {
        W: acknowledge_alarm,
        R: acknowledge_alarm,
        A: acknowledge_alarm,
        T: acknowledge_alarm,
        C: closed_already,
    },
    Claim: {W: claim, R: claim_while_ringing, A: claim_too_late, T: claim_too_late, C: closed_already},
    AcceptOffer: {W: no_offer, R: accept_ring, A: no_offer, T: accept_transfer, C: no_offer},
    DeclineOffer: {W: no_offer, R: decline_ring, A: no_offer, T: decline_transfer, C: no_offer},
    WithdrawOffer: {W: no_offer, R: out_of_turn, A: no_offer, T: withdraw, C: no_offer},
    DropOffer: {W: nothing, R: drop_ring, A: nothing, T: drop_transfer, C: nothing},
    OfferTransfer: {W: out_of_turn, R: out_of_turn, A: offer_transfer, T: out_of_turn, C: closed_already},
    Close: {W: close, R: close, A: close, T: close, C: closed_already},
    Reopen: {W: out_of_turn, R: out_of_turn, A: out_of_turn, T: out_of_turn, C: reopen},
    SetOutcome: {W: out_of_turn, R: out_of_turn, A: out_of_turn, T: out_of_turn, C: set_outcome},
    Rate: {W: out_of_turn, R: out_of_turn, A: out_of_turn, T: out_of_turn, C: rate},
    DeadlineReached: {W: reach_deadlines, R: reach_deadlines, A: reach_deadlines, T: reach_deadlines, C: nothing},
    OwnerPresenceChanged: {W: nothing, R: nothing, A: owner_presence, T: owner_presence, C: nothing},
    ColleaguePresenceChanged: {
        W: nothing,
        R: nothing,
        A: colleague_presence,
        T: colleague_presence,
        C: nothing,
    },
    VisitorPresenceChanged: {
        W: visitor_presence,
        R: visitor_presence,
        A: visitor_presence,
        T: visitor_presence,
        C: nothing,
    },
}

TRANSITIONS: dict[tuple[Phase, type[Command]], Cell] = {
    (phase, command): cell for command, row in _ROWS.items() for phase, cell in row.items()
}


def decide(conversation: Conversation, command: Command, now: int, rules: Rules) -> Events:
    """What happens when `command` comes at `now` (ms); nothing, in a few cases. Raises `Refused`."""
    return TRANSITIONS[conversation.phase, type(command)](conversation, command, now, rules)
