"""显示号码: staff reveal a phone number before they call, one number at a time. Each reveal is recorded, and the number
of reveals per hour is limited, over all kinds of subjects together.

The row of the audit log is committed before the number is returned. The limit is counted from those rows, so it holds
across restarts and nodes.
"""

from collections.abc import Callable

from chatserver.domain.refusals import RateLimited
from chatserver.domain.rules import HOUR
from chatserver.hub.connections import StaffSession
from chatserver.hub.parts import Parts
from chatserver.hub.unit_of_work import UnitOfWork
from chatserver.store import audit

ACTIONS = {"offline_message": "offline.reveal", "callback": "callback.reveal"}
"""The kinds of subjects that have a phone number, and the action in the audit log."""

SAME_LOOK_MS = 60_000
"""The same number shown again within this time is answered without another audit row."""


async def reveal(
    parts: Parts, session: StaffSession, kind: str, id: str, number_of: Callable[[UnitOfWork], str]
) -> str:
    """The phone number of this subject, which `number_of` reads. Raises what `number_of` raises, and `RateLimited`."""
    staff = session.staff
    address = parts.hashed(session.address) if session.address else None
    act = audit.Act(staff.role.value, ACTIONS[kind], kind, id, address)
    most = parts.services.options.reveals_per_hour

    def work(unit: UnitOfWork) -> str:
        number = number_of(unit)
        # Locks the consultant's row, so that two windows of one person cannot exceed the limit together.
        unit.load_consultants([staff.person.id])
        done = audit.done_since(unit.conn, staff.person.id, tuple(ACTIONS.values()), id, unit.now - HOUR)
        _check(done, unit.now, most)
        # Repeated requests for one number count as one look, so that they do not fill the audit log.
        if done.last is None or done.last <= unit.now - SAME_LOOK_MS:
            unit.audit(act)
        return number

    return await parts.dispatch.transact(work, staff.person.id)


def _check(done: audit.Done, now: int, most: int) -> None:
    """Check the hourly limit. Revealing the same number again does not count. Raises `RateLimited`."""
    if done.last is None and done.objects >= most:
        raise RateLimited(retry_ms=max(1_000, (done.first or now) + HOUR - now))
