"""Whether the database answers. It is asked once a second, so that a probe gets the result without a query of its own.

A node that is cut off from the database while others are not sends its clients to the others. A node with no such peer
keeps its clients, because they lose nothing by waiting.

Only time in which this process ran counts. While the event loop stands still, it cannot receive an answer from any
database. If that time counted, a stall of some seconds would close thousands of connections.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import structlog

from chatserver.bus.contract import Bus
from chatserver.domain.refusals import Refused
from chatserver.store import meta
from chatserver.store.database import Database

log = structlog.get_logger()

LOOK_EVERY = 1.0
ANSWERS_WITHIN = 2.0
"""A query that takes longer than this many seconds counts as failed."""

SLICE = 0.1
"""Seconds waited at a time. A wait that took far longer means that the process stood still."""
STALLED = 0.5
"""A pause that takes this many seconds more than it should is logged as a stall."""

AWAY_AFTER = 5.0
"""After this many seconds without an answer this node is not ready, and gives its sockets to other nodes if there are
any."""


class Health:
    """Watches the database. `give_away` closes all sockets so that their clients go to other nodes. `steady` is a
    monotonic clock in seconds."""

    def __init__(
        self,
        database: Database,
        bus: Bus,
        give_away: Callable[[], Coroutine[Any, Any, None]],
        steady: Callable[[], float],
    ) -> None:
        self._database = database
        self._bus = bus
        self._give_away = give_away
        self._steady = steady
        self._answered_at = self._looked_at = steady()
        self._giving_away: asyncio.Task[None] | None = None
        self._leaving = False
        self._task: asyncio.Task[None] | None = None
        self.database_up = True

    @property
    def down_for(self) -> float:
        """Seconds since the database answered last; 0 while it answers."""
        return 0.0 if self.database_up else self._steady() - self._answered_at

    @property
    def away(self) -> bool:
        """Whether the database has been unreachable for so long that this node is not ready."""
        return self.down_for >= AWAY_AFTER

    def start(self) -> None:
        self._answered_at = self._looked_at = self._steady()
        self._task = asyncio.create_task(self._watch(), name="health")

    async def stop(self) -> None:
        tasks = [each for each in (self._task, self._giving_away) if each is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def leaving(self) -> None:
        """This node is about to stop: the others must not count on it any more."""
        self._leaving = True
        self._bus.say_healthy(False)

    async def look(self) -> None:
        """Ask once, and act on the answer."""
        self._leave_out_a_stall()
        answers = await self._answers()
        self._looked_at = self._steady()
        if answers is not self.database_up:
            log.warning("database_back" if answers else "database_away")
        if answers:
            self._answered_at = self._steady()
            if self._giving_away is not None:
                self._giving_away.cancel()
                self._giving_away = None
        self.database_up = answers
        # Announce it with the first missing answer, so that no node takes another for healthy when the database is down
        # for all.
        self._bus.say_healthy(answers and not self._leaving)
        if self.away and self._giving_away is None and self._bus.peers:
            log.warning("sockets_given_away", peers=self._bus.peers)
            self._giving_away = asyncio.create_task(self._give_away(), name="giving away")

    def _leave_out_a_stall(self) -> None:
        """Do not count the time for which this process stood still, because it could not ask the database."""
        stalled = self._steady() - self._looked_at - LOOK_EVERY
        if stalled > STALLED:
            self._answered_at += stalled

    async def _answers(self) -> bool:
        asking = asyncio.ensure_future(self._database.read(meta.epoch))
        try:
            if not await _is_done(asking):
                return False
            asking.result()
        except Refused:
            return False
        except Exception:
            log.exception("health_failed")
            return False
        finally:
            asking.cancel()
        return True

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY)
            await self.look()


async def _is_done(asking: "asyncio.Future[str]") -> bool:
    """Whether the answer came in time, counting only time in which this process ran."""
    loop = asyncio.get_running_loop()
    waited = 0.0
    while waited < ANSWERS_WITHIN and not asking.done():
        began = loop.time()
        await asyncio.wait({asking}, timeout=min(SLICE, ANSWERS_WITHIN - waited))
        took = loop.time() - began
        if took > SLICE + STALLED:
            log.warning("loop_stalled", seconds=round(took, 1))
        waited += min(took, 2 * SLICE)
    return asking.done()
