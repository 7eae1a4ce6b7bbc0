"""The department that a conversation is about."""

from chatserver.domain.actors import Visitor
from chatserver.domain.commands.departments import ChooseDepartment, SetDepartment
from chatserver.domain.permissions import Permission
from chatserver.domain.refusals import NotFound
from chatserver.hub.allowances import Spent
from chatserver.hub.connections import StaffSession, VisitorSession
from chatserver.hub.handlers import StaffAsk, StaffHandler, StaffHandlers, VisitorAsk, VisitorHandler, VisitorHandlers
from chatserver.hub.replies import telling
from chatserver.hub.staff_desk import StaffDesk
from chatserver.hub.visitor_desk import VisitorDesk
from chatserver.wire.departments import ConversationDepartment, DepartmentSet


def set_department(desk: StaffDesk, session: StaffSession, frame: DepartmentSet) -> StaffAsk:
    """Set a department that the conversation's site offers. The domain checks that the conversation exists."""
    known = desk.parts.open_conversations.get(frame.conversation)
    if known is not None and frame.department not in desk.records.hospital.sites[known.site].departments:
        raise NotFound(what="department")
    command = SetDepartment(session.staff, frame.department)
    return StaffAsk(frame.conversation, command)


def choose_department(
    desk: VisitorDesk, session: VisitorSession, frame: ConversationDepartment, spent: Spent
) -> VisitorAsk:
    """Confirm a department that the site offers. If nobody serves it at this hour, the conversation stays where
    it is."""
    hospital, now = desk.records.hospital, desk.now()
    if frame.department not in hospital.sites[session.site].departments:
        raise NotFound(what="department")
    service = desk.parts.opening_hours.service(session.site, frame.department, now)
    group = hospital.group_of(session.site, frame.department) if service.open else None
    command = ChooseDepartment(Visitor(session.person), frame.department, group, service.closes_at)
    return VisitorAsk(frame.conversation, command, telling(session, frame.ref))


STAFF: StaffHandlers = {
    DepartmentSet: StaffHandler(set_department, Permission.REPLY),
}
VISITOR: VisitorHandlers = {
    ConversationDepartment: VisitorHandler(choose_department, buckets=("acts",)),
}
