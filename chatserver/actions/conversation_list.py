"""Sending the console's lists whole, when a client asks for them."""

from chatserver.domain.permissions import Permission
from chatserver.hub.connections import StaffSession
from chatserver.hub.handlers import StaffHandler, StaffHandlers
from chatserver.hub.staff_desk import StaffDesk
from chatserver.wire.conversation_list import ListGet
from chatserver.wire.replies import Accepted


async def send(desk: StaffDesk, session: StaffSession, frame: ListGet) -> None:
    await desk.parts.lists.send(session, frame.list)
    session.push(Accepted(ref=frame.ref))


STAFF: StaffHandlers = {ListGet: StaffHandler(send, Permission.SEE_QUEUE, buckets=("staff: reads",))}
