"""Checking in for a shift."""

from chatserver.domain import availability
from chatserver.domain.hospital import Availability
from chatserver.domain.permissions import Permission
from chatserver.hub.connections import StaffSession
from chatserver.hub.handlers import StaffHandler, StaffHandlers
from chatserver.hub.staff_desk import StaffDesk
from chatserver.hub.unit_of_work import UnitOfWork
from chatserver.store import consultants, shifts
from chatserver.wire.replies import Accepted
from chatserver.wire.shifts import ShiftCheckIn


async def check_in(desk: StaffDesk, session: StaffSession, frame: ShiftCheckIn) -> None:
    own_shifts = desk.parts.shifts
    await own_shifts.look()
    shift = own_shifts.of(session.person).to_check_in(desk.now())

    def work(unit: UnitOfWork) -> None:
        before = unit.consultant(session.person)
        if before.availability is not Availability.ONLINE:
            after = availability.chose(before, Availability.ONLINE, unit.now)
            unit.put_consultant(after)
            consultants.note_availability(unit.tx, after)
        if shift.checked_in_at is None:
            shifts.check_in(unit.tx, session.person)

    await desk.parts.dispatch.transact(work)
    await own_shifts.look()
    session.push(Accepted(ref=frame.ref, repeat=shift.checked_in_at is not None))


STAFF: StaffHandlers = {
    ShiftCheckIn: StaffHandler(check_in, Permission.SET_AVAILABILITY),
}
