"""Which network addresses are counted as one: at sign-in, at the sockets, in queues, for every limit per address."""

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

HOUSEHOLD = 64
"""Bits of an IPv6 address that one connection to the net is given; the rest its owner chooses at will."""


@lru_cache(4_096)
def network_of(address: str) -> str:
    """The key under which an address is counted: of IPv4 the address itself, of IPv6 its /64.

    An IPv4 address in IPv6 clothes is that IPv4 address. What is no address (a Unix socket has none) stays as it is.
    """
    parsed = _parsed(address)
    if isinstance(parsed, IPv6Address):
        return str(IPv6Network((int(parsed), HOUSEHOLD), strict=False))
    return address if parsed is None else str(parsed)


class Networks:
    """Networks that somebody listed. Raises `ValueError` for what is none."""

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
