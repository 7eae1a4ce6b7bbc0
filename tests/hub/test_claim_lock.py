"""Claims and assignments in one group go one after the other, at whichever nodes: PostgreSQL holds the lock."""

import asyncio

from chatserver.store import locks
from chatserver.store.database import Database
from tests.hub.harness import eventually, opened

WAITS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


async def test_a_claim_waits_for_an_assignment_in_its_group(postgres_database: str) -> None:
    async with opened(postgres_database) as rig:
        li = await rig.staff("limin", "online")
        conversation = await (await rig.visitor()).opens("眼睛疼", "eyes")
        await li.row(conversation, state="waiting")
        other = Database(postgres_database)
        # Only this lock says that nothing else is being assigned now.
        with other._writer_engine.begin() as giving:
            locks.lock_group(giving, "desk")
            claim = asyncio.create_task(li.ask("conversation.claim", conversation=conversation))
            await eventually(lambda: rig.database.read_now(lambda conn: conn.exec_driver_sql(WAITS).scalar()) == 1)
            assert not claim.done()
        assert (await claim)["type"] == "accepted"
        other.close()
