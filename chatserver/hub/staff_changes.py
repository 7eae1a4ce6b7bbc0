"""What follows when something about a member of staff changes: presence, shift, availability, capacity."""

from collections.abc import Iterable, Sequence

from chatserver.domain.hospital import Consultant
from chatserver.hub.alarms import Alarms
from chatserver.hub.assignment import Router
from chatserver.hub.candidate_pools import CandidatePools
from chatserver.hub.colleague_list import ColleagueList
from chatserver.hub.presence import PresenceTracker
from chatserver.hub.sessions import Sessions
from chatserver.hub.staff_directory import StaffDirectory
from chatserver.hub.visitor_status import VisitorStatus


class StaffChanges:
    """Listens to the signals about staff."""

    def __init__(
        self,
        directory: StaffDirectory,
        sessions: Sessions,
        pools: CandidatePools,
        colleague_list: ColleagueList,
        alarms: Alarms,
        visitor_status: VisitorStatus,
        router: Router,
        presence: PresenceTracker,
    ) -> None:
        self._directory = directory
        self._sessions = sessions
        self._pools = pools
        self._colleague_list = colleague_list
        self._alarms = alarms
        self._visitor_status = visitor_status
        self._router = router
        self._presence = presence

    def committed(self, consultants: Sequence[Consultant], ours: bool) -> None:
        """The rows of these consultants were changed. The node that changed them looks for conversations that they
        could be assigned."""
        ids = [consultant.id for consultant in consultants]
        self._pools.people_changed(ids)
        self._colleague_list.changed(ids)
        for consultant in consultants:
            if ours:
                self._router.look_for(consultant.id)
            self._visitor_status.people_changed(consultant.groups)

    def came_or_went(self, id: str) -> None:
        """This consultant connected or disconnected: colleagues see it, and so do the visitors who wait."""
        self._pools.people_changed([id])
        self._colleague_list.changed([id])
        self._alarms.look()
        consultant = self._directory.get(id)
        if consultant is not None:
            self._visitor_status.people_changed(consultant.groups)

    def shifts_changed(self, people: Iterable[str]) -> None:
        """A shift of these people began, ended or was changed: they may be assigned something now."""
        for id in people:
            self.came_or_went(id)
            self._router.look_for(id)

    def presence_elsewhere(self, people: Sequence[str]) -> None:
        """These people connected to other nodes or left them. An empty list means that anybody may have."""
        for person in people or [*(each.id for each in self._directory), *self._sessions.people()]:
            self._sessions.opened_elsewhere(person)
            if self._directory.get(person) is not None:
                self.came_or_went(person)
        if people:
            self._presence.changed_elsewhere(people)
        else:
            self._presence.look_soon()
