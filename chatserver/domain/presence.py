"""连接: a person is a set of connections, never a count. What the system sees, not what he chose."""

from collections.abc import Iterable


class Presence:
    """Which connections each person has. `came` and `left` say when that makes a difference to others."""

    def __init__(self) -> None:
        self._connections: dict[str, set[str]] = {}

    def came(self, person: str, connection: str) -> bool:
        """Whether he was gone before."""
        connections = self._connections.setdefault(person, set())
        first = not connections
        connections.add(connection)
        return first

    def left(self, person: str, connection: str) -> bool:
        """Whether he is gone now. A connection that was never known, or left before, changes nothing."""
        connections = self._connections.get(person)
        if connections is None or connection not in connections:
            return False
        connections.remove(connection)
        if connections:
            return False
        del self._connections[person]
        return True

    def here(self, person: str) -> bool:
        return person in self._connections

    def everybody(self) -> Iterable[str]:
        return self._connections.keys()
