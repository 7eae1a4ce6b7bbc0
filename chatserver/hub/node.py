"""What this node has in its hands: its parts, its sessions, and what becomes of every commit.

The parts know each other only through what is given to them here.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from functools import partial

import structlog

from chatserver.bus.contract import Bus, Doorbell, StaffBell
from chatserver.domain.audience import may_read
from chatserver.domain.conversation import QUEUED, Conversation, Phase
from chatserver.domain.entry import Entry
from chatserver.domain.events import (
    Assigned,
    Closed,
    ColleagueLeft,
    MessagePosted,
    NoteWritten,
    Reopened,
    ReturnedToQueue,
    RingMissed,
    TransferDeclined,
    TransferEnded,
    Transferred,
)
from chatserver.domain.hospital import Hospital
from chatserver.domain.refusals import Refused
from chatserver.domain.rules import Rulebook, Rules
from chatserver.domain.urgent import groups_for
from chatserver.hub.alarms import Alarms
from chatserver.hub.assignment import Router
from chatserver.hub.batch_reader import BatchReader
from chatserver.hub.candidate_pools import CandidatePools
from chatserver.hub.changed_records import ChangedRecords
from chatserver.hub.connections import StaffSession, VisitorSession
from chatserver.hub.delivery import Delivery, head_for
from chatserver.hub.dispatch import Dispatch
from chatserver.hub.lists import Lists, holders
from chatserver.hub.metrics import Metrics
from chatserver.hub.missed_changes import Known
from chatserver.hub.offline import OfflineMessages
from chatserver.hub.offline_list import OfflineList
from chatserver.hub.open_conversations import OpenConversations
from chatserver.hub.opening_hours import OpeningHours
from chatserver.hub.options import HubOptions
from chatserver.hub.own_tabs import OwnTabs
from chatserver.hub.presence import PresenceTracker
from chatserver.hub.remote_changes import RemoteChanges
from chatserver.hub.replies import Digests
from chatserver.hub.resume import Resume
from chatserver.hub.reveals import Reveals
from chatserver.hub.serving import Serving
from chatserver.hub.session import Session
from chatserver.hub.sessions import Sessions
from chatserver.hub.shifts import Shifts
from chatserver.hub.staff_directory import StaffDirectory
from chatserver.hub.typing import TypingSigns
from chatserver.hub.unit_of_work import Change, Outcome, UnitOfWork
from chatserver.hub.visitor_status import VisitorStatus
from chatserver.store import conversations, visitor_lookup
from chatserver.store.database import Database
from chatserver.store.secrets import address_hash
from chatserver.wire.closing import CloseCode
from chatserver.wire.entries import Live
from chatserver.wire.following import Head, Heads, UnfollowedWhy

log = structlog.get_logger()

RETRY_MS = 1_000

PARTINGS = (
    Assigned,
    ColleagueLeft,
    Transferred,
    TransferDeclined,
    TransferEnded,
    ReturnedToQueue,
    RingMissed,
    Reopened,
    Closed,
)
"""What takes a conversation, or what was held out of it, from somebody: the last that he is told."""


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
        metrics: Metrics,
    ) -> None:
        self.database = database
        self.rules = rules
        self.rulebook = Rulebook(rules)
        self.options = options
        self.now = now
        self.hospital = Hospital()
        self.digests = Digests(server_key)
        self.bus = bus
        self._filling: set[asyncio.Task[None]] = set()
        self.open_conversations = OpenConversations(lambda: self.rulebook)
        self.shifts = Shifts(database, rules, now, options.zone, self.shifts_changed)
        self.directory = StaffDirectory(self.open_conversations, bus, self.shifts)
        self.delivery = Delivery(epoch)
        self.sessions = Sessions(self.delivery, bus, options, now, self.open_conversations.get)
        self.hellos = BatchReader[str, visitor_lookup.Known | None](
            database, lambda conn, tokens: visitor_lookup.known(conn, tokens, now(), self.open_conversations.get)
        )
        self.resume = Resume(database, self.delivery, metrics)
        self.pools = CandidatePools(self.directory)
        self.dispatch = Dispatch(database, lambda: self.rulebook, options, now, self, metrics)
        self.typing = TypingSigns(self.open_conversations, self.delivery, bus, now)
        self.own_tabs = OwnTabs(database, self.sessions, bus)
        self.lists = Lists(
            self.open_conversations,
            self.directory,
            rules,
            options,
            lambda: self.rulebook,
            lambda id: self.alarms.supervised(id),
        )
        self.serving = Serving(self.pools, lambda: self.rulebook)
        self.opening = OpeningHours(
            lambda: self.hospital,
            lambda: self.rulebook,
            self.sessions.visitors,
            now,
            options.zone,
            options.calendar,
            self.serving,
            options.service_rest,
        )
        self.offline = OfflineMessages(database, self.dispatch, now, options.zone, self.messages_changed)
        self.offline_list = OfflineList(self.offline, self.directory, lambda: self.hospital, options)
        self.reveals = Reveals(self.dispatch, options, partial(address_hash, server_key))
        self.alarms = Alarms(
            self.open_conversations,
            self.directory,
            lambda: self.offline,
            lambda: self.rulebook,
            lambda: self.hospital,
            options,
            now,
            self.lists.reworded,
        )
        self.standings = VisitorStatus(
            self.open_conversations,
            self.pools,
            lambda: self.rulebook,
            options,
            self.sessions.tabs_of,
            handle_times,
            self.serving,
            self._is_open,
            lambda conversation: groups_for(conversation, self.hospital),
            now,
        )
        self.router = Router(
            self.dispatch,
            self.open_conversations,
            self.directory,
            self.pools,
            lambda: self.rulebook,
            lambda: self.hospital,
        )
        self.attendance = PresenceTracker(
            self.dispatch, self.open_conversations, self.directory, self.person_changed, self.router, options, bus
        )
        self.changed_records = ChangedRecords(
            self.dispatch,
            self.open_conversations,
            self.offline,
            self.directory,
            lambda: self.hospital,
            self.opening.service,
            bus,
            now,
        )
        self.heads = RemoteChanges(
            database,
            bus,
            self.open_conversations,
            self.directory,
            options,
            self.known,
            self.announce_others,
            self.typing.elsewhere,
            self.own_tabs.elsewhere,
            self.presence_changed,
            self.attendance.look,
            metrics,
        )

    async def tell_heads(self, session: Session, ref: str, conversations: Iterable[Conversation]) -> None:
        """Where these conversations are now, and what the session lacks of them."""
        heads = []
        for conversation in conversations:
            head, reader = head_for(conversation, session.audience), session.readers.get(conversation.id)
            if reader is not None and not reader.muted:
                # What was committed and sent while the row was read.
                head = max(head, reader.cursor.sent)
            heads.append(Head(conversation.id, self.delivery.epoch, head))
        session.push(Heads(ref, tuple(heads)))
        for told in heads:
            reader = session.readers.get(told.conversation)
            if reader is not None and reader.begun:
                reader.heard(told.head)
                await self.resume.fill(session, told.conversation)

    def reload(self, hospital: Hospital) -> None:
        """The hospital's records, or its people, were changed."""
        before, self.hospital = self.hospital, hospital
        self.rulebook = Rulebook(self.rules, hospital.groups.values())
        self.pools.everybody_changed()
        self.lists.people_changed(consultant.id for consultant in self.directory)
        self._dismiss_changed()
        self.changed_records.reloaded()
        self.standings.people_changed(self.open_conversations.waiting_groups())
        if before.groups and before.groups != hospital.groups:
            self._settle_clocks_soon()

    def _dismiss_changed(self) -> None:
        """Whoever has other groups now, or another role, comes in anew: what he may see is asked of his session."""
        for session in self.sessions.staff():
            consultant = self.directory.get(session.person)
            if consultant is not None and self.directory.staff(consultant.id) != session.staff:
                session.close(CloseCode.RESYNC)

    def _settle_clocks_soon(self) -> None:
        """The groups' numbers are others now: what is due earlier than was thought gets its row."""
        settling = asyncio.create_task(self._settle_clocks(), name="clocks")
        self._filling.add(settling)
        settling.add_done_callback(self._filling.discard)

    async def _settle_clocks(self) -> None:
        try:
            await self.dispatch.transact(settle_clocks)
        except Refused as refusal:
            log.warning("clocks_not_settled", code=refusal.code)

    def _is_open(self, conversation: Conversation) -> bool:
        return self.opening.service(conversation.site, conversation.department, self.now()).open

    def person_changed(self, id: str) -> None:
        """This consultant came or went: colleagues' lists, and what those who wait for him are told."""
        self.pools.people_changed([id])
        self.lists.people_changed([id])
        self.alarms.look()
        consultant = self.directory.get(id)
        if consultant is not None:
            self.standings.people_changed(consultant.groups)

    def messages_changed(self, ids: Iterable[str]) -> None:
        """These 留言 were left, taken, settled, or are of yesterday."""
        self.offline_list.changed(ids)
        self.alarms.look()

    def shifts_changed(self, people: Iterable[str]) -> None:
        """A shift of theirs began, ended or is another: something may come to them now."""
        for id in people:
            self.person_changed(id)
            self.router.look_for(id)

    def presence_changed(self, people: Sequence[str]) -> None:
        """Who is at other nodes has changed; nobody named: it may be anybody."""
        for person in people or [*(each.id for each in self.directory), *self.sessions.people()]:
            self.sessions.opened_elsewhere(person)
            if self.directory.get(person) is not None:
                self.person_changed(person)
        if people:
            self.attendance.changed_elsewhere(people)
        else:
            self.attendance.look_soon()

    # Commits.

    def load_board(self, conversations: Iterable[Conversation]) -> None:
        """What was open, and what ended just now, when this node started."""
        for conversation in conversations:
            self.open_conversations.put(conversation)
            self.alarms.changed(None, conversation)

    def known(self, ids: Iterable[str] | None = None) -> dict[str, Known]:
        """What was announced of these conversations; of all this node has in its hands, when none are named."""
        held = (
            self.open_conversations
            if ids is None
            else [each for id in ids if (each := self.open_conversations.get(id)) is not None]
        )
        return {each.id: Known(each, self.delivery.is_followed(each.id)) for each in held}

    def picture(self, conversation: str) -> Conversation | None:
        """As it was last announced here."""
        return self.open_conversations.get(conversation)

    def announce(self, outcome: Outcome) -> None:
        """This node committed something: everybody concerned is told, in the order of the commits."""
        for consultant in outcome.consultants:
            self.bus.ring(StaffBell(consultant.id, consultant.version))
        self._announce(outcome, ours=True)

    def announce_others(self, outcome: Outcome) -> None:
        """Other nodes did: told to those who are here. What must follow from it, they have seen to."""
        self._announce(outcome, ours=False)

    def see(self, conversation: Conversation) -> None:
        """Its row was read: whoever is told next of how it stands is told what is true now."""
        self.announce_others(Outcome([Change(conversation, conversation)], []))

    def _announce(self, outcome: Outcome, *, ours: bool) -> None:
        news = [consultant for consultant in outcome.consultants if self.directory.put(consultant)]
        for change in outcome.changes:
            try:
                self._announce_change(change, ours=ours)
            except Exception:
                # It is stored; whoever was not told of it reads it with the next entry, or on coming back.
                log.exception("announcing_failed", conversation=change.after.id)
        changed = [consultant.id for consultant in news]
        self.pools.people_changed(changed)
        self.lists.people_changed(changed)
        for consultant in news:
            if ours:
                self.router.look_for(consultant.id)
            self.standings.people_changed(consultant.groups)

    def _announce_change(self, change: Change, *, ours: bool) -> None:
        after = change.after
        if ours:
            self.bus.ring(Doorbell(after.id, after.version, after.last_seq, after.last_visitor_seq))
        if change.only_words and self.open_conversations.get(after.id) is change.before:
            self._tell_words(change)
            return
        # What the open conversations has forgotten (ended long ago, reopened now), the transaction still knows.
        before = self.open_conversations.get(after.id) or change.before
        if not self.open_conversations.is_news(after):
            # It was read from the store before it was announced: only its entries may be new to somebody.
            before = change.before
            self._deliver(change)
        elif not ours and self._is_over(after):
            self.standings.changed(before, after)
            self._deliver(change)
        else:
            self._tell(change, before)
        self._end_token(change)
        if ours:
            self._give_on(before, after)
            self._note(before, after)
        else:
            self.attendance.noted_elsewhere(after)

    def _tell_words(self, change: Change) -> None:
        """Nearly every commit, of whichever node: nobody has to be looked for, and nobody loses anything."""
        after = change.after
        self.open_conversations.reword(after)
        for entry in change.entries:
            self.delivery.deliver(entry)
        for session in self.delivery.behind(after):
            self._catch_up_soon(session, after.id)
        self.lists.reworded(after.id)
        self.alarms.changed(change.before, after)

    def _tell(self, change: Change, before: Conversation | None) -> None:
        """Standings, entries and lists, to everybody here."""
        after = change.after
        is_new = self.open_conversations.put(after) is None and after.phase is not Phase.CLOSED
        newly_followed = self._follow_new(after) if is_new else []
        self.standings.changed(before, after)
        self._admit_readers(after)
        self._deliver(change)
        self._mute_strangers(before, after)
        for session in newly_followed:
            # What he lacks is being read: he is told how far he is, not how far it goes.
            reader = session.readers[after.id]
            reader.live = True
            session.push(Live(after.id, self.delivery.epoch, reader.cursor.sent))
        self.pools.people_changed(holders(before) + holders(after))
        self.lists.changed(before, after)
        self.alarms.changed(before, after)
        if after.phase is Phase.CLOSED:
            self.typing.forget(after.id)

    def _is_over(self, conversation: Conversation) -> bool:
        """Ended so long ago that it is in nobody's list any more."""
        return (
            self.open_conversations.is_over(conversation, self.now())
            and self.open_conversations.get(conversation.id) is None
        )

    def _deliver(self, change: Change) -> None:
        """Several commits of others may be in it: who lost the conversation meanwhile is told so, and nothing after."""
        lost = self._strangers(change.after)
        told_so = _last_told(change.entries)
        for number, entry in enumerate(change.entries):
            self.delivery.deliver(entry, but=lost if number > told_so else ())
        for session in self.delivery.behind(change.after):
            if session not in lost:
                self._catch_up_soon(session, change.after.id)

    def _end_token(self, change: Change) -> None:
        """The visitor's own end is the end of the token. Told last, so that the tab in which it was done hears it."""
        after = change.after
        if after.ended_by_visitor and any(isinstance(entry.event, Closed) for entry in change.entries):
            assert after.closed_at is not None
            rates_until = after.closed_at + self.rulebook.of(after.group).rating_ms
            self.sessions.ended_by(after.visitor, after.id, rates_until)

    def _strangers(self, conversation: Conversation) -> set[Session]:
        """The staff who follow it and may not read it any more."""
        now = self.now()
        followers = self.delivery.followers(conversation.id)
        staff = [session for session in followers if isinstance(session, StaffSession)]
        return {session for session in staff if not may_read(conversation, session.staff, now)}

    def _give_on(self, before: Conversation | None, after: Conversation) -> None:
        """It waits, or a place is free now: something may be given."""
        if after.is_critical and after.phase in QUEUED:
            self.router.hurry(after)
        if after.phase is Phase.WAITING or (before is not None and before.phase is Phase.RINGING):
            self.router.look(after.group)
        for person in {each.owner.id for each in (before, after) if each is not None and each.owner is not None}:
            if before is None or before.counts is not after.counts or before.owner != after.owner:
                self.router.look_for(person)

    def _note(self, before: Conversation | None, after: Conversation) -> None:
        """A tab may have come or gone while the commit was on its way."""
        if before is None or (before.owner, before.owner_left_at) != (after.owner, after.owner_left_at):
            self.attendance.owner_noted(after)
        if before is None or before.participants != after.participants:
            self.attendance.colleagues_noted(after)
        if before is None or _visitors_part(before) != _visitors_part(after):
            self.attendance.visitor_noted(after.visitor)

    def _mute_strangers(self, before: Conversation | None, after: Conversation) -> None:
        """It may have gone to somebody else: the entry that says so is the last one the others get."""
        for session in self._strangers(after):
            reader = session.readers[after.id]
            reader.muted, reader.why = True, _why_unfollowed(before, after, session.person)
            # A reader that has not begun is told in its turn, when what went before was read (resume.py).
            if reader.begun:
                self.resume.tell_unfollowed(session, after.id, reader)

    def _admit_readers(self, conversation: Conversation) -> None:
        """It may have come back to somebody: he gets what he missed meanwhile, without having to ask."""
        for session in self.delivery.followers(conversation.id, muted=True):
            if isinstance(session, StaffSession) and may_read(conversation, session.staff, self.now()):
                reader = session.readers[conversation.id]
                reader.muted = False
                reader.heard(conversation.last_seq)
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

    def _follow_new(self, conversation: Conversation) -> list[VisitorSession]:
        """Every tab of the visitor who opened it follows it from its first entry."""
        # A tab whose hello has found it already is reading it from the store: what comes waits in its reader. One that
        # is not welcomed yet looks for itself.
        tabs = [
            each
            for each in self.sessions.tabs_of(conversation.visitor)
            if each.welcomed and conversation.id not in each.readers
        ]
        for session in tabs:
            self.delivery.subscribe(session, conversation.id).begin(0)
        return tabs


def _last_told(entries: Sequence[Entry]) -> int:
    """The number of the last entry that those are told who lose it by the first parting: all that was caused with it.
    -1: there is none."""
    last = next((number for number, each in enumerate(entries) if isinstance(each.event, PARTINGS)), -1)
    if last >= 0:
        parting = entries[last]
        for number, entry in enumerate(entries[last + 1 :], last + 1):
            is_words = isinstance(entry.event, MessagePosted | NoteWritten)
            if is_words or (entry.at, entry.author) != (parting.at, parting.author):
                break
            last = number
    return last


def _why_unfollowed(before: Conversation | None, after: Conversation, person: str) -> UnfollowedWhy:
    if after.phase is Phase.CLOSED:
        return "closed"
    if before is not None and before.participant(person) is not None:
        return "left"
    return "queued" if after.phase in QUEUED else "given"


def _visitors_part(conversation: Conversation) -> tuple[bool, int | None]:
    """Whether it is noted of its visitor whether they are here, and since when they are not."""
    return conversation.phase is Phase.CLOSED, conversation.visitor_left_at


def settle_clocks(ledger: UnitOfWork) -> None:
    """In the writer thread: the rows of every running clock, anew."""
    for conversation in conversations.open_everywhere(ledger.conn, lock=True):
        ledger.take(conversation)
        ledger.fired(conversation.id)
