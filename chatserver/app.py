"""Builds the parts, wires them together, and starts and stops them in order. Decides nothing else."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from importlib.util import find_spec
from zoneinfo import ZoneInfo

import structlog
from starlette.applications import Starlette
from starlette.types import Lifespan

from chatserver.actions.features import HANDLERS
from chatserver.bus.contract import Bus
from chatserver.bus.memory import MemoryBus
from chatserver.cannot_serve import CannotServe
from chatserver.database_access import cannot_be_used, check_audit_log, open_database
from chatserver.domain.hospital import Name
from chatserver.domain.network import Networks
from chatserver.domain.refusals import Refused
from chatserver.file_access import prove_files
from chatserver.hub.clock import Clock, DatabaseClock, MachineClock
from chatserver.hub.hub import Hub
from chatserver.hub.loop_lag import LoopLag
from chatserver.hub.metrics import Metrics
from chatserver.hub.options import HubOptions
from chatserver.hub.periodic import every
from chatserver.hub.services import unknown_region
from chatserver.paths import front_folder, templates_folder
from chatserver.records.public_holidays import when_asked
from chatserver.regions import regions
from chatserver.settings import Settings, rules
from chatserver.store import audit, audit_chain, meta
from chatserver.store.database import Database, InUse
from chatserver.store.postgres import Replaced
from chatserver.store.tx import SYSTEM
from chatserver.web.context import Context
from chatserver.web.files.store import file_store, swept
from chatserver.web.front import Front
from chatserver.web.gate.admission import Admission
from chatserver.web.gate.devices import Devices
from chatserver.web.gate.passwords import Passwords
from chatserver.web.i18n import Translations
from chatserver.web.options import Limits, WebOptions
from chatserver.web.routes import application
from chatserver.web.templates import Pages

log = structlog.get_logger()

TEXTS = "texts/dashboard"
SWEEP_EVERY = 3_600.0
"""Seconds between two searches for files without an entry."""
HOLD_EVERY = 10.0
"""Seconds between two checks that this process still holds the database."""


def build(settings: Settings) -> Starlette:
    """The application, with its database locked. Its lifespan starts the hub, and closes everything at the end. Raises
    `CannotServe`; nothing is locked then."""
    bus = bus_of(settings)
    database = open_database(settings)
    clock = DatabaseClock(database) if settings.database_url else None
    try:
        prove_files(settings, database, now())
        context = _context(settings, database, bus, Clock(clock or MachineClock(), time.monotonic))
    except CannotServe:
        database.close()
        raise
    except RuntimeError as why:
        database.close()
        raise CannotServe(str(why)) from None
    return application(context, _lifespan(context, settings, clock, shared=bus.shared))


def bus_of(settings: Settings) -> Bus:
    """The Redis bus, which several nodes need, or the in-process bus of a single node. Raises `CannotServe`."""
    if not settings.redis_url:
        return MemoryBus()
    if find_spec("redis") is None:
        raise CannotServe("REDIS_URL needs its client: pip install 'chatserver[redis]'.")
    # A single node does not need that package.
    from chatserver.bus.redis import RedisBus
    from chatserver.bus.redis_client import BadAddress

    try:
        return RedisBus(settings.redis_url, node=secrets.token_urlsafe(9))
    except BadAddress:
        raise CannotServe("REDIS_URL is no address such as redis://:password@host:6379/0.") from None


def now() -> int:
    """This machine's time, in ms."""
    return time.time_ns() // 1_000_000


def _context(settings: Settings, database: Database, bus: Bus, clock: Clock) -> Context:
    folder = front_folder()
    options = _web_options(settings)
    texts, front = Translations(folder / TEXTS, settings.language), Front(folder)
    metrics = Metrics()
    known = regions(settings.regions)
    region_of = unknown_region if known is None else known.of
    hub = Hub(database, bus, HANDLERS, rules(settings), _hub_options(settings), clock, metrics, region_of)
    metrics.watch_hub(lambda: hub.standing)
    metrics.watch_bus(bus)
    metrics.watch_database(lambda: hub.health.database_up)
    return Context(
        database=database,
        hub=hub,
        options=options,
        texts=texts,
        pages=Pages(templates_folder(), options, texts, front),
        front=front,
        passwords=Passwords(),
        devices=Devices(database.read_now(meta.server_key)),
        metrics=metrics,
        admission=Admission(metrics, clock.steady),
        clock=clock,
        files=file_store(settings.files_path, settings.clamd),
        regions=known,
    )


def _lifespan(
    context: Context, settings: Settings, clock: DatabaseClock | None, *, shared: bool
) -> Lifespan[Starlette]:
    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        keeping: asyncio.Task[None] | None = None
        sweeping = asyncio.create_task(every(context.clock.sleep, SWEEP_EVERY, _sweep_files(context)), name="files")
        stalls = LoopLag(context.clock.steady)
        context.metrics.watch_stalls(stalls.longest)
        started = False
        try:
            if clock is not None:
                await clock.start()
                hold_again = _hold_again(context.database, shared=shared)
                keeping = asyncio.create_task(every(context.clock.sleep, HOLD_EVERY, hold_again), name="hold")
                context.metrics.watch_clock(lambda: now() - clock())
            await _begin_audit_log(context, settings)
            stalls.start()
            await context.hub.start()
            started = True
            yield
        except Refused as refusal:
            if not started:
                # The database went away after it was locked: one sentence for the operator instead of a traceback.
                app.state.cannot_serve = cannot_be_used(context.database, refusal)
            raise
        except CannotServe as why:
            app.state.cannot_serve = why
            raise
        finally:
            sweeping.cancel()
            await stalls.stop()
            if started:
                await context.hub.stop()
            if clock is not None and keeping is not None:
                keeping.cancel()
                await clock.stop()
            context.passwords.close()
            if context.regions is not None:
                context.regions.close()
            context.database.close()

    return lifespan


def _sweep_files(context: Context) -> Callable[[], Awaitable[None]]:
    """Deletes files that have had no entry for a day."""

    async def sweep_files() -> None:
        deleted = await asyncio.to_thread(swept, context.files, context.database, now())
        if deleted:
            log.info("files_deleted", without_entry=deleted)

    return sweep_files


async def _begin_audit_log(context: Context, settings: Settings) -> None:
    """Sign the first row of an empty log. Raises `CannotServe`."""
    if (await context.database.read(audit_chain.head)).mac is None and await context.database.write(
        audit.begin, context.now, SYSTEM
    ):
        log.info("audit_log_begun")
    # Check again, because another node may have begun the log meanwhile, with another key.
    await asyncio.to_thread(check_audit_log, settings, context.database)


def _hold_again(database: Database, *, shared: bool) -> Callable[[], Awaitable[None]]:
    """PostgreSQL drops its lock when the connection is lost, so it is taken again from time to time."""

    async def hold_again() -> None:
        try:
            await asyncio.to_thread(database.hold, shared=shared)
        except InUse:
            log.error("database_in_use")
        except Replaced:
            log.error("database_replaced")

    return hold_again


def _hub_options(settings: Settings) -> HubOptions:
    return HubOptions(
        frames_per_second=settings.visitor_frames_per_s,
        staff_frames_per_second=settings.staff_frames_per_s,
        messages_burst=settings.visitor_messages_burst,
        messages_per_five_minutes=settings.visitor_messages_per_5_min,
        reads_per_second=settings.visitor_reads_per_s,
        staff_acts_per_second=settings.staff_acts_per_s,
        reveals_per_hour=settings.reveals_per_hour,
        staff_reads_per_second=settings.staff_reads_per_s,
        opens_per_hour=settings.opens_per_hour,
        offline_per_hour=settings.offline_per_hour,
        ratings_per_hour=settings.ratings_per_hour,
        opens_per_hour_and_address=settings.opens_per_hour_and_address,
        offline_per_hour_and_address=settings.offline_per_hour_and_address,
        ratings_per_hour_and_address=settings.ratings_per_hour_and_address,
        reads_per_second_and_address=settings.reads_per_s_and_address,
        emergencies_per_hour_and_address=settings.emergencies_per_hour_and_address,
        shared_networks=Networks(settings.shared_networks),
        drain=settings.drain_s,
        staff_messages_per_second=settings.staff_messages_per_s,
        staff_messages_burst=settings.staff_messages_burst,
        zone=ZoneInfo(settings.time_zone),
        calendar=when_asked(),
        phone_region=settings.phone_region,
        own_names=(settings.hospital_name_zh, settings.hospital_name_en),
    )


def _web_options(settings: Settings) -> WebOptions:
    return WebOptions(
        public_url=settings.public_url,
        hosts=settings.hosts,
        hospital=Name(settings.hospital_name_zh, settings.hospital_name_en),
        zone=ZoneInfo(settings.time_zone),
        language=settings.language,
        staff_session_ms=settings.staff_session_s * 1000,
        visitor_life_desktop_ms=settings.visitor_life_desktop_s * 1000,
        visitor_life_touch_ms=settings.visitor_life_touch_s * 1000,
        visitor_life_own_ms=settings.visitor_life_own_days * 86_400_000,
        page_s=settings.page_s,
        limits=Limits(
            sessions_per_hour_and_address=settings.sessions_per_hour_and_address,
            handshakes_per_s=settings.handshakes_per_s,
            handshakes_burst=settings.handshakes_burst,
            sockets_per_address=settings.sockets_per_address,
            sockets=settings.sockets,
            files_per_min=settings.files_per_min,
            files_per_hour_and_address=settings.files_per_hour_and_address,
        ),
    )
