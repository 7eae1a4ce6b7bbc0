"""Who serves a conversation: claimed from the queue, or assigned by a supervisor."""

from chatserver.domain.permissions import Permission
from chatserver.hub.connections import StaffSession
from chatserver.hub.handlers import StaffHandler, StaffHandlers
from chatserver.hub.replies import answer_when
from chatserver.hub.staff_desk import StaffDesk
from chatserver.wire.assignment import ConversationAssign, ConversationClaim


async def claim(desk: StaffDesk, session: StaffSession, frame: ConversationClaim) -> None:
    digest = desk.parts.digests.of(frame)
    claimed = desk.parts.router.claim(session.staff, frame.conversation, frame.ref, digest)
    await answer_when(session, frame.ref, claimed)


async def assign(desk: StaffDesk, session: StaffSession, frame: ConversationAssign) -> None:
    to = desk.colleague(frame.consultant)
    digest = desk.parts.digests.of(frame)
    assigned = desk.parts.router.assign(
        session.staff, frame.conversation, frame.fence, to, frame.ref, digest, above=frame.above
    )
    await answer_when(session, frame.ref, assigned)


STAFF: StaffHandlers = {
    ConversationClaim: StaffHandler(claim, Permission.TAKE),
    ConversationAssign: StaffHandler(assign, Permission.DIRECT),
}
