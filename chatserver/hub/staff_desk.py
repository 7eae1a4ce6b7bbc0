"""The staff's side: what each frame of a consultant or supervisor does."""

import asyncio

from sqlalchemy import Connection

from chatserver.domain import availability, offline
from chatserver.domain.audience import may_read
from chatserver.domain.commands.alarms import AcknowledgeAlarm, DismissEmergency
from chatserver.domain.commands.base import Command
from chatserver.domain.commands.colleagues import AskColleague, Join, Leave
from chatserver.domain.commands.departments import SetDepartment
from chatserver.domain.commands.ending import Close, SetOutcome
from chatserver.domain.commands.messages import PostMessage, WriteNote
from chatserver.domain.commands.offers import DeclineOffer, OfferTransfer, WithdrawOffer
from chatserver.domain.commands.queue import MoveForward, Release
from chatserver.domain.conversation import Conversation
from chatserver.domain.entry import Author, AuthorKind
from chatserver.domain.hospital import Availability, Consultant, Role
from chatserver.domain.permissions import Action, require
from chatserver.domain.refusals import BadFrame, DraftChanged, NotFound, NotServing, Refused
from chatserver.domain.routing import check_asked, check_group_offered, check_offered
from chatserver.domain.text import checked_note, optional_line, optional_text, shows
from chatserver.hub.connections import StaffSession
from chatserver.hub.dispatch import Done, Draft, Then
from chatserver.hub.own_tabs import keep, shown
from chatserver.hub.parts import Parts
from chatserver.hub.replies import accepted, answer_when, refuse, refuse_asked, telling
from chatserver.hub.resume import Replay
from chatserver.hub.unit_of_work import UnitOfWork
from chatserver.store import consultants, conversations, drafts, entries, shifts
from chatserver.store.ids import new_id
from chatserver.wire.alarms import AlarmAcknowledge, EmergencyDismiss
from chatserver.wire.assignment import ConversationAssign, ConversationClaim
from chatserver.wire.availability import AvailabilitySet
from chatserver.wire.colleagues import ColleagueAsk, ColleagueJoin, ColleagueLeave
from chatserver.wire.conversation_list import ListGet
from chatserver.wire.departments import DepartmentSet
from chatserver.wire.drafts import Draft as WireDraft
from chatserver.wire.drafts import DraftSave
from chatserver.wire.ending import ConversationClose, ConversationReopen, OutcomeSet
from chatserver.wire.entries import HistoryGet
from chatserver.wire.fields import Named
from chatserver.wire.following import ConversationFollow, ConversationUnfollow, Followed, HeadsGet, Position, Unfollowed
from chatserver.wire.messages import ConversationSeen, MessagePost, NotePost
from chatserver.wire.offers import OfferAccept, OfferDecline, OfferWithdraw, TransferOffer
from chatserver.wire.offline_messages import OfflineReveal, OfflineSettle, OfflineTake, PhoneShown
from chatserver.wire.queue import ConversationForward, ConversationRelease
from chatserver.wire.replies import Accepted
from chatserver.wire.session import VERSION, GroupShown, Limits, Pong, StaffClocks, StaffHello, StaffWelcome
from chatserver.wire.shifts import ShiftCheckIn
from chatserver.wire.typing import Typing

AMBER_FIRST_MS, RED_FIRST_MS = 15_000, 30_000
AMBER_FOLLOW_UP_MS, RED_FOLLOW_UP_MS = 30_000, 60_000
"""When the waiting clock changes colour; the alarms are rules."""


ACTIONS: dict[type, Action] = {
    AvailabilitySet: Action.SET_AVAILABILITY,
    ListGet: Action.SEE_QUEUE,
    ConversationClaim: Action.TAKE,
    OfferAccept: Action.TAKE,
    ConversationReopen: Action.TAKE,
    OutcomeSet: Action.CLOSE,
    ConversationFollow: Action.READ_LIVE,
    HistoryGet: Action.READ_LIVE,
    MessagePost: Action.REPLY,
    NotePost: Action.WRITE_NOTE,
    TransferOffer: Action.TRANSFER,
    ConversationClose: Action.CLOSE,
    ConversationRelease: Action.TRANSFER,
    ColleagueAsk: Action.ASK_COLLEAGUE,
    ColleagueJoin: Action.JOIN,
    ColleagueLeave: Action.JOIN,
    ConversationAssign: Action.DIRECT,
    ConversationForward: Action.DIRECT,
    DepartmentSet: Action.REPLY,
    EmergencyDismiss: Action.DIRECT,
    AlarmAcknowledge: Action.SEE_QUEUE,
    ShiftCheckIn: Action.SET_AVAILABILITY,
    OfflineTake: Action.TAKE,
    OfflineSettle: Action.TAKE,
    OfflineReveal: Action.TAKE,
}
"""Which permission a frame needs."""


class StaffDesk:
    """One for all staff of this parts."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._database = parts.environment.database
        self._records = parts.environment.records
        self._options = parts.environment.options
        self._now = parts.environment.now

    async def enter(self, session: StaffSession, hello: StaffHello) -> None:
        """Lists whole, drafts, and the conversations that were open before the connection was lost."""
        parts = self._parts
        parts.sessions.add_staff(session)
        now = self._now()
        held = {each.conversation: each for each in hello.resume}
        own_drafts, known = await self._database.read(
            lambda conn: (drafts.of(conn, session.person, now), conversations.load(conn, held))
        )
        for conversation in known.values():
            parts.announcer.refresh(conversation)
        readable = [held[id] for id, each in known.items() if may_read(each, session.staff, now)]
        found = await asyncio.gather(*(self._replay(session, each) for each in readable))
        replays = [replay for replay in found if replay is not None]
        session.welcome(self._welcome(session, own_drafts, replays))
        parts.lists.add(session, session.staff)
        parts.offline_list.add(session, session.staff)
        await parts.lists.send_conversations(session)
        parts.lists.send_colleagues(session)
        await parts.offline_list.send(session)
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

    async def handle(self, session: StaffSession, frame: object) -> None:
        """One frame after the hello. What is refused is told to the tab; nothing is raised."""
        session.heard()
        if isinstance(frame, Pong):
            return
        ref = getattr(frame, "ref", None)
        try:
            self._parts.sessions.spend_of_staff(session, frame)
            self._check_role(session, frame)
            await self._act(session, frame)
        except Exception as failure:
            refuse_asked(session, failure, ref)

    async def _act(self, session: StaffSession, frame: object) -> None:
        try:
            if not (self._say(session, frame) or self._offer(session, frame) or self._together(session, frame)):
                await self._look(session, frame)
        except NotServing as refusal:
            await self._unless_done(session, frame, refusal)

    def waits_for_nothing(self, frame: object) -> bool:
        """Whether `handle_now` can carry it out: words, typing, signs of life."""
        return isinstance(frame, MessagePost | NotePost | Typing | ConversationSeen | Pong)

    def handle_now(self, session: StaffSession, frame: object) -> None:
        """`handle`, for what waits for nothing."""
        session.heard()
        try:
            self._parts.sessions.spend_of_staff(session, frame)
            self._check_role(session, frame)
            self._say(session, frame)
        except Refused as refusal:
            refuse_asked(session, refusal, getattr(frame, "ref", None))

    async def _unless_done(self, session: StaffSession, frame: object, refusal: NotServing) -> None:
        """He cannot be asked now; but this very command may have been carried out while he could."""
        ref, conversation = str(getattr(frame, "ref", "")), str(getattr(frame, "conversation", ""))
        key = (conversation, session.person, ref)

        def look(conn: Connection) -> Done | None:
            before = entries.known(conn, [key]).get(key)
            if before is None:
                return None
            return Done(conversations.load(conn, [conversation])[conversation], before[0], repeat=True)

        done = await self._database.read(look)
        if done is None:
            refuse(session, refusal, ref)
        else:
            session.push(accepted(done, ref, session.audience))

    def _check_role(self, session: StaffSession, frame: object) -> None:
        """Whether somebody of his role does this at all; with which conversations is decided where they are."""
        action = ACTIONS.get(type(frame))
        if action is not None:
            require(session.staff.role, action)

    def leave(self, session: StaffSession) -> None:
        """The socket has ended."""
        self._parts.lists.remove(session)
        self._parts.offline_list.remove(session)
        self._parts.alarms.remove(session)
        self._parts.sessions.remove_staff(session)
        self._parts.presence.consultant_left(session.person, session.id)

    # Words and endings: into the inbox.

    def _say(self, session: StaffSession, frame: object) -> bool:
        match frame:
            case MessagePost():
                post = PostMessage(session.staff, frame.body, frame.fence)
                self._ask(
                    session, frame.ref, frame.conversation, post, "post", frame.body, draft=_draft(session, frame)
                )
            case NotePost():
                note = WriteNote(session.staff, frame.body)
                self._ask(
                    session, frame.ref, frame.conversation, note, "note", frame.body, draft=_draft(session, frame)
                )
            case ConversationClose():
                if frame.outcome is None:
                    raise BadFrame(why="outcome")
                close = Close(session.staff, frame.fence, frame.outcome)
                self._ask(session, frame.ref, frame.conversation, close, "close", frame.outcome)
            case OutcomeSet():
                outcome = SetOutcome(session.staff, frame.outcome)
                self._ask(session, frame.ref, frame.conversation, outcome, "outcome", frame.outcome)
            case Typing():
                self._parts.typing.consultant(session, frame)
            case ConversationSeen():
                self._parts.own_tabs.seen(session, frame)
            case _:
                return False
        return True

    def _offer(self, session: StaffSession, frame: object) -> bool:
        match frame:
            case TransferOffer():
                parts = (frame.note, frame.consultant, frame.group)
                self._ask(session, frame.ref, frame.conversation, self._transfer(session, frame), "transfer", *parts)
            case OfferDecline():
                reason = optional_text(frame.reason, self._records.rules.note_length)
                decline = DeclineOffer(session.staff, frame.offer, reason)
                self._ask(session, frame.ref, frame.conversation, decline, "decline", frame.offer, reason)
            case OfferWithdraw():
                withdraw = WithdrawOffer(session.staff, frame.offer)
                self._ask(session, frame.ref, frame.conversation, withdraw, "withdraw", frame.offer)
            case _:
                return False
        return True

    def _together(self, session: StaffSession, frame: object) -> bool:
        """Colleagues beside the owner, and what a supervisor directs."""
        staff = session.staff
        match frame:
            case ConversationRelease():
                release = Release(staff, frame.fence, frame.note)
                self._ask(session, frame.ref, frame.conversation, release, "release", frame.note)
            case ColleagueAsk():
                ask = AskColleague(staff, self._colleague(frame.consultant).person, frame.asked_for, frame.note)
                parts = (frame.consultant, frame.asked_for, frame.note)
                self._ask(session, frame.ref, frame.conversation, ask, "ask", *parts)
            case ColleagueJoin():
                self._ask(session, frame.ref, frame.conversation, Join(staff), "join")
            case ColleagueLeave():
                leave = Leave(staff, frame.consultant)
                self._ask(session, frame.ref, frame.conversation, leave, "leave", frame.consultant)
            case ConversationForward():
                self._ask(session, frame.ref, frame.conversation, MoveForward(staff), "forward")
            case DepartmentSet():
                about = SetDepartment(staff, self._department(frame))
                self._ask(session, frame.ref, frame.conversation, about, "department", about.department)
            case EmergencyDismiss():
                self._ask(session, frame.ref, frame.conversation, DismissEmergency(staff), "dismiss")
            case _:
                return False
        return True

    def _department(self, frame: DepartmentSet) -> str:
        """One that its site offers. Raises `NotFound`; whether the conversation itself is there, the domain says."""
        known = self._parts.open_conversations.get(frame.conversation)
        if known is not None and frame.department not in self._records.hospital.sites[known.site].departments:
            raise NotFound(what="department")
        return frame.department

    def _colleague(self, id: str) -> Consultant:
        """Somebody who can be asked for something now. Raises `NotFound`, `NotServing`."""
        colleague = self._parts.directory.get(id)
        if colleague is None or colleague.role is Role.ADMINISTRATOR:
            raise NotFound()
        check_asked(self._parts.directory.candidate(colleague))
        return colleague

    async def _assign(self, session: StaffSession, frame: ConversationAssign) -> None:
        to = self._colleague(frame.consultant)
        digest = self._parts.digests.of("assign", frame.consultant, int(frame.above))
        assign = self._parts.router.assign(
            session.staff, frame.conversation, frame.fence, to, frame.ref, digest, above=frame.above
        )
        await answer_when(session, frame.ref, assign)

    def _transfer(self, session: StaffSession, frame: TransferOffer) -> OfferTransfer:
        if (frame.consultant is None) is (frame.group is None):
            raise BadFrame(why="exactly one of consultant and group")
        checked_note(frame.note, self._records.rules)
        if frame.group is not None:
            if frame.group not in self._records.hospital.groups:
                raise NotFound()
            # It rings for the group's present people with room; there must be one.
            candidates = self._parts.directory.candidates(frame.group)
            check_group_offered(
                (each for each in candidates if each.consultant.id != session.person), self._records.rules
            )
            return OfferTransfer(session.staff, frame.fence, new_id(), frame.note, group=frame.group)
        assert frame.consultant is not None
        colleague = self._parts.directory.get(frame.consultant)
        if colleague is None:
            raise NotFound()
        check_offered(self._parts.directory.candidate(colleague), self._records.rules)
        return OfferTransfer(
            session.staff, frame.fence, new_id(), frame.note, to=colleague.person, to_role=colleague.role
        )

    def _ask(
        self,
        session: StaffSession,
        ref: str,
        conversation: str,
        command: Command,
        kind: str,
        *parts: str | int | None,
        draft: Draft | None = None,
    ) -> None:
        digest, earlier = self._parts.digests.both(kind, *parts)
        then = telling(session, ref) if draft is None else self._forgetting(session, ref, draft)
        self._parts.dispatch.ask(
            conversation, command, _author(session), then, ref=ref, digest=digest, earlier=earlier, draft=draft
        )

    def _forgetting(self, session: StaffSession, ref: str, draft: Draft) -> Then:
        """`telling`; and once its words are sent, the draft stands on none of the writer's other screens."""
        tell = telling(session, ref)

        def then(answer: Done | Refused) -> None:
            tell(answer)
            if isinstance(answer, Done) and not answer.repeat:
                self._parts.own_tabs.draft(session, drafts.Draft(draft.place.conversation, draft.place.mode, ""))

        return then

    # Taking, looking, and one's own state: awaited.

    async def _look(self, session: StaffSession, frame: object) -> None:
        match frame:
            case ConversationClaim():
                digest = self._parts.digests.of("claim")
                claim = self._parts.router.claim(session.staff, frame.conversation, frame.ref, digest)
                await answer_when(session, frame.ref, claim)
            case ConversationReopen():
                digest = self._parts.digests.of("reopen")
                reopen = self._parts.router.reopen(session.staff, frame.conversation, frame.fence, frame.ref, digest)
                await answer_when(session, frame.ref, reopen)
            case OfferAccept():
                digest = self._parts.digests.of("accept", frame.offer)
                accept = self._parts.router.accept(session.staff, frame.conversation, frame.offer, frame.ref, digest)
                await answer_when(session, frame.ref, accept)
            case ConversationAssign():
                await self._assign(session, frame)
            case ConversationFollow():
                await self._follow(session, frame)
            case ConversationUnfollow():
                self._parts.delivery.unsubscribe(session, frame.conversation)
            case HistoryGet():
                await self._readable(session, frame.conversation)
                session.push(await self._parts.resume.history(session, frame))
            case HeadsGet():
                await self._heads(session, frame)
            case AvailabilitySet():
                await self._set_availability(session, frame)
            case ShiftCheckIn():
                await self._check_in(session, frame)
            case OfflineTake() | OfflineSettle():
                await self._see_to(session, frame)
            case OfflineReveal():
                number = await self._parts.reveals.phone(session, frame.id)
                session.push(PhoneShown(frame.ref, frame.id, number))
            case AlarmAcknowledge():
                await self._acknowledge(session, frame)
            case DraftSave():
                await self._save_draft(session, frame)
            case ListGet():
                await self._send_list(session, frame)
            case _:
                raise AssertionError(frame)

    async def _follow(self, session: StaffSession, frame: ConversationFollow) -> None:
        await self._readable(session, frame.conversation)
        held = Position(frame.conversation, frame.epoch, frame.after)
        replay = await self._replay(session, held)
        if replay is None:
            raise NotFound()
        session.push(Followed(frame.ref, replay.following))
        await self._parts.resume.send(session, replay)

    async def _replay(self, session: StaffSession, held: Position) -> Replay | None:
        """What he lacks. None: there is no such conversation, or it went to somebody else while this was read."""
        before = session.readers.get(held.conversation)
        replay = await self._parts.resume.follow(session, held.conversation, held)
        now = self._parts.open_conversations.get(held.conversation)
        if now is not None and not may_read(now, session.staff, self._now()):
            self._parts.delivery.take_back(session, held.conversation, before)
            return None
        return replay

    async def _heads(self, session: StaffSession, frame: HeadsGet) -> None:
        asked = [each.conversation for each in frame.at]
        found = await self._database.read(lambda conn: conversations.load(conn, asked))
        now = self._now()
        readable = [each for each in found.values() if may_read(each, session.staff, now)]
        await self._parts.followers.send_heads(session, frame.ref, readable)

    async def _readable(self, session: StaffSession, id: str) -> Conversation:
        """The conversation, if he may read it. Raises `NotFound`."""
        found = await self._database.read(lambda conn: conversations.load(conn, [id]))
        if id not in found or not may_read(found[id], session.staff, self._now()):
            raise NotFound()
        # Another node may have given it to him a moment ago.
        self._parts.announcer.refresh(found[id])
        return found[id]

    async def _set_availability(self, session: StaffSession, frame: AvailabilitySet) -> None:
        parts = self._parts
        reason = optional_line(frame.reason, 100)

        def work(ledger: UnitOfWork) -> None:
            before = ledger.consultant(session.person)
            after = availability.chose(before, Availability(frame.availability), ledger.now, reason)
            ledger.put_consultant(after)
            consultants.note_availability(ledger.conn, after)
            if here:
                shifts.check_in(ledger.conn, session.person, ledger.now)

        # Who is 在线 is here for his shift, too; it may have been put on the roster a moment ago.
        await parts.shifts.look()
        here = frame.availability == Availability.ONLINE.value and parts.shifts.of(session.person).may_check_in(
            self._now()
        )
        await parts.dispatch.transact(work)
        if here:
            await parts.shifts.look()
        session.push(Accepted(ref=frame.ref))

    async def _check_in(self, session: StaffSession, frame: ShiftCheckIn) -> None:
        parts = self._parts
        await parts.shifts.look()
        shift = parts.shifts.of(session.person).to_check_in(self._now())

        def work(ledger: UnitOfWork) -> None:
            before = ledger.consultant(session.person)
            if before.availability is not Availability.ONLINE:
                after = availability.chose(before, Availability.ONLINE, ledger.now)
                ledger.put_consultant(after)
                consultants.note_availability(ledger.conn, after)
            if shift.checked_in_at is None:
                shifts.check_in(ledger.conn, session.person, ledger.now)

        await parts.dispatch.transact(work)
        await parts.shifts.look()
        session.push(Accepted(ref=frame.ref, repeat=shift.checked_in_at is not None))

    async def _see_to(self, session: StaffSession, frame: OfflineTake | OfflineSettle) -> None:
        """A 留言: mine from now on, or done."""
        staff = session.staff
        if isinstance(frame, OfflineTake):
            await self._parts.offline_messages.change(frame.id, lambda message, now: offline.take(message, staff))
        else:
            note, result = checked_note(frame.note, self._records.rules), frame.result
            await self._parts.offline_messages.change(
                frame.id, lambda message, now: offline.settle(message, staff, result, note, now)
            )
        session.push(Accepted(ref=frame.ref, id=frame.id))

    async def _acknowledge(self, session: StaffSession, frame: AlarmAcknowledge) -> None:
        """An alarm that is over meanwhile needs nobody any more: that is an answer, too."""
        parts, staff = self._parts, session.staff
        alarm = parts.alarms.of(session, frame.id)
        if alarm is None:
            if not parts.alarms.had(session, frame.id):
                raise NotFound()
            session.push(Accepted(ref=frame.ref, id=frame.id))
        elif alarm.kind == "offline":
            await parts.offline_messages.change(frame.id, lambda message, now: offline.acknowledge(message, staff, now))
            session.push(Accepted(ref=frame.ref, id=frame.id))
        else:
            command = AcknowledgeAlarm(staff.person, alarm.kind)
            self._ask(session, frame.ref, frame.id, command, "acknowledge", alarm.kind)

    async def _save_draft(self, session: StaffSession, frame: DraftSave) -> None:
        parts = self._parts
        await self._readable(session, frame.conversation)
        if len(frame.body) > self._records.rules.note_length:
            raise BadFrame(why="body")
        now = self._now()
        body = frame.body if shows(frame.body) else ""
        keeping = await self._database.write(lambda conn: keep(conn, session.person, frame, body, now))
        if keeping.changed:
            for draft in keeping.drafts:
                session.push(shown(draft))
            raise DraftChanged()
        session.push(Accepted(ref=frame.ref, conversation=frame.conversation, at=keeping.drafts[0].at))
        for draft in keeping.drafts:
            parts.own_tabs.draft(session, draft)

    async def _send_list(self, session: StaffSession, frame: ListGet) -> None:
        if frame.list == "conversations":
            await self._parts.lists.send_conversations(session)
        elif frame.list == "offline":
            await self._parts.offline_list.send(session)
        else:
            self._parts.lists.send_colleagues(session)
        session.push(Accepted(ref=frame.ref))

    def _welcome(self, session: StaffSession, own_drafts: list[drafts.Draft], replays: list[Replay]) -> StaffWelcome:
        parts = self._parts
        rules, hospital = self._records.rules, self._records.hospital
        me = parts.directory.get(session.person)
        assert me is not None
        return StaffWelcome(
            version=VERSION,
            connection=session.id,
            now=self._now(),
            ping_ms=int(session.ping_every * 1000),
            limits=Limits(rules.message_length, rules.note_length),
            clocks=StaffClocks(
                first=(AMBER_FIRST_MS, RED_FIRST_MS, rules.first_reply_alarm_ms),
                follow_up=(AMBER_FOLLOW_UP_MS, RED_FOLLOW_UP_MS, rules.follow_up_alarm_ms),
                ring_ms=rules.ring_ms,
                transfer_ms=rules.transfer_ms,
                above_capacity=rules.above_capacity,
            ),
            me=parts.lists.me(me),
            groups=tuple(
                GroupShown(each.id, each.name.zh, each.name.en, each.mode.value, each.id in me.groups)
                for each in hospital.groups.values()
            ),
            departments=tuple(Named(d.id, d.name.zh, d.name.en) for d in hospital.departments.values()),
            sites=tuple(Named(each.id, each.name.zh, each.name.en) for each in hospital.sites.values()),
            skills=tuple(Named(each.id, each.name.zh, each.name.en) for each in hospital.skills.values()),
            drafts=tuple(WireDraft(each.conversation, each.mode, each.body, each.at) for each in own_drafts),  # type: ignore[arg-type]  # the mode came through the decoder
            following=tuple(each.following for each in replays),
            offered={each.id: each.departments for each in hospital.sites.values()},
            takes_seen=True,
        )


def _draft(session: StaffSession, frame: MessagePost | NotePost) -> Draft | None:
    """The draft it was, where the client says so."""
    if frame.draft is None:
        return None
    mode = "note" if isinstance(frame, NotePost) else "reply"
    return Draft(drafts.Place(session.person, frame.conversation, mode), frame.draft)


def _author(session: StaffSession) -> Author:
    return Author(AuthorKind.CONSULTANT, session.person, session.staff.person)
