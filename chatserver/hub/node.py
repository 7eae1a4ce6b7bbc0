"""What this node has in its hands: its parts, its sessions, and what becomes of every commit.

The parts know each other only through what is given to them here.
"""

import asyncio
from collections.abc import Callable, Iterable
from typing import TypeVar

import structlog

from chatserver.bus.contract import Bus, Doorbell
from chatserver.domain.audience import may_read
from chatserver.domain.conversation import Conversation, Phase
from chatserver.domain.hospital import Hospital
from chatserver.domain.refusals import Refused
from chatserver.domain.rules import Rules
from chatserver.hub.acts import Digests
from chatserver.hub.attendance import Attendance
from chatserver.hub.board import Board
from chatserver.hub.delivery import Delivery
from chatserver.hub.dispatch import Dispatch
from chatserver.hub.ledger import Change, Outcome
from chatserver.hub.lists import Lists
from chatserver.hub.measures import Measures
from chatserver.hub.options import HubOptions
from chatserver.hub.resume import Resume, head_for
from chatserver.hub.roster import Roster
from chatserver.hub.routing import Router
from chatserver.hub.session import Session
from chatserver.hub.standings import Standings
from chatserver.hub.typing import TypingSigns
from chatserver.hub.visits import Allowance, StaffSession, VisitorSession
from chatserver.store.database import Database
from chatserver.wire import frames
from chatserver.wire.closing import CloseCode

S = TypeVar("S", bound=Session)
log = structlog.get_logger()

RETRY_MS = 1_000


class Node:
    """`now` is the clock (ms). `handle_times`: the last handling times of a group, for the estimate."""

    def __init__(
        self,
        database: Database,
        bus: Bus,
        rules: Rules,
        options: HubOptions,
        now: Callable[[], int],
        epoch: str,
        server_key: bytes,
        handle_times: Callable[[str], list[int]],
        measures: Measures,
    ) -> None:
        self.database = database
        self.rules = rules
        self.options = options
        self.now = now
        self.hospital = Hospital()
        self.digests = Digests(server_key)
        self._bus = bus
        self._visitors: dict[str, dict[str, VisitorSession]] = {}
        self._staff: dict[str, dict[str, StaffSession]] = {}
        self._conversation_of: dict[str, str] = {}
        self._allowances: dict[str, Allowance] = {}
        self._left_with: dict[str, int] = {}
        self._filling: set[asyncio.Task[None]] = set()
        self.board = Board()
        self.roster = Roster(self.board)
        self.delivery = Delivery(epoch)
        self.resume = Resume(database, self.delivery, measures)
        self.dispatch = Dispatch(database, rules, options, now, self, measures)
        self.typing = TypingSigns(self.board, self.delivery, now)
        self.lists = Lists(self.board, self.roster, rules, options)
        self.standings = Standings(self.board, self.roster, rules, options, self.tabs_of, handle_times)
        self.router = Router(self.dispatch, self.board, self.roster, rules, lambda: self.hospital, now)
        self.attendance = Attendance(
            self.dispatch, self.board, self.roster, self.person_changed, self.router, options, self.open_conversation_of
        )

    # Sessions.

    def add_visitor(self, session: VisitorSession) -> None:
        """One more tab of this visitor; past the limit the oldest is closed."""
        session.allowance = self._allowances.setdefault(session.person, session.allowance)
        self._add(self._visitors, session, self.options.visitor_tabs)

    def add_staff(self, session: StaffSession) -> None:
        """One more tab of this member of staff; past the limit the oldest is closed."""
        self._add(self._staff, session, self.options.staff_tabs)

    def remove_visitor(self, session: VisitorSession) -> None:
        self._left_with[session.person] = max(session.ends_at, self._left_with.get(session.person, 0))
        self._remove(self._visitors, session)

    def remove_staff(self, session: StaffSession) -> None:
        self.lists.remove(session)
        self._remove(self._staff, session)

    def tabs_of(self, visitor: str) -> Iterable[VisitorSession]:
        """The live tabs of a visitor."""
        return tuple(self._visitors.get(visitor, {}).values())

    def visitor_sessions(self) -> Iterable[VisitorSession]:
        return [session for tabs in self._visitors.values() for session in tabs.values()]

    def staff_sessions(self) -> Iterable[StaffSession]:
        return [session for tabs in self._staff.values() for session in tabs.values()]

    def open_conversation_of(self, visitor: str) -> Conversation | None:
        """The conversation of his that has not ended."""
        id = self._conversation_of.get(visitor)
        conversation = None if id is None else self.board.get(id)
        return None if conversation is None or conversation.phase is Phase.CLOSED else conversation

    def token_ends(self) -> dict[str, int]:
        """When each visitor's token ends (ms): of those here, and of those who left since this was last asked."""
        ends, self._left_with = self._left_with, {}
        for session in self.visitor_sessions():
            ends[session.person] = max(ends.get(session.person, 0), session.ends_at)
        return ends

    def forget_allowances(self) -> None:
        """Of visitors who have gone, once nothing of theirs is used up."""
        idle = [id for id, each in self._allowances.items() if each.untouched and id not in self._visitors]
        for visitor in idle:
            del self._allowances[visitor]

    async def tell_heads(self, session: Session, ref: str, conversations: Iterable[Conversation]) -> None:
        """Where these conversations are now, and what the session lacks of them."""
        heads = []
        for conversation in conversations:
            head = head_for(conversation, session.audience)
            heads.append(frames.Head(conversation.id, self.delivery.epoch, head))
        session.push(frames.Heads(ref, tuple(heads)))
        for told in heads:
            reader = session.readers.get(told.conversation)
            if reader is not None and reader.begun:
                reader.cursor.heard(told.head)
                await self.resume.fill(session, told.conversation)

    def person_changed(self, id: str) -> None:
        """This consultant came or went: colleagues' lists, and what those who wait for him are told."""
        self.lists.people_changed([id])
        consultant = self.roster.get(id)
        if consultant is not None:
            self.standings.people_changed(consultant.groups)

    # Commits.

    def load_board(self, conversations: Iterable[Conversation]) -> None:
        """What was open, and what ended just now, when this node started."""
        for conversation in conversations:
            self._put(conversation)

    def heads(self) -> dict[str, int]:
        """The last place announced of each conversation this node has in its hands."""
        return {conversation.id: conversation.last_seq for conversation in self.board}

    def announce(self, outcome: Outcome) -> None:
        """Something was committed: everybody concerned is told, in the order of the commits."""
        for consultant in outcome.consultants:
            self.roster.put(consultant)
        for change in outcome.changes:
            try:
                self._announce(change)
            except Exception:
                # It is stored; whoever was not told of it reads it with the next entry, or on coming back.
                log.exception("announcing_failed", conversation=change.after.id)
        self.lists.people_changed(consultant.id for consultant in outcome.consultants)
        for consultant in outcome.consultants:
            self.router.look_for(consultant.id)
            self.standings.people_changed(consultant.groups)

    def _announce(self, change: Change) -> None:
        # What the board has forgotten (ended long ago, reopened now), the transaction still knows.
        before, after = self._put(change.after) or change.before, change.after
        newly_followed = self._follow_new(after) if change.before is None else []
        self.standings.changed(before, after)
        if before is not None:
            self._admit_readers(after)
        for entry in change.entries:
            for session in self.delivery.deliver(entry):
                self._catch_up_soon(session, after.id)
        if before is not None:
            self._mute_strangers(after)
        for session in newly_followed:
            session.push(frames.Live(after.id, self.delivery.epoch, head_for(after, session.audience)))
        self.lists.changed(before, after)
        self._bus.ring(Doorbell(after.id, after.version, after.last_seq, after.last_visitor_seq))
        if after.phase is Phase.CLOSED:
            self.typing.forget(after.id)
        if after.phase is Phase.WAITING:
            self.router.look(after.group)
        for person in {each.owner.id for each in (before, after) if each is not None and each.owner is not None}:
            if before is None or before.counts is not after.counts or before.owner != after.owner:
                self.router.look_for(person)
        if before is not None and before.phase is Phase.RINGING:
            self.router.look(after.group)
        if before is None or before.owner != after.owner:
            self.attendance.owner_noted(after)
        if before is None or before.visitor_left_at != after.visitor_left_at:
            # A tab may have come or gone while the commit was on its way.
            self.attendance.visitor_noted(after.visitor)

    def mute_stranger(self, session: StaffSession, conversation: Conversation) -> bool:
        """Whether this member of staff may no longer read it; then he hears no more of it."""
        reader = session.readers.get(conversation.id)
        if may_read(conversation, session.staff, self.now()):
            return False
        if reader is not None and reader.begun:
            reader.muted = True
        else:
            self.delivery.unsubscribe(session, conversation.id)
        return True

    def _mute_strangers(self, conversation: Conversation) -> None:
        """It may have gone to somebody else: the entry that says so is the last one the others get."""
        for session in self.delivery.followers(conversation.id):
            if isinstance(session, StaffSession):
                self.mute_stranger(session, conversation)

    def _admit_readers(self, conversation: Conversation) -> None:
        """It may have come back to somebody: he gets what he missed meanwhile, without having to ask."""
        for session in self.delivery.followers(conversation.id, muted=True):
            if isinstance(session, StaffSession) and may_read(conversation, session.staff, self.now()):
                reader = session.readers[conversation.id]
                reader.muted = False
                reader.cursor.heard(conversation.last_seq)
                self._catch_up_soon(session, conversation.id)

    def _catch_up_soon(self, session: Session, conversation: str) -> None:
        """He lacks something that went before: it is read from the store."""
        filling = asyncio.create_task(self._catch_up(session, conversation))
        self._filling.add(filling)
        filling.add_done_callback(self._filling.discard)

    async def _catch_up(self, session: Session, conversation: str) -> None:
        try:
            await self.resume.fill(session, conversation)
        except Refused as refusal:
            # He comes back and resumes, which heals it.
            log.warning("catching_up_refused", code=refusal.code)
            session.close(CloseCode.OVERLOADED, retry_ms=RETRY_MS)

    def _put(self, conversation: Conversation) -> Conversation | None:
        if conversation.phase is not Phase.CLOSED:
            self._conversation_of[conversation.visitor] = conversation.id
        elif self._conversation_of.get(conversation.visitor) == conversation.id:
            del self._conversation_of[conversation.visitor]
        return self.board.put(conversation)

    def _follow_new(self, conversation: Conversation) -> list[VisitorSession]:
        """Every tab of the visitor who opened it follows it from its first entry."""
        # A tab whose hello has found it already is reading it from the store: what comes waits in its reader.
        tabs = [each for each in self.tabs_of(conversation.visitor) if conversation.id not in each.readers]
        for session in tabs:
            self.delivery.subscribe(session, conversation.id).begin(0)
        return tabs

    def _add(self, sessions: dict[str, dict[str, S]], session: S, limit: int) -> None:
        tabs = sessions.setdefault(session.person, {})
        tabs[session.id] = session
        if len(tabs) > limit:
            oldest = next(iter(tabs.values()))
            del tabs[oldest.id]
            oldest.close(CloseCode.SUPERSEDED)

    def _remove(self, sessions: dict[str, dict[str, S]], session: S) -> None:
        self.delivery.forget(session)
        tabs = sessions.get(session.person, {})
        tabs.pop(session.id, None)
        if not tabs:
            sessions.pop(session.person, None)
