"""Servers on either kind of database, and PostgreSQL behind a proxy."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import NullPool, create_engine, make_url, text

from chatserver.store.database import Where
from tests.e2e.hospital import Member, Wanted, found
from tests.e2e.procs import WIDE, Server
from tests.e2e.tcpproxy import Proxy, Target, proxy_to

PORT = 5432
NODES = 2
"""On PostgreSQL; a SQLite file has one."""


async def started_on(
    place: Where, folder: Path, bus: str, servers: Callable[[Server], Server], people: list[Wanted]
) -> tuple[list[Server], dict[str, Member]]:
    """As many nodes as this kind of database supports, in a new hospital with these people; several nodes share that
    bus."""
    where, settings = where_of(place, folder)
    hired = found(where, people)
    many = NODES if isinstance(place, str) else 1
    settings |= {"REDIS_URL": bus} if many > 1 else {}
    nodes = [
        servers(Server(folder / ("data" if many == 1 else f"data{number}"), WIDE | settings)) for number in range(many)
    ]
    for node in nodes:
        await asyncio.to_thread(node.start)
    return nodes, hired


def where_of(place: Where, folder: Path) -> tuple[Where, dict[str, str]]:
    """Where to create a hospital for a server with `folder / "data"`, and the settings that lead there."""
    if isinstance(place, str):
        return place, {"DATABASE_URL": place}
    return folder / "data", {}


@asynccontextmanager
async def behind_proxy(address: str) -> AsyncIterator[tuple[Proxy, dict[str, str]]]:
    """A proxy in front of a PostgreSQL database, and the settings of a server that reaches it only through the
    proxy."""
    url = make_url(address)
    async with proxy_to(_target(address)) as proxy:
        through = url.set(host="127.0.0.1", port=proxy.port, query={})
        yield proxy, {"DATABASE_URL": through.render_as_string(hide_password=False)}


@asynccontextmanager
async def before(server: Server) -> AsyncIterator[Proxy]:
    """A proxy in front of a server that is not started yet, which also accepts the proxy's name."""
    async with proxy_to(("127.0.0.1", server.port)) as proxy:
        server.settings = server.settings | {"CHATSERVER_EXTRA_HOSTS": f"127.0.0.1:{proxy.port}"}
        yield proxy


def say(address: str, statement: str) -> None:
    """One statement to a PostgreSQL database, committed."""
    engine = create_engine(make_url(address).set(drivername="postgresql+psycopg"), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text(statement))


def _target(address: str) -> Target:
    url = make_url(address)
    folder = url.query.get("host")
    port = url.port or int(str(url.query.get("port", PORT)))
    return f"{folder}/.s.PGSQL.{port}" if folder else (url.host or "127.0.0.1", port)
