"""What this node knows of the others: who is with each of them, as far as it was told or could read.

Pure: told what was heard and what was read, it says whose presence that changes. Each node counts its changes; a
neighbour is `complete` at a version when nothing up to it was missed, and has to be read again when it is not.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from chatserver.bus.codec import Came, Moved

UNKNOWN = -1
"""The version of a neighbour of which something was missed."""


class Lease(NamedTuple):
    """What a node says of itself with every renewal."""

    version: int
    healthy: bool

    @classmethod
    def read(cls, spelled: str) -> "Lease":
        version, _, healthy = spelled.partition(":")
        return cls(int(version), healthy == "1")

    def __str__(self) -> str:
        return f"{self.version}:{int(self.healthy)}"


class _Peer:
    def __init__(self) -> None:
        self.complete = UNKNOWN
        self.heard = UNKNOWN
        self.healthy = False
        self.connections: dict[str, Came] = {}


class Peers:
    """All other nodes that were heard of and are not known to be gone."""

    def __init__(self) -> None:
        self._nodes: dict[str, _Peer] = {}
        self._people: dict[str, dict[tuple[str, str], int]] = {}

    def elsewhere(self, person: str) -> Sequence[int]:
        """Since when each of his connections has been there."""
        places = self._people.get(person)
        return list(places.values()) if places else ()

    @property
    def names(self) -> list[str]:
        return list(self._nodes)

    @property
    def healthy(self) -> int:
        return sum(node.healthy for node in self._nodes.values())

    def lacks(self, name: str, lease: Lease) -> bool:
        """Whether that node has more to say than is known here."""
        node = self._nodes.get(name)
        return node is None or node.complete < lease.version

    def is_complete(self, name: str) -> bool:
        """Whether nothing of it was missed, as far as can be told."""
        node = self._nodes.get(name)
        return node is not None and node.complete != UNKNOWN

    def said(self, name: str, lease: Lease | None) -> None:
        """Its lease, as it was just read; one that has run out says nothing good of its health."""
        node = self._nodes.get(name)
        if node is not None:
            node.healthy = lease is not None and lease.healthy

    def moved(self, name: str, moved: Moved) -> set[str]:
        """It told what changed there. Whose presence that is; if something was missed, it is not complete then."""
        node = self._nodes.setdefault(name, _Peer())
        if moved.version <= node.heard:
            return set()
        node.complete = moved.version if moved.version == node.complete + 1 and node.complete != UNKNOWN else UNKNOWN
        node.heard = moved.version
        changed = {self._put(name, node, came) for came in moved.came}
        changed |= {self._take(name, node, left) for left in moved.left if left in node.connections}
        return changed

    def rewritten(self, name: str, version: int) -> None:
        """It has written all of it anew, which is to be read."""
        node = self._nodes.setdefault(name, _Peer())
        if version > node.heard:
            node.heard, node.complete = version, UNKNOWN

    def was_read(self, name: str, lease: Lease, people: Iterable[Came] | None, *, sure: bool) -> set[str]:
        """Who is with it, as it was just read; None: it has not written it down. Whose presence that changes.

        Unless it is `sure` that whoever is there is found, nobody is believed to be gone, and it must be read again.
        """
        node = self._nodes.setdefault(name, _Peer())
        node.healthy = lease.healthy
        if lease.version < node.heard or lease.version == node.complete:
            return set()
        found = {came.connection: came for came in people or ()}
        changed = {
            self._put(name, node, came)
            for connection, came in found.items()
            if node.connections.get(connection) != came
        }
        if sure and people is not None:
            missing = [connection for connection in node.connections if connection not in found]
            changed |= {self._take(name, node, connection) for connection in missing}
            node.complete = node.heard = lease.version
        else:
            node.complete = UNKNOWN
        return changed

    def gone(self, name: str) -> set[str]:
        """The node is no more. Whose presence that changes."""
        node = self._nodes.pop(name, None)
        if node is None:
            return set()
        return {self._take(name, node, connection) for connection in list(node.connections)}

    def _put(self, name: str, node: _Peer, came: Came) -> str:
        if came.connection in node.connections:
            self._take(name, node, came.connection)
        node.connections[came.connection] = came
        self._people.setdefault(came.person, {})[name, came.connection] = came.since
        return came.person

    def _take(self, name: str, node: _Peer, connection: str) -> str:
        person = node.connections.pop(connection).person
        places = self._people[person]
        del places[name, connection]
        if not places:
            del self._people[person]
        return person
