"""Regular tasks: close sessions that were ended elsewhere, read changed records, extend and end tokens, read the
samples for waiting times, delete old drafts, old failed sign-ins and old identity tokens."""

import asyncio
from collections.abc import Iterable, Sequence

import structlog
from sqlalchemy import Connection

from chatserver.domain.conversation import QUEUED
from chatserver.domain.hospital import Hospital
from chatserver.domain.refusals import Refused
from chatserver.hub.connections import StaffSession, VisitorSession
from chatserver.hub.handling_times import HandlingTimes
from chatserver.hub.live_parts import Job
from chatserver.hub.open_conversations import OpenConversations
from chatserver.hub.periodic import every
from chatserver.hub.services import Services
from chatserver.hub.sessions import Sessions
from chatserver.hub.signal import Signal
from chatserver.hub.staff_directory import StaffDirectory
from chatserver.store import accounts, consultants, conversations, drafts, identity_tokens, meta, sign_ins, visitors
from chatserver.store import hospital as hospital_rows
from chatserver.store.session_ends import why_ended
from chatserver.store.tx import SYSTEM
from chatserver.wire.closing import CloseCode

log = structlog.get_logger()

REVOKED_EVERY = 1.0
"""Seconds between two checks. So the sockets of a revoked session, or of a token that its visitor has ended, are closed
within two seconds."""

ENDED_BEFORE_MS = 10_000
"""How far before the last check ended tokens are searched for: a hello may have been under way then, and another node's
clock may differ."""

TOKENS_EVERY = 15.0
DRAFTS_EVERY = 3_600.0
SIGN_INS_EVERY = 600.0
IDENTITIES_EVERY = 600.0
SAMPLES = 50
"""How many of a group's latest handling times an estimate is made from."""


class Maintenance:
    """Runs the regular tasks. `records_read` is sent with the hospital whenever its records were read; each of `jobs`
    is called about once a second."""

    def __init__(
        self,
        services: Services,
        open_conversations: OpenConversations,
        directory: StaffDirectory,
        sessions: Sessions,
        handling_times: HandlingTimes,
        records_read: Signal[Hospital],
        jobs: Iterable[Job],
    ) -> None:
        self._database = services.database
        self._open_conversations = open_conversations
        self._directory = directory
        self._sessions = sessions
        self._handling_times = handling_times
        self._now = services.now
        self._sleep = services.clock.sleep
        self._records_read = records_read
        self._jobs = [*jobs]
        self._pause = services.options.look
        self._people_version = 0
        self._ended_until = services.now()
        self._extended: dict[str, int] = {}
        self._tasks: list[asyncio.Task[None]] = []

    def add(self, *jobs: Job) -> None:
        """Before the start: repeat these, too."""
        self._jobs += jobs

    async def start(self) -> None:
        """Do everything once, then keep repeating it."""
        await self.look_at_people(first=True)
        await self.look_at_handling()
        for job in self._jobs:
            await job()
        self._tasks = [
            *(asyncio.create_task(every(self._sleep, self._pause, job), name=job.__qualname__) for job in self._jobs),
            asyncio.create_task(every(self._sleep, REVOKED_EVERY, self.look_at_people), name="people"),
            asyncio.create_task(every(self._sleep, REVOKED_EVERY, self.look_at_ended), name="ended"),
            asyncio.create_task(every(self._sleep, TOKENS_EVERY, self.look_at_tokens), name="tokens"),
            asyncio.create_task(every(self._sleep, TOKENS_EVERY, self.look_at_handling), name="handling"),
            asyncio.create_task(every(self._sleep, DRAFTS_EVERY, self.forget_drafts), name="drafts"),
            asyncio.create_task(every(self._sleep, SIGN_INS_EVERY, self.forget_sign_ins), name="sign-ins"),
            asyncio.create_task(every(self._sleep, IDENTITIES_EVERY, self.forget_identities), name="identities"),
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
        """Close the sockets of sessions that are no longer valid; reload the records if somebody changed them."""
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
        """Close sessions that are no longer valid, each with the reason that its user is shown."""
        if not dead:
            return
        hashes = [session.hash for session in dead]
        whys = await self._database.read(lambda conn: why_ended(conn, hashes, now))
        for session in dead:
            ended = CloseCode.SESSION_ENDED if session.ends_at <= now else CloseCode.REVOKED
            session.close(ended, why=whys.get(session.hash, "ended"))

    async def look_at_ended(self) -> None:
        """Close the sockets of tokens that their visitors have ended at any node, even if no doorbell told of it."""
        now, since = self._now(), self._ended_until - ENDED_BEFORE_MS
        ended = await self._database.read(lambda conn: visitors.ended_since(conn, since))
        for visitor, rates in ended.items():
            self._sessions.token_ended(visitor, rates=rates)
        self._ended_until = now

    async def look_at_tokens(self) -> None:
        """Extend the tokens of active visitors, and close the sockets whose token has ended."""
        await self._extend_tokens()
        self._sessions.forget_allowances()
        now = self._now()
        ended = []
        for session in self._sessions.visitors():
            conversation = self._open_conversations.open_of(session.person)
            if conversation is not None and (
                conversation.phase in QUEUED or conversation.talk.unanswered_since is not None
            ):
                # Visitors who wait in the queue or for an answer are not idle: they keep their tokens.
                session.active(now)
            elif session.ends_at <= now:
                ended.append(session)
        await self._close_ended(ended, now)

    async def _close_ended(self, ended: list[VisitorSession], now: int) -> None:
        """Close these sessions, except those whose visitors were active in a tab at another node meanwhile."""
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
            await self._database.write(lambda tx: visitors.extend(tx, moved), self._now, SYSTEM)
        self._extended = ends
        self._sessions.ends_are_written(ends)

    async def look_at_handling(self) -> None:
        """Read the samples for the estimate of waiting times."""

        def read(conn: Connection) -> dict[str, list[int]]:
            groups = hospital_rows.load_hospital(conn).groups
            return {group: conversations.handle_times(conn, group, SAMPLES) for group in groups}

        self._handling_times.replace(await self._database.read(read))

    async def forget_drafts(self) -> None:
        """Delete drafts of staff that are older than a day."""
        await self._database.write(drafts.forget_old, self._now, SYSTEM)

    async def forget_sign_ins(self) -> None:
        """Delete old failed sign-ins, even when nobody tries to sign in any more."""
        await self._database.write(sign_ins.forget_old, self._now, SYSTEM)

    async def forget_identities(self) -> None:
        """Delete the ids of identity tokens that are too old to be accepted again."""
        await self._database.write(identity_tokens.forget_old, self._now, SYSTEM)
