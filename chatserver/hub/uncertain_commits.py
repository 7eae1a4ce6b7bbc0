"""When the store gave no answer, nobody knows what it did: it is looked at again, and what was missed is announced.

A commit without an answer, or one that came after everybody had been answered `unavailable`, was never announced. The
senders find out by repeating their refs; the readers find out here, from what the database holds beyond what this node
had announced when the doubt arose.
"""

import asyncio
from collections.abc import Callable

import structlog

from chatserver.domain.refusals import Refused
from chatserver.hub import missed_changes
from chatserver.hub.metrics import Metrics
from chatserver.hub.missed_changes import Known
from chatserver.hub.unit_of_work import Outcome
from chatserver.store.database import Database

log = structlog.get_logger()

AGAIN = 0.5
"""Seconds between two looks while the store gives no answer."""


class UncertainCommits:
    """`known`: what this node has announced of each conversation. `announce` is told what was missed."""

    def __init__(
        self,
        database: Database,
        known: Callable[[], dict[str, Known]],
        announce: Callable[[Outcome], None],
        metrics: Metrics,
    ) -> None:
        self._database = database
        self._metrics = metrics
        self._known = known
        self._announce = announce
        self._looking: asyncio.Task[None] | None = None

    def arises(self) -> None:
        """A transaction ended without an answer. Commits of later ones may be announced before this is settled."""
        if self._looking is None:
            self._looking = asyncio.create_task(self._settle(self._known()), name="doubt")

    async def stop(self) -> None:
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)

    async def _settle(self, known: dict[str, Known]) -> None:
        while True:
            try:
                # In the writer thread, so that nothing is on its way while this looks.
                missed = await self._database.write(lambda conn: missed_changes.everywhere(conn, known))
                break
            except Refused:
                await asyncio.sleep(AGAIN)
            except Exception:
                log.exception("doubt_failed")
                await asyncio.sleep(AGAIN)
        self._looking = None
        found = sum(len(change.entries) for change in missed.changes)
        log.info("doubt_settled", missed=found)
        self._metrics.healed("doubt", found)
        self._announce(missed)
