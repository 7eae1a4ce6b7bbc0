"""The one place where parts are built and wired; starts and stops them in order. Decides nothing else."""

import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

from starlette.applications import Starlette
from starlette.types import Lifespan

from chatserver.bus.memory import MemoryBus
from chatserver.domain.hospital import Name
from chatserver.front import front_folder, templates_folder
from chatserver.hub.hub import Hub
from chatserver.hub.options import HubOptions
from chatserver.settings import Settings, rules
from chatserver.store.database import Database, InUse
from chatserver.store.revisions import schema_state
from chatserver.web.house import House, Limits, WebOptions
from chatserver.web.passwords import Passwords
from chatserver.web.routes import application
from chatserver.web.static import Front
from chatserver.web.templates import Pages
from chatserver.web.texts import Texts

TEXTS = "texts/dashboard"

SCHEMA_SENTENCES = {
    "empty": "There is no database in {path} yet; run `chatserver migrate` first.",
    "old": "The database in {path} is of an earlier version; run `chatserver migrate` first.",
    "new": "The database in {path} was made by a newer version of chatserver; install that one.",
}


class CannotServe(Exception):
    """The server cannot start; the text is one sentence saying why and what to do."""


def build(settings: Settings) -> Starlette:
    """The application, holding its database. Its lifespan starts the hub, and closes everything at the end.

    Raises `CannotServe`, with nothing held.
    """
    database = open_database(settings)
    try:
        house = _house(settings, database)
    except RuntimeError as why:
        database.close()
        raise CannotServe(str(why)) from None
    return application(house, _lifespan(house))


def open_database(settings: Settings) -> Database:
    """The database, current and held by this process alone. Raises `CannotServe`."""
    folder = prepare_folder(settings)
    path = settings.database_path
    if not path.exists():
        raise CannotServe(SCHEMA_SENTENCES["empty"].format(path=folder))
    database = Database(path)
    try:
        database.hold()
    except InUse:
        database.close()
        raise CannotServe(f"Another chatserver is using the database in {folder}.") from None
    state = database.read_now(schema_state)
    if state != "current":
        database.close()
        raise CannotServe(SCHEMA_SENTENCES[state].format(path=folder))
    return database


def prepare_folder(settings: Settings) -> Path:
    """The data folder, made when missing and writable. Raises `CannotServe`."""
    folder = settings.database_path.parent
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as failure:
        raise CannotServe(f"The data folder {folder} cannot be made: {failure.strerror}.") from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise CannotServe(f"The data folder {folder} is not writable; CHATSERVER_DATA names another.")
    return folder


def now() -> int:
    """The clock of the house, in ms."""
    return time.time_ns() // 1_000_000


def _house(settings: Settings, database: Database) -> House:
    front = front_folder()
    return House(
        database=database,
        hub=Hub(database, MemoryBus(), rules(settings), _hub_options(settings), now),
        options=_web_options(settings),
        texts=Texts(front / TEXTS, settings.language),
        pages=Pages(templates_folder()),
        front=Front(front),
        passwords=Passwords(),
        now=now,
    )


def _lifespan(house: House) -> Lifespan[Starlette]:
    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        await house.hub.start()
        try:
            yield
        finally:
            await house.hub.stop()
            house.passwords.close()
            house.database.close()

    return lifespan


def _hub_options(settings: Settings) -> HubOptions:
    return HubOptions(
        frames_per_second=settings.visitor_frames_per_s,
        staff_frames_per_second=settings.staff_frames_per_s,
        messages_burst=settings.visitor_messages_burst,
        messages_per_five_minutes=settings.visitor_messages_per_5_min,
        opens_per_hour=settings.opens_per_hour,
        staff_messages_per_second=settings.staff_messages_per_s,
        staff_messages_burst=settings.staff_messages_burst,
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
        limits=Limits(
            sessions_per_hour_and_address=settings.sessions_per_hour_and_address,
            handshakes_per_s=settings.handshakes_per_s,
            handshakes_burst=settings.handshakes_burst,
            sockets_per_address=settings.sockets_per_address,
            sockets=settings.sockets,
        ),
    )
