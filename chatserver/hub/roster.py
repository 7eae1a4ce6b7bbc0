"""The people of the hospital as this node knows them: their rows, who is connected, and how loaded they are."""

from collections.abc import Iterator

from chatserver.domain.commands import Staff
from chatserver.domain.hospital import Consultant
from chatserver.domain.presence import Presence
from chatserver.domain.routing import Candidate
from chatserver.hub.board import Board


class Roster:
    """Rows are replaced after each commit that changed one; presence comes from the sockets."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._consultants: dict[str, Consultant] = {}
        self.presence = Presence()

    def load(self, consultants: dict[str, Consultant]) -> None:
        self._consultants = dict(consultants)

    def put(self, consultant: Consultant) -> None:
        self._consultants[consultant.id] = consultant

    def get(self, id: str) -> Consultant | None:
        return self._consultants.get(id)

    def __iter__(self) -> Iterator[Consultant]:
        return iter(self._consultants.values())

    def staff(self, id: str) -> Staff:
        """Him as the actor of a command."""
        consultant = self._consultants[id]
        return Staff(consultant.person, consultant.role, consultant.groups)

    def candidate(self, consultant: Consultant) -> Candidate:
        """As the router and the transfer picker see him."""
        return Candidate(consultant, self._board.load(consultant.id), self.presence.here(consultant.id))

    def candidates(self, group: str) -> list[Candidate]:
        """Everybody of a group."""
        return [self.candidate(each) for each in self._consultants.values() if group in each.groups]
