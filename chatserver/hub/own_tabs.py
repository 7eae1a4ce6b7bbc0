"""Keeps the tabs of one person in step when a draft was saved, sent or emptied, or a conversation was read up to a
place.

Tabs at this node are notified at once. Other nodes get a doorbell without text, and read the draft from the store. A
lost doorbell only delays a screen, because no draft can be sent twice (`store/drafts.py`).
"""

import asyncio
from typing import NamedTuple

import structlog

from chatserver.bus.contract import DraftBell, SeenBell
from chatserver.domain.refusals import Refused
from chatserver.hub.services import Services
from chatserver.hub.session import Session
from chatserver.hub.sessions import Sessions
from chatserver.store import drafts
from chatserver.store.tx import Tx
from chatserver.wire import encoding
from chatserver.wire.drafts import DraftSave, DraftShown
from chatserver.wire.messages import ConversationSeen, Seen

log = structlog.get_logger()


class OwnTabs:
    """For visitors and staff alike; only staff have drafts."""

    def __init__(self, services: Services, sessions: Sessions) -> None:
        self._database = services.database
        self._sessions = sessions
        self._bus = services.bus
        self._reading: set[asyncio.Task[None]] = set()

    def draft(self, person: str, draft: drafts.StoredDraft, but: Session | None = None) -> None:
        """The person has changed a draft: tell their tabs what is kept now, but not the one that changed it."""
        self._tell(person, shown(draft), but=but)
        self._ring(DraftBell(person, draft.conversation, draft.mode), person)

    def seen(self, session: Session, seen: ConversationSeen) -> None:
        """The session shows the conversation up to here. Ignored if it does not follow that conversation: it cannot
        have seen it."""
        if seen.conversation in session.readers:
            self._tell(session.person, Seen(seen.conversation, seen.seq), but=session)
            self._ring(SeenBell(session.person, seen.conversation, seen.seq), session.person)

    def elsewhere(self, bell: DraftBell | SeenBell) -> None:
        """A tab at another node did this."""
        match bell:
            case SeenBell():
                self._tell(bell.person, Seen(bell.conversation, bell.seq))
            case DraftBell():
                if self._sessions.of(bell.consultant):
                    reading = asyncio.create_task(self._read(bell), name="draft")
                    self._reading.add(reading)
                    reading.add_done_callback(self._reading.discard)

    async def _read(self, bell: DraftBell) -> None:
        try:
            kept = await self._database.read(lambda conn: drafts.kept(conn, drafts.DraftKey(*bell)))
        except Refused as refusal:
            log.warning("draft_not_read", code=refusal.code)
        else:
            self._tell(bell.consultant, shown(kept))

    def _tell(self, person: str, frame: DraftShown | Seen, but: Session | None = None) -> None:
        text = encoding.text(frame)
        for session in self._sessions.of(person):
            if session is not but:
                session.push_text(text)

    def _ring(self, bell: DraftBell | SeenBell, person: str) -> None:
        """Ring only if the person has tabs at other nodes, which is rare, or if the bus does not know at the moment."""
        if self._bus.elsewhere(person) or not self._bus.trusted:
            self._bus.ring(bell)


class Keeping(NamedTuple):
    """The stored drafts after a `draft.save`; the one that it names comes first. `changed`: nothing was saved, because
    another of the writer's tabs had changed the draft that this one is based on."""

    drafts: tuple[drafts.StoredDraft, ...]
    changed: bool = False


def keep(tx: Tx, person: str, frame: DraftSave, body: str) -> Keeping:
    """In the writer thread: save the draft in place of the one that it is based on. If its text was moved from the
    other mode, that draft is emptied.

    `body`: the frame's text, or "" if that has no visible character.
    """
    place = drafts.DraftKey(person, frame.conversation, frame.mode)
    other = place._replace(mode="reply" if frame.mode == "note" else "note")
    before, source = drafts.kept(tx.conn, place), drafts.kept(tx.conn, other)
    known = _is_known(before, frame.after, tx.now) and _is_known(source, frame.turned, tx.now)
    # If the stored text is the same, accept the frame: it may be a repeat that was carried out before.
    if not known and before.body != body:
        return Keeping((before, source), changed=True)
    after = drafts.put(tx, place, body)
    if frame.turned is None:
        return Keeping((after,))
    return Keeping((after, drafts.put(tx, other, "")))


def _is_known(kept: drafts.StoredDraft, at: int | None, now: int) -> bool:
    return at is None or drafts.is_as_known(kept, at, now)


def shown(draft: drafts.StoredDraft) -> DraftShown:
    """The draft as the other tabs are sent it."""
    return DraftShown(draft.conversation, draft.mode, draft.body, draft.at)  # type: ignore[arg-type]  # the mode came through the decoder
