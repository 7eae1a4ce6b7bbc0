"""Which network addresses count as one, for every limit per address: at sign-in, at the sockets, and in queues."""

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

HOUSEHOLD = 64
"""How many bits of an IPv6 address the provider assigns to one internet connection. The customer chooses the other bits
freely."""


@lru_cache(4_096)
def network_of(address: str) -> str:
    """The key under which an address is counted: an IPv4 address itself, the /64 of an IPv6 address.

    An IPv4-mapped IPv6 address counts as that IPv4 address. Other text is returned unchanged; for a client on a Unix
    socket it is empty.
    """
    parsed = _parsed(address)
    if isinstance(parsed, IPv6Address):
        return str(IPv6Network((int(parsed), HOUSEHOLD), strict=False))
    return address if parsed is None else str(parsed)


class Networks:
    """Networks from a list. Raises `ValueError` for an entry that is not a network."""

    def __init__(self, listed: Iterable[str] = ()) -> None:
        self._listed: list[IPv4Network | IPv6Network] = [ip_network(each, strict=False) for each in listed]

    def __contains__(self, address: str) -> bool:
        parsed = _parsed(address) if self._listed else None
        return parsed is not None and any(parsed in network for network in self._listed)


def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return None
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is not None:
        return parsed.ipv4_mapped
    return parsed
