"""The people of the hospital as this node knows them: their rows, who is connected, and their loads."""

from collections.abc import Iterator

from chatserver.bus.contract import Bus
from chatserver.domain.actors import Staff
from chatserver.domain.hospital import Consultant
from chatserver.domain.presence import Presence
from chatserver.domain.routing import Candidate
from chatserver.hub.open_conversations import OpenConversations
from chatserver.hub.shifts import Shifts


class StaffDirectory:
    """Rows are replaced after each commit that changed one, here or at another node. Presence comes from the sockets of
    this node, and from the bus for those of the others."""

    def __init__(self, open_conversations: OpenConversations, bus: Bus, shifts: Shifts) -> None:
        self._open_conversations = open_conversations
        self._bus = bus
        self.shifts = shifts
        self._consultants: dict[str, Consultant] = {}
        self.presence = Presence()

    def load(self, consultants: dict[str, Consultant]) -> None:
        """Take in everybody, as just read. A later state that is already known is kept."""
        self._consultants = {id: self._later(each) for id, each in consultants.items()}

    def put(self, consultant: Consultant) -> bool:
        """Take in the consultant as they are now; returns whether that was new."""
        known = self._consultants.get(consultant.id)
        if known is not None and known.version >= consultant.version:
            return False
        self._consultants[consultant.id] = consultant
        return True

    def here(self, consultant: str) -> bool:
        """Whether the consultant has a console open, at any node."""
        return self.presence.here(consultant) or bool(self._bus.elsewhere(consultant))

    def _later(self, read: Consultant) -> Consultant:
        known = self._consultants.get(read.id)
        return known if known is not None and known.version > read.version else read

    def get(self, id: str) -> Consultant | None:
        return self._consultants.get(id)

    def __iter__(self) -> Iterator[Consultant]:
        return iter(self._consultants.values())

    def staff(self, id: str) -> Staff:
        """The consultant as the actor of a command."""
        consultant = self._consultants[id]
        return Staff(consultant.person, consultant.role, consultant.groups)

    def candidate(self, consultant: Consultant) -> Candidate:
        """The consultant as the router and the transfer picker see them."""
        id = consultant.id
        return Candidate(
            consultant,
            self._open_conversations.load(id),
            self.here(id),
            self.shifts.receiving(id),
            rung=self._open_conversations.is_rung(id),
        )

    def candidates(self, group: str) -> list[Candidate]:
        """Everybody in a group."""
        return [self.candidate(each) for each in self._consultants.values() if group in each.groups]
