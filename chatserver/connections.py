"""How many connections one address has open that are no sockets of the chat (yet); those are counted by the turnstile.

The connections of a listed proxy are not counted, because they belong to all of its clients: how many each client may
have is for the proxy to limit.
"""

from collections import Counter
from collections.abc import Iterable

from chatserver.domain.network import Networks, network_of


class Place:
    """One connection's, from its beginning until `leave`, which may be called twice."""

    __slots__ = ("_key", "_open")

    def __init__(self, opened: Counter[str], key: str) -> None:
        self._open: Counter[str] | None = opened
        self._key = key
        opened[key] += 1

    def leave(self) -> None:
        if self._open is not None:
            self._open[self._key] -= 1
            if not self._open[self._key]:
                del self._open[self._key]
            self._open = None


class Connections:
    """Of one server; `most` from one address."""

    def __init__(self, most: int, proxies: Iterable[str] = ()) -> None:
        self._most = most
        self._proxies = Networks(proxies)
        self._open: Counter[str] = Counter()
        self._of_proxies: Counter[str] = Counter()

    def enter(self, address: str) -> Place | None:
        """None when there is no place left."""
        if address in self._proxies:
            return Place(self._of_proxies, "")
        key = network_of(address)
        return Place(self._open, key) if self._open.get(key, 0) < self._most else None

    def opened(self, address: str) -> int:
        """How many that address has."""
        return self._open.get(network_of(address), 0)
