"""Limits the connections of one address that are not WebSockets; `web/gate/connection_limits` counts those.

When an address has reached its limit, the connection that has waited longest for a request is cut to make room for the
next one. So clients that open connections and send nothing cannot shut anybody out.

The connections of a listed proxy are not counted, because they belong to all of its clients; the proxy has to limit
each client.
"""

from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable

from chatserver.domain.network import Networks, network_of

Cut = Callable[[], bool]
"""Ends a connection that waits for its client, at once; returns False if an answer is still on its way."""


class ConnectionPlace:
    """The place that one connection takes until `leave`, which may be called twice."""

    __slots__ = ("_connections", "_has_left", "_key")

    def __init__(self, connections: "Connections", key: str | None) -> None:
        self._connections = connections
        self._key = key
        self._has_left = False
        connections.opens(key)

    def waits(self, cut: Cut) -> None:
        """The connection waits for its client's request: from now on it may be cut to make room."""
        if not self._has_left:
            self._connections.waits(self, self._key, cut)

    def works(self) -> None:
        """The client has sent a request: the connection is not cut to make room."""
        self._connections.works(self, self._key)

    def leave(self) -> None:
        self.works()
        if not self._has_left:
            self._has_left = True
            self._connections.closes(self._key)


class Connections:
    """The connections of one server; at most `most` from one address. The key None stands for all listed proxies."""

    def __init__(self, most: int, proxies: Iterable[str] = ()) -> None:
        self._most = most
        self._proxies = Networks(proxies)
        self._open: Counter[str | None] = Counter()
        # The one that has waited longest is first. In a plain dict, finding the first item becomes ever slower.
        self._waiting: OrderedDict[ConnectionPlace, Cut] = OrderedDict()
        self._waiting_of: dict[str | None, OrderedDict[ConnectionPlace, Cut]] = {}

    def enter(self, address: str) -> ConnectionPlace | None:
        """A place for a new connection; None when the address has none left and no connection can be cut."""
        if address in self._proxies:
            return ConnectionPlace(self, None)
        key = network_of(address)
        if self._open.get(key, 0) >= self._most and not _cut_one(self._waiting_of.get(key)):
            return None
        return ConnectionPlace(self, key)

    def make_room(self) -> bool:
        """Cut the connection that has waited longest of all; returns whether there was one."""
        return _cut_one(self._waiting)

    def opened(self, address: str) -> int:
        """The number of connections of that address."""
        return self._open.get(network_of(address), 0)

    # Called by `ConnectionPlace`.

    def opens(self, key: str | None) -> None:
        self._open[key] += 1

    def closes(self, key: str | None) -> None:
        self._open[key] -= 1
        if not self._open[key]:
            del self._open[key]

    def waits(self, place: ConnectionPlace, key: str | None, cut: Cut) -> None:
        self._waiting.setdefault(place, cut)
        self._waiting_of.setdefault(key, OrderedDict()).setdefault(place, cut)

    def works(self, place: ConnectionPlace, key: str | None) -> None:
        if self._waiting.pop(place, None) is None:
            return
        of_address = self._waiting_of[key]
        del of_address[place]
        if not of_address:
            del self._waiting_of[key]


def _cut_one(waiting: OrderedDict[ConnectionPlace, Cut] | None) -> bool:
    while waiting:
        place, cut = next(iter(waiting.items()))
        # If an answer is on its way, this one is not considered again until it waits anew.
        place.works()
        if cut():
            place.leave()
            return True
    return False
