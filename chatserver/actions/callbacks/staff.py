"""What the frames of staff about 回电 do: take one, reveal its number, and report what came of the call."""

from collections.abc import Sequence

from chatserver.actions.callbacks.live import Callbacks, lock_now
from chatserver.domain import callbacks as domain
from chatserver.domain.callbacks import Callback, Lock, after_an_attempt, promise, revealed
from chatserver.domain.permissions import Permission
from chatserver.domain.refusals import NotFound
from chatserver.hub.connections import StaffSession
from chatserver.hub.handlers import DeadlineHandlers, StaffHandler, StaffHandlers
from chatserver.hub.parts import Parts
from chatserver.hub.reveals import reveal as reveal_number
from chatserver.hub.staff_desk import StaffDesk
from chatserver.hub.unit_of_work import UnitOfWork
from chatserver.store import callbacks
from chatserver.wire.callbacks import CallbackReport, CallbackReveal, CallbackTake
from chatserver.wire.offline_messages import PhoneShown
from chatserver.wire.replies import Accepted


async def take(desk: StaffDesk, session: StaffSession, frame: CallbackTake) -> None:
    await desk.parts.live.of(Callbacks).change(
        frame.id, lambda callback, lock, now: domain.take(callback, session.staff)
    )
    session.push(Accepted(ref=frame.ref, id=frame.id))


async def report(desk: StaffDesk, session: StaffSession, frame: CallbackReport) -> None:
    rules = desk.records.rules

    def reported(callback: Callback, lock: Lock | None, now: int) -> Callback:
        hours = desk.parts.opening_hours.doors(callback.site, callback.department)
        within = desk.records.rulebook.of(callback.group).offline_due_ms
        next_call = promise(hours, now, after_an_attempt(callback), within)
        return domain.report(callback, session.staff, frame.result, frame.note, now, next_call, lock, rules)

    await desk.parts.live.of(Callbacks).change(frame.id, reported)
    session.push(Accepted(ref=frame.ref, id=frame.id))


async def reveal(desk: StaffDesk, session: StaffSession, frame: CallbackReveal) -> None:
    """Show the full phone number, and record that it was shown."""

    def number(unit: UnitOfWork) -> str:
        callback = callbacks.load(unit.conn, [frame.id]).get(frame.id)
        if callback is None:
            raise NotFound()
        return revealed(session.staff, callback, lock_now(unit.conn, callback))

    shown = await reveal_number(desk.parts, session, callbacks.SUBJECT, frame.id, number)
    session.push(PhoneShown(frame.ref, frame.id, shown))


async def _due(parts: Parts, ids: Sequence[str]) -> None:
    await parts.live.of(Callbacks).due(ids)


STAFF: StaffHandlers = {
    CallbackTake: StaffHandler(take, Permission.TAKE),
    CallbackReport: StaffHandler(report, Permission.TAKE),
    CallbackReveal: StaffHandler(reveal, Permission.TAKE),
}
DEADLINES: DeadlineHandlers = {callbacks.SUBJECT: _due}
