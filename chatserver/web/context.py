"""What every handler is given: the parts `app.py` built, and the numbers and names the doors need.

Holds no state of its own and reads no settings; `app.py` fills in the options.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from starlette.requests import HTTPConnection
from starlette.types import Scope

from chatserver import __version__
from chatserver.domain.hospital import Name
from chatserver.store.database import Database

if TYPE_CHECKING:
    from chatserver.hub.hub import Hub
    from chatserver.hub.metrics import Metrics
    from chatserver.web.admission import Admission
    from chatserver.web.devices import Devices
    from chatserver.web.i18n import Translations
    from chatserver.web.passwords import Passwords
    from chatserver.web.static import Front
    from chatserver.web.templates import Pages


@dataclass(frozen=True, slots=True)
class Limits:
    """What one address and all together may ask of the doors; each is a setting of the same name."""

    sessions_per_hour_and_address: int = 2_000
    handshakes_per_s: int = 20
    handshakes_burst: int = 40
    sockets_per_address: int = 500
    sockets: int = 10_000


@dataclass(frozen=True, slots=True)
class WebOptions:
    """`public_url` is an origin, `hosts` every Host header that is answered. Lives in ms."""

    public_url: str
    hosts: frozenset[str]
    hospital: Name
    zone: ZoneInfo
    language: str = "zh"
    staff_session_ms: int = 14 * 3_600_000
    visitor_life_desktop_ms: int = 30 * 60_000
    visitor_life_touch_ms: int = 24 * 3_600_000
    page_s: float = 5.0
    limits: Limits = field(default_factory=Limits)
    version: str = __version__

    @property
    def scheme(self) -> str:
        return urlsplit(self.public_url).scheme

    @property
    def secure(self) -> bool:
        """Whether browsers come by https; cookies are `Secure` then."""
        return self.scheme == "https"


@dataclass(frozen=True)
class Context:
    """The parts, wired. `now` is the clock, in ms."""

    database: Database
    hub: Hub
    options: WebOptions
    texts: Translations
    pages: Pages
    front: Front
    passwords: Passwords
    devices: Devices
    measures: Metrics
    lanes: Admission
    now: Callable[[], int]


def address_of(scope: Scope) -> str:
    """Where it comes from, as the server or a listed proxy says; empty where there is no address."""
    return scope["client"][0] if scope.get("client") else ""


def house_of(connection: HTTPConnection) -> Context:
    """The house a request or socket came to."""
    house = connection.app.state.house
    assert isinstance(house, Context)
    return house
