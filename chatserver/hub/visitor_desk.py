"""A visitor's socket after its hello: what it is sent first, and how its frames reach their handlers, one by one.

The sender is taken from the session, never from the frame.
"""

from collections.abc import Callable, Iterable
from dataclasses import asdict
from functools import partial
from typing import Any

from chatserver.domain.consent import Said
from chatserver.domain.conversation import QUEUED, Conversation
from chatserver.domain.emergency import recognise
from chatserver.domain.entry import Author, AuthorKind
from chatserver.domain.hospital import Site
from chatserver.domain.refusals import NotFound, Refused, Unauthenticated
from chatserver.domain.text import checked_message
from chatserver.domain.visits import Visit, without_words
from chatserver.hub.allowances import Spent
from chatserver.hub.connections import VisitorSession
from chatserver.hub.handlers import Handlers, VisitorAsk, VisitorHandler
from chatserver.hub.parts import Parts
from chatserver.hub.replies import refuse, refuse_asked
from chatserver.hub.resume import Replay
from chatserver.hub.visits import kept
from chatserver.wire.consent import ConsentSent, NoticeShown
from chatserver.wire.fields import Frame, Named
from chatserver.wire.following import Position
from chatserver.wire.messages import ConversationSeen, MessagePost
from chatserver.wire.quick_questions import QuickQuestion
from chatserver.wire.session import VERSION, Limits, Pong, SiteShown, VisitorHello, VisitorWelcome
from chatserver.wire.visits import VisitTold


class VisitorDesk:
    """One for all visitors of this node. Handlers use `parts`, `database`, `records`, `options` and `now`, the clock
    (ms)."""

    def __init__(self, parts: Parts, handlers: Handlers) -> None:
        self.parts = parts
        self.database = parts.services.database
        self.records = parts.services.records
        self.options = parts.services.options
        self.now = parts.services.now
        self._handlers = handlers.visitor

    async def enter(self, session: VisitorSession, hello: VisitorHello, latest: Conversation | None) -> None:
        """Send everything that the visitor needs to go on. `latest`: the visitor's last conversation, as it was just
        read."""
        parts = self.parts
        parts.sessions.add_visitor(session)
        replay: Replay | None = None
        if latest is not None:
            replay = await parts.resume.follow(session, latest.id, _held(hello, latest.id))
            if parts.open_conversations.get(latest.id) is not latest:
                # Do this after `follow`. If the row is new to this node, the other tabs are sent it now, and this tab
                # gets it with its replay.
                parts.announcer.refresh(latest)
            if latest.phase in QUEUED:
                parts.sessions.neighbours(session).crowd.has(latest.id)
        notice = self._notice(self.records.hospital.sites[session.site]) if hello.notice else None
        session.welcome(self._welcome(session, latest, replay, notice))
        # From here on this tab gets what is announced. A conversation that was announced before has to be followed now.
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
        """Let a tab in only to rate. It is sent neither the conversation nor its status: the tab knows them, and nobody
        else may."""
        session.untold = True
        session.rates_until(session.ends_at)
        self.parts.sessions.add_visitor(session)
        session.welcome(self._welcome(session, None, None))
        session.start_heartbeat()

    async def handle(self, session: VisitorSession, frame: Frame) -> None:
        """Handle one frame after the hello. A refusal is sent to the tab; nothing is raised."""
        session.heard()
        if isinstance(frame, Pong):
            return
        if not isinstance(frame, ConversationSeen):
            # A screen that is open sends this frame by itself when something arrives, so it must not extend the token.
            session.active(self.now())
        try:
            handler = self._handlers[type(frame)]
            spent = self._spend(session, frame, handler)
            if session.only_rates and not handler.after_the_end:
                # The visitor has ended the conversation, and the token with it, so this tab may only rate. Requests to
                # open a conversation or to leave a 留言 are let through: their handlers close the socket, and the
                # client gets another token and asks again.
                raise Unauthenticated()
            result = handler.run(self, session, frame, spent)
            if result is not None and not isinstance(result, VisitorAsk):
                result = await result
            if result is not None:
                self._queue(session, frame, result)
        except Exception as failure:
            refuse_asked(session, failure, getattr(frame, "ref", None))

    def is_at_once(self, frame: Frame) -> bool:
        """Whether `handle_now` can carry it out: a pong, or a message into a conversation that this node holds."""
        if isinstance(frame, MessagePost):
            return self.parts.open_conversations.get(frame.conversation) is not None
        return isinstance(frame, Pong)

    def handle_now(self, session: VisitorSession, frame: Frame) -> None:
        """Like `handle`, for frames that wait for nothing."""
        session.heard()
        if not isinstance(frame, MessagePost):
            return
        session.active(self.now())
        try:
            handler = self._handlers[MessagePost]
            spent = self._spend(session, frame, handler)
            if session.only_rates:
                raise Unauthenticated()
            result = handler.run(self, session, frame, spent)
            assert isinstance(result, VisitorAsk)
            self._queue(session, frame, result)
        except Refused as refusal:
            refuse(session, refusal, frame.ref)

    def _queue(self, session: VisitorSession, frame: Frame, ask: VisitorAsk) -> None:
        self.parts.dispatch.ask(
            ask.conversation,
            ask.command,
            Author(AuthorKind.VISITOR, session.person),
            ask.then,
            ref=str(getattr(frame, "ref", "")),
            digest=self.parts.digests.of(frame),
            opening=ask.opening,
            lives_until=session.owes,
            crowd=self.parts.sessions.neighbours(session).crowd,
        )

    def has_room(self, site: str, department: str) -> bool:
        """Whether a visitor of the site who begins now about this department finds somebody with a free place."""
        return self.parts.opening_hours.has_room(site, department)

    def came_from(self, session: VisitorSession, told: VisitTold | None, said: Iterable[Said] = ()) -> Visit | None:
        """What is kept of the visit that the page reported. `said`: what the visitor decided on consent just now; who
        refuses that health data are used keeps keywords and pages, too."""
        hospital = self.records.hospital
        region = self.parts.services.region_of(session.network)
        visit = kept(told, hospital.sites[session.site], hospital.sources, region)
        refused = any(each.text.kind == "health" and each.decision != "given" for each in said)
        return without_words(visit) if visit is not None and refused else visit

    def leave(self, session: VisitorSession) -> None:
        """The socket has ended."""
        self.parts.sessions.remove_visitor(session)
        self.parts.presence.visitor_left(session.person, session.id)

    def _spend(self, session: VisitorSession, frame: Frame, handler: VisitorHandler) -> Spent:
        is_urgent = partial(self._is_urgent, session, frame, handler.department)
        return self.parts.sessions.spend(session, frame, handler.buckets, is_urgent)

    def _is_urgent(
        self, session: VisitorSession, frame: Any, asked: Callable[[Any, Any, Any], str | None] | None
    ) -> bool:
        """Whether the text is about a critical emergency, which only the first bucket can hold back, however much was
        sent before."""
        if asked is None:
            return False
        try:
            body = checked_message(frame.body, self.records.rules)
            department = asked(self, session, frame)
        except Refused:
            return False
        finding = recognise(body, department, self.records.hospital.words)
        return finding is not None and finding.level == "critical"

    def department(self, session: VisitorSession, asked: str | None) -> str:
        """The department of the first message. Raises `NotFound` only when the hospital has no group at all."""
        hospital = self.records.hospital
        department = hospital.department_asked(session.site, asked)
        if department not in hospital.departments:
            raise NotFound()
        return department

    def decided(self, sent: Iterable[ConsentSent]) -> tuple[Said, ...]:
        """The decisions that came with a message, without those about texts that nobody was shown here."""
        known = [(each, self.records.hospital.consent_texts.get(each.text)) for each in sent]
        return tuple(Said(each.decision, text) for each, text in known if text is not None and text.kind == each.kind)

    def _welcome(
        self,
        session: VisitorSession,
        latest: Conversation | None,
        replay: Replay | None,
        notice: NoticeShown | None = None,
    ) -> VisitorWelcome:
        parts = self.parts
        return VisitorWelcome(
            version=VERSION,
            connection=session.id,
            now=self.now(),
            ping_ms=int(session.ping_every * 1000),
            ends_at=session.ends_at,
            limits=Limits(self.records.rules.message_length, self.records.rules.note_length),
            site=self._site(self.records.hospital.sites[session.site]),
            hours=parts.opening_hours.hours_of(session.site),
            following=() if replay is None else (replay.following,),
            standing=None if latest is None else parts.visitor_status.of(latest),
            takes_seen=True,
            rating=session.only_rates,
            notice=notice,
        )

    def _notice(self, site: Site) -> NoticeShown:
        notice, address = site.shown_notice, self.records.hospital.campuses[site.campus].address
        zh, en = (each.sha256 for each in notice.texts())
        return NoticeShown(
            notice.version, notice.zh, notice.en, zh, en, notice.link, address, health_words=site.health_words
        )

    def _site(self, site: Site) -> SiteShown:
        hospital = self.records.hospital
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
            questions=tuple(QuickQuestion(**asdict(each)) for each in site.questions),
        )


def _held(hello: VisitorHello, conversation: str) -> Position | None:
    return next((each for each in hello.resume if each.conversation == conversation), None)
