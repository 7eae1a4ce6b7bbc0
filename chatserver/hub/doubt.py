"""When the store gave no answer, nobody knows what it did: it is looked at again, and what was missed is announced.

A commit without an answer, or one that came after everybody had been answered `unavailable`, was never announced. The
senders find out by repeating their refs; the readers find out here, from what the database holds beyond what this node
had announced when the doubt arose.
"""

import asyncio
from collections.abc import Callable

import structlog
from sqlalchemy import Connection

from chatserver.domain.refusals import Refused
from chatserver.hub.ledger import Change, Outcome
from chatserver.store import consultants, conversations, entries
from chatserver.store.database import Database

log = structlog.get_logger()

AGAIN = 0.5
"""Seconds between two looks while the store gives no answer."""

PAGE = 500
"""Entries read at once."""


class Doubt:
    """`heads`: the last `seq` this node announced of each conversation. `announce` is told what was missed."""

    def __init__(
        self, database: Database, heads: Callable[[], dict[str, int]], announce: Callable[[Outcome], None]
    ) -> None:
        self._database = database
        self._heads = heads
        self._announce = announce
        self._looking: asyncio.Task[None] | None = None

    def arises(self) -> None:
        """A transaction ended without an answer. Commits of later ones may be announced before this is settled."""
        if self._looking is None:
            self._looking = asyncio.create_task(self._settle(self._heads()), name="doubt")

    async def stop(self) -> None:
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)

    async def _settle(self, heads: dict[str, int]) -> None:
        while True:
            try:
                # In the writer thread, so that nothing is on its way while this looks.
                missed = await self._database.write(lambda conn: _beyond(conn, heads))
                break
            except Refused:
                await asyncio.sleep(AGAIN)
        self._looking = None
        log.info("doubt_settled", missed=sum(len(change.entries) for change in missed.changes))
        self._announce(missed)


def _beyond(conn: Connection, heads: dict[str, int]) -> Outcome:
    """What the database holds beyond these places; and everybody, since anybody's state may have changed."""
    rows = {each.id: each for each in conversations.open_everywhere(conn)}
    rows |= conversations.load(conn, heads.keys() - rows.keys())
    changes = []
    for row in rows.values():
        known = heads.get(row.id)
        made, after = [], known or 0
        while after < row.last_seq:
            made += entries.page(conn, row.id, after, PAGE)
            after = made[-1].seq
        changes.append(Change(None if known is None else row, row, made))
    return Outcome(changes, list(consultants.load(conn).values()))
