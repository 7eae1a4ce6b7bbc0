"""A consultant's availability: 在线, 忙碌, 离开."""

from chatserver.domain import availability
from chatserver.domain.hospital import Availability
from chatserver.domain.permissions import Permission
from chatserver.domain.text import optional_line
from chatserver.hub.connections import StaffSession
from chatserver.hub.handlers import StaffHandler, StaffHandlers
from chatserver.hub.staff_desk import StaffDesk
from chatserver.hub.unit_of_work import UnitOfWork
from chatserver.store import consultants, shifts
from chatserver.wire.availability import AvailabilitySet
from chatserver.wire.replies import Accepted


async def set_availability(desk: StaffDesk, session: StaffSession, frame: AvailabilitySet) -> None:
    own_shifts = desk.parts.shifts
    reason = optional_line(frame.reason, 100)

    def work(unit: UnitOfWork) -> None:
        before = unit.consultant(session.person)
        after = availability.chose(before, Availability(frame.availability), unit.now, reason)
        unit.put_consultant(after)
        consultants.note_availability(unit.tx, after)
        if checks_in:
            shifts.check_in(unit.tx, session.person)

    # 在线 also checks in for the shift. Read the roster again first: the shift may have been added a moment ago.
    await own_shifts.look()
    is_online = frame.availability == Availability.ONLINE.value
    checks_in = is_online and own_shifts.of(session.person).may_check_in(desk.now())
    await desk.parts.dispatch.transact(work)
    if checks_in:
        await own_shifts.look()
    session.push(Accepted(ref=frame.ref))


STAFF: StaffHandlers = {
    AvailabilitySet: StaffHandler(set_availability, Permission.SET_AVAILABILITY),
}
