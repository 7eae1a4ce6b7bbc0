"""The roster as this node knows it: who is on shift, has checked in (签到), and gets new conversations.

Read from the database every second: the roster seldom changes, but a shift begins without any event.
"""

import asyncio
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection

from chatserver.domain.hours import DAY, moment
from chatserver.domain.rules import HOUR, Rules
from chatserver.domain.shifts import Duties, Shift
from chatserver.hub.services import Services
from chatserver.hub.signal import Signal
from chatserver.store import shifts
from chatserver.wire.shifts import ShiftShown

BACK_MS = 36 * HOUR
"""How far back the roster is read. No series of shifts without a pause is longer."""

AHEAD_MS = 48 * HOUR
"""How far ahead the roster is read. Shifts that begin later are not shown, and nobody can check in for them yet."""

CheckIns = dict[str, tuple[int, ...]]


class Shifts:
    """`changed` is sent with the people whose shift or availability for new conversations has changed."""

    def __init__(self, services: Services, changed: Signal[Iterable[str]]) -> None:
        self._database = services.database
        self._rules = services.records.rules
        self._now = services.now
        self._zone = services.options.zone
        self._changed = changed
        self._looking = asyncio.Lock()
        self._read: tuple[list[Shift], CheckIns] = ([], {})
        self._duties: dict[str, Duties] = {}
        self._stood: dict[str, tuple[bool, ShiftShown | None]] = {}

    def of(self, consultant: str) -> Duties:
        """The consultant's shifts around this moment."""
        return self._duties.get(consultant) or Duties((), (), self._rules)

    def receiving(self, consultant: str) -> bool:
        """Whether the roster lets the consultant get new conversations now. It does if they have no shift at the
        moment."""
        duties = self._duties.get(consultant)
        return duties is None or duties.receiving(self._now())

    def shown(self, consultant: str) -> ShiftShown | None:
        """The shift that is under way, or the next one today."""
        duties = self._duties.get(consultant)
        on = None if duties is None else duties.shown(self._now(), self._day_ends_at())
        if on is None:
            return None
        return ShiftShown(
            name=on.shift.name,
            starts_at=on.shift.starts_at,
            ends_at=on.shift.ends_at,
            check_in_from=on.check_in_from,
            receives_from=on.receives_from,
            checked_in_at=on.checked_in_at,
        )

    async def look(self) -> None:
        """Read the roster again, and send `changed` with everybody for whom something has changed."""
        # One read at a time, so that the latest one is kept.
        async with self._looking:
            await self._look(self._now())

    async def _look(self, now: int) -> None:

        def read(conn: Connection) -> tuple[list[Shift], CheckIns]:
            roster = shifts.between(conn, now - BACK_MS, now + AHEAD_MS)
            return roster, shifts.check_ins_since(conn, now - BACK_MS)

        found = await self._database.read(read)
        if found != self._read:
            self._read = found
            self._duties = _duties(*found, self._rules)
        stood = {id: (self.receiving(id), self.shown(id)) for id in self._duties}
        before, self._stood = self._stood, stood
        different = [id for id in before.keys() | stood.keys() if before.get(id) != stood.get(id)]
        if different:
            self._changed(different)

    def _day_ends_at(self) -> int:
        today = datetime.fromtimestamp(self._now() / 1000, self._zone).date()
        return moment(today, DAY, self._zone)


def _duties(roster: list[Shift], check_ins: CheckIns, rules: Rules) -> dict[str, Duties]:
    by_person: dict[str, list[Shift]] = {}
    for shift in roster:
        by_person.setdefault(shift.consultant, []).append(shift)
    return {id: Duties(each, check_ins.get(id, ()), rules) for id, each in by_person.items()}
