"""显示号码: staff who are to call see the phone number of a 留言, one at a time, recorded, and limited per hour.

The audit row is written in the same transaction, before the number is returned. The limit is counted from those rows,
so it holds across restarts and nodes.
"""

from collections.abc import Callable

from chatserver.domain.offline_messages import revealed
from chatserver.domain.refusals import NotFound, RateLimited
from chatserver.domain.rules import HOUR
from chatserver.hub.connections import StaffSession
from chatserver.hub.dispatch import Dispatch
from chatserver.hub.options import HubOptions
from chatserver.hub.unit_of_work import UnitOfWork
from chatserver.store import audit, offline_messages

ACTION = "offline.reveal"

SAME_LOOK_MS = 60_000
"""The same number shown again within this time is answered without another audit row."""


class Reveals:
    """`hashed` turns a network address into what may be stored of it."""

    def __init__(self, dispatch: Dispatch, options: HubOptions, hashed: Callable[[str], bytes]) -> None:
        self._dispatch = dispatch
        self._options = options
        self._hashed = hashed

    async def phone(self, session: StaffSession, id: str) -> str:
        """The phone number. Raises `NotFound`, `Forbidden`, `RateLimited`."""
        staff = session.staff
        address = self._hashed(session.address) if session.address else None
        act = audit.Act(staff.person.id, staff.role.value, ACTION, "offline_message", id, address)

        def work(unit: UnitOfWork) -> str:
            message = offline_messages.load(unit.conn, [id]).get(id)
            if message is None:
                raise NotFound()
            number = revealed(staff, message)
            # Locks the consultant's row, so that two windows of one person count each other's.
            unit.load_consultants([act.actor])
            done = audit.done_since(unit.conn, act.actor, ACTION, id, unit.now - HOUR)
            self._check(done, unit.now)
            # Repeated requests for one number count as one look, so that they do not fill the audit log.
            if done.last is None or done.last <= unit.now - SAME_LOOK_MS:
                audit.write(unit.tx, act)
            return number

        return await self._dispatch.transact(work)

    def _check(self, done: audit.Done, now: int) -> None:
        """Check the hourly limit. The same number again does not count as another one. Raises `RateLimited`."""
        if done.last is None and done.objects >= self._options.reveals_per_hour:
            raise RateLimited(retry_ms=max(1_000, (done.first or now) + HOUR - now))
