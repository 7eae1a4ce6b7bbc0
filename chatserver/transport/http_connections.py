"""Limits the connections of one address that are not sockets of the chat; the web's `connection_limits` counts those.

A full address makes room for the next connection: the one that has waited longest for its client's request is cut. So
clients that open connections and send nothing shut nobody out.

The connections of a listed proxy are not counted, because they belong to all of its clients: how many each client may
have is for the proxy to limit.
"""

from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable

from chatserver.domain.network import Networks, network_of

Cut = Callable[[], bool]
"""Ends a connection that waits for its client, at once; False where an answer is still on its way."""


class Place:
    """One connection's, from its beginning until `leave`, which may be called twice."""

    __slots__ = ("_connections", "_has_left", "_key")

    def __init__(self, connections: "Connections", key: str | None) -> None:
        self._connections = connections
        self._key = key
        self._has_left = False
        connections.opens(key)

    def waits(self, cut: Cut) -> None:
        """For its client to ask for something: from now on it may be cut to make room."""
        if not self._has_left:
            self._connections.waits(self, self._key, cut)

    def works(self) -> None:
        """Something was asked for: it is not cut to make room."""
        self._connections.works(self, self._key)

    def leave(self) -> None:
        self.works()
        if not self._has_left:
            self._has_left = True
            self._connections.closes(self._key)


class Connections:
    """Of one server; `most` from one address. All listed proxies together are the key None."""

    def __init__(self, most: int, proxies: Iterable[str] = ()) -> None:
        self._most = most
        self._proxies = Networks(proxies)
        self._open: Counter[str | None] = Counter()
        # The one that has waited longest is first. No plain dict: its first item is found ever more slowly.
        self._waiting: OrderedDict[Place, Cut] = OrderedDict()
        self._waiting_of: dict[str | None, OrderedDict[Place, Cut]] = {}

    def enter(self, address: str) -> Place | None:
        """None when there is no place left, and none that could be made."""
        if address in self._proxies:
            return Place(self, None)
        key = network_of(address)
        if self._open.get(key, 0) >= self._most and not _cut_one(self._waiting_of.get(key)):
            return None
        return Place(self, key)

    def make_room(self) -> bool:
        """Cut the connection that has waited longest of all. Whether there was one."""
        return _cut_one(self._waiting)

    def opened(self, address: str) -> int:
        """How many that address has."""
        return self._open.get(network_of(address), 0)

    # For the places.

    def opens(self, key: str | None) -> None:
        self._open[key] += 1

    def closes(self, key: str | None) -> None:
        self._open[key] -= 1
        if not self._open[key]:
            del self._open[key]

    def waits(self, place: Place, key: str | None, cut: Cut) -> None:
        self._waiting.setdefault(place, cut)
        self._waiting_of.setdefault(key, OrderedDict()).setdefault(place, cut)

    def works(self, place: Place, key: str | None) -> None:
        if self._waiting.pop(place, None) is None:
            return
        of_address = self._waiting_of[key]
        del of_address[place]
        if not of_address:
            del self._waiting_of[key]


def _cut_one(waiting: OrderedDict[Place, Cut] | None) -> bool:
    while waiting:
        place, cut = next(iter(waiting.items()))
        # One with an answer on its way is not looked at again until it waits anew.
        place.works()
        if cut():
            place.leave()
            return True
    return False
