"""Origins of websites, by the strictest reading: scheme, host and port, and not a character more.

An origin goes into the Content-Security-Policy as it stands, where a `;`, a blank or a `*` would mean something else.
"""

import ipaddress
import re
import unicodedata
from dataclasses import dataclass

ORIGIN = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[[0-9a-f:.]{2,45}\]|[^\s/?#@:\[\]]+)(?::(?P<port>[1-9][0-9]{0,4}))?"
)
LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
LONGEST_HOST = 253
LAST_PORT = 65_535
USUAL = {"http": 80, "https": 443}


class BadOrigin(Exception):
    """It is no origin."""


@dataclass(frozen=True, slots=True)
class Origin:
    """`host` in lower case, in ASCII (punycode), an IPv6 address in brackets. `port`: None for the usual one."""

    scheme: str
    host: str
    port: int | None

    def __str__(self) -> str:
        """As browsers spell it."""
        return f"{self.scheme}://{self.host}" + ("" if self.port is None else f":{self.port}")

    @property
    def is_loopback(self) -> bool:
        """Whether it is this machine itself, which nobody else can listen in on."""
        return is_loopback(self.host)


def read(told: str) -> Origin:
    """However it is spelled: in capitals, with the usual port, with characters of any script. Raises `BadOrigin`."""
    found = ORIGIN.fullmatch(told.lower())
    if found is None:
        raise BadOrigin
    port = int(found["port"]) if found["port"] else None
    if port is not None and port > LAST_PORT:
        raise BadOrigin
    scheme = found["scheme"]
    return Origin(scheme, _host(found["host"]), None if port == USUAL[scheme] else port)


def is_origin(told: str) -> bool:
    """Whether it is one, spelled as browsers do."""
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
        # Browsers take it for a number, however it is written; one way of writing it is enough.
        try:
            ipaddress.IPv4Address(host)
        except ValueError:
            raise BadOrigin from None
    return host


def _punycode(host: str) -> str:
    """Of letters and digits only: what IDNA would leave out or take for something else is not guessed at."""
    plain = all(each in ".-" or unicodedata.category(each)[0] in "LMN" for each in host)
    if not plain or unicodedata.normalize("NFKC", host) != host:
        raise BadOrigin
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        raise BadOrigin from None
