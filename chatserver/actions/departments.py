"""The department that a conversation is about."""

from chatserver.domain.commands.departments import SetDepartment
from chatserver.domain.permissions import Permission
from chatserver.domain.refusals import NotFound
from chatserver.hub.connections import StaffSession
from chatserver.hub.handlers import StaffAsk, StaffHandler, StaffHandlers
from chatserver.hub.staff_desk import StaffDesk
from chatserver.wire.departments import DepartmentSet


def set_department(desk: StaffDesk, session: StaffSession, frame: DepartmentSet) -> StaffAsk:
    """Set a department that the conversation's site offers. The domain checks that the conversation exists."""
    known = desk.parts.open_conversations.get(frame.conversation)
    if known is not None and frame.department not in desk.records.hospital.sites[known.site].departments:
        raise NotFound(what="department")
    command = SetDepartment(session.staff, frame.department)
    return StaffAsk(frame.conversation, command)


STAFF: StaffHandlers = {
    DepartmentSet: StaffHandler(set_department, Permission.REPLY),
}
