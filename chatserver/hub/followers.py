"""Who follows a conversation at this node, and what each commit means for their reading.

A visitor's tabs follow what the visitor opens. Staff follow what they ask to follow; they may lose the right to read it
while they follow, and get it back.
"""

import asyncio
from collections.abc import Iterable, Sequence

import structlog

from chatserver.domain.audience import may_read
from chatserver.domain.conversation import QUEUED, Conversation, Phase
from chatserver.domain.entry import Entry
from chatserver.domain.events.files import FilePosted
from chatserver.domain.events.messages import MessagePosted, NoteWritten
from chatserver.domain.refusals import Refused
from chatserver.hub.connections import StaffSession, VisitorSession
from chatserver.hub.delivery import Delivery, head_for
from chatserver.hub.outcome import Change
from chatserver.hub.resume import Resume
from chatserver.hub.services import Services
from chatserver.hub.session import Session
from chatserver.hub.sessions import Sessions
from chatserver.wire.closing import CloseCode
from chatserver.wire.entries import Live
from chatserver.wire.following import Head, Heads, UnfollowedWhy

log = structlog.get_logger()

RETRY_MS = 1_000


class Followers:
    """Delivers the entries of commits to those who follow the conversation."""

    def __init__(self, services: Services, delivery: Delivery, resume: Resume, sessions: Sessions) -> None:
        self._now = services.now
        self._delivery = delivery
        self._resume = resume
        self._sessions = sessions
        self._reading: set[asyncio.Task[None]] = set()

    def text_added(self, change: Change) -> None:
        """A text-only commit: nobody's right to read can have changed."""
        for entry in change.entries:
            self._delivery.deliver(entry)
        for session in self._delivery.behind(change.after):
            self._catch_up_soon(session, change.after.id)

    def follow_new(self, conversation: Conversation) -> list[VisitorSession]:
        """Let the tabs of the visitor who opened it follow it from its first entry. Returns these tabs."""
        # A tab whose hello found the conversation is already reading it from the store, and its reader holds new
        # entries. A tab that is not welcomed yet looks for it itself.
        tabs = [
            each
            for each in self._sessions.tabs_of(conversation.visitor)
            if each.welcomed and conversation.id not in each.readers
        ]
        for session in tabs:
            self._delivery.subscribe(session, conversation.id).begin(0)
        return tabs

    def changed(self, change: Change, before: Conversation | None, new: Sequence[VisitorSession]) -> None:
        """Deliver the commit's entries to those who may read them now. `new` are the tabs that follow it from this
        commit on."""
        after = change.after
        self._admit_readers(after)
        self.deliver(change)
        self._mute_strangers(before, after)
        for session in new:
            # The entries that they lack are still being read, so they are sent their own position, not the
            # conversation's head.
            reader = session.readers[after.id]
            reader.live = True
            session.push(Live(after.id, self._delivery.epoch, reader.cursor.sent))

    def deliver(self, change: Change) -> None:
        """Send the entries. Staff who lose the right to read it get the entries up to those of the act that took the
        right, and none after them."""
        # A change from another node may hold several commits.
        lost = self._strangers(change.after)
        last = _last_for_strangers(change.entries)
        for number, entry in enumerate(change.entries):
            self._delivery.deliver(entry, but=lost if number > last else ())
        for session in self._delivery.behind(change.after):
            if session not in lost:
                self._catch_up_soon(session, change.after.id)

    async def send_heads(self, session: Session, ref: str, conversations: Iterable[Conversation]) -> None:
        """Send the heads of these conversations, and then what the session lacks of them."""
        heads = []
        for conversation in conversations:
            head, reader = head_for(conversation, session.audience), session.readers.get(conversation.id)
            if reader is not None and not reader.muted:
                # The session may have been sent later commits while the row was read.
                head = max(head, reader.cursor.sent)
            heads.append(Head(conversation.id, self._delivery.epoch, head))
        session.push(Heads(ref, tuple(heads)))
        for each in heads:
            reader = session.readers.get(each.conversation)
            if reader is not None and reader.begun:
                reader.heard(each.head)
                await self._resume.fill(session, each.conversation)

    def _strangers(self, conversation: Conversation) -> set[Session]:
        """The staff who follow it but may not read it any more."""
        now = self._now()
        followers = self._delivery.followers(conversation.id)
        staff = [session for session in followers if isinstance(session, StaffSession)]
        return {session for session in staff if not may_read(conversation, session.staff, now)}

    def _mute_strangers(self, before: Conversation | None, after: Conversation) -> None:
        """The conversation may have gone to somebody else: stop sending entries to those who may not read it any
        more."""
        for session in self._strangers(after):
            reader = session.readers[after.id]
            reader.muted, reader.why = True, _why_unfollowed(before, after, session.person)
            # If its reader has not begun, the session is told later, after its replay was read (`resume.py`).
            if reader.begun:
                self._resume.tell_unfollowed(session, after.id, reader)

    def _admit_readers(self, conversation: Conversation) -> None:
        """Some staff may have regained the right to read it: send them what they missed, although they did not ask for
        it."""
        for session in self._delivery.followers(conversation.id, muted=True):
            if isinstance(session, StaffSession) and may_read(conversation, session.staff, self._now()):
                reader = session.readers[conversation.id]
                reader.muted = False
                reader.heard(conversation.last_seq)
                self._catch_up_soon(session, conversation.id)

    def _catch_up_soon(self, session: Session, conversation: str) -> None:
        """The session lacks earlier entries: read them from the store in the background."""
        reading = asyncio.create_task(self._catch_up(session, conversation))
        self._reading.add(reading)
        reading.add_done_callback(self._reading.discard)

    async def _catch_up(self, session: Session, conversation: str) -> None:
        try:
            await self._resume.fill(session, conversation)
        except Refused as refusal:
            # Close the session: the client reconnects, and the resume sends what is missing.
            log.warning("catching_up_refused", code=refusal.code)
            session.close(CloseCode.OVERLOADED, retry_ms=RETRY_MS)


def _last_for_strangers(entries: Sequence[Entry]) -> int:
    """The index of the last entry that is sent to staff who lose the conversation, or an offer of it: the last entry of
    the act that has the first parting event. -1 if there is no such event."""
    last = next((number for number, each in enumerate(entries) if each.event.is_parting), -1)
    if last >= 0:
        parting = entries[last]
        for number, entry in enumerate(entries[last + 1 :], last + 1):
            is_text = isinstance(entry.event, MessagePosted | NoteWritten | FilePosted)
            if is_text or (entry.at, entry.author) != (parting.at, parting.author):
                break
            last = number
    return last


def _why_unfollowed(before: Conversation | None, after: Conversation, person: str) -> UnfollowedWhy:
    if after.phase is Phase.CLOSED:
        return "closed"
    if before is not None and before.participant(person) is not None:
        return "left"
    return "queued" if after.phase in QUEUED else "given"
