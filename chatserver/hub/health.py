"""Whether the database answers: asked once a second, so that no probe has to ask itself.

A node that is cut off from it while others are not sends its people to them; one that has nobody to send them to keeps
them, because they lose nothing by waiting.

Only time in which this process ran counts: a loop that stood still heard no answer, whatever the database did, and to
send everybody away for that would make a stall of a second an end of thousands of connections.
"""

import asyncio
import time
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
"""Seconds after which no answer is an answer."""

SLICE = 0.1
"""Seconds waited at a time; one that took far longer was spent standing still."""
STALLED = 0.5
"""Seconds more than a pause should take, after which it is said."""

AWAY_AFTER = 5.0
"""Seconds without an answer after which this node does not count as ready, and gives its sockets away if it can."""


class Health:
    """`give_away` closes all sockets so that they go to other nodes. `steady` counts seconds from anywhere."""

    def __init__(
        self,
        database: Database,
        bus: Bus,
        give_away: Callable[[], Coroutine[Any, Any, None]],
        steady: Callable[[], float] = time.monotonic,
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
        """Seconds since the database answered last; 0 while it does."""
        return 0.0 if self.database_up else self._steady() - self._answered_at

    @property
    def away(self) -> bool:
        """Whether it has been gone for so long that this node cannot be called ready."""
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
        """This node goes: from now on the others do not count on it."""
        self._leaving = True
        self._bus.say_healthy(False)

    async def look(self) -> None:
        """Ask once, and do what follows from the answer."""
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
        # Said with the first missing answer: when the database is away for all, nobody takes another for healthy.
        self._bus.say_healthy(answers and not self._leaving)
        if self.away and self._giving_away is None and self._bus.peers:
            log.warning("sockets_given_away", peers=self._bus.peers)
            self._giving_away = asyncio.create_task(self._give_away(), name="giving away")

    def _leave_out_a_stall(self) -> None:
        """Nobody asked while this process stood still; the time without an answer begins so much later."""
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
    """Whether there was an answer in time, as far as this process could hear one."""
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
