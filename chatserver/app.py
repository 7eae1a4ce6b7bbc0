"""The one place where parts are built and wired; starts and stops them in order. Decides nothing else."""

import asyncio
import contextlib
import os
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.exc import ArgumentError
from starlette.applications import Starlette
from starlette.types import Lifespan

from chatserver.bus.contract import Bus
from chatserver.bus.memory import MemoryBus
from chatserver.domain.hospital import Name
from chatserver.domain.network import Networks
from chatserver.domain.origin import is_loopback
from chatserver.domain.refusals import Refused, Unavailable
from chatserver.domain.sentence import Sentence, Told
from chatserver.hub.clock import DatabaseClock, MachineClock
from chatserver.hub.hub import Hub
from chatserver.hub.loop_lag import LoopLag
from chatserver.hub.metrics import Metrics
from chatserver.hub.options import HubOptions
from chatserver.hub.periodic import every
from chatserver.paths import front_folder, templates_folder
from chatserver.records.public_holidays import when_asked
from chatserver.settings import Settings, rules
from chatserver.store import meta
from chatserver.store.database import Database, InUse, Where, kind_of
from chatserver.store.durability import data_checksums
from chatserver.store.postgres import NoDriver, Replaced
from chatserver.store.revisions import schema_state
from chatserver.web.admission import Admission
from chatserver.web.context import Context, Limits, WebOptions
from chatserver.web.devices import Devices
from chatserver.web.i18n import Translations
from chatserver.web.passwords import Passwords
from chatserver.web.routes import application
from chatserver.web.static import Front
from chatserver.web.templates import Pages

log = structlog.get_logger()

TEXTS = "texts/dashboard"
HOLD_EVERY = 10.0
"""Seconds between two looks whether the database is still this process's own."""

SCHEMA_SENTENCES = {
    "empty": "There is no database in {place} yet; run `chatserver migrate` first.",
    "old": "The database in {place} is of an earlier version; run `chatserver migrate` first.",
    "new": "The database in {place} was made by a newer version of chatserver; install that one.",
}


class CannotServe(Told):
    """The server cannot start; the text is one sentence saying why and what to do."""


def build(settings: Settings) -> Starlette:
    """The application, holding its database. Its lifespan starts the hub, and closes everything at the end.

    Raises `CannotServe`, with nothing held.
    """
    bus = bus_of(settings)
    database = open_database(settings)
    clock = DatabaseClock(database) if settings.database_url else None
    try:
        house = _house(settings, database, bus, clock or MachineClock())
    except RuntimeError as why:
        database.close()
        raise CannotServe(str(why)) from None
    return application(house, _lifespan(house, clock, shared=bus.shared))


def open_database(settings: Settings) -> Database:
    """The database, current and held by this process: alone, or with other nodes when it has a bus to hear of them.

    Raises `CannotServe`.
    """
    database = found_database(settings)
    try:
        hold(database, _taken(settings, database.place), shared=bool(settings.redis_url))
        check_schema(database)
        _check_demo(settings, database)
        _tell_promises(database)
    except CannotServe:
        database.close()
        raise
    return database


def found_database(settings: Settings) -> Database:
    """The database that is there, of whichever schema. Raises `CannotServe`."""
    if isinstance(settings.database, Path):
        prepare_folder(settings)
        if not settings.database.exists():
            raise CannotServe(SCHEMA_SENTENCES["empty"], place=settings.database)
    return database_at(settings.database)


def database_at(where: Where) -> Database:
    """The database there, made when it is a file that is missing. Raises `CannotServe`."""
    try:
        return Database(where)
    except NoDriver:
        raise CannotServe("PostgreSQL needs its driver: pip install 'chatserver[postgres]'.") from None
    except (ArgumentError, ValueError):
        raise CannotServe("DATABASE_URL is no address such as postgresql://user:password@host/name.") from None


def hold(database: Database, otherwise: Sentence, *, shared: bool = False) -> None:
    """Take it for this process. Raises `CannotServe`: `otherwise` when another has it."""
    try:
        database.hold(shared=shared)
    except InUse:
        raise CannotServe(otherwise) from None
    except Unavailable as refusal:
        raise cannot_be_used(database, refusal) from None


def check_schema(database: Database) -> None:
    """Raises `CannotServe` for any but this program's."""
    state = database.read_now(schema_state)
    if state != "current":
        raise CannotServe(SCHEMA_SENTENCES[state], place=database.place)


def is_public(settings: Settings) -> bool:
    """Whether others than whoever sits at this machine are meant to come."""
    return bool(public_name(settings))


def public_name(settings: Settings) -> str:
    """The first name by which others come in; empty when there is none."""
    named = [settings.public_url, *settings.extra_hosts]
    if not is_loopback(settings.host):
        named.append(settings.host)
    return next((each for each in named if not is_loopback(urlsplit(f"//{each.split('://')[-1]}").hostname or "")), "")


def _check_demo(settings: Settings, database: Database) -> None:
    """The demo's passwords are printed in its sources. Raises `CannotServe` where anybody else could use them."""
    if is_public(settings) and database.read_now(meta.is_demo):
        raise CannotServe(
            "The hospital in {place} was made by `chatserver demo`, and its passwords are known to everybody: "
            "it is not served as {url}. Make a new one with `chatserver migrate` in another folder.",
            place=database.place,
            url=public_name(settings),
        )


def _taken(settings: Settings, place: str) -> Sentence:
    if settings.database_url:
        return Sentence(
            "Another chatserver is using the database in {place}; several nodes share one when each has REDIS_URL.",
            place=place,
        )
    return Sentence("Another chatserver is using the database in {place}.", place=place)


def _tell_promises(database: Database) -> None:
    """What an acknowledgement is worth here, for whoever reads the log."""
    checksums = database.read_now(data_checksums)
    told = {"data_checksums": checksums} if checksums else {}
    log.info("database_held", durability=database.durability(), **told)


def cannot_be_used(database: Database, refusal: Refused) -> CannotServe:
    """The database did not do what was asked."""
    return CannotServe("The database in {place} cannot be used: {why}.", place=database.place, why=_reason(refusal))


def _reason(refusal: Refused) -> str:
    """The first line of what the database said."""
    [first, *_] = str(getattr(refusal.__cause__, "orig", refusal)).strip().splitlines() or [refusal.code]
    return first.rstrip(".")


def bus_of(settings: Settings) -> Bus:
    """The bus of several nodes, or of one that is alone. Raises `CannotServe`."""
    if not settings.redis_url:
        return MemoryBus()
    if find_spec("redis") is None:
        raise CannotServe("REDIS_URL needs its client: pip install 'chatserver[redis]'.")
    # Who is alone does without that package.
    from chatserver.bus.redis import RedisBus
    from chatserver.bus.redis_client import BadAddress

    try:
        return RedisBus(settings.redis_url, node=secrets.token_urlsafe(9))
    except BadAddress:
        raise CannotServe("REDIS_URL is no address such as redis://:password@host:6379/0.") from None


def place_of(settings: Settings) -> str:
    """The database as people name it, without its password."""
    return kind_of(settings.database).place


def prepare_folder(settings: Settings) -> Path:
    """The data folder, made when missing and writable. Raises `CannotServe`."""
    folder = settings.database_path.parent
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as failure:
        raise CannotServe(
            "The data folder {folder} cannot be made: {why}.", folder=folder, why=failure.strerror
        ) from None
    _make_private(settings.database_path)
    if not os.access(folder, os.W_OK | os.X_OK):
        raise CannotServe("The data folder {folder} is not writable; CHATSERVER_DATA names another.", folder=folder)
    return folder


def _make_private(database: Path) -> None:
    """A database that an earlier version made for everybody to read; SQLite gives its mode to the files beside it."""
    for file in (database, *(database.with_name(f"{database.name}{beside}") for beside in ("-wal", "-shm"))):
        with contextlib.suppress(OSError):
            if file.stat().st_mode & 0o077:
                file.chmod(0o600)


def now() -> int:
    """This machine's clock, in ms."""
    return time.time_ns() // 1_000_000


def _house(settings: Settings, database: Database, bus: Bus, now: Callable[[], int]) -> Context:
    front = front_folder()
    measures = Metrics()
    hub = Hub(database, bus, rules(settings), _hub_options(settings), now, measures)
    measures.watch_hub(lambda: hub.standing)
    measures.watch_bus(bus)
    measures.watch_database(lambda: hub.health.database_up)
    return Context(
        database=database,
        hub=hub,
        options=_web_options(settings),
        texts=Translations(front / TEXTS, settings.language),
        pages=Pages(templates_folder()),
        front=Front(front),
        passwords=Passwords(),
        devices=Devices(database.read_now(meta.server_key)),
        measures=measures,
        lanes=Admission(measures),
        now=now,
    )


def _lifespan(house: Context, clock: DatabaseClock | None, *, shared: bool) -> Lifespan[Starlette]:
    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        keeping: asyncio.Task[None] | None = None
        stalls = LoopLag()
        house.measures.watch_stalls(stalls.longest)
        try:
            if clock is not None:
                await clock.start()
                hold_again = _hold_again(house.database, shared=shared)
                keeping = asyncio.create_task(every(HOLD_EVERY, hold_again), name="hold")
                house.measures.watch_clock(lambda: now() - clock())
            stalls.start()
            await house.hub.start()
        except Refused as refusal:
            # It went away since it was held. Whoever runs this server is told so, and not by a traceback.
            app.state.cannot_serve = cannot_be_used(house.database, refusal)
            raise
        try:
            yield
        finally:
            await stalls.stop()
            await house.hub.stop()
            if clock is not None and keeping is not None:
                keeping.cancel()
                await clock.stop()
            house.passwords.close()
            house.database.close()

    return lifespan


def _hold_again(database: Database, *, shared: bool) -> Callable[[], Awaitable[None]]:
    """PostgreSQL forgets who holds it when the connection is lost: it is taken again."""

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
        page_s=settings.page_s,
        limits=Limits(
            sessions_per_hour_and_address=settings.sessions_per_hour_and_address,
            handshakes_per_s=settings.handshakes_per_s,
            handshakes_burst=settings.handshakes_burst,
            sockets_per_address=settings.sockets_per_address,
            sockets=settings.sockets,
        ),
    )
