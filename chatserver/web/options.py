"""The options of the web layer; `app.py` fills them in from the settings, which `web` does not read."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from chatserver import __version__
from chatserver.domain.hospital import Name


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits per address, and for all addresses together; each is a setting of the same name."""

    sessions_per_hour_and_address: int = 2_000
    handshakes_per_s: int = 20
    handshakes_burst: int = 40
    sockets_per_address: int = 500
    sockets: int = 10_000
    files_per_min: int = 12
    files_per_hour_and_address: int = 600


@dataclass(frozen=True, slots=True)
class WebOptions:
    """`public_url` is an origin, `hosts` are all Host headers that are answered; lifetimes are in ms."""

    public_url: str
    hosts: frozenset[str]
    hospital: Name
    zone: ZoneInfo
    language: str = "zh"
    staff_session_ms: int = 14 * 3_600_000
    visitor_life_desktop_ms: int = 30 * 60_000
    visitor_life_touch_ms: int = 24 * 3_600_000
    visitor_life_own_ms: int = 30 * 24 * 3_600_000
    page_s: float = 5.0
    limits: Limits = field(default_factory=Limits)
    version: str = __version__

    @property
    def scheme(self) -> str:
        return urlsplit(self.public_url).scheme

    @property
    def secure(self) -> bool:
        """Whether browsers use https; cookies are `Secure` then."""
        return self.scheme == "https"
