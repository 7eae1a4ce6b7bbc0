"""What is done every now and then: sessions that were ended elsewhere, tokens that live on or end, old drafts,
old failures of sign-ins."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import structlog
from sqlalchemy import Connection

from chatserver.domain.conversation import QUEUED
from chatserver.domain.hospital import Hospital
from chatserver.domain.refusals import Refused
from chatserver.hub.connections import StaffSession, VisitorSession
from chatserver.hub.handling_times import HandlingTimes
from chatserver.hub.open_conversations import OpenConversations
from chatserver.hub.periodic import every
from chatserver.hub.services import Services
from chatserver.hub.sessions import Sessions
from chatserver.hub.signal import Signal
from chatserver.hub.staff_directory import StaffDirectory
from chatserver.store import accounts, consultants, conversations, drafts, meta, sign_ins, visitors
from chatserver.store import hospital as hospital_rows
from chatserver.store.session_ends import why_ended
from chatserver.wire.closing import CloseCode

log = structlog.get_logger()

REVOKED_EVERY = 1.0
"""Seconds; a revoked session's sockets are closed within two, and those of a token that its visitor has ended."""

ENDED_BEFORE_MS = 10_000
"""So far back one looks for ended tokens: a hello may have been on its way, another node's clock differ."""

TOKENS_EVERY = 15.0
DRAFTS_EVERY = 3_600.0
SIGN_INS_EVERY = 600.0
SAMPLES = 50
"""Handling times from which an estimate is made."""


class Maintenance:
    """`records_read` is sent with the hospital whenever its records were read; `looks` are done every second or so."""

    def __init__(
        self,
        services: Services,
        open_conversations: OpenConversations,
        directory: StaffDirectory,
        sessions: Sessions,
        handling_times: HandlingTimes,
        records_read: Signal[Hospital],
        looks: Sequence[Callable[[], Awaitable[None]]],
    ) -> None:
        self._database = services.database
        self._open_conversations = open_conversations
        self._directory = directory
        self._sessions = sessions
        self._handling_times = handling_times
        self._now = services.now
        self._records_read = records_read
        self._looks = looks
        self._pause = services.options.look
        self._people_version = 0
        self._ended_until = services.now()
        self._extended: dict[str, int] = {}
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Read everything once, then keep looking."""
        await self.look_at_people(first=True)
        await self.look_at_handling()
        for look in self._looks:
            await look()
        self._tasks = [
            *(asyncio.create_task(every(self._pause, look), name=look.__qualname__) for look in self._looks),
            asyncio.create_task(every(REVOKED_EVERY, self.look_at_people), name="people"),
            asyncio.create_task(every(REVOKED_EVERY, self.look_at_ended), name="ended"),
            asyncio.create_task(every(TOKENS_EVERY, self.look_at_tokens), name="tokens"),
            asyncio.create_task(every(TOKENS_EVERY, self.look_at_handling), name="handling"),
            asyncio.create_task(every(DRAFTS_EVERY, self.forget_drafts), name="drafts"),
            asyncio.create_task(every(SIGN_INS_EVERY, self.forget_sign_ins), name="sign-ins"),
        ]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        try:
            await self._extend_tokens()
        except Refused as refusal:
            log.warning("tokens_not_extended", code=refusal.code)

    async def look_at_people(self, *, first: bool = False) -> None:
        """Close the sockets of sessions that are no longer good; reload the records if somebody changed them."""
        held = {session.hash: session for session in self._sessions.staff()}
        now = self._now()
        version, live = await self._database.read(
            lambda conn: (meta.people_version(conn), accounts.live_sessions(conn, list(held), now))
        )
        await self._close_dead([session for hash, session in held.items() if hash not in live], now)
        if first or version != self._people_version:
            hospital, people = await self._database.read(
                lambda conn: (hospital_rows.load_hospital(conn), consultants.load(conn))
            )
            self._people_version = version
            self._directory.load(people)
            self._records_read(hospital)

    async def _close_dead(self, dead: Sequence[StaffSession], now: int) -> None:
        """Of sessions that are no longer good, each with what its holder is told."""
        if not dead:
            return
        hashes = [session.hash for session in dead]
        whys = await self._database.read(lambda conn: why_ended(conn, hashes, now))
        for session in dead:
            ended = CloseCode.SESSION_ENDED if session.ends_at <= now else CloseCode.REVOKED
            session.close(ended, why=whys.get(session.hash, "ended"))

    async def look_at_ended(self) -> None:
        """Close the sockets of tokens that their visitors have ended, at whichever node and whoever told of it."""
        now, since = self._now(), self._ended_until - ENDED_BEFORE_MS
        ended = await self._database.read(lambda conn: visitors.ended_since(conn, since))
        for visitor, rates in ended.items():
            self._sessions.token_ended(visitor, rates=rates)
        self._ended_until = now

    async def look_at_tokens(self) -> None:
        """Tokens of visitors who did something live on; a socket never outlives its token."""
        await self._extend_tokens()
        self._sessions.forget_allowances()
        now = self._now()
        ended = []
        for session in self._sessions.visitors():
            conversation = self._open_conversations.open_of(session.person)
            if conversation is not None and (conversation.phase in QUEUED or conversation.unanswered_since is not None):
                # Waiting is no idleness: whoever queues, or waits for an answer, keeps his token.
                session.active(now)
            elif session.ends_at <= now:
                ended.append(session)
        await self._close_ended(ended, now)

    async def _close_ended(self, ended: list[VisitorSession], now: int) -> None:
        """But for those who went on meanwhile in a tab at another node."""
        if not ended:
            return
        people = [session.person for session in ended]
        ends = await self._database.read(lambda conn: visitors.ends(conn, people))
        for session in ended:
            session.lives_until(ends.get(session.person, 0))
            if session.ends_at <= now:
                session.close(CloseCode.SESSION_ENDED)

    async def _extend_tokens(self) -> None:
        ends = self._sessions.token_ends()
        moved = [(visitor, until) for visitor, until in ends.items() if self._extended.get(visitor) != until]
        if moved:
            await self._database.write(lambda conn: visitors.extend(conn, moved))
        self._extended = ends
        self._sessions.ends_are_written(ends)

    async def look_at_handling(self) -> None:
        """Samples for the estimate of the waiting time."""

        def read(conn: Connection) -> dict[str, list[int]]:
            groups = hospital_rows.load_hospital(conn).groups
            return {group: conversations.handle_times(conn, group, SAMPLES) for group in groups}

        self._handling_times.replace(await self._database.read(read))

    async def forget_drafts(self) -> None:
        """Unsent texts of staff are kept for a day."""
        now = self._now()
        await self._database.write(lambda conn: drafts.forget_old(conn, now))

    async def forget_sign_ins(self) -> None:
        """A login that somebody mistyped is forgotten, even when nobody tries to sign in any more."""
        now = self._now()
        await self._database.write(lambda conn: sign_ins.forget_old(conn, now))
