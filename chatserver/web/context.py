"""What every handler is given: the parts that `app.py` built and wired."""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import HTTPConnection
from starlette.types import Scope

from chatserver.hub.hub import Hub
from chatserver.hub.metrics import Metrics
from chatserver.store.database import Database
from chatserver.web.front import Front
from chatserver.web.gate.admission import Admission
from chatserver.web.gate.devices import Devices
from chatserver.web.gate.passwords import Passwords
from chatserver.web.i18n import Translations
from chatserver.web.options import WebOptions
from chatserver.web.templates import Pages


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
    metrics: Metrics
    admission: Admission
    now: Callable[[], int]


def address_of(scope: Scope) -> str:
    """Where it comes from, as the server or a listed proxy says; empty where there is no address."""
    return scope["client"][0] if scope.get("client") else ""


def context_of(connection: HTTPConnection) -> Context:
    """The house a request or socket came to."""
    context = connection.app.state.context
    assert isinstance(context, Context)
    return context
