"""What this node knows of the other nodes: which connections each of them has.

Pure: the caller passes in the messages that were received and the lists that were read, and gets back whose presence
changed. Each node numbers its changes. A peer is `complete` at a version when no change up to it was missed; otherwise
its list has to be read again.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from chatserver.bus.codec import Came, Moved

UNKNOWN = -1
"""The version of a peer some of whose changes were missed."""


class Lease(NamedTuple):
    """What a node publishes about itself with every renewal."""

    version: int
    healthy: bool

    @classmethod
    def parse(cls, text: str) -> "Lease":
        version, _, healthy = text.partition(":")
        return cls(int(version), healthy == "1")

    def __str__(self) -> str:
        return f"{self.version}:{int(self.healthy)}"


class _Peer:
    def __init__(self) -> None:
        self.complete = UNKNOWN
        self.received = UNKNOWN
        self.healthy = False
        self.connections: dict[str, Came] = {}


class Peers:
    """All other nodes that are known and not known to be gone."""

    def __init__(self) -> None:
        self._nodes: dict[str, _Peer] = {}
        self._people: dict[str, dict[tuple[str, str], int]] = {}

    def elsewhere(self, person: str) -> Sequence[int]:
        """When (ms) each of the person's connections at other nodes was opened."""
        places = self._people.get(person)
        return list(places.values()) if places else ()

    @property
    def names(self) -> list[str]:
        return list(self._nodes)

    @property
    def healthy(self) -> int:
        return sum(node.healthy for node in self._nodes.values())

    def lacks(self, name: str, lease: Lease) -> bool:
        """Whether that node has changes that are not known here."""
        node = self._nodes.get(name)
        return node is None or node.complete < lease.version

    def is_complete(self, name: str) -> bool:
        """Whether no change of that node was missed, as far as this node can tell."""
        node = self._nodes.get(name)
        return node is not None and node.complete != UNKNOWN

    def said(self, name: str, lease: Lease | None) -> None:
        """Record the lease as just read; a peer whose lease has expired (None) counts as unhealthy."""
        node = self._nodes.get(name)
        if node is not None:
            node.healthy = lease is not None and lease.healthy

    def moved(self, name: str, moved: Moved) -> set[str]:
        """Apply changes that the peer published; returns whose presence changed. If a change before it was missed, the
        peer is no longer complete."""
        node = self._nodes.setdefault(name, _Peer())
        if moved.version <= node.received:
            return set()
        node.complete = moved.version if moved.version == node.complete + 1 and node.complete != UNKNOWN else UNKNOWN
        node.received = moved.version
        changed = {self._put(name, node, came) for came in moved.came}
        changed |= {self._take(name, node, left) for left in moved.left if left in node.connections}
        return changed

    def rewritten(self, name: str, version: int) -> None:
        """The peer has rewritten its whole list, which must be read again."""
        node = self._nodes.setdefault(name, _Peer())
        if version > node.received:
            node.received, node.complete = version, UNKNOWN

    def was_read(self, name: str, lease: Lease, people: Iterable[Came] | None, *, sure: bool) -> set[str]:
        """Apply the peer's list as just read (None: it has not written one); returns whose presence changed.

        Unless the reading is `sure` to contain every connection, nobody is removed, and the list must be read again.
        """
        node = self._nodes.setdefault(name, _Peer())
        node.healthy = lease.healthy
        if lease.version < node.received or lease.version == node.complete:
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
            node.complete = node.received = lease.version
        else:
            node.complete = UNKNOWN
        return changed

    def gone(self, name: str) -> set[str]:
        """The node is gone. Returns whose presence changed."""
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
