"""留言: visitors leave them, staff take and settle them, each time in a separate transaction. The open ones, and those
settled today, are held in memory for the lists.

Changes by other nodes are found by comparing the versions of the open ones every second.
"""

from collections.abc import Callable, Iterable, Iterator, Set
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import NamedTuple

from sqlalchemy import Connection

from chatserver.domain.actors import Visitor
from chatserver.domain.commands.ending import Close
from chatserver.domain.commands.offline_messages import NoteComplaint, NoteEmergency
from chatserver.domain.consent import Said
from chatserver.domain.conversation import Conversation, Phase
from chatserver.domain.entry import Author, AuthorKind
from chatserver.domain.hours import moment
from chatserver.domain.offline_messages import OfflineMessage, calls_for_people, choose_owner, is_emergency, needs_owner
from chatserver.domain.refusals import NotFound, RefConflict, Unauthenticated
from chatserver.domain.shifts import on_duty
from chatserver.domain.urgent import AVAILABILITIES
from chatserver.domain.visits import Visit
from chatserver.hub.digests import is_repeat
from chatserver.hub.dispatch import Dispatch
from chatserver.hub.services import Services
from chatserver.hub.signal import Signal
from chatserver.hub.staff_directory import StaffDirectory
from chatserver.hub.turn import WAITING, Turn
from chatserver.hub.unit_of_work import UnitOfWork
from chatserver.store import consents, consultants, conversations, locks, offline_messages, shifts, visits

Settled = Callable[[OfflineMessage, int], OfflineMessage]


class Left(NamedTuple):
    """The stored 留言. `repeat`: an earlier try of the same command stored it."""

    message: OfflineMessage
    repeat: bool


class OfflineMessages:
    """The 留言 that this node holds. `changed` is sent with the ids of those that changed or were dropped."""

    def __init__(
        self, services: Services, dispatch: Dispatch, directory: StaffDirectory, changed: Signal[Iterable[str]]
    ) -> None:
        self._database = services.database
        self._bus = services.bus
        self._records = services.records
        self._dispatch = dispatch
        self._directory = directory
        self._now = services.now
        self._zone = services.options.zone
        self._changed = changed
        self._held: dict[str, OfflineMessage] = {}
        self._turn, self._turn_of_a_crowd = Turn(WAITING), Turn(None)

    def get(self, id: str) -> OfflineMessage | None:
        return self._held.get(id)

    def __iter__(self) -> Iterator[OfflineMessage]:
        """The open ones and those settled today, in the order in which they were left."""
        return iter(sorted(self._held.values(), key=lambda each: (each.left_at, each.id)))

    async def leave(
        self,
        message: OfflineMessage,
        ref: str,
        digest: bytes,
        said: Iterable[Said] = (),
        visit: Visit | None = None,
    ) -> Left:
        """Store it with the decisions on consent that came with it (`said`) and the `visit`, end the waiting
        conversation that it came from, and find an owner for it.

        Raises `NotFound` or `OutOfTurn` when that conversation is not the visitor's, or somebody answers it already;
        `Unauthenticated` when the token has ended, unless this very `ref` was stored before; `Busy` when it would have
        to wait for too long.
        """

        serving = self._serving(message)

        def work(unit: UnitOfWork) -> Left:
            if message.conversation is not None:
                unit.load([message.conversation])
            note = _note(message)
            # Conversations are locked before their visitors.
            told = [] if note is None else _rateable(unit, message.visitor)
            # If two tries arrive at once, even at two nodes, this lock makes the second wait and find what the first
            # stored.
            locks.lock_visitors(unit.conn, [message.visitor])
            before = _left_before(unit.conn, message.visitor, ref, digest)
            if before is not None:
                return before
            if unit.has_ended(message.visitor):
                raise Unauthenticated()
            if message.conversation is not None:
                _end_waiting(unit, message.conversation, message.visitor)
            for id in told:
                if note is not None and not _is_known(unit.conversation(id), note):
                    unit.decide(id, note, Author(AuthorKind.VISITOR, message.visitor))
            owned = replace(message, owner=_owner(unit.conn, message, serving))
            offline_messages.add(unit.tx, owned, ref, digest)
            consents.add_left(unit.tx, owned, said)
            if visit is not None:
                visits.add_request_safely(unit.tx, "offline_message", owned.id, visit)
            return Left(owned, repeat=False)

        if message.level != "critical":
            async with self._turn.taken():
                left = await self._dispatch.transact(work)
        elif message.crowded:
            # A flood of emergencies from one address has a queue of its own, so that it and the others do not delay
            # each other.
            async with self._turn_of_a_crowd.taken():
                left = await self._dispatch.transact(work)
        else:
            left = await self._dispatch.transact(work)
        self._put(left.message)
        return left

    async def left_before(self, visitor: str, ref: str, digest: bytes) -> Left | None:
        """What the visitor left by this very command. Raises `RefConflict` if the ref belongs to another one."""
        return await self._database.read(lambda conn: _left_before(conn, visitor, ref, digest))

    async def change(self, id: str, change: Settled) -> OfflineMessage:
        """Take or settle it, as `domain.offline_messages` decides. Raises `Refused`."""
        return await self._change(id, lambda message, unit: change(message, unit.now))

    async def _change(self, id: str, change: Callable[[OfflineMessage, UnitOfWork], OfflineMessage]) -> OfflineMessage:
        def work(unit: UnitOfWork) -> OfflineMessage:
            before = offline_messages.load(unit.conn, [id], lock=True).get(id)
            if before is None:
                raise NotFound()
            after = change(before, unit)
            if after is not before:
                after = replace(after, version=before.version + 1)
                offline_messages.save(unit.tx, after)
            return after

        after = await self._dispatch.transact(work)
        self._put(after)
        return after

    async def look(self) -> None:
        """Read what other nodes changed, and drop what was settled before today."""
        today = datetime.fromtimestamp(self._now() / 1000, self._zone).date()
        since = moment(today, 0, self._zone)

        def read(conn: Connection) -> tuple[dict[str, int], dict[str, OfflineMessage]]:
            versions = offline_messages.versions(conn, since)
            news = [id for id, version in versions.items() if known.get(id, -1) < version]
            return versions, offline_messages.load(conn, news) if news else {}

        known = {each.id: each.version for each in self._held.values()}
        versions, news = await self._database.read(read)
        for message in news.values():
            self._put(message)
        # Compare with what was known before the read, so that a 留言 that was left during the read does not count as
        # gone.
        gone = [id for id in known if id not in versions]
        for id in gone:
            self._held.pop(id, None)
        if gone:
            self._changed(gone)

    async def find_owners(self) -> None:
        """Move every open 留言 to the group that serves its department now, and to an owner whose account is open. Only
        the node that works the timers does this."""
        if not self._bus.works_timers:
            return
        hospital, people = self._records.hospital, {each.id: each for each in self._directory}
        for message in [each for each in self if each.settled_at is None]:
            group, serving = hospital.group_of(message.site, message.department), self._serving(message)
            if message.group != group or needs_owner(message, group, people, serving):
                await self._change(message.id, partial(_placed, group, serving))

    def _serving(self, message: OfflineMessage) -> Set[str]:
        """For an emergency: the people who are connected and serve now, so that it does not go to somebody absent."""
        if message.emergency is None:
            return frozenset()
        return {
            each.id for each in self._directory if each.availability in AVAILABILITIES and self._directory.here(each.id)
        }

    def _put(self, message: OfflineMessage) -> None:
        held = self._held.get(message.id)
        if held is None or held.version < message.version:
            self._held[message.id] = message
            self._changed([message.id])


def _left_before(conn: Connection, visitor: str, ref: str, digest: bytes) -> Left | None:
    before = offline_messages.left_before(conn, visitor, ref)
    if before is None:
        return None
    if not is_repeat(before.digest, digest):
        raise RefConflict()
    return Left(before.message, repeat=True)


def _end_waiting(unit: UnitOfWork, id: str, visitor: str) -> None:
    """End the visitor's waiting conversation. If it has already ended, for example at closing time, do nothing; the
    留言 refers to it all the same."""
    conversation = unit.conversation(id)
    if conversation.visitor != visitor:
        raise NotFound()
    if conversation.phase is not Phase.CLOSED:
        unit.decide(id, Close(Visitor(visitor), message_left=True), Author(AuthorKind.VISITOR, visitor))


def _rateable(unit: UnitOfWork, visitor: str) -> list[str]:
    """The visitor's conversations that a rating could be given for, and the last one; all are loaded."""
    latest = unit.latest_of(visitor)
    recent = conversations.ended_since(unit.conn, visitor, unit.now - unit.rulebook.rating_ms)
    ids = sorted({*recent, *([] if latest is None else [latest.id])})
    unit.load(ids)
    return ids


def _note(message: OfflineMessage) -> NoteComplaint | NoteEmergency | None:
    """What the visitor's conversations are told of it, so that no rating is asked for there; None: nothing."""
    if is_emergency(message):
        return NoteEmergency(Visitor(message.visitor))
    return NoteComplaint(Visitor(message.visitor)) if message.kind == "complaint" else None


def _is_known(conversation: Conversation, note: NoteComplaint | NoteEmergency) -> bool:
    return conversation.ending.unrated == ("complaint" if isinstance(note, NoteComplaint) else "emergency")


def _placed(group: str, serving: Set[str], message: OfflineMessage, unit: UnitOfWork) -> OfflineMessage:
    """Move it to the group that serves it now, and give it an owner from that group if its present owner cannot keep
    it."""
    if message.settled_at is not None:
        return message
    moved = message if message.group == group else replace(message, group=group)
    if not needs_owner(message, group, consultants.load(unit.conn), serving):
        return moved
    owner = _owner(unit.conn, moved, serving)
    return moved if owner == moved.owner else replace(moved, owner=owner)


def _owner(conn: Connection, message: OfflineMessage, serving: Set[str]) -> str | None:
    roster = shifts.between(conn, message.due_at, message.due_at + 1)
    people = consultants.load(conn).values()
    duty, open_of = on_duty(roster, message.due_at), offline_messages.open_of(conn)
    return choose_owner(message.group, people, duty, open_of, serving, must_serve=calls_for_people(message))
