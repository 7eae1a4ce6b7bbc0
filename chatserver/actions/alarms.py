"""Acknowledging alarms, and dismissing emergencies that were false alarms."""

from chatserver.domain.commands.alarms import AcknowledgeAlarm, DismissEmergency
from chatserver.domain.permissions import Permission
from chatserver.domain.refusals import NotFound
from chatserver.hub.connections import StaffSession
from chatserver.hub.handlers import StaffAsk, StaffHandler, StaffHandlers
from chatserver.hub.staff_desk import StaffDesk
from chatserver.wire.alarms import AlarmAcknowledge, EmergencyDismiss
from chatserver.wire.replies import Accepted


async def acknowledge(desk: StaffDesk, session: StaffSession, frame: AlarmAcknowledge) -> StaffAsk | None:
    """Acknowledge an alarm. If it is already over, the frame is accepted too, because nobody has to do anything
    more."""
    alarms, staff = desk.parts.alarms, session.staff
    alarm = alarms.of(session, frame.id)
    if alarm is None:
        if not alarms.had(session, frame.id):
            raise NotFound()
    else:
        source = alarms.source_of(alarm)
        if source is None:
            return StaffAsk(frame.id, AcknowledgeAlarm(staff.person, alarm.kind))
        await source.acknowledge(frame.id, staff)
    session.push(Accepted(ref=frame.ref, id=frame.id))
    return None


def dismiss(desk: StaffDesk, session: StaffSession, frame: EmergencyDismiss) -> StaffAsk:
    return StaffAsk(frame.conversation, DismissEmergency(session.staff))


STAFF: StaffHandlers = {
    AlarmAcknowledge: StaffHandler(acknowledge, Permission.SEE_QUEUE),
    EmergencyDismiss: StaffHandler(dismiss, Permission.DIRECT),
}
