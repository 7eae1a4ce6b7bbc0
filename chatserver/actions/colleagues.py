"""Colleagues who help beside the owner."""

from chatserver.domain.commands.colleagues import AskColleague, Join, Leave
from chatserver.domain.permissions import Permission
from chatserver.hub.connections import StaffSession
from chatserver.hub.handlers import StaffAsk, StaffHandler, StaffHandlers
from chatserver.hub.staff_desk import StaffDesk
from chatserver.wire.colleagues import ColleagueAsk, ColleagueJoin, ColleagueLeave


def ask(desk: StaffDesk, session: StaffSession, frame: ColleagueAsk) -> StaffAsk:
    command = AskColleague(session.staff, desk.colleague(frame.consultant).person, frame.asked_for, frame.note)
    return StaffAsk(frame.conversation, command)


def join(desk: StaffDesk, session: StaffSession, frame: ColleagueJoin) -> StaffAsk:
    return StaffAsk(frame.conversation, Join(session.staff))


def leave(desk: StaffDesk, session: StaffSession, frame: ColleagueLeave) -> StaffAsk:
    return StaffAsk(frame.conversation, Leave(session.staff, frame.consultant))


STAFF: StaffHandlers = {
    ColleagueAsk: StaffHandler(ask, Permission.ASK_COLLEAGUE),
    ColleagueJoin: StaffHandler(join, Permission.JOIN),
    ColleagueLeave: StaffHandler(leave, Permission.JOIN),
}
