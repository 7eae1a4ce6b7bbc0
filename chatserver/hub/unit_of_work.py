"""One transaction's working copy: conversations are loaded once, changed in memory, and written together.

It lives inside one call of the writer thread. `domain` makes the decisions; this only collects their results. Rows are
locked in the order that `store/locks.py` describes; assignment locks the group before anything is loaded here.
"""

import dataclasses
from collections.abc import Callable, Iterable, Sequence

from msgspec.structs import replace

from chatserver.domain import availability
from chatserver.domain.audience import visible_to_visitor
from chatserver.domain.changes.table import apply
from chatserver.domain.commands.base import Command
from chatserver.domain.conversation import Conversation, start
from chatserver.domain.deadlines import deadlines
from chatserver.domain.entry import SYSTEM, Author, Entry
from chatserver.domain.events.alarms import NobodyAnswered
from chatserver.domain.events.assignment import Assigned
from chatserver.domain.events.base import Event, SilentEvent
from chatserver.domain.events.consent import ConsentChanged, GuardianAsked, NoticeAgreed
from chatserver.domain.events.ending import Closed
from chatserver.domain.events.offers import RingMissed, Rung, Transferred
from chatserver.domain.events.queue import Opened
from chatserver.domain.events.ratings import Rated
from chatserver.domain.hospital import Availability, Consultant
from chatserver.domain.refusals import NotFound
from chatserver.domain.rules import Rulebook
from chatserver.domain.transitions.table import decide
from chatserver.hub.outcome import Change, Outcome, by_their_parts
from chatserver.hub.slight import SLIGHT
from chatserver.store import audit, consents, consultants, conversations, entries, participants, ratings, visitors
from chatserver.store import deadlines as deadline_rows
from chatserver.store.deadlines import CONVERSATION
from chatserver.store.ids import new_id
from chatserver.store.message_path import write
from chatserver.store.tx import Tx

Pictures = Callable[[str], Conversation | None]
"""This node's copy of a conversation, by id."""


def no_picture(_id: str) -> None:
    """This node has no copies: every row is read."""


class UnitOfWork:
    """Built on the transaction's `Tx`; it uses its connection and its time. A copy from `pictures` is used instead of
    the row when the row's mark says that they are equal."""

    def __init__(self, tx: Tx, rulebook: Rulebook, pictures: Pictures = no_picture) -> None:
        self.tx = tx
        self.conn = tx.conn
        self._pictures = pictures
        self.now = tx.now
        self.rulebook = rulebook
        self._changes: dict[str, Change] = {}
        self._rows: list[tuple[Entry, bytes | None]] = []
        self._known: dict[entries.Key, tuple[Entry, bytes | None]] = {}
        self._fired: set[str] = set()
        self._altered: set[str] = set()
        self._new: dict[str, str] = {}
        self._consultants: dict[str, Consultant] = {}
        self._consultants_touched: set[str] = set()
        self._rates_until: dict[str, int] = {}
        self._parts: list[participants.Participation] = []
        self._lives: dict[str, int] = {}
        self._evidence: list[consents.Evidence] = []
        self._acts: list[audit.Act] = []

    def load(self, ids: Iterable[str]) -> None:
        """Take these conversations into the working copy, locked."""
        missing = {each for each in ids if each not in self._changes}
        if not missing:
            return
        # Reading a whole row costs 25 µs, reading its mark 4.
        marks = conversations.lock_marks(self.conn, missing)
        unknown = []
        for id, mark in marks.items():
            picture = self._pictures(id)
            if picture is not None and conversations.mark_of(picture) == mark:
                self.take(picture)
            else:
                unknown.append(id)
        if unknown:
            for conversation in conversations.load(self.conn, unknown).values():
                self.take(conversation)

    def take(self, conversation: Conversation) -> None:
        """Take in a conversation that was already read and locked in this transaction."""
        if conversation.id not in self._changes:
            self._changes[conversation.id] = Change(conversation, conversation)

    def remember(self, keys: Iterable[entries.Key]) -> None:
        """Look up which of these commands were carried out before, in one query."""
        self._known |= entries.known(self.conn, keys)

    def conversation(self, id: str) -> Conversation:
        """The conversation at this point of the transaction. Raises `NotFound`."""
        conversation = self.loaded(id)
        if conversation is None:
            raise NotFound()
        return conversation

    def loaded(self, id: str) -> Conversation | None:
        """Like `conversation`, but None when it was not loaded or does not exist."""
        change = self._changes.get(id)
        return None if change is None else change.after

    def known(self, key: entries.Key) -> tuple[Entry, bytes | None] | None:
        """The entry that this command made before, in this transaction or an earlier one."""
        return self._known.get(key)

    def decide(
        self, id: str, command: Command, author: Author, ref: str | None = None, digest: bytes | None = None
    ) -> list[Entry]:
        """Let the domain decide, and keep the result. Raises `Refused`; nothing has changed then."""
        conversation = self.conversation(id)
        rules = self.rulebook.of(conversation.queue.group)
        return self.record(conversation, decide(conversation, command, self.now, rules), author, ref, digest)

    def open(self, opened: Opened, *, id: str, site: str, visitor: str, ref: str) -> Conversation:
        """A new conversation, with its first entry."""
        conversation = start(opened, id=id, site=site, visitor=visitor, at=self.now)
        self._changes[id] = Change(None, conversation)
        self._new[id] = ref
        self.record(conversation, (opened,), SYSTEM)
        return self.conversation(id)

    def latest_of(self, visitor: str) -> Conversation | None:
        """The visitor's last conversation, including one opened in this very transaction."""
        for id in reversed(self._new):
            if self.conversation(id).visitor == visitor:
                return self.conversation(id)
        latest = conversations.latest_of(self.conn, visitor)
        if latest is None:
            return None
        self.load([latest.id])
        return self.conversation(latest.id)

    def opened_in(self, group: str) -> int:
        """How many conversations this very transaction has opened in a group; counts like
        `conversations.queue_length`."""
        opened = map(self.conversation, self._new)
        return sum(each.queue.group == group and not each.emergency.crowded for each in opened)

    def has_ended(self, visitor: str) -> bool:
        """Whether this visitor has ended the token, in this very transaction or before."""
        return visitor in self._rates_until or visitors.is_ended(self.conn, visitor)

    def record(
        self,
        conversation: Conversation,
        events: Sequence[Event],
        author: Author,
        ref: str | None = None,
        digest: bytes | None = None,
    ) -> list[Entry]:
        """Apply the events. Each event that is an entry gets its place in the transcript. The last event is the
        command's own, so its entry gets the ref."""
        made: list[Entry] = []
        for number, event in enumerate(events, 1):
            before, conversation = conversation, apply(conversation, event, self.now)
            self._parts += participants.newcomers(before, conversation, author)
            if not isinstance(event, SLIGHT):
                self._altered.add(conversation.id)
                self._follow_up(event, conversation)
            if isinstance(event, SilentEvent):
                continue
            conversation, entry = self._place(conversation, event, author, ref if number == len(events) else None)
            made.append(entry)
            self._rows.append((entry, digest if entry.ref else None))
            if entry.ref is not None:
                self._known[conversation.id, author.id, entry.ref] = (entry, digest)
        change = self._changes[conversation.id]
        change.after = conversation
        change.entries += made
        return made

    def lives(self, visitor: str, until: int) -> None:
        """The visitor's token lives at least until `until` (ms)."""
        self._lives[visitor] = max(until, self._lives.get(visitor, 0))

    def fired(self, id: str) -> None:
        """One of its deadlines was reached, so its deadline rows may move to a later time."""
        self._fired.add(id)

    def consultant(self, id: str) -> Consultant:
        """The consultant at this point of the transaction; the row is locked."""
        self.load_consultants([id])
        return self._consultants[id]

    def load_consultants(self, ids: Iterable[str]) -> None:
        """Take these consultants into the working copy, locked, in one query."""
        missing = [each for each in ids if each not in self._consultants]
        if missing:
            self._consultants |= consultants.load(self.conn, missing, lock=True)

    def may_be_changed(self) -> set[str]:
        """The people whose rows a command may change together with the loaded conversations: those to whom one is
        offered, and the owners who were assigned one and have not answered."""
        loaded = [change.after for change in self._changes.values()]
        offers = [each.serving.offer for each in loaded if each.serving.offer is not None]
        found = {offer.to.id for offer in offers if offer.to is not None}
        for each in loaded:
            owner = each.serving.owner
            if each.serving.silent and owner is not None and not each.talk.replied:
                found |= {owner.id, *each.had_it}
        return found

    def put_consultant(self, consultant: Consultant) -> None:
        self._consultants[consultant.id] = consultant
        self._consultants_touched.add(consultant.id)

    def write(self) -> Outcome:
        """Write everything to the database; the caller's transaction commits it."""
        touched = [change for change in self._changes.values() if change.after is not change.before]
        for change in touched:
            change.after = replace(change.after, version=change.after.version + 1)
            if change.before is None:
                conversations.add(self.tx, change.after, self._new[change.after.id])
        spoken, changed = self._apart(touched)
        conversations.save(self.tx, [change.after for change in changed if change.before is not None])
        plain, grown = by_their_parts(spoken)
        write(
            self.tx,
            conversations.words(plain),
            conversations.words_of_a_part(grown),
            entries.new(self._rows),
            deadline_rows.hastened(self._due_sooner(spoken)),
        )
        looked_at = {change.after.id: change.after for change in changed}
        looked_at |= {id: self.conversation(id) for id in self._fired}
        self._settle_deadlines(looked_at)
        participants.add(self.tx, self._parts)
        consents.add(self.tx, self._evidence)
        if self._lives:
            visitors.extend(self.tx, list(self._lives.items()))
        if self._rates_until:
            visitors.end(self.tx, self._rates_until)
        people = [_newer(self._consultants[id]) for id in sorted(self._consultants_touched)]
        for consultant in people:
            consultants.save(self.tx, consultant)
        for act in self._acts:
            audit.write(self.tx, act)
        return Outcome(touched, people)

    def _apart(self, touched: list[Change]) -> tuple[list[Change], list[Change]]:
        """Two lists: conversations that only got messages or notes, or whose people connected or disconnected; and
        those that changed in another way."""
        spoken: list[Change] = []
        changed: list[Change] = []
        for change in touched:
            before = change.before
            if before is None or change.after.id in self._altered:
                changed.append(change)
                continue
            spoken.append(change)
            same_people = before.connections is change.after.connections
            change.only_words = same_people and before.talk.inactive is change.after.talk.inactive
        return spoken, changed

    def _due_sooner(self, spoken: list[Change]) -> list[tuple[str, str, str, int]]:
        """Deadlines that are earlier than before, because of messages or notes."""
        sooner: list[tuple[str, str, str, int]] = []
        for change in spoken:
            assert change.before is not None
            rules = self.rulebook.of(change.after.queue.group)
            before = deadlines(change.before, rules)
            for clock, due in deadlines(change.after, rules).items():
                if clock not in before or due < before[clock]:
                    sooner.append((CONVERSATION, change.after.id, clock.value, due))
        return sooner

    def _settle_deadlines(self, looked_at: dict[str, Conversation]) -> None:
        if not looked_at:
            return
        stored = deadline_rows.load(self.conn, CONVERSATION, looked_at)
        wanted = {
            id: {
                clock.value: due
                for clock, due in deadlines(conversation, self.rulebook.of(conversation.queue.group)).items()
            }
            for id, conversation in looked_at.items()
        }
        deadline_rows.settle(self.tx, CONVERSATION, stored, wanted, frozenset(self._fired))

    def _place(
        self, conversation: Conversation, event: Event, author: Author, ref: str | None
    ) -> tuple[Conversation, Entry]:
        seq = conversation.last_seq + 1
        visitor_seq = conversation.last_visitor_seq
        shown = visible_to_visitor(event)
        if shown:
            visitor_seq += 1
        conversation = replace(conversation, last_seq=seq, last_visitor_seq=visitor_seq)
        entry = Entry(conversation.id, seq, visitor_seq if shown else None, new_id(), self.now, author, event, ref)
        return conversation, entry

    def _follow_up(self, event: Event, after: Conversation) -> None:
        """What an event changes for the consultant concerned, or for the visitor's token, in the same transaction."""
        rules = self.rulebook.of(after.queue.group)
        match event:
            case Closed() if after.ended_by_visitor:
                self._rates_until[after.visitor] = self.now + rules.rating_ms
            case Assigned(consultant=person, how="automatic" | "hand") | Rung(consultant=person):
                self.put_consultant(availability.given(self.consultant(person.id), self.now))
            case Assigned(consultant=person) | Transferred(consultant=person):
                taken = availability.took(self.consultant(person.id))
                self.put_consultant(availability.given(taken, self.now))
            case ConsentChanged() | NoticeAgreed() | GuardianAsked():
                self._evidence.append((after, event))
            case NobodyAnswered(consultants=people):
                for person in people:
                    self._pause_silent(person.id)
            case RingMissed(consultant=person, reason="expired" | "declined"):
                before = self.consultant(person.id)
                missed = availability.missed(before, self.now, rules)
                self.put_consultant(missed)
                if missed.availability is Availability.PAUSED is not before.availability:
                    consultants.note_availability(self.tx, missed)
            case _:
                pass

    def _pause_silent(self, id: str) -> None:
        before = self.consultant(id)
        after = availability.silent(before, self.now)
        if after is not before:
            self.put_consultant(after)
            consultants.note_availability(self.tx, after)

    def rate(self, conversation: str, rated: Rated) -> None:
        """Store the rating where reports find it."""
        ratings.put(self.tx, conversation, rated)

    def audit(self, act: audit.Act) -> None:
        """Write this row of the audit log, after everything else: its head is the last lock of every transaction."""
        self._acts.append(act)


def _newer(consultant: Consultant) -> Consultant:
    """The changed consultant with the next version, by which other copies can tell which one is later."""
    return dataclasses.replace(consultant, version=consultant.version + 1)
