"""The hub as the web layer sees it: start it, stop it, hand it sockets that have said hello."""

import asyncio
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import TypeVar

import structlog

from chatserver.bus.contract import Bus
from chatserver.domain.actors import Staff
from chatserver.domain.audience import OWN_CLOSED_MS
from chatserver.domain.conversation import QUEUED, Phase
from chatserver.domain.hospital import Consultant, Hospital
from chatserver.domain.refusals import Forbidden, Unauthenticated, Unavailable
from chatserver.domain.rules import Rules
from chatserver.hub.clock import Clock
from chatserver.hub.connections import StaffSession, VisitorSession
from chatserver.hub.drain import spread
from chatserver.hub.handlers import Handlers
from chatserver.hub.health import Health
from chatserver.hub.leaving import leave_the_queue
from chatserver.hub.metrics import HubStats, Metrics
from chatserver.hub.one_frame import OneFrame
from chatserver.hub.open_conversations import LINGER_MS, WITHOUT_OUTCOME
from chatserver.hub.options import HubOptions
from chatserver.hub.parts import Parts, build
from chatserver.hub.records import Records
from chatserver.hub.services import RegionOf, Services, unknown_region
from chatserver.hub.session import Outlet, Session
from chatserver.hub.site_counts import SiteCounts
from chatserver.hub.staff_desk import StaffDesk
from chatserver.hub.unit_of_work import UnitOfWork
from chatserver.hub.versioned_settings import VersionedSettings
from chatserver.hub.visitor_desk import VisitorDesk
from chatserver.store import conversations, meta, visitor_lookup, visitors
from chatserver.store.database import Database
from chatserver.store.ids import new_id
from chatserver.store.tx import VISITOR
from chatserver.store.visitor_lookup import VisitorRow
from chatserver.wire.closing import CloseCode
from chatserver.wire.fields import Frame
from chatserver.wire.replies import Accepted
from chatserver.wire.session import StaffHello, VisitorHello

log = structlog.get_logger()

ALL_AT_ONCE = 50
"""Up to this many sockets are closed at the same moment, because so few do not overload the other nodes."""

LOOK_EVERY = 0.1
KNOWN_WITHIN = 4.0
"""Seconds after which a node that has just started is known to the others: by then it and they have renewed their
leases, each once at least."""

AWAY_SPREAD = 5.0
"""Seconds over which a node that is cut off from the database closes its sockets."""

T = TypeVar("T")


class Hub:
    """Made once per process. It is `ready` between `start` and `stop`."""

    def __init__(
        self,
        database: Database,
        bus: Bus,
        handlers: Handlers,
        rules: Rules,
        options: HubOptions,
        clock: Clock,
        metrics: Metrics | None = None,
        region_of: RegionOf = unknown_region,
    ) -> None:
        self._database = database
        self._bus = bus
        self._handlers = handlers
        self._rules = rules
        self._options = options
        self._clock = clock
        self._region_of = region_of
        self._now = clock.now
        self._parts: Parts | None = None
        self._desks: tuple[VisitorDesk, StaffDesk] | None = None
        self._metrics = metrics or Metrics()
        self._draining = False
        self.health = Health(database, bus, lambda: spread(self._sessions(), AWAY_SPREAD), clock.steady)

    @property
    def ready(self) -> bool:
        return self._parts is not None

    async def transact(self, work: Callable[[UnitOfWork], T], actor: str) -> T:
        """Run `work` in a transaction whose changes are announced. Raises `Unavailable` while this node does not serve,
        and what `work` raises."""
        if self._parts is None or self.why_not_ready is not None:
            raise Unavailable()
        return await self._parts.dispatch.transact(work, actor)

    @property
    def peers(self) -> int:
        """How many other nodes can take this node's sockets."""
        return self._bus.peers

    @property
    def why_not_ready(self) -> str | None:
        """Why this node takes no clients: starting, draining or unavailable. None when it serves."""
        if self._draining:
            return "draining"
        if not self.ready:
            return "starting"
        return Unavailable.code if self.health.away else None

    @property
    def standing(self) -> HubStats:
        """How many conversations are open, and how many wait in each group, at this moment."""
        if self._parts is None:
            return HubStats(0, {})
        parts = self._parts
        open = [each for each in parts.open_conversations if each.phase is not Phase.CLOSED]
        waiting = Counter(each.queue.group for each in open if each.phase in QUEUED)
        return HubStats(len(open), {group: waiting[group] for group in parts.services.records.hospital.groups})

    @property
    def hospital(self) -> Hospital:
        """The hospital's records, replaced as a whole when somebody changes them."""
        return self._running.services.records.hospital

    @property
    def versioned_settings(self) -> VersionedSettings:
        """The settings of the whole hospital, as this node knows them."""
        return self._running.versioned_settings

    @property
    def site_counts(self) -> SiteCounts:
        """The counters of the hospital's pages."""
        return self._running.site_counts

    @property
    def consultants(self) -> dict[str, Consultant]:
        """Everybody with an account, by id."""
        return {consultant.id: consultant for consultant in self._running.directory}

    async def start(self) -> None:
        """Read the open conversations from the store, then continue with them."""
        epoch, key = await self._database.read(lambda conn: (meta.epoch(conn), meta.server_key(conn)))
        records = Records(self._rules)
        services = Services(
            self._database, self._bus, records, self._options, self._clock, self._metrics, epoch, self._region_of
        )
        parts = build(services, key, self._handlers.live, self._handlers.lists)
        # This node must not be given clients yet. It joins the bus before it reads, so that no commit of another node
        # is missed in between.
        self._bus.say_healthy(False)
        first = await self._bus.start(epoch, parts.remote_changes)
        try:
            await self._begin(parts, first=first)
        except BaseException:
            await self._bus.stop()
            raise

    async def _begin(self, parts: Parts, *, first: bool) -> None:
        now = self._now()
        just, lately = now - max(LINGER_MS, self._rules.reopen_ms), now - OWN_CLOSED_MS
        ended = await self._database.read(
            lambda conn: [
                *conversations.recently_closed(conn, just),
                *conversations.without_outcome(conn, lately, WITHOUT_OUTCOME),
            ]
        )
        parts.announcer.load(ended)
        parts.announcer.load(await self._database.read(conversations.open_everywhere))
        parts.dispatch.start()
        parts.router.start()
        await parts.maintenance.start()
        await parts.presence.start(first=first)
        parts.remote_changes.start()
        parts.timers.start({kind: partial(handle, parts) for kind, handle in self._handlers.deadlines.items()})
        self.health.start()
        self._parts, self._desks = parts, (VisitorDesk(parts, self._handlers), StaffDesk(parts, self._handlers))
        self._bus.say_healthy(True)
        log.info("hub_started", open=len(list(parts.open_conversations)))

    async def drain(self) -> None:
        """Call it before `stop`. It lets no new clients in, and sends the connected ones to the other nodes, spread
        over a period if there are many.

        A node without peers closes no sockets here, because that would only prolong the time without a server; `stop`
        closes them. But it first waits for a moment, because a peer that has just been restarted may not be known yet.
        """
        await self._peer_may_come()
        self._draining = True
        self.health.leaving()
        sessions = self._sessions()
        if self.peers and sessions:
            seconds = self._options.drain if len(sessions) > ALL_AT_ONCE else 0.0
            log.info("draining", sockets=len(sessions), seconds=seconds)
            await spread(sessions, seconds)

    async def _peer_may_come(self) -> None:
        """On a shared database, wait for a moment in case a peer appears; meanwhile everything goes on as before."""
        end = self._clock.steady() + KNOWN_WITHIN
        while self._looks_out() and self._clock.steady() < end:  # noqa: ASYNC110 the bus does not signal it
            await asyncio.sleep(LOOK_EVERY)

    def _looks_out(self) -> bool:
        return self._bus.shared and bool(self._sessions()) and not self.peers

    async def stop(self) -> None:
        """Take no new work, write what was taken in, and tell every client to reconnect."""
        parts, sessions = self._running, self._sessions()
        self._parts = self._desks = None
        await self.health.stop()
        parts.presence.stop()
        await parts.timers.stop()
        await parts.maintenance.stop()
        await parts.remote_changes.stop()
        for session in sessions:
            session.close(CloseCode.RESTART)
        await parts.router.stop()
        await parts.dispatch.stop()
        await parts.site_counts.stop()
        parts.lists.stop()
        parts.alarms.stop()
        parts.visitor_status.stop()
        await self._bus.stop()
        log.info("hub_stopped")

    async def enter_visitor(self, hello: VisitorHello, outlet: Outlet, address: str = "") -> VisitorSession:
        """A visitor's socket has said hello, from this network address. Raises `Unauthenticated`."""
        known = await self._running.visitor_lookup.ask(hello.token)
        # Under an earlier version, a visitor's own end of the conversation left the token alive.
        if known is None or (known.latest is not None and known.latest.ended_by_visitor):
            return await self._enter_to_rate(hello, outlet, address)
        session = VisitorSession(new_id(), known.visitor, self._options, outlet, self._clock.steady, address)
        session.instance = hello.instance
        if not hello.resume:
            # Somebody has opened the page. A resumed connection does not show that anybody is there.
            session.active(self._now())
        desk = self.visitor_desk
        try:
            await desk.enter(session, hello, known.latest)
        except BaseException:
            # The store did not answer, or the server is stopping. Remove the session here, because nothing else does.
            session.gone()
            desk.leave(session)
            raise
        return session

    async def _enter_to_rate(self, hello: VisitorHello, outlet: Outlet, address: str) -> VisitorSession:
        """The tab that ended the conversation reconnects in order to rate. Raises `Unauthenticated`."""
        row = None
        if hello.rating:
            row = await self._database.read(lambda conn: visitor_lookup.who_rates(conn, hello.token, self._now()))
        if row is None:
            raise Unauthenticated()
        session = VisitorSession(new_id(), row, self._options, outlet, self._clock.steady, address)
        session.instance = hello.instance
        self.visitor_desk.enter_to_rate(session)
        return session

    async def visitor_sends(self, row: VisitorRow, frame: Frame, address: str) -> Accepted:
        """A visitor without a socket sends one frame, from this network address. Raises `Refused`."""
        session = OneFrame(row, self._options, self._clock.steady, address)
        await self.visitor_desk.handle(session, frame)
        return session.answer()

    async def end_visitor(self, token: str) -> None:
        """换人了, 清除本机记录 or 快速离开: the visitor cannot come back to the conversation. If it still waits, it
        ends; an emergency, or one that somebody has taken, continues as if the visitor had left."""
        await self._running.dispatch.transact(partial(leave_the_queue, token))
        visitor = await self._database.write(lambda tx: visitors.end_for_the_next(tx, token), self._now, VISITOR)
        if visitor is not None:
            self._running.sessions.token_ended(visitor, rates=False)

    async def enter_staff(
        self,
        hello: StaffHello,
        consultant: Consultant,
        hash: bytes,
        ends_at: int,
        outlet: Outlet,
        address: str = "",
    ) -> StaffSession:
        """A staff socket has said hello. The upgrade has already established who it is. Raises `Forbidden`."""
        if self._running.directory.get(consultant.id) is None:
            raise Forbidden(rule="unknown_to_this_node")
        staff = Staff(consultant.person, consultant.role, consultant.groups)
        session = StaffSession(new_id(), staff, hash, ends_at, self._options, outlet, self._clock.steady, address)
        session.instance = hello.instance
        desk = self.staff_desk
        try:
            await desk.enter(session, hello)
        except BaseException:
            session.gone()
            desk.leave(session)
            raise
        return session

    @property
    def visitor_desk(self) -> VisitorDesk:
        return self._running_desks[0]

    @property
    def staff_desk(self) -> StaffDesk:
        return self._running_desks[1]

    def _sessions(self) -> list[Session]:
        if self._parts is None:
            return []
        sessions = self._parts.sessions
        return [*sessions.visitors(), *sessions.staff()]

    @property
    def _running_desks(self) -> tuple[VisitorDesk, StaffDesk]:
        if self._desks is None:
            raise Unavailable()
        return self._desks

    @property
    def _running(self) -> Parts:
        if self._parts is None:
            # The node stopped while a client was still connecting; the client reconnects to another node, or to this
            # one later.
            raise Unavailable()
        return self._parts
