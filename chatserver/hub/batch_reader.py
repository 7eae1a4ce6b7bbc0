"""Batched reads: questions that come while one read is under way are answered together by the next read.

A read costs a thread, a transaction and its statements, however many questions it answers. When many clients
reconnected at once, these reads were nearly the whole cost of their hellos. A question that comes alone is read at
once.
"""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import Generic, TypeVar

import structlog
from sqlalchemy import Connection

from chatserver.domain.refusals import Internal, Refused, Unavailable
from chatserver.store.database import Database

A = TypeVar("A")
B = TypeVar("B")
log = structlog.get_logger()

AT_ONCE = 64
"""The most questions in one read, so that the questions after them, and the other reads of this process, do not wait
long."""

PAUSE = 0.01
"""Pause in seconds after a read for several. Questions that come during it share one read. With it, a storm of
reconnects needs a third of the reads."""


class BatchReader(Generic[A, B]):
    """`read` answers several questions, in their order, from one snapshot of the database."""

    def __init__(self, database: Database, read: Callable[[Connection, Sequence[A]], Sequence[B]]) -> None:
        self._database = database
        self._read = read
        self._waiting: list[tuple[A, asyncio.Future[B]]] = []
        self._working: asyncio.Task[None] | None = None

    async def ask(self, question: A) -> B:
        """The answer, read after this call. Raises a `Refused`: `Unavailable`, what `read` refuses, or `Internal` if
        this question makes `read` fail."""
        answer: asyncio.Future[B] = asyncio.get_running_loop().create_future()
        self._waiting.append((question, answer))
        if self._working is None:
            self._working = asyncio.create_task(self._work(), name="gathering")
        return await answer

    async def _work(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:AT_ONCE], self._waiting[AT_ONCE:]
                await self._answer([each for each in batch if not each[1].done()])
                if len(batch) > 1:
                    await asyncio.sleep(PAUSE)
        finally:
            self._working = None

    async def _answer(self, batch: list[tuple[A, "asyncio.Future[B]"]]) -> None:
        if not batch:
            return
        try:
            found = await self._database.read(partial(_read_all, self._read, [question for question, _ in batch]))
        except Refused as refusal:
            if isinstance(refusal, Unavailable):
                # Refuse the questions after these, too: they have waited as long, and would have to wait as long again.
                batch, self._waiting = batch + self._waiting, []
            for _, asked in batch:
                _fail(asked, refusal)
        except Exception:
            if len(batch) > 1:
                # One question cannot be answered. Ask each alone, so that only that one fails.
                for each in batch:
                    await self._answer([each])
                return
            log.exception("reading_failed")
            _fail(batch[0][1], Internal())
        else:
            for (_, asked), answer in zip(batch, found, strict=True):
                if not asked.done():
                    asked.set_result(answer)


def _read_all(
    read: Callable[[Connection, Sequence[A]], Sequence[B]], questions: Sequence[A], conn: Connection
) -> Sequence[B]:
    return read(conn, questions)


def _fail(answer: "asyncio.Future[B]", refusal: Refused) -> None:
    if not answer.done():
        answer.set_exception(refusal)
