"""Carries commands: inbox, batch, one transaction, answers, announcement.

Whenever the writer is idle, it takes everything in the inbox up to the size of a batch, without waiting for a timer.
Answers are sent after the commit, never before. Commands of one batch are decided in the order in which they came; a
refusal does not affect the others.
"""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

import structlog

from chatserver.domain.commands.base import Command
from chatserver.domain.entry import Author
from chatserver.domain.refusals import Busy, Internal, Refused, Unavailable
from chatserver.hub.announcer import Announcer
from chatserver.hub.batch import decide_all
from chatserver.hub.crowd import Crowd
from chatserver.hub.inbox import Asked, Opening, SentDraft, Then
from chatserver.hub.outcome import Outcome
from chatserver.hub.services import Services
from chatserver.hub.uncertain_commits import UncertainCommits
from chatserver.hub.unit_of_work import UnitOfWork
from chatserver.store.tx import SYSTEM, Tx

T = TypeVar("T")
log = structlog.get_logger()

BUSY_RETRY_MS = 1_000


class Dispatch:
    """Start it with `start`. `stop` returns after everything in the inbox has been written."""

    def __init__(self, services: Services, announcer: Announcer) -> None:
        self._database = services.database
        self._records = services.records
        self._options = services.options
        self._now = services.now
        self._steady = services.clock.steady
        self._announcer = announcer
        self._metrics = services.metrics
        self._doubt = UncertainCommits(services, announcer)
        self._inbox: list[Asked] = []
        self._wake = asyncio.Event()
        self._stopping = False
        self._worker: asyncio.Task[None] | None = None
        self._carried: set[asyncio.Task[Any]] = set()

    def start(self) -> None:
        self._worker = asyncio.create_task(self._work(), name="dispatch")

    async def stop(self) -> None:
        self._stopping = True
        self._wake.set()
        if self._worker is not None:
            await self._worker
        await asyncio.gather(*self._carried, return_exceptions=True)
        await self._doubt.stop()

    def ask(
        self,
        conversation: str,
        command: Command,
        author: Author,
        then: Then,
        *,
        ref: str | None = None,
        digest: bytes | None = None,
        opening: Opening | None = None,
        draft: SentDraft | None = None,
        lives_until: int | None = None,
        crowd: Crowd | None = None,
    ) -> None:
        """Put a command into the inbox. A full inbox refuses it at once."""
        if len(self._inbox) >= self._options.inbox or self._stopping:
            then(Busy(retry_ms=BUSY_RETRY_MS))
            return
        at = self._steady()
        asked = Asked(conversation, command, author, then, ref, digest, opening, at, draft, lives_until, crowd)
        self._inbox.append(asked)
        self._wake.set()

    async def transact(self, work: Callable[[UnitOfWork], T], actor: str = SYSTEM) -> T:
        """Run `work` in a transaction of its own, and announce it after the commit. Assignment uses this instead of the
        inbox, because it takes more locks.

        Once begun, it runs to its end, even if the caller is cancelled because its socket was cut: the others are still
        sent what was committed.
        """
        carried = asyncio.create_task(self._transact(work, actor))
        self._carried.add(carried)
        carried.add_done_callback(self._carried.discard)
        return await asyncio.shield(carried)

    async def _transact(self, work: Callable[[UnitOfWork], T], actor: str = SYSTEM) -> T:
        def run(tx: Tx) -> tuple[T, Outcome]:
            unit = UnitOfWork(tx, self._records.rulebook, self._announcer.announced)
            result = work(unit)
            return result, unit.write()

        began = self._steady()
        try:
            result, outcome = await self._database.write(run, self._now, actor)
        except Unavailable:
            self._metrics.doubted()
            self._doubt.arises()
            raise
        self._metrics.committed(outcome, self._steady() - began)
        self._announcer.announce(outcome)
        return result

    async def _work(self) -> None:
        while not (self._stopping and not self._inbox):
            await self._wake.wait()
            self._wake.clear()
            while self._inbox:
                batch, self._inbox = self._inbox[: self._options.batch], self._inbox[self._options.batch :]
                await self._carry(batch)

    async def _carry(self, batch: list[Asked]) -> None:
        self._metrics.gathered(len(batch))
        try:
            # The worker is never cancelled, so it needs no shield.
            answers = await self._transact(lambda unit: decide_all(unit, batch))
        except Refused as refusal:
            if isinstance(refusal, Unavailable):
                # Refuse the commands after these, too: they have waited as long, and would have to wait as long again.
                batch, self._inbox = batch + self._inbox, []
            answers = [refusal] * len(batch)
        except Exception:
            if len(batch) > 1:
                # One command cannot be carried out. Run each alone, so that only that one fails.
                for asked in batch:
                    await self._carry([asked])
                return
            log.exception("command_failed", command=type(batch[0].command).__name__)
            answers = [Internal()]
        now = self._steady()
        for asked, answer in zip(batch, answers, strict=True):
            if asked.ref is not None:
                self._metrics.answered(now - asked.at)
            try:
                asked.then(answer)
            except Exception:
                # The other commands must still get their answers.
                log.exception("answer_failed", command=type(asked.command).__name__)
