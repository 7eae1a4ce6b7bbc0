"""A staff socket after its hello: what it is sent first, and how its frames reach their handlers, one by one."""

import asyncio

from sqlalchemy import Connection

from chatserver.domain.actors import Staff
from chatserver.domain.audience import may_read
from chatserver.domain.conversation import Conversation
from chatserver.domain.entry import Author, AuthorKind, Entry
from chatserver.domain.hospital import AT_CONSOLE, Consultant
from chatserver.domain.permissions import require
from chatserver.domain.refusals import NotFound, RefConflict, Refused
from chatserver.domain.routing import check_asked
from chatserver.hub.allowances import spend
from chatserver.hub.connections import StaffSession
from chatserver.hub.digests import is_repeat
from chatserver.hub.handlers import Handlers, StaffAsk, StaffHandler
from chatserver.hub.inbox import Done, SentDraft, Then
from chatserver.hub.parts import Parts
from chatserver.hub.replies import accepted, refuse_asked, telling
from chatserver.hub.resume import Replay
from chatserver.store import conversations, drafts, entries
from chatserver.wire.drafts import Draft
from chatserver.wire.fields import Frame, Named
from chatserver.wire.following import Position, Unfollowed
from chatserver.wire.session import VERSION, GroupShown, Limits, Pong, StaffClocks, StaffHello, StaffWelcome

AMBER_FIRST_MS, RED_FIRST_MS = 15_000, 30_000
AMBER_FOLLOW_UP_MS, RED_FOLLOW_UP_MS = 30_000, 60_000
"""After how long (ms) the waiting clock in the console turns amber and red. The times of alarms come from the rules."""


class StaffDesk:
    """One for all staff of this node. Handlers use `parts`, `database`, `records` and `now`, the clock (ms)."""

    def __init__(self, parts: Parts, handlers: Handlers) -> None:
        self.parts = parts
        self.database = parts.services.database
        self.records = parts.services.records
        self.now = parts.services.now
        self._handlers = handlers.staff

    async def enter(self, session: StaffSession, hello: StaffHello) -> None:
        """Send the whole lists, the drafts, and the conversations that were open before the connection was lost."""
        parts = self.parts
        parts.sessions.add_staff(session)
        now = self.now()
        held = {each.conversation: each for each in hello.resume}
        own_drafts, known = await self.database.read(
            lambda conn: (drafts.of(conn, session.person, now), conversations.load(conn, held))
        )
        for conversation in known.values():
            parts.announcer.refresh(conversation)
        readable = [held[id] for id, each in known.items() if may_read(each, session.staff, now)]
        found = await asyncio.gather(*(self.replay(session, each) for each in readable))
        replays = [replay for replay in found if replay is not None]
        session.welcome(self._welcome(session, own_drafts, replays))
        await parts.lists.enter(session, session.staff)
        parts.alarms.add(session, session.staff)
        for replay in replays:
            await parts.resume.send(session, replay)
            await session.has_room()
        following = {each.following.conversation for each in replays}
        for id in held:
            if id not in following:
                session.push(Unfollowed(id, "not_found"))
        parts.presence.consultant_came(session.person, session.id, session.since)
        session.start_heartbeat()

    async def handle(self, session: StaffSession, frame: Frame) -> None:
        """Handle one frame after the hello. A refusal is sent to the tab; nothing is raised."""
        session.heard()
        if isinstance(frame, Pong):
            return
        try:
            await self._run(session, frame)
        except Exception as failure:
            refuse_asked(session, failure, getattr(frame, "ref", None))

    async def _run(self, session: StaffSession, frame: Frame) -> None:
        handler = self._handlers[type(frame)]
        spend(handler.buckets, session.allowance)
        try:
            result = _permitted(handler, session).run(self, session, frame)
            if result is not None and not isinstance(result, StaffAsk):
                result = await result
        except Refused as refusal:
            # An earlier try of this command may have been carried out while it was still allowed.
            done = await self._done_before(session, frame) if refusal.retry == "no" else None
            if done is None:
                raise
            session.push(accepted(done, str(getattr(frame, "ref", "")), session.audience))
        else:
            if result is not None:
                self._queue(session, frame, result)

    def is_at_once(self, frame: Frame) -> bool:
        """Whether `handle_now` can carry it out: messages, notes, typing signs, what was seen, pongs."""
        handler = self._handlers.get(type(frame))
        return isinstance(frame, Pong) or (handler is not None and handler.at_once)

    def handle_now(self, session: StaffSession, frame: Frame) -> None:
        """Like `handle`, for frames that wait for nothing."""
        session.heard()
        if isinstance(frame, Pong):
            return
        try:
            handler = self._handlers[type(frame)]
            spend(handler.buckets, session.allowance)
            result = _permitted(handler, session).run(self, session, frame)
            if isinstance(result, StaffAsk):
                self._queue(session, frame, result)
        except Refused as refusal:
            refuse_asked(session, refusal, getattr(frame, "ref", None))

    def _queue(self, session: StaffSession, frame: Frame, ask: StaffAsk) -> None:
        ref, digest = str(getattr(frame, "ref", "")), self.parts.digests.of(frame)
        then = telling(session, ref) if ask.draft is None else self._forgetting(session, ref, ask.draft)
        author = Author(AuthorKind.CONSULTANT, session.person, session.staff.person)
        self.parts.dispatch.ask(ask.conversation, ask.command, author, then, ref=ref, digest=digest, draft=ask.draft)

    def _forgetting(self, session: StaffSession, ref: str, draft: SentDraft) -> Then:
        """Like `telling`; once the text is sent, its draft also disappears from the writer's other windows."""
        tell = telling(session, ref)

        def then(answer: Done | Refused) -> None:
            tell(answer)
            if isinstance(answer, Done) and not answer.repeat:
                empty = drafts.StoredDraft(draft.place.conversation, draft.place.mode, "")
                self.parts.own_tabs.draft(session.person, empty, but=session)

        return then

    async def _done_before(self, session: StaffSession, frame: Frame) -> Done | None:
        """The result of this very command, if it was carried out before. Raises `RefConflict` if the ref belongs to
        another command."""
        conversation, ref = getattr(frame, "conversation", None), getattr(frame, "ref", None)
        if conversation is None or ref is None:
            return None
        key = (conversation, session.person, ref)

        def read(conn: Connection) -> tuple[Conversation, tuple[Entry, bytes | None]] | None:
            before = entries.known(conn, [key]).get(key)
            return None if before is None else (conversations.load(conn, [conversation])[conversation], before)

        found = await self.database.read(read)
        if found is None:
            return None
        now, (entry, digest) = found
        if not is_repeat(digest, self.parts.digests.of(frame)):
            raise RefConflict()
        return Done(now, entry, repeat=True)

    def leave(self, session: StaffSession) -> None:
        """The socket has ended."""
        self.parts.lists.remove(session)
        self.parts.alarms.remove(session)
        self.parts.sessions.remove_staff(session)
        self.parts.presence.consultant_left(session.person, session.id)

    # Used by the handlers.

    def colleague(self, id: str) -> Consultant:
        """A colleague who can be asked for something now. Raises `NotFound`, `NotServing`."""
        colleague = self.parts.directory.get(id)
        if colleague is None or colleague.role not in AT_CONSOLE:
            raise NotFound()
        check_asked(self.parts.directory.candidate(colleague))
        return colleague

    async def readable(self, staff: Staff, id: str) -> Conversation:
        """The conversation, if the member of staff may read it. Raises `NotFound`."""
        found = await self.database.read(lambda conn: conversations.load(conn, [id]))
        if id not in found or not may_read(found[id], staff, self.now()):
            raise NotFound()
        # Another node may have assigned it to them a moment ago.
        self.parts.announcer.refresh(found[id])
        return found[id]

    async def replay(self, session: StaffSession, held: Position) -> Replay | None:
        """What the session lacks. None when there is no such conversation, or the right to read it was lost during the
        read."""
        before = session.readers.get(held.conversation)
        replay = await self.parts.resume.follow(session, held.conversation, held)
        now = self.parts.open_conversations.get(held.conversation)
        if now is not None and not may_read(now, session.staff, self.now()):
            self.parts.delivery.take_back(session, held.conversation, before)
            return None
        return replay

    def _welcome(
        self, session: StaffSession, own_drafts: list[drafts.StoredDraft], replays: list[Replay]
    ) -> StaffWelcome:
        parts = self.parts
        rules, hospital = self.records.rules, self.records.hospital
        me = parts.directory.get(session.person)
        assert me is not None
        return StaffWelcome(
            version=VERSION,
            connection=session.id,
            now=self.now(),
            ping_ms=int(session.ping_every * 1000),
            limits=Limits(rules.message_length, rules.note_length),
            clocks=StaffClocks(
                first=(AMBER_FIRST_MS, RED_FIRST_MS, rules.first_reply_alarm_ms),
                follow_up=(AMBER_FOLLOW_UP_MS, RED_FOLLOW_UP_MS, rules.follow_up_alarm_ms),
                ring_ms=rules.ring_ms,
                transfer_ms=rules.transfer_ms,
                above_capacity=rules.above_capacity,
            ),
            me=parts.colleague_list.me(me),
            groups=tuple(
                GroupShown(each.id, each.name.zh, each.name.en, each.mode.value, each.id in me.groups)
                for each in hospital.groups.values()
            ),
            departments=tuple(Named(d.id, d.name.zh, d.name.en) for d in hospital.departments.values()),
            sites=tuple(Named(each.id, each.name.zh, each.name.en) for each in hospital.sites.values()),
            skills=tuple(Named(each.id, each.name.zh, each.name.en) for each in hospital.skills.values()),
            drafts=tuple(Draft(each.conversation, each.mode, each.body, each.at) for each in own_drafts),  # type: ignore[arg-type]  # the mode came through the decoder
            following=tuple(each.following for each in replays),
            offered={each.id: each.departments for each in hospital.sites.values()},
            takes_seen=True,
        )


def _permitted(handler: StaffHandler, session: StaffSession) -> StaffHandler:
    """The same handler. Raises `Forbidden` when the role does not permit it."""
    if handler.permission is not None:
        require(session.staff.role, handler.permission)
    return handler
