"""Origins of websites, parsed strictly: a scheme, a host, a port, and nothing else.

An origin is copied into the Content-Security-Policy, where a `;`, a space or a `*` would change the meaning.
"""

import ipaddress
import re
import unicodedata
from dataclasses import dataclass

ORIGIN = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[[0-9a-f:.]{2,45}\]|[^\s/?#@:\[\]]+)(?::(?P<port>[1-9][0-9]{0,4}))?"
)
PAGE = re.compile(r"(https?://[^/?#]+)/[!-~]*")
LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
LONGEST_HOST = 253
LAST_PORT = 65_535
USUAL = {"http": 80, "https": 443}


LONGEST_PAGE = 500


class BadOrigin(Exception):
    """The text is not an origin."""


@dataclass(frozen=True, slots=True)
class Origin:
    """`host`: lower case, ASCII (punycode), an IPv6 address in brackets. `port`: None for the scheme's default."""

    scheme: str
    host: str
    port: int | None

    def __str__(self) -> str:
        """The origin in the spelling of browsers."""
        return f"{self.scheme}://{self.host}" + ("" if self.port is None else f":{self.port}")

    @property
    def is_loopback(self) -> bool:
        """Whether it is this machine itself; nobody else can listen in on that connection."""
        return is_loopback(self.host)


def read(told: str) -> Origin:
    """Parses any spelling: capitals, the default port, international characters. Raises `BadOrigin`."""
    found = ORIGIN.fullmatch(told.lower())
    if found is None:
        raise BadOrigin
    port = int(found["port"]) if found["port"] else None
    if port is not None and port > LAST_PORT:
        raise BadOrigin
    scheme = found["scheme"]
    return Origin(scheme, _host(found["host"]), None if port == USUAL[scheme] else port)


def is_page(told: str) -> bool:
    """Whether the text is the address of a page: an origin, a path, perhaps a query. No script, no user, no spaces."""
    found = PAGE.fullmatch(told)
    return found is not None and len(told) <= LONGEST_PAGE and is_origin(found[1])


def is_origin(told: str) -> bool:
    """Whether the text is an origin in the spelling of browsers."""
    try:
        return str(read(told)) == told
    except BadOrigin:
        return False


def is_loopback(host: str) -> bool:
    """Whether a host, with or without brackets, is this machine itself."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host.removeprefix("[").removesuffix("]")).is_loopback
    except ValueError:
        return False


def _host(told: str) -> str:
    if told.startswith("["):
        try:
            return f"[{ipaddress.IPv6Address(told[1:-1]).compressed}]"
        except ValueError:
            raise BadOrigin from None
    host = told if told.isascii() else _punycode(told)
    labels = host.split(".")
    if len(host) > LONGEST_HOST or not all(LABEL.fullmatch(each) for each in labels):
        raise BadOrigin
    if labels[-1].isdigit():
        # Browsers read a host that ends in a number as an IPv4 address, in many notations. Only one is allowed.
        try:
            ipaddress.IPv4Address(host)
        except ValueError:
            raise BadOrigin from None
    return host


def _punycode(host: str) -> str:
    """Accepts only letters and digits, so that IDNA never has to drop or replace a character."""
    plain = all(each in ".-" or unicodedata.category(each)[0] in "LMN" for each in host)
    if not plain or unicodedata.normalize("NFKC", host) != host:
        raise BadOrigin
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        raise BadOrigin from None
