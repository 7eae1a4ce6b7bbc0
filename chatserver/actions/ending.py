"""Ending a conversation, its outcome, and reopening it."""

from chatserver.domain.actors import Visitor
from chatserver.domain.commands.ending import Close, SetOutcome
from chatserver.domain.permissions import Permission
from chatserver.domain.refusals import BadFrame, Refused, Unavailable
from chatserver.hub.allowances import Spent
from chatserver.hub.connections import StaffSession, VisitorSession
from chatserver.hub.handlers import StaffAsk, StaffHandler, StaffHandlers, VisitorAsk, VisitorHandler, VisitorHandlers
from chatserver.hub.inbox import Done
from chatserver.hub.replies import answer_when, telling
from chatserver.hub.staff_desk import StaffDesk
from chatserver.hub.visitor_desk import VisitorDesk
from chatserver.wire.ending import ConversationClose, ConversationReopen, OutcomeSet


def close(desk: StaffDesk, session: StaffSession, frame: ConversationClose) -> StaffAsk:
    if frame.outcome is None:
        raise BadFrame(why="outcome")
    command = Close(session.staff, frame.fence, frame.outcome)
    return StaffAsk(frame.conversation, command)


def set_outcome(desk: StaffDesk, session: StaffSession, frame: OutcomeSet) -> StaffAsk:
    return StaffAsk(frame.conversation, SetOutcome(session.staff, frame.outcome))


async def reopen(desk: StaffDesk, session: StaffSession, frame: ConversationReopen) -> None:
    digest = desk.parts.digests.of(frame)
    reopened = desk.parts.router.reopen(session.staff, frame.conversation, frame.fence, frame.ref, digest)
    await answer_when(session, frame.ref, reopened)


def visitor_closes(desk: VisitorDesk, session: VisitorSession, frame: ConversationClose, spent: Spent) -> VisitorAsk:
    session.ending = frame.conversation
    tell = telling(session, frame.ref)

    def then(answer: Done | Refused) -> None:
        # After `Unavailable` it is unknown whether the conversation was ended, so `ending` stays set for a later
        # announcement. Before any other answer, the end was already announced if there was one.
        if not isinstance(answer, Unavailable):
            session.ending = None
        tell(answer)

    return VisitorAsk(frame.conversation, Close(Visitor(session.person)), then)


STAFF: StaffHandlers = {
    ConversationClose: StaffHandler(close, Permission.CLOSE),
    OutcomeSet: StaffHandler(set_outcome, Permission.CLOSE),
    ConversationReopen: StaffHandler(reopen, Permission.TAKE),
}
VISITOR: VisitorHandlers = {
    ConversationClose: VisitorHandler(visitor_closes, after_the_end=True),
}
