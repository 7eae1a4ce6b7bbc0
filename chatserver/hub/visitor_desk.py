"""The visitor's side: what each of his frames does. Who speaks comes from the session, never from the frame."""

from functools import partial

from chatserver.domain.actors import Visitor
from chatserver.domain.commands.base import Command
from chatserver.domain.commands.ending import Close
from chatserver.domain.commands.messages import PostMessage, Service
from chatserver.domain.commands.ratings import Rate
from chatserver.domain.conversation import QUEUED, Conversation
from chatserver.domain.emergency import Finding, recognise
from chatserver.domain.entry import Author, AuthorKind
from chatserver.domain.events.queue import Opened
from chatserver.domain.hospital import Site
from chatserver.domain.offline import OfflineMessage, due_without_opening
from chatserver.domain.phone import checked_phone
from chatserver.domain.refusals import NotFound, Refused, Unauthenticated, Unavailable
from chatserver.domain.text import checked_message, optional_line, optional_text
from chatserver.hub.allowances import Spent
from chatserver.hub.connections import VisitorSession
from chatserver.hub.dispatch import Done, Held, Opening, Then
from chatserver.hub.parts import Parts
from chatserver.hub.replies import refuse, refuse_asked, telling
from chatserver.hub.resume import Replay
from chatserver.store import conversations
from chatserver.store.ids import new_id
from chatserver.wire.closing import CloseCode
from chatserver.wire.ending import ConversationClose
from chatserver.wire.entries import HistoryGet
from chatserver.wire.fields import Named
from chatserver.wire.following import HeadsGet, Position
from chatserver.wire.messages import ConversationSeen, MessagePost
from chatserver.wire.offline_messages import OfflineLeave
from chatserver.wire.queue import ConversationOpen
from chatserver.wire.ratings import ConversationRate
from chatserver.wire.replies import Accepted
from chatserver.wire.session import VERSION, Limits, Pong, SiteShown, VisitorHello, VisitorWelcome
from chatserver.wire.typing import Typing

Writes = MessagePost | ConversationOpen | ConversationClose | ConversationRate
"""What is carried out in the inbox."""

SAID = (MessagePost, ConversationOpen, OfflineLeave)
"""What has words in which an emergency is looked for."""

AFTER_THE_END = (ConversationRate, ConversationClose, ConversationOpen, OfflineLeave)
"""What a tab may ask whose visitor has ended it."""


class VisitorDesk:
    """One for all visitors of this parts."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._database = parts.environment.database
        self._records = parts.environment.records
        self._options = parts.environment.options
        self._now = parts.environment.now

    async def enter(self, session: VisitorSession, hello: VisitorHello, latest: Conversation | None) -> None:
        """Everything he needs to go on where he was. `latest`: his last conversation, as it was just read."""
        parts = self._parts
        parts.sessions.add_visitor(session)
        replay: Replay | None = None
        if latest is not None:
            replay = await parts.resume.follow(session, latest.id, _held(hello, latest.id))
            if parts.open_conversations.get(latest.id) is not latest:
                # Followed first: what is news to this node is told to the other tabs, and to this one by its replay.
                parts.announcer.refresh(latest)
            if latest.phase in QUEUED:
                parts.sessions.neighbours(session).crowd.has(latest.id)
        session.welcome(self._welcome(session, latest, replay))
        # What was announced before this moment passed him by; what is announced from here on, he follows.
        missed = parts.open_conversations.open_of(session.person)
        if replay is not None:
            await parts.resume.send(session, replay)
        if missed is not None and missed.id not in session.readers:
            replay = await parts.resume.follow(session, missed.id, _held(hello, missed.id))
            if replay is not None:
                await parts.resume.send(session, replay)
        parts.presence.visitor_came(session.person, session.id, session.since)
        session.start_heartbeat()

    def enter_to_rate(self, session: VisitorSession) -> None:
        """Not one word of what was said, nor how it stands: the tab knows it, and nobody else is to learn it."""
        session.untold = True
        session.rates_until(session.ends_at)
        self._parts.sessions.add_visitor(session)
        session.welcome(self._welcome(session, None, None))
        session.start_heartbeat()

    async def handle(self, session: VisitorSession, frame: object) -> None:
        """One frame after the hello. What is refused is told to the tab; nothing is raised."""
        session.heard()
        if isinstance(frame, Pong):
            return
        if not isinstance(frame, ConversationSeen):
            # Looking is no activity: what comes onto an open screen must not keep its token alive.
            session.active(self._now())
        ref = getattr(frame, "ref", None)
        try:
            spent = self._parts.sessions.spend(session, frame, partial(self._is_urgent, session, frame))
            if session.only_rates:
                await self._act_after_the_end(session, frame, spent)
            else:
                await self._act(session, frame, spent)
        except Exception as failure:
            refuse_asked(session, failure, ref)

    def leave(self, session: VisitorSession) -> None:
        """The socket has ended."""
        self._parts.sessions.remove_visitor(session)
        self._parts.presence.visitor_left(session.person, session.id)

    async def _act(self, session: VisitorSession, frame: object, spent: Spent) -> None:
        match frame:
            case MessagePost():
                self._post(session, frame, await self._service(frame.conversation))
            case ConversationOpen():
                self._open(session, frame, spent)
            case ConversationClose():
                self._close(session, frame)
            case OfflineLeave():
                try:
                    await self._leave(session, frame, spent)
                except Unauthenticated:
                    session.close(CloseCode.SESSION_ENDED)
                except Refused:
                    # Whoever corrects a number has not left anything yet.
                    spent.give_back()
                    raise
            case ConversationRate():
                self._rate(session, frame, spent)
            case Typing():
                self._parts.typing.visitor(session, frame)
            case ConversationSeen():
                self._parts.own_tabs.seen(session, frame)
            case HistoryGet():
                await self._history(session, frame)
            case HeadsGet():
                await self._heads(session, frame)
            case _:
                raise AssertionError(frame)

    async def _act_after_the_end(self, session: VisitorSession, frame: object, spent: Spent) -> None:
        """The rating; and whatever was done before, asked again, has its first answer again. Raises `Unauthenticated`.

        Something new needs a new token. A client that does not know of this, and asks, has its socket closed as with
        any token that has ended: it gets another one, and asks again with that.
        """
        if not isinstance(frame, AFTER_THE_END):
            raise Unauthenticated()
        await self._act(session, frame, spent)

    def waits_for_nothing(self, frame: object) -> bool:
        """Whether `handle_now` can carry it out: a sign of life, a message into a conversation that is known here."""
        if isinstance(frame, MessagePost):
            return self._parts.open_conversations.get(frame.conversation) is not None
        return isinstance(frame, Pong)

    def handle_now(self, session: VisitorSession, frame: object) -> None:
        """`handle`, for what waits for nothing."""
        session.heard()
        if not isinstance(frame, MessagePost):
            return
        known, now = self._parts.open_conversations.get(frame.conversation), self._now()
        assert known is not None
        session.active(now)
        try:
            self._parts.sessions.spend(session, frame, partial(self._is_urgent, session, frame))
            if session.only_rates:
                raise Unauthenticated()
            self._post(session, frame, self._parts.opening_hours.service(known.site, known.department, now))
        except Refused as refusal:
            refuse(session, refusal, frame.ref)

    def _is_urgent(self, session: VisitorSession, frame: object) -> bool:
        """Whether these are words of a critical emergency: however much was said before, they are not held back."""
        if not isinstance(frame, SAID):
            return False
        try:
            body = checked_message(frame.body, self._records.rules)
            if isinstance(frame, MessagePost):
                known = self._parts.open_conversations.get(frame.conversation)
                department = None if known is None else known.department
            else:
                department = self._department(session, frame.department)
        except Refused:
            return False
        finding = recognise(body, department, self._records.hospital.words)
        return finding is not None and finding.level == "critical"

    def _post(self, session: VisitorSession, frame: MessagePost, service: Service) -> None:
        words = self._records.hospital.words
        command = PostMessage(Visitor(session.person), frame.body, service=service, words=words)
        digest, earlier = self._parts.digests.both("post", frame.body)
        then = telling(session, frame.ref)
        self._ask(session, frame, frame.conversation, command, then, digest, earlier=earlier)

    def _open(self, session: VisitorSession, frame: ConversationOpen, spent: Spent) -> None:
        hospital = self._records.hospital
        site = hospital.sites[session.site]
        try:
            checked_message(frame.body, self._records.rules)
            department = self._department(session, frame.department)
        except Refused:
            spent.give_back()
            raise
        group = hospital.group_of(site.id, department)
        greeting = site.greeting.inside(frame.language)
        service = self._parts.opening_hours.service(site.id, department, self._now())
        opened = Opened(department, group, frame.language, greeting, closes_at=service.closes_at)
        crowd = self._parts.sessions.neighbours(session).crowd
        held = Held(crowd.waiting_in(group), session.is_shared)
        wait_ms, digests = self._parts.visitor_status.wait_of_the_next(group), self._parts.digests
        opening = Opening(new_id(), site.id, opened, wait_ms, held, earlier=digests.earlier_opening(frame.body))
        crowd.asks(opening.id, group)
        command = PostMessage(Visitor(session.person), frame.body, service=service, words=hospital.words)
        digest = digests.of("open", frame.department, frame.body)
        tell = telling(session, frame.ref)

        def then(answer: Done | Refused) -> None:
            is_new = isinstance(answer, Done) and not answer.repeat and answer.conversation.id == opening.id
            crowd.answered(opening.id, opened=is_new)
            if not is_new:
                spent.give_back()
            if isinstance(answer, Unauthenticated):
                session.close(CloseCode.SESSION_ENDED)
            else:
                tell(answer)

        self._ask(session, frame, opening.id, command, then, digest, opening)

    def _ask(
        self,
        session: VisitorSession,
        frame: Writes,
        conversation: str,
        command: Command,
        then: Then,
        digest: bytes,
        opening: Opening | None = None,
        earlier: bytes | None = None,
    ) -> None:
        self._parts.dispatch.ask(
            conversation,
            command,
            _author(session),
            then,
            ref=frame.ref,
            digest=digest,
            earlier=earlier,
            opening=opening,
            lives_until=session.owes,
            crowd=self._parts.sessions.neighbours(session).crowd,
        )

    async def _service(self, id: str) -> Service:
        """At this hour, for a conversation that may have ended: then his message opens it again."""
        parts = self._parts
        known = parts.open_conversations.get(id)
        if known is None:
            # It ended a while ago. One that is not there at all, or another's, is refused where it is decided.
            known = (await self._database.read(lambda conn: conversations.load(conn, [id]))).get(id)
        return Service() if known is None else parts.opening_hours.service(known.site, known.department, self._now())

    async def _leave(self, session: VisitorSession, frame: OfflineLeave, spent: Spent) -> None:
        parts = self._parts
        phone = checked_phone(frame.phone, self._options.phone_region)
        site = session.site
        department = self._department(session, frame.department)
        now = self._now()
        due_at = parts.opening_hours.due_at(site, department, now)
        body = checked_message(frame.body, self._records.rules)
        finding = recognise(body, department, self._records.hospital.words)
        message = OfflineMessage(
            id=new_id(),
            site=site,
            department=department,
            group=self._records.hospital.group_of(site, department),
            visitor=session.person,
            kind=frame.kind,
            language=frame.language,
            body=body,
            left_at=now,
            due_at=due_without_opening(now) if due_at is None else due_at,
            name=optional_line(frame.name, 40),
            phone=phone,
            conversation=frame.conversation,
            emergency=finding.kinds[0] if finding is not None else None,
            level=finding.level if finding is not None else None,
            crowded=finding is not None and self._is_one_of_many(session, finding),
        )
        asked = (frame.department, frame.kind, frame.body, frame.name, frame.phone, frame.language, frame.conversation)
        session.ending = frame.conversation
        try:
            digest, earlier = parts.digests.both("leave", *asked)
            left = await parts.offline_messages.leave(message, frame.ref, digest, earlier)
        except Unavailable:
            # Nobody knows yet whether it was done.
            raise
        except Refused:
            session.ending = None
            raise
        session.ending = None
        if left.repeat:
            spent.give_back()
        session.push(
            Accepted(
                ref=frame.ref,
                conversation=left.message.conversation or "",
                id=left.message.id,
                at=left.message.left_at,
                repeat=left.repeat,
                answer_by=left.message.answer_by,
                # Nobody reads it before the next opening: he is told at once where help is.
                emergency=left.message.emergency if left.message.level == "critical" else None,
            )
        )

    def _is_one_of_many(self, session: VisitorSession, finding: Finding) -> bool:
        """Whether so many emergencies came from this address that nobody is called because of another 留言."""
        if finding.level != "critical" and "protect" not in finding.kinds:
            return False
        crowd = self._parts.sessions.neighbours(session).crowd
        if crowd.is_beyond(session.person):
            return True
        crowd.had_priority(session.person)
        return False

    def _department(self, session: VisitorSession, asked: str | None) -> str:
        """The department his first words are for. Raises `NotFound` only where the hospital has no group at all."""
        hospital = self._records.hospital
        department = hospital.department_asked(session.site, asked)
        if department not in hospital.departments:
            raise NotFound()
        return department

    def _close(self, session: VisitorSession, frame: ConversationClose) -> None:
        command = Close(Visitor(session.person))
        digest = self._parts.digests.of("close")
        session.ending = frame.conversation
        tell = telling(session, frame.ref)

        def then(answer: Done | Refused) -> None:
            # It was announced before, if it was done; of one without an answer nobody knows that yet.
            if not isinstance(answer, Unavailable):
                session.ending = None
            tell(answer)

        self._ask(session, frame, frame.conversation, command, then, digest)

    def _rate(self, session: VisitorSession, frame: ConversationRate, spent: Spent) -> None:
        comment = optional_text(frame.comment, 500)
        tags = tuple(tag for each in frame.tags if (tag := optional_line(each, 20)))
        command = Rate(Visitor(session.person), frame.stars, tags, comment, frame.part)
        # Without a part as it always was: a repeat over an upgrade is recognised.
        kind = "rate" if frame.part is None else f"rate {frame.part}"
        digest = self._parts.digests.of(kind, frame.stars, comment, *tags)
        tell = telling(session, frame.ref)

        def then(answer: Done | Refused) -> None:
            if not isinstance(answer, Done) or answer.repeat:
                spent.give_back()
            tell(answer)

        self._ask(session, frame, frame.conversation, command, then, digest)

    async def _history(self, session: VisitorSession, frame: HistoryGet) -> None:
        await self._own(session, frame.conversation)
        session.push(await self._parts.resume.history(session, frame))

    async def _heads(self, session: VisitorSession, frame: HeadsGet) -> None:
        asked = [each.conversation for each in frame.at]
        found = await self._database.read(lambda conn: conversations.load(conn, asked))
        own = [each for each in found.values() if each.visitor == session.person]
        await self._parts.followers.send_heads(session, frame.ref, own)

    async def _own(self, session: VisitorSession, id: str) -> Conversation:
        """His conversation. Raises `NotFound` for anybody else's."""
        found = await self._database.read(lambda conn: conversations.load(conn, [id]))
        if id not in found or found[id].visitor != session.person:
            raise NotFound()
        return found[id]

    def _welcome(self, session: VisitorSession, latest: Conversation | None, replay: Replay | None) -> VisitorWelcome:
        parts = self._parts
        return VisitorWelcome(
            version=VERSION,
            connection=session.id,
            now=self._now(),
            ping_ms=int(session.ping_every * 1000),
            ends_at=session.ends_at,
            limits=Limits(self._records.rules.message_length, self._records.rules.note_length),
            site=self._site(self._records.hospital.sites[session.site]),
            hours=parts.opening_hours.hours_of(session.site),
            following=() if replay is None else (replay.following,),
            standing=None if latest is None else parts.visitor_status.of(latest),
            takes_seen=True,
            rating=session.only_rates,
        )

    def _site(self, site: Site) -> SiteShown:
        hospital = self._records.hospital
        campus = hospital.campuses[site.campus]
        departments = [hospital.departments[id] for id in site.departments]
        served_by = dict.fromkeys(hospital.group_of(site.id, id) for id in site.departments)
        groups = [hospital.groups[id] for id in served_by]
        return SiteShown(
            id=site.id,
            zh=site.name.zh,
            en=site.name.en,
            greeting_zh=site.greeting.zh,
            greeting_en=site.greeting.en,
            phone=campus.phone,
            emergency_phone=campus.emergency_phone,
            departments=tuple(Named(each.id, each.name.zh, each.name.en) for each in departments),
            groups=tuple(Named(each.id, each.name.zh, each.name.en) for each in groups),
        )


def _held(hello: VisitorHello, conversation: str) -> Position | None:
    return next((each for each in hello.resume if each.conversation == conversation), None)


def _author(session: VisitorSession) -> Author:
    return Author(AuthorKind.VISITOR, session.person)
