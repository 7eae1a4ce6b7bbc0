"""回电: visitors ask for calls, staff take them and report on them, each time in a separate transaction. The open ones,
and those that ended today, are held in memory for the lists.

Changes by other nodes are found by comparing the versions of the open ones every second. So is whether a visitor's
conversation has an open alert of suspected abuse, which locks the call-back.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import NamedTuple

from sqlalchemy import Connection

from chatserver.domain.actors import Visitor
from chatserver.domain.callbacks import Callback, Lock, became_overdue, placed, withdraw
from chatserver.domain.commands.callbacks import RequestCallback
from chatserver.domain.consent import Said
from chatserver.domain.conversation import Phase
from chatserver.domain.entry import Author, AuthorKind
from chatserver.domain.hospital import Consultant
from chatserver.domain.hours import moment
from chatserver.domain.refusals import NotFound, RefConflict, Unauthenticated
from chatserver.domain.visits import Visit
from chatserver.hub.digests import is_repeat
from chatserver.hub.dispatch import Dispatch
from chatserver.hub.services import Services
from chatserver.hub.signal import Signal
from chatserver.hub.turn import WAITING, Turn
from chatserver.hub.unit_of_work import UnitOfWork
from chatserver.store import callbacks, consultants, deadlines, locks, visits

Changed = Callable[[Callback, Lock | None, int], Callback]
"""From the call-back, why it is locked, and the time (ms) to the call-back after the change."""


class Requested(NamedTuple):
    """The stored call-back. `repeat`: an earlier try of the same command stored it. `replaced`: the open one that it
    takes the place of."""

    callback: Callback
    repeat: bool
    replaced: Callback | None = None


class _Read(NamedTuple):
    versions: dict[str, int]
    news: dict[str, Callback]
    about_abuse: set[str]


class Callbacks:
    """The call-backs that this node holds. `changed` is sent with the ids of those that changed or were dropped."""

    def __init__(self, services: Services, dispatch: Dispatch, changed: Signal[Iterable[str]]) -> None:
        self._database = services.database
        self._bus = services.bus
        self._records = services.records
        self._dispatch = dispatch
        self._now = services.now
        self._zone = services.options.zone
        self._changed = changed
        self._held: dict[str, Callback] = {}
        self._about_abuse: set[str] = set()
        self._turn = Turn(WAITING)

    def get(self, id: str) -> Callback | None:
        return self._held.get(id)

    def __iter__(self) -> Iterator[Callback]:
        """The open ones and those that ended today, in the order in which they were requested."""
        return iter(sorted(self._held.values(), key=lambda each: (each.asked_at, each.id)))

    def lock(self, callback: Callback) -> Lock | None:
        """Why nobody may call, as far as this node has heard; checked again in the transaction of each act."""
        return _lock(callback, self._about_abuse)

    async def request(
        self, asked: Callback, ref: str, digest: bytes, said: Sequence[Said], visit: Visit | None = None
    ) -> Requested:
        """Store it with the `visit` in place of the visitor's open one, and say so in the conversation that it belongs
        to.

        Raises `NotFound` when that conversation is not the visitor's; `Unauthenticated` when the token has ended,
        unless this very `ref` was stored before; `Busy` when it would have to wait for too long.
        """

        def work(unit: UnitOfWork) -> Requested:
            if asked.conversation is not None:
                unit.load([asked.conversation])
            # If two tries arrive at once, even at two nodes, this lock makes the second wait and find what the first
            # stored.
            locks.lock_visitors(unit.conn, [asked.visitor])
            before = _asked_before(unit.conn, asked.visitor, ref, digest)
            if before is not None:
                return before
            if unit.has_ended(asked.visitor):
                raise Unauthenticated()
            replaced = callbacks.open_of(unit.conn, asked.visitor)
            owner = None
            if replaced is not None:
                owner = replaced.owner
                replaced = _saved(unit, replaced, withdraw(replaced, asked.visitor, unit.now))
            callback = replace(asked, owner=owner, was_stopped=callbacks.was_stopped(unit.tx, asked.phone))
            callbacks.add(unit.tx, callback, ref, digest, said)
            if visit is not None:
                visits.add_request_safely(unit.tx, "callback", callback.id, visit)
            _settle_deadline(unit, None, callback)
            if callback.conversation is not None:
                _tell(unit, callback.conversation, callback)
            return Requested(callback, repeat=False, replaced=replaced)

        async with self._turn.taken():
            requested = await self._dispatch.transact(work)
        for each in (requested.replaced, requested.callback):
            if each is not None:
                self._put(each)
        return requested

    async def asked_before(self, visitor: str, ref: str, digest: bytes) -> Requested | None:
        """What the visitor requested by this very command. Raises `RefConflict` if the ref belongs to another one."""
        return await self._database.read(lambda conn: _asked_before(conn, visitor, ref, digest))

    async def open_of(self, visitor: str) -> Callback | None:
        """The visitor's open call-back."""
        return await self._database.read(lambda conn: callbacks.open_of(conn, visitor))

    async def change(self, id: str, change: Changed) -> Callback:
        """Change it as `domain.callbacks` decides. Raises `Refused`."""

        def work(unit: UnitOfWork) -> Callback:
            before = callbacks.load(unit.conn, [id], lock=True).get(id)
            if before is None:
                raise NotFound()
            return _saved(unit, before, change(before, lock_now(unit.conn, before), unit.now))

        after = await self._dispatch.transact(work)
        self._put(after)
        return after

    async def due(self, ids: Sequence[str]) -> None:
        """Deadlines of these were reached: record that the promise was broken, which raises the alarm."""

        def work(unit: UnitOfWork) -> list[Callback]:
            found = callbacks.load(unit.conn, ids, lock=True)
            after = [_saved(unit, each, became_overdue(each, unit.now), fired=True) for each in found.values()]
            gone: dict[str, deadlines.Running] = {id: {} for id in ids if id not in found}
            deadlines.settle(unit.tx, callbacks.SUBJECT, _rows(unit, gone), gone, frozenset(gone))
            return after

        for each in await self._dispatch.transact(work):
            self._put(each)

    async def look(self) -> None:
        """Read what other nodes changed, and drop what ended before today."""
        today = datetime.fromtimestamp(self._now() / 1000, self._zone).date()
        since = moment(today, 0, self._zone)

        def read(conn: Connection) -> _Read:
            versions = callbacks.versions(conn, since)
            new = [id for id, version in versions.items() if known.get(id, -1) < version]
            news = callbacks.load(conn, new) if new else {}
            waiting = {each.visitor for each in (*self_open, *news.values()) if each.is_open}
            return _Read(versions, news, callbacks.about_abuse(conn, waiting))

        self_open = [each for each in self._held.values() if each.is_open]
        known = {each.id: each.version for each in self._held.values()}
        found = await self._database.read(read)
        locked_anew = found.about_abuse ^ self._about_abuse
        self._about_abuse = found.about_abuse
        for callback in found.news.values():
            self._put(callback)
        # Compare with what was known before the read, so that one that was requested during the read does not count as
        # gone.
        gone = [id for id in known if id not in found.versions]
        for id in gone:
            self._held.pop(id, None)
        told = [*gone, *(each.id for each in self._held.values() if each.visitor in locked_anew)]
        if told:
            self._changed(told)

    async def place(self) -> None:
        """Move every open one to the group that serves its department now, and free those whose owner is gone. Only the
        node that works the timers does this."""
        if not self._bus.works_timers:
            return
        hospital = self._records.hospital
        people: dict[str, Consultant] = {}
        for each in [each for each in self if each.is_open]:
            group = hospital.group_of(each.site, each.department)
            if each.owner is not None and not people:
                people = await self._database.read(consultants.load)
            owner = people.get(each.owner) if each.owner else None
            if placed(each, group, owner) is not each:
                await self.change(each.id, partial(_placed, group, owner))

    def _put(self, callback: Callback) -> None:
        held = self._held.get(callback.id)
        if held is None or held.version < callback.version:
            self._held[callback.id] = callback
            self._changed([callback.id])


def lock_now(conn: Connection, callback: Callback) -> Lock | None:
    """Why nobody may call, as it stands in the database."""
    return _lock(callback, callbacks.about_abuse(conn, [callback.visitor]))


def _lock(callback: Callback, about_abuse: set[str]) -> Lock | None:
    is_locked = callback.emergency == "protect" or callback.visitor in about_abuse
    return "abuse_alert" if callback.is_open and is_locked else None


def _placed(group: str, owner: Consultant | None, callback: Callback, lock: Lock | None, now: int) -> Callback:
    return placed(callback, group, owner)


def _saved(unit: UnitOfWork, before: Callback, after: Callback, *, fired: bool = False) -> Callback:
    if after is not before:
        after = replace(after, version=before.version + 1)
        callbacks.save(unit.tx, after)
    if fired or after is not before:
        _settle_deadline(unit, before, after)
    return after


def _settle_deadline(unit: UnitOfWork, before: Callback | None, after: Callback) -> None:
    runs = after.is_open and after.overdue_since is None
    wanted = {after.id: {callbacks.DUE: after.due_at} if runs else {}}
    stored = {} if before is None else _rows(unit, wanted)
    deadlines.settle(unit.tx, callbacks.SUBJECT, stored, wanted, frozenset(wanted))


def _rows(unit: UnitOfWork, ids: Iterable[str]) -> dict[str, deadlines.Running]:
    return deadlines.load(unit.conn, callbacks.SUBJECT, ids)


def _tell(unit: UnitOfWork, id: str, callback: Callback) -> None:
    """Say it in the visitor's conversation. One that has ended is only linked."""
    conversation = unit.conversation(id)
    if conversation.visitor != callback.visitor:
        raise NotFound()
    if conversation.phase is not Phase.CLOSED:
        visitor = Visitor(callback.visitor)
        unit.decide(id, RequestCallback(visitor, callback), Author(AuthorKind.VISITOR, callback.visitor))


def _asked_before(conn: Connection, visitor: str, ref: str, digest: bytes) -> Requested | None:
    before = callbacks.asked_before(conn, visitor, ref)
    if before is None:
        return None
    if not is_repeat(before.digest, digest):
        raise RefConflict()
    return Requested(before.callback, repeat=True)
