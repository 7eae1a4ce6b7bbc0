"""Whether departments are open now. The visitors of a site are notified as soon as that changes.

The hours are computed by `domain.hours`; nothing is kept in the database, so every node finds the same result by
itself.
"""

from typing import NamedTuple

from msgspec.structs import replace

from chatserver.domain.commands.messages import Service
from chatserver.domain.conversation import Conversation
from chatserver.domain.hospital import UNSURE, Hospital
from chatserver.domain.hours import HORIZON_MS, CombinedHours, Stand
from chatserver.domain.rules import HOUR
from chatserver.hub.connections import VisitorSession
from chatserver.hub.services import Services
from chatserver.hub.serving import Serving
from chatserver.hub.sessions import Sessions
from chatserver.wire.opening_hours import DepartmentHours, Hours


class _Looked(NamedTuple):
    """Whether it is open, as computed at the time `at`; valid until `until` (ms)."""

    stand: Stand
    at: int
    until: int


class OpeningHours:
    """The opening hours of all departments, for the visitors whose sockets are at this node."""

    def __init__(self, services: Services, sessions: Sessions, serving: Serving) -> None:
        self._records = services.records
        self._sessions = sessions
        self._now = services.now
        self._steady = services.clock.steady
        self._options = services.options
        self._serving = serving
        self._told_at: dict[str, float] = {}
        self._looked: dict[tuple[str, str], _Looked] = {}
        self._looked_at: Hospital | None = None
        self._told: dict[str, tuple[DepartmentHours, ...]] = {}

    def service(self, site: str, department: str, now: int) -> Service:
        """Whether this department is open at that moment, and until when."""
        stand = self._stand(site, department, now)
        if stand.open:
            return Service(True, closes_at=stand.changes_at)
        return Service(False, opens_at=stand.changes_at)

    def has_room(self, site: str, department: str) -> bool:
        """Whether this department is open, and one of those who serve it has a free place. A department that the site
        does not offer counts as the one for visitors who are unsure."""
        offered = self._records.hospital.sites[site].departments
        known = department if department in offered else UNSURE
        if known not in offered or not self._stand(site, known, self._now()).open:
            return False
        return self._serving.of(self._group(site, known)) == "free"

    def is_open(self, conversation: Conversation) -> bool:
        """Whether the conversation's department is open at this moment."""
        return self.service(conversation.site, conversation.subject.department, self._now()).open

    def due_at(self, site: str, department: str, now: int) -> int | None:
        """When a 留言 that is left at `now` is due; None when the department does not open within the next weeks."""
        doors = self.doors(site, department)
        return doors.due_at(now, self._records.rulebook.of(self._group(site, department)).offline_due_ms)

    def hours_of(self, site: str) -> tuple[DepartmentHours, ...]:
        """The hours of all departments of a site, as its visitors are sent them."""
        now = self._now()
        return tuple(self._department(site, each, now) for each in self._records.hospital.sites[site].departments)

    async def look(self) -> None:
        """Notify the visitors of every site whose hours have changed since they were sent."""
        here: dict[str, list[VisitorSession]] = {}
        for session in self._sessions.visitors():
            here.setdefault(session.site, []).append(session)
        for site, sessions in here.items():
            if site not in self._records.hospital.sites:
                continue
            hours = self.hours_of(site)
            before = self._told.get(site)
            if before is not None and self._may_wait(site, before, hours):
                continue
            self._told[site] = hours
            if hours != before:
                self._told_at[site] = self._steady()
                # Send them the first time too, because a visitor may have been welcomed just before a change.
                for session in sessions:
                    if session.welcomed:
                        session.push(Hours(hours))
        self._told = {site: told for site, told in self._told.items() if site in here}

    def _may_wait(self, site: str, before: tuple[DepartmentHours, ...], hours: tuple[DepartmentHours, ...]) -> bool:
        """Whether this change need not be sent at once: only who is free or busy differs, and the site's visitors were
        notified a moment ago."""
        if self._steady() >= self._told_at.get(site, 0.0) + self._options.service_rest:
            return False
        return [replace(each, service=None) for each in before] == [replace(each, service=None) for each in hours]

    def _department(self, site: str, department: str, now: int) -> DepartmentHours:
        stand = self._stand(site, department, now)
        rules = self._records.rulebook.of(self._group(site, department))
        ends_in = None if not stand.open or stand.changes_at is None else stand.changes_at - now
        # While it is open, the client says that the answer comes "soon": the exact time is not sent, because it would
        # change every moment. If that time is after closing time, the time after the next opening is sent.
        answer_by = None
        if not stand.open and stand.changes_at is not None:
            answer_by = stand.changes_at + rules.offline_due_ms
        elif ends_in is not None and ends_in < rules.offline_due_ms:
            answer_by = self.due_at(site, department, now)
        return DepartmentHours(
            department=department,
            open=stand.open,
            closing=ends_in is not None and ends_in <= rules.closing_soon_ms,
            changes_at=stand.changes_at,
            answer_by=answer_by,
            service=self._serving.of(self._group(site, department)) if stand.open else "closed",
        )

    def _stand(self, site: str, department: str, now: int) -> Stand:
        hospital = self._records.hospital
        if hospital is not self._looked_at:
            self._looked.clear()
            self._looked_at = hospital
        key = (site, self._group(site, department))
        looked = self._looked.get(key)
        if looked is None or not looked.at <= now < looked.until:
            stand = self.doors(site, department).stand(now)
            # Look again after an hour even if nothing changes within the next weeks, because the horizon moves on.
            until = now + HOUR if stand.changes_at is None else min(stand.changes_at, now + HORIZON_MS)
            looked = self._looked[key] = _Looked(stand, now, until)
        return looked.stand

    def doors(self, site: str, department: str) -> CombinedHours:
        """The opening hours of this department."""
        hospital = self._records.hospital
        own = hospital.groups[self._group(site, department)].hours
        hours = (hospital.sites[site].hours,)
        return CombinedHours(hours if own is None else (*hours, own), self._options.zone, self._options.calendar)

    def _group(self, site: str, department: str) -> str:
        return self._records.hospital.group_of(site, department)
