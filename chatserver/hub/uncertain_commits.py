"""Uncertain commits: when the store gave no answer, read again what it holds, and announce what was missed.

A commit whose answer was lost, or came after the senders had been answered `unavailable`, was never announced. The
senders learn the result by repeating their refs. For the readers, this module compares the store with what this node
had announced when the commit became uncertain, and announces the difference.
"""

import asyncio

import structlog

from chatserver.domain.refusals import Refused
from chatserver.hub import missed_changes
from chatserver.hub.announcer import Announcer
from chatserver.hub.missed_changes import Known
from chatserver.hub.services import Services
from chatserver.store.tx import SYSTEM

log = structlog.get_logger()

AGAIN = 0.5
"""Seconds between two tries while the store gives no answer."""


class UncertainCommits:
    """Compares what this node has announced with what the store holds."""

    def __init__(self, services: Services, announcer: Announcer) -> None:
        self._database = services.database
        self._now = services.now
        self._metrics = services.metrics
        self._announcer = announcer
        self._looking: asyncio.Task[None] | None = None

    def arises(self) -> None:
        """A transaction ended without an answer. Later commits may be announced before this one is settled."""
        if self._looking is None:
            self._looking = asyncio.create_task(self._settle(self._announcer.known()), name="doubt")

    async def stop(self) -> None:
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)

    async def _settle(self, known: dict[str, Known]) -> None:
        while True:
            try:
                # In the writer thread, so that no commit is under way during this read.
                missed = await self._database.write(
                    lambda tx: missed_changes.everywhere(tx.conn, known), self._now, SYSTEM
                )
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
        self._announcer.announce(missed)
