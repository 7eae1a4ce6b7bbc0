"""A page's query ends when nobody waits for it any more, and delays nobody else."""

import asyncio

import pytest
from sqlalchemy import Connection

from chatserver.store import meta
from chatserver.store.browsing import AT_ONCE, TooSlow
from chatserver.store.database import Database
from tests.transactions import tx_at, writing

FOR_EVER = {
    "sqlite": "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n",
    "postgresql": "SELECT pg_sleep(600)",
}
SOON = 8.0
"""Seconds, on a busy machine, for what takes a few milliseconds; a query that was not cancelled would last ten
minutes."""


def hold(conn: Connection) -> None:
    """Run a query that never ends."""
    conn.exec_driver_sql(FOR_EVER[conn.dialect.name])


async def test_a_page_that_takes_too_long_ends(database: Database) -> None:
    with pytest.raises(TooSlow):
        await database.browse(hold, 0.2)
    assert await database.browse(meta.epoch, SOON)


async def test_pages_that_nobody_waits_for_make_room_for_the_next(database: Database) -> None:
    held = [asyncio.create_task(database.browse(hold, 600)) for _ in range(30)]
    await asyncio.sleep(0.1)
    for each in held:
        each.cancel()
    assert await database.browse(meta.epoch, SOON)
    assert all(isinstance(each, asyncio.CancelledError) for each in await asyncio.gather(*held, return_exceptions=True))


async def test_other_readers_do_not_wait_for_pages(database: Database) -> None:
    held = [asyncio.create_task(database.browse(hold, 600)) for _ in range(AT_ONCE + 5)]
    await asyncio.sleep(0.1)
    async with asyncio.timeout(SOON):
        assert await database.read(meta.epoch) == await database.glance(meta.epoch)
        await writing(database, lambda conn: meta.put(tx_at(conn), "said", "meanwhile"))
    for each in held:
        each.cancel()
    await asyncio.gather(*held, return_exceptions=True)


async def test_a_cancelled_query_does_not_affect_the_next(database: Database) -> None:
    for _ in range(20):
        page = asyncio.create_task(database.browse(hold, 600))
        await asyncio.sleep(0.005)
        page.cancel()
        assert await database.browse(meta.epoch, SOON)
