"""The web application on a database of its own with the demo hospital's records, and a clock that the test moves."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from httpx2 import Response
from starlette.testclient import TestClient

from chatserver.bus.memory import MemoryBus
from chatserver.demo.seed import PASSWORD, SITE
from chatserver.domain.hospital import Consultant, Hospital, Person
from chatserver.domain.refusals import Refused
from chatserver.domain.rules import Rulebook, Rules
from chatserver.hub.clock import Clock as HubClock
from chatserver.hub.hub import Hub
from chatserver.hub.metrics import Metrics
from chatserver.hub.services import Services
from chatserver.hub.site_counts import SiteCounts
from chatserver.hub.unit_of_work import UnitOfWork
from chatserver.hub.versioned_settings import VersionedSettings
from chatserver.paths import front_folder, templates_folder
from chatserver.store import consultants, meta
from chatserver.store.database import Database
from chatserver.store.hospital import load_hospital
from chatserver.store.tx import Tx
from chatserver.store.visitor_lookup import VisitorRow
from chatserver.web.context import Context
from chatserver.web.files.store import file_store
from chatserver.web.front import Front
from chatserver.web.gate.admission import Admission
from chatserver.web.gate.devices import Devices
from chatserver.web.gate.passwords import Passwords
from chatserver.web.i18n import Translations
from chatserver.web.options import Limits, WebOptions
from chatserver.web.routes import application
from chatserver.web.templates import Pages
from chatserver.wire.offline_messages import OfflineLeave
from chatserver.wire.replies import Accepted
from tests.transactions import AUDIT_KEY, written

HOST = "127.0.0.1:8000"
HERE = f"http://{HOST}"
EMBEDDER = "http://127.0.0.1:8001"
NOON = 1_795_233_600_000
"""2026-11-21 12:00 in Shanghai."""
MINUTE = 60_000
DAY = 24 * 60 * MINUTE


@dataclass
class Clock:
    """A clock that only the test moves."""

    at: int = NOON

    def __call__(self) -> int:
        return self.at

    def forward(self, ms: int) -> None:
        self.at += ms


T = TypeVar("T")


@dataclass
class StillHub:
    """What the pages need from a hub, without its tasks."""

    hospital: Hospital
    consultants: dict[str, Consultant]
    versioned_settings: VersionedSettings
    site_counts: SiteCounts
    ready = True
    why_not_ready: str | None = None
    ended: list[str] = field(default_factory=list)
    sent: list[tuple[VisitorRow, OfflineLeave, str]] = field(default_factory=list)
    answer: Accepted | Refused = field(default_factory=lambda: Accepted(ref="r" * 22, conversation="", id="m", at=NOON))

    database: Database | None = None
    clock: Clock | None = None

    async def transact(self, work: Callable[[UnitOfWork], T], actor: str) -> T:
        """The transaction of the real one, which announces nothing."""
        assert self.database is not None
        assert self.clock is not None

        def run(tx: Tx) -> T:
            unit = UnitOfWork(tx, Rulebook(Rules()))
            result = work(unit)
            unit.write()
            return result

        return await self.database.write(run, self.clock, actor)

    room: dict[tuple[str, str], bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.visitor_desk: Any = self

    def has_room(self, site: str, department: str) -> bool:
        return self.room.get((site, department), False)

    async def visitor_sends(self, row: VisitorRow, frame: OfflineLeave, address: str) -> Accepted:
        self.sent.append((row, frame, address))
        if isinstance(self.answer, Refused):
            raise self.answer
        return self.answer

    async def end_visitor(self, token: str) -> None:
        self.ended.append(token)


class Doors:
    """The web application as a browser sees it, and a first browser, `client`."""

    def __init__(self, context: Context, clock: Clock, hub: StillHub) -> None:
        self.context = context
        self.clock = clock
        self.hub = hub
        self.origin = context.options.public_url
        self.client = self.browser()

    def browser(self, address: str = "127.0.0.1") -> TestClient:
        """Another browser, without cookies."""
        app = application(self.context)
        return TestClient(app, self.origin, follow_redirects=False, client=(address, 50_000))

    def sign_in(
        self, login: str, password: str = PASSWORD, browser: TestClient | None = None, wanted: str = ""
    ) -> Response:
        """Posts the sign-in form as a browser does."""
        form = {"login": login, "password": password, "next": wanted}
        return (browser or self.client).post("/sign-in", data=form, headers={"Origin": self.origin})

    def signed_in(self, login: str) -> TestClient:
        """A browser in which this person is signed in."""
        browser = self.browser()
        assert self.sign_in(login, browser=browser).status_code == 303
        return browser

    def person(self, number: str) -> Person:
        """The member of staff with this number."""
        return next(who.person for who in self.hub.consultants.values() if who.person.number == number)

    def write(self, fn: Any) -> Any:
        return written(self.context.database, fn)

    def end(self) -> None:
        self.context.passwords.close()
        self.context.database.close()


@cache
def texts() -> Translations:
    return Translations(front_folder() / "texts/dashboard", "zh")


@cache
def front() -> Front:
    return Front(front_folder())


def doors(
    path: Path, *, public_url: str = HERE, hosts: frozenset[str] | None = None, limits: Limits | None = None
) -> Doors:
    """The web application on the migrated and seeded database at `path`."""
    database, clock, metrics = Database(path, AUDIT_KEY), Clock(), Metrics()
    services = SimpleNamespace(database=database, bus=MemoryBus(None), now=clock)
    settings, counts = VersionedSettings(cast(Services, services)), SiteCounts(cast(Services, services))
    known = database.read_now(load_hospital), database.read_now(consultants.load)
    hub = StillHub(*known, settings, counts, database=database, clock=clock)
    options = WebOptions(
        public_url=public_url,
        hosts=hosts or frozenset({urlsplit(public_url).netloc}),
        hospital=SITE.name,
        zone=ZoneInfo("Asia/Shanghai"),
        limits=limits or Limits(),
    )
    context = Context(
        database=database,
        hub=cast(Hub, hub),
        options=options,
        texts=texts(),
        pages=Pages(templates_folder(), options, texts(), front()),
        front=front(),
        passwords=Passwords(),
        devices=Devices(database.read_now(meta.server_key)),
        metrics=metrics,
        admission=Admission(metrics, time.monotonic),
        clock=HubClock(clock, time.monotonic),
        files=file_store(path.parent / "files"),
        regions=None,
    )
    return Doors(context, clock, hub)
