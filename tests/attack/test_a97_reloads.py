"""A97: thirty reloads of a heavy page, each cancelled, harm neither the sockets nor `/ready`."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path

import pytest
from sqlalchemy import NullPool, create_engine, text

from chatserver.domain.hospital import Role
from tests.e2e.hospital import GYNECOLOGY, WOMEN, Wanted, found
from tests.e2e.journal import Journal
from tests.e2e.patience import allowed
from tests.e2e.people import Consultant, Visitor
from tests.e2e.procs import Server
from tests.postgres import Postgres, with_driver

pytestmark = pytest.mark.whole

RELOADS, PATIENCE = 30, 0.25
"""Eight seconds in total, long enough that an unresponsive database would be reported."""
IN_THE_WAY = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
READING_AT_ONCE = 2


@contextmanager
def heavy(address: str) -> Iterator[Callable[[], int]]:
    """While inside, reading a list blocks in the database; a call returns how many queries are blocked."""
    engine = create_engine(with_driver(address), poolclass=NullPool)
    with engine.connect() as holder, engine.connect() as looker:
        holder.execute(text("LOCK TABLE ratings IN ACCESS EXCLUSIVE MODE"))

        def waiting() -> int:
            found = looker.execute(text(IN_THE_WAY)).scalar_one()
            looker.rollback()
            return int(found)

        yield waiting


async def reload(server: Server, path: str, cookie: str) -> None:
    """Request the page, and cancel."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    lines = (f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{server.port}", f"Cookie: session={cookie}", "", "")
    writer.write("\r\n".join(lines).encode())
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(PATIENCE):
            await reader.read(1)
    writer.close()


async def test_cancelled_reloads_harm_nobody(
    postgres: Postgres, servers: Callable[[Server], Server], journal: Journal, tmp_path: Path
) -> None:
    with postgres.database() as address:
        people = found(address, [Wanted("li"), Wanted("chen", (WOMEN,), role=Role.SUPERVISOR)])
        server = servers(Server(tmp_path / "node", {"DATABASE_URL": address, "CHATSERVER_PAGE_S": "60"}))
        await asyncio.to_thread(server.start)
        li = await Consultant.sit_down(server, people["li"], journal)
        ann = await Visitor.arrive(server, "ann", journal)
        conversation = await ann.open(GYNECOLOGY, "您好")
        await li.until_owned(conversation)
        path, cookie = f"/transcripts?consultant={li.member.id}", people["chen"].cookie
        with heavy(address) as waiting:
            for number in range(RELOADS):
                await reload(server, path, cookie)
                ready = await asyncio.to_thread(server.get, "/ready")
                assert (ready.status, waiting() <= READING_AT_ONCE) == (HTTPStatus.OK, True), (number, ready.body)
                await li.say(conversation, f"第{number}句")
                await ann.until_received(f"第{number}句", within=allowed(5))
            await until_none(waiting)
        shown = await asyncio.to_thread(server.get, path, {"Cookie": f"session={cookie}"})
        assert (shown.status, conversation in shown.body.decode()) == (HTTPStatus.OK, True)
        assert (li.connections, ann.connections) == (1, 1)
        await ann.leave()
        await li.leave()
        await asyncio.to_thread(server.end)


async def until_none(waiting: Callable[[], int]) -> None:
    """Abandoned queries end in the database as well, and not only by the session's time limits."""
    async with asyncio.timeout(allowed(5)):
        while waiting():  # noqa: ASYNC110 what goes on inside PostgreSQL can only be polled
            await asyncio.sleep(0.02)
