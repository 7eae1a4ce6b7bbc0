"""连接: whether people are connected, as the system observes it; `availability` is what they chose.

The ids of a person's connections are kept, and not a count, so that reporting the same one twice changes nothing.
"""

from collections.abc import Iterable


class Presence:
    """Which connections each person has. `came` and `left` say whether the person's presence changed."""

    def __init__(self) -> None:
        self._connections: dict[str, set[str]] = {}

    def came(self, person: str, connection: str) -> bool:
        """Adds a connection; True if the person had none before."""
        connections = self._connections.setdefault(person, set())
        first = not connections
        connections.add(connection)
        return first

    def left(self, person: str, connection: str) -> bool:
        """Removes a connection; True if it was the person's last one. An unknown connection changes nothing."""
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
