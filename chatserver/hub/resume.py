"""Resuming: a client that comes back is sent what it missed, from the store, in order, each entry once.

Subscribe first, read second, merge third: nothing can be lost in between.
"""

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from sqlalchemy import Connection

from chatserver.domain.audience import Audience, Seen, view
from chatserver.domain.entry import Entry
from chatserver.hub.batch_reader import BatchReader
from chatserver.hub.delivery import Delivery
from chatserver.hub.reader import Reader
from chatserver.hub.services import Services
from chatserver.hub.session import Session
from chatserver.store import conversations, entries
from chatserver.wire import encoding
from chatserver.wire.entries import Entries, History, HistoryGet, Live
from chatserver.wire.entries import Entry as WireEntry
from chatserver.wire.following import Following, Position, Unfollowed

REPLAY = 500
"""The most entries in one replay. A client that lacks more of them gets none, and requests the history page by page."""

REPLAY_SIZE = 256 * 1024
"""The most bytes in one replay, encoded: half of what an outbox holds."""

PIECE = 100
"""Entries in one `entries` frame."""


class Wanted(NamedTuple):
    """The rest of a conversation after the reader's position."""

    conversation: str
    after: int
    audience: Audience


class Rest(NamedTuple):
    """The conversation's head, as its reader counts, and the entries that the reader lacks: at most one more than is
    replayed."""

    head: int
    entries: list[Entry]


class Resume:
    """Reads for sessions. The caller has checked what they may read."""

    def __init__(self, services: Services, delivery: Delivery) -> None:
        self._database = services.database
        self._delivery = delivery
        self._metrics = services.metrics
        # A lambda, so that the function is looked up by name at each call.
        self._rests = BatchReader[Wanted, Rest | None](
            services.database, lambda conn, wanted: _read_rests(conn, wanted)
        )

    async def follow(self, session: Session, conversation: str, held: Position | None) -> "Replay | None":
        """Subscribe and read. Returns None when there is no such conversation. The replay is not sent yet: `send` does
        it.

        When the store does not answer, the session follows as it did before.
        """
        before = session.readers.get(conversation)
        self._delivery.subscribe(session, conversation)
        try:
            replay = await self._read_replay(session, conversation, held)
        except BaseException:
            self._delivery.take_back(session, conversation, before)
            raise
        if replay is None:
            self._delivery.unsubscribe(session, conversation)
        return replay

    async def _read_replay(self, session: Session, conversation: str, held: Position | None) -> "Replay | None":
        after = self._start(held)
        found = await self._rests.ask(Wanted(conversation, after, session.audience))
        if found is None:
            return None
        head, rest = found
        why = self._why_not_recovered(held, head)
        if why == "ahead":
            after, rest = 0, await self._database.read(partial(_page_after, conversation, 0, session.audience))
        spelled = [encoding.entry(each, self._delivery.epoch) for each in seen_by(rest, session.audience)]
        if len(spelled) > REPLAY or _size(spelled) > REPLAY_SIZE:
            why, after, spelled = "gap_too_big", head, []
        if held is not None:
            self._metrics.resumed(why)
        following = Following(conversation, self._delivery.epoch, head, recovered=why is None, why=why)
        return Replay(following, after, spelled)

    async def send(self, session: Session, replay: "Replay") -> None:
        """Send the replay, then what arrived meanwhile, then `live`, and finally what another node has committed since,
        if anything."""
        conversation, epoch = replay.following.conversation, self._delivery.epoch
        reader = session.readers.get(conversation)
        if reader is None:
            return
        reader.begin(replay.after)
        if reader.muted:
            # The session lost the right to read meanwhile. If it regains the right, it is sent everything and told that
            # it is up to date.
            self.tell_unfollowed(session, conversation, reader)
            return
        for start in range(0, len(replay.entries), PIECE):
            piece = tuple(replay.entries[start : start + PIECE])
            session.push(Entries(conversation, epoch, piece))
            reader.begin(piece[-1].seq)
        for text in reader.merge():
            session.push_text(text)
        self._tell_live(session, conversation, reader)
        await self.fill(session, conversation)

    def tell_unfollowed(self, session: Session, conversation: str, reader: Reader) -> None:
        """Tell the session that it may not read the conversation any more, and up to where it has it."""
        reader.live = False
        session.push(Unfollowed(conversation, reader.why, reader.cursor.sent))

    def _tell_live(self, session: Session, conversation: str, reader: Reader) -> None:
        reader.live = True
        session.push(Live(conversation, self._delivery.epoch, reader.cursor.sent))

    async def fill(self, session: Session, conversation: str) -> None:
        """Read the entries in a gap and send them through the reader."""
        reader = session.readers.get(conversation)
        if reader is None or reader.filling or not reader.begun:
            return
        reader.filling = True
        try:
            while reader.cursor.behind:
                after = reader.cursor.sent
                found = await self._database.read(partial(_page_after, conversation, after, session.audience))
                if not found:
                    return
                for seen in seen_by(found, session.audience):
                    if reader.muted or session.readers.get(conversation) is not reader:
                        return
                    spelled = encoding.text(encoding.entry(seen, self._delivery.epoch))
                    for text in reader.arrive(seen.seq, spelled):
                        session.push_text(text)
                    if seen.seq % PIECE == 0:
                        await session.has_room()
            if not reader.live and not reader.muted:
                self._tell_live(session, conversation, reader)
        finally:
            reader.filling = False
            if reader.ends and not reader.cursor.behind and session.readers.get(conversation) is reader:
                self._delivery.unsubscribe(session, conversation)

    async def history(self, session: Session, asked: HistoryGet) -> History:
        """One page of the history, as asked for."""
        conversation, limit, audience = asked.conversation, asked.limit, session.audience

        def read(conn: Connection) -> list[Entry]:
            if asked.after is None and asked.before is not None:
                backwards = entries.visitors_page_before if audience is Audience.VISITOR else entries.page_before
                return backwards(conn, conversation, asked.before, limit + 1)
            onwards = entries.visitors_page if audience is Audience.VISITOR else entries.page
            return onwards(conn, conversation, asked.after or 0, limit + 1)

        found = await self._database.read(read)
        more = len(found) > limit
        backwards = asked.after is None and asked.before is not None
        found = (found[-limit:] if backwards else found[:limit]) if more else found
        epoch = self._delivery.epoch
        spelled = tuple(encoding.entry(each, epoch) for each in seen_by(found, audience))
        return History(asked.ref, conversation, epoch, spelled, more)

    def _is_of_now(self, held: Position) -> bool:
        """Whether the position belongs to the database's present epoch. A client that holds no entries need not name an
        epoch."""
        return held.epoch == self._delivery.epoch or (held.epoch == "" and held.after == 0)

    def _start(self, held: Position | None) -> int:
        return held.after if held is not None and self._is_of_now(held) else 0

    def _why_not_recovered(self, held: Position | None, head: int) -> str | None:
        if held is None:
            return None
        if not self._is_of_now(held):
            return "epoch"
        return "ahead" if held.after > head else None


class Replay:
    """The entries to send, and the place after which the session's reader begins (`after`)."""

    __slots__ = ("after", "entries", "following")

    def __init__(self, following: Following, after: int, entries: Sequence[WireEntry]) -> None:
        self.following = following
        self.after = after
        self.entries = entries


def seen_by(found: Sequence[Entry], audience: Audience) -> list[Seen]:
    """Those of the entries that this audience may see."""
    return [seen for entry in found if (seen := view(entry, audience)) is not None]


def _size(spelled: Sequence[WireEntry]) -> int:
    return sum(len(encoding.text(each)) for each in spelled)


def _read_rests(conn: Connection, wanted: Sequence[Wanted]) -> list[Rest | None]:
    heads = conversations.heads(conn, (each.conversation for each in wanted))
    behind: dict[Audience, dict[entries.Place, list[Entry]]] = {}
    for audience, read in ((Audience.VISITOR, entries.visitors_rests), (Audience.STAFF, entries.rests)):
        places = [(each.conversation, each.after) for each in wanted if each.audience is audience]
        behind[audience] = read(conn, places, REPLAY + 1) if places else {}
    rests: list[Rest | None] = []
    for conversation, after, audience in wanted:
        if conversation not in heads:
            rests.append(None)
            continue
        last, visitors_last = heads[conversation]
        head = visitors_last if audience is Audience.VISITOR else last
        rests.append(Rest(head, behind[audience].get((conversation, after), [])))
    return rests


def _page_after(conversation: str, after: int, audience: Audience, conn: Connection) -> list[Entry]:
    page = entries.visitors_page if audience is Audience.VISITOR else entries.page
    return page(conn, conversation, after, REPLAY + 1)
