"""The product, dying at one exact point: `python -m tests.e2e.crashpoints POINT N serve`.

It ends as under kill -9 when it reaches that point for the N-th time with something that a client requested. The points
are patched in here, as in broken.py; the product has no switch for them.
"""

import asyncio
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from sqlalchemy import Engine, event

from chatserver.bus.memory import MemoryBus
from chatserver.cli.main import main
from chatserver.domain.entry import Entry
from chatserver.hub import unit_of_work
from chatserver.hub.announcer import Announcer
from chatserver.hub.outcome import Outcome
from chatserver.store import entries
from chatserver.store.message_path import Writing, write
from chatserver.store.tx import Tx
from chatserver.web.sockets.socket import Socket
from tests.e2e.broken import replace

KILLED = 137
ON_ITS_WAY = 0.01
"""Seconds after which what was sent has left the process."""


class Fuse:
    """`passes` counts; at the N-th time the process dies."""

    def __init__(self, times: int) -> None:
        self.left = times

    def passes(self) -> bool:
        """Whether this is the N-th time."""
        self.left -= 1
        return self.left == 0

    def burn(self) -> None:
        if self.passes():
            die()


def die() -> NoReturn:
    os._exit(KILLED)


def before_insert(fuse: Fuse) -> None:
    """Decided; no row written."""
    _around_writing(before=fuse.burn)


def after_update(fuse: Fuse) -> None:
    """In an open transaction the conversation's row has its new `last_seq`, and the entry is not written yet."""
    _around_writing(after_words=fuse.burn)


def after_insert(fuse: Fuse) -> None:
    """The entry is written, in an open transaction."""
    _around_writing(after=fuse.burn)


def before_commit(fuse: Fuse) -> None:
    """Everything is written, and COMMIT comes next."""
    written = [False]

    def note() -> None:
        written[0] = True

    _around_writing(after=note)

    @event.listens_for(Engine, "commit")
    def _commit(_connection: Any) -> None:
        if written[0]:
            written[0] = False
            fuse.burn()


def after_commit_before_ack(fuse: Fuse) -> None:
    """Committed; nobody has been told."""
    announce = Announcer.announce

    def told(self: Announcer, outcome: Outcome) -> None:
        if _tells(outcome):
            fuse.burn()
        announce(self, outcome)

    replace(Announcer, "announce", told)


def after_ack_before_doorbell(fuse: Fuse) -> None:
    """The sender has the answer; the other nodes have not been told."""
    _after_ack(fuse, rung=False)


def after_doorbell(fuse: Fuse) -> None:
    """Everybody was told; nothing is left to be done."""
    _after_ack(fuse, rung=True)


def _after_ack(fuse: Fuse, *, rung: bool) -> None:
    """The doorbell normally goes out before the answer: it is held back to create the moment between them."""
    announce, ring, write = Announcer.announce, MemoryBus.ring, Socket.write
    doomed = [False]

    def told(self: Announcer, outcome: Outcome) -> None:
        doomed[0] = doomed[0] or (_tells(outcome) and fuse.passes())
        announce(self, outcome)

    def rings(self: MemoryBus, doorbell: Any) -> None:
        if rung or not doomed[0]:
            ring(self, doorbell)

    def sent(self: Socket[Any], texts: Sequence[bytes]) -> None:
        write(self, texts)
        if doomed[0] and any(b'"accepted"' in each for each in texts):
            asyncio.get_running_loop().call_later(ON_ITS_WAY, die)

    replace(Announcer, "announce", told)
    replace(MemoryBus, "ring", rings)
    replace(Socket, "write", sent)


POINTS: dict[str, Callable[[Fuse], None]] = {
    point.__name__: point
    for point in (
        before_insert,
        after_insert,
        after_update,
        before_commit,
        after_commit_before_ack,
        after_ack_before_doorbell,
        after_doorbell,
    )
}


def _asked(rows: Sequence[Any]) -> bool:
    """Whether one of these entries was requested by a client."""
    return any(entry.ref is not None for entry, _ in rows)


def _tells(outcome: Outcome) -> bool:
    return any(entry.ref is not None for change in outcome.changes for entry in change.entries)


def _nothing() -> None:
    """The default, which does nothing."""


def _around_writing(
    before: Callable[[], object] = _nothing,
    after_words: Callable[[], object] = _nothing,
    after: Callable[[], object] = _nothing,
) -> None:
    """Patch the writing of requested entries; the single PostgreSQL statement is split into its parts."""
    new, whole = entries.new, write
    asked = [False]

    def noting(rows: Sequence[tuple[Entry, bytes | None]]) -> Writing:
        asked[0] = _asked(rows)
        return new(rows)

    def around(tx: Tx, words: Writing, *rest: Writing) -> None:
        if not asked[0]:
            whole(tx, words, *rest)
            return
        before()
        whole(tx, words)
        after_words()
        whole(tx, *rest)
        after()

    replace(entries, "new", noting)
    replace(unit_of_work, "write", around)


if __name__ == "__main__":
    POINTS[sys.argv.pop(1)](Fuse(int(sys.argv.pop(1))))
    main(prog_name="chatserver")
