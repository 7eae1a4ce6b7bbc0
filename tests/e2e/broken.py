"""The product with one promise broken: `python -m tests.e2e.broken FAULT serve`.

The tests that guard a promise must fail on it (test_controls.py). The faults are patched in here; the product has no
switch for them.
"""

import asyncio
import sys
import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Engine, event, func, select

from chatserver.bus.redis import RedisBus
from chatserver.cli.main import main
from chatserver.domain.audience import Audience
from chatserver.domain.entry import Entry
from chatserver.hub import batch as deciding
from chatserver.hub import resume
from chatserver.hub.dispatch import Dispatch
from chatserver.hub.followers import Followers
from chatserver.hub.inbox import Asked
from chatserver.hub.options import HubOptions
from chatserver.hub.remote_changes import RemoteChanges
from chatserver.hub.resume import Resume
from chatserver.hub.unit_of_work import UnitOfWork
from chatserver.store import entries, postgres
from chatserver.store.sqlite import SQLiteFile
from chatserver.store.tables import entries as table

LATE = 0.05
VERY_LATE = 0.3
"""Seconds by which a fault is early or late: wide enough for a random event, such as a visitor's next message, to fall
into it."""


def acknowledge_before_the_commit() -> None:
    """Answers are sent while the transaction is still open."""

    async def carry(self: Dispatch, batch: list[Asked]) -> None:
        loop = asyncio.get_running_loop()

        def work(unit: UnitOfWork) -> None:
            answers = deciding.decide_all(unit, batch)
            for asked, answer in zip(batch, answers, strict=True):
                loop.call_soon_threadsafe(asked.then, answer)
            time.sleep(LATE)

        await self.transact(work)

    replace(Dispatch, "_carry", carry)


def forget_refs() -> None:
    """A repeat is handled as new. The test drops the unique index that would refuse it."""
    replace(UnitOfWork, "known", lambda self, key: None)
    replace(entries, "known_of_visitor", lambda conn, visitor, ref: None)


def sync_at_checkpoints_only() -> None:
    """`synchronous=NORMAL`: a commit is in the log, but the log reaches the disk only later."""
    engine = SQLiteFile.engine

    def careless(self: SQLiteFile, connections: int, *, writes: bool, together: bool = True) -> Engine:
        made = engine(self, connections, writes=writes, together=together)
        event.listen(made, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=NORMAL"))
        return made

    replace(SQLiteFile, "engine", careless)


def flush_later() -> None:
    """`synchronous_commit=off`: PostgreSQL reports a commit before it is on the disk."""
    postgres.OPTIONS["synchronous_commit"] = "off"


def read_before_subscribing() -> None:
    """What is committed between reading and subscribing reaches nobody, and the gap is not closed later."""
    follow = Resume.follow

    async def late(self: Resume, session: Any, conversation: str, held: Any) -> Any:
        replay = await follow(self, session, conversation, held)
        self._delivery.unsubscribe(session, conversation)
        await asyncio.sleep(VERY_LATE)
        self._delivery.subscribe(session, conversation)
        return replay

    replace(Resume, "follow", late)
    replace(Followers, "_catch_up_soon", lambda self, session, conversation: None)


def resume_by_global_id() -> None:
    """Entries are resumed by one order of ids for all conversations: those older than another conversation's newest are
    skipped."""

    def page(conversation: str, after: int, audience: Audience, conn: Connection) -> list[Entry]:
        rest = page_after(conversation, after, audience, conn)
        seen = conn.scalar(select(func.max(table.c.id)).where(table.c.conversation != conversation)) or ""
        return [entry for entry in rest if entry.id > seen]

    page_after = resume._page_after
    replace(resume, "_page_after", page)


def lose_bells() -> None:
    """Doorbells are never sent; presence still is."""
    replace(RedisBus, "ring", lambda self, bell: None)


def check_nothing() -> None:
    """No check of heads: changes whose doorbell was lost are never found."""

    async def never(self: RemoteChanges) -> None:
        await asyncio.Event().wait()

    replace(RemoteChanges, "_look_again", never)


def rest_on_bells() -> None:
    """Delivery relies on doorbells alone, and these are lost."""
    lose_bells()
    check_nothing()


def resubscribe_without_checking() -> None:
    """A new subscription is treated as the old one: doorbells rung in between are missed for good."""
    subscribed = RedisBus._is_subscribed

    def deaf(self: RedisBus) -> None:
        if not self._subscribed.is_set():
            subscribed(self)

    replace(RedisBus, "_is_subscribed", deaf)
    check_nothing()


def keep_everything_for_everybody() -> None:
    """An unbounded outbox: frames pile up for a client that does not read."""
    made = HubOptions.__init__
    endless = {"outbox_frames": sys.maxsize, "outbox_bytes": sys.maxsize}
    replace(HubOptions, "__init__", lambda self, *given, **named: made(self, *given, **(named | endless)))


FAULTS: dict[str, Callable[[], None]] = {
    fault.__name__: fault
    for fault in (
        acknowledge_before_the_commit,
        forget_refs,
        sync_at_checkpoints_only,
        flush_later,
        read_before_subscribing,
        resume_by_global_id,
        lose_bells,
        rest_on_bells,
        resubscribe_without_checking,
        keep_everything_for_everybody,
    )
}


def replace(owner: Any, name: str, by: Any) -> None:
    """Patch an attribute that must exist: after a rename the fault would otherwise have no effect."""
    assert hasattr(owner, name), f"{owner} has no {name}"
    setattr(owner, name, by)


if __name__ == "__main__":
    FAULTS[sys.argv.pop(1)]()
    main(prog_name="chatserver")
