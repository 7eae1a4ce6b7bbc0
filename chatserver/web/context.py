"""What every handler can use: the parts that `app.py` built and connected."""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import HTTPConnection
from starlette.types import Scope

from chatserver.domain.refusals import Unavailable
from chatserver.hub.clock import Clock
from chatserver.hub.hub import Hub
from chatserver.hub.metrics import Metrics
from chatserver.hub.parts import Parts
from chatserver.regions import Regions
from chatserver.store.database import Database
from chatserver.web.files.store import FileStore
from chatserver.web.front import Front
from chatserver.web.gate.admission import Admission
from chatserver.web.gate.devices import Devices
from chatserver.web.gate.passwords import Passwords
from chatserver.web.i18n import Translations
from chatserver.web.options import WebOptions
from chatserver.web.templates import Pages


@dataclass(frozen=True)
class Context:
    """The parts, wired together."""

    database: Database
    hub: Hub
    options: WebOptions
    texts: Translations
    pages: Pages
    front: Front
    passwords: Passwords
    devices: Devices
    metrics: Metrics
    admission: Admission
    clock: Clock
    files: FileStore
    regions: Regions | None

    @property
    def now(self) -> Callable[[], int]:
        """The clock's time, in ms."""
        return self.clock.now


def address_of(scope: Scope) -> str:
    """The client's address, from the connection or a trusted proxy; empty when there is none."""
    return scope["client"][0] if scope.get("client") else ""


def parts_of(context: Context) -> Parts:
    """The parts of this node, while it serves. Raises `Unavailable`."""
    if context.hub.why_not_ready is not None:
        raise Unavailable()
    return context.hub.visitor_desk.parts


def context_of(connection: HTTPConnection) -> Context:
    """The context of the application that received a request or socket."""
    context = connection.app.state.context
    assert isinstance(context, Context)
    return context
