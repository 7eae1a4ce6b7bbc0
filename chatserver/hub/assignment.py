"""Assignment: gives waiting conversations to consultants, in transactions that count the load themselves.

A group is checked whenever something may have changed (a conversation waits, a place is free, somebody connected), and
by the regular sweep, in case a signal was missed.
"""

import asyncio
from collections.abc import Callable, Iterable

import structlog

from chatserver.domain.actors import Staff
from chatserver.domain.commands.assignment import AssignManually, Claim
from chatserver.domain.commands.ending import Reopen
from chatserver.domain.commands.offers import AcceptOffer
from chatserver.domain.conversation import QUEUED, Conversation, Phase
from chatserver.domain.entry import Author, AuthorKind
from chatserver.domain.hospital import Consultant, Mode
from chatserver.domain.refusals import AskedAnew, Refused
from chatserver.domain.routing import Candidate
from chatserver.domain.transitions.table import decide
from chatserver.domain.urgent import groups_for, may_take, others
from chatserver.hub.assignment_round import AssignmentRound
from chatserver.hub.batch import repeated
from chatserver.hub.candidate_pools import CandidatePools
from chatserver.hub.dispatch import Dispatch
from chatserver.hub.inbox import Done
from chatserver.hub.open_conversations import OpenConversations
from chatserver.hub.services import Services
from chatserver.hub.staff_directory import StaffDirectory
from chatserver.hub.unit_of_work import UnitOfWork
from chatserver.hub.urgency import GivingUrgently
from chatserver.store import conversations, locks

log = structlog.get_logger()


class Router:
    """Runs the one task that assigns conversations, and carries out claims, acceptances, reopenings and manual
    assignments."""

    def __init__(
        self,
        services: Services,
        dispatch: Dispatch,
        open_conversations: OpenConversations,
        directory: StaffDirectory,
        pools: CandidatePools,
    ) -> None:
        self._dispatch = dispatch
        self._open_conversations = open_conversations
        self._directory = directory
        self._pools = pools
        self._records = services.records
        self._groups: set[str] = set()
        self._urgent: dict[str, None] = {}
        self._wake = asyncio.Event()
        self._worker: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._worker = asyncio.create_task(self._work(), name="router")

    async def stop(self) -> None:
        if self._worker is not None:
            self._worker.cancel()
            await asyncio.gather(self._worker, return_exceptions=True)

    def committed(self, before: Conversation | None, after: Conversation) -> None:
        """This node changed a conversation: it may wait now, or a place may have become free."""
        if after.is_critical and after.phase in QUEUED:
            self.hurry(after)
        if after.phase is Phase.WAITING or (before is not None and before.phase is Phase.RINGING):
            self.look(after.queue.group)
        for person in {
            each.serving.owner.id for each in (before, after) if each is not None and each.serving.owner is not None
        }:
            if before is None or before.counts is not after.counts or before.serving.owner != after.serving.owner:
                self.look_for(person)

    def look(self, group: str) -> None:
        """Check this group soon: something may be assigned in it now."""
        if self._worth_it(group):
            self._groups.add(group)
            self._wake.set()

    def hurry(self, conversation: Conversation) -> None:
        """Try soon to assign a critical emergency: it has begun to wait, or somebody may be able to take it now."""
        groups, rules = (
            groups_for(conversation, self._records.hospital),
            self._records.rulebook.of(conversation.queue.group),
        )
        if any(may_take(each, groups, rules) for each in self._candidates(groups)):
            self._urgent[conversation.id] = None
            self._wake.set()

    def look_for_urgent(self) -> None:
        """Try to assign all critical emergencies that wait."""
        for conversation in self._open_conversations.urgent():
            self.hurry(conversation)

    def look_for(self, consultant: str) -> None:
        """Check the groups of this consultant, who may have room now, and all waiting emergencies."""
        known = self._directory.get(consultant)
        for group in known.groups if known is not None else ():
            self.look(group)
        self.look_for_urgent()

    async def claim(self, staff: Staff, conversation: str, ref: str, digest: bytes) -> Done:
        """接入. Raises what the domain refuses: already taken (by whom), or no room."""
        return await self._take(staff, conversation, ref, digest, lambda load, limit: Claim(staff, load, limit))

    async def accept(self, staff: Staff, conversation: str, offer: str, ref: str, digest: bytes) -> Done:
        """Accept an offer: a ring or a transfer."""
        return await self._take(
            staff, conversation, ref, digest, lambda load, limit: AcceptOffer(staff, offer, load, limit)
        )

    async def reopen(self, staff: Staff, conversation: str, fence: int, ref: str, digest: bytes) -> Done:
        """重新打开. Raises what the domain refuses, and `AskedAnew`."""

        def command(load: int, limit: int) -> Reopen:
            return Reopen(staff, fence, load, limit)

        def before(unit: UnitOfWork) -> None:
            # Refuse staff who may not reopen it, or are too late, before anything else is checked.
            ended = unit.conversation(conversation)
            decide(ended, command(0, 1), unit.now, unit.rulebook.of(ended.queue.group))
            _nothing_newer(unit, ended)

        return await self._take(staff, conversation, ref, digest, command, before=before)

    async def assign(
        self, staff: Staff, conversation: str, fence: int, to: Consultant, ref: str, digest: bytes, *, above: bool
    ) -> Done:
        """指派 by a supervisor. Raises what the domain refuses: already taken, or no room unless `above`."""

        def command(load: int, limit: int) -> AssignManually:
            return AssignManually(staff, fence, to.person, to.groups, load, limit, above)

        return await self._take(staff, conversation, ref, digest, command, to=to.id)

    async def _take(
        self,
        staff: Staff,
        conversation: str,
        ref: str,
        digest: bytes,
        command: Callable[[int, int], Claim | AcceptOffer | AssignManually | Reopen],
        to: str | None = None,
        before: Callable[[UnitOfWork], None] = lambda _ledger: None,
    ) -> Done:
        receiver = to or staff.person.id
        author = Author(AuthorKind.CONSULTANT, staff.person.id, staff.person)

        def work(unit: UnitOfWork) -> Done:
            locks.lock_group_of(unit.conn, conversation)
            unit.load([conversation])
            unit.remember([(conversation, author.id, ref)])
            done = repeated(unit, conversation, author, ref, digest)
            if done is not None:
                return done
            before(unit)
            own = _rings_for(unit.conversation(conversation), receiver)
            # Lock the consultant, then count the load: until the commit no other group assigns them anything either.
            capacity = unit.consultant(receiver).capacity
            load = conversations.loads(unit.conn, [receiver])[receiver] - own
            made = unit.decide(conversation, command(load, capacity), author, ref, digest)
            return Done(unit.conversation(conversation), made[-1])

        return await self._dispatch.transact(work)

    def _worth_it(self, group: str) -> bool:
        """Whether this node's copy shows a waiting conversation and somebody with room. Avoids transactions that assign
        nothing."""
        given = self._records.hospital.groups.get(group)
        if given is None or given.mode is Mode.CLAIM or not self._open_conversations.queue_length(group):
            return False
        return len(self._pools.of(group)) > 0

    def somebody_else(self, id: str) -> bool:
        """Whether somebody else could serve it: the overflow group while it waits, a colleague while it has an
        owner."""
        conversation = self._open_conversations.get(id)
        if conversation is None:
            return False
        owner, group = conversation.serving.owner, conversation.queue.group
        if owner is not None:
            if conversation.is_critical:
                groups, rules = groups_for(conversation, self._records.hospital), self._records.rulebook.of(group)
                return others(conversation, self._candidates(groups), groups, rules)
            if self._is_claimed(group):
                # Taken from its owner, it would wait until somebody claims it.
                return False
            return self._pools.of(group).others(owner.id)
        overflow = self._records.rulebook.of(group).overflow_to
        return bool(overflow) and len(self._pools.of(overflow)) > 0

    def _is_claimed(self, group: str) -> bool:
        known = self._records.hospital.groups.get(group)
        return known is not None and known.mode is Mode.CLAIM

    async def _work(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._urgent or self._groups:
                # An emergency never waits behind a round of ordinary assignments.
                if self._urgent:
                    await self._route_urgently(self._urgent.popitem()[0])
                else:
                    await self._route(self._groups.pop())

    async def _route(self, group: str) -> None:
        # The writer thread gets its own copy of the pool: this one belongs to the event loop.
        giving = AssignmentRound(group, self._records.hospital, self._pools.of(group).copy())
        await self._give(group, giving.give)

    async def _route_urgently(self, id: str) -> None:
        conversation = self._open_conversations.get(id)
        if conversation is None or conversation.phase not in QUEUED:
            return
        candidates = self._candidates(groups_for(conversation, self._records.hospital))
        await self._give(
            conversation.queue.group, GivingUrgently(conversation, self._records.hospital, candidates).give
        )

    async def _give(self, group: str, give: Callable[[UnitOfWork], None]) -> None:
        try:
            await self._dispatch.transact(give)
        except Refused as refusal:
            log.warning("routing_refused", group=group, code=refusal.code)
        except Exception:
            log.exception("routing_failed", group=group)

    def _candidates(self, groups: Iterable[str]) -> list[Candidate]:
        """The consultants of these groups, each once, as this node knows them."""
        wanted = set(groups)
        return [self._directory.candidate(each) for each in self._directory if not wanted.isdisjoint(each.groups)]


def _nothing_newer(unit: UnitOfWork, ended: Conversation) -> None:
    """Raises `AskedAnew` when the visitor has a newer conversation. A visitor has only one open conversation, and their
    tabs follow only the latest."""
    locks.lock_visitors(unit.conn, [ended.visitor])
    latest = conversations.latest_of(unit.conn, ended.visitor)
    if latest is not None and latest.id != ended.id:
        raise AskedAnew()


def _rings_for(conversation: Conversation, person: str) -> int:
    """1 if this conversation rings for the person, else 0. A ring takes one of the person's places; the caller
    subtracts it, so that they can take the conversation that rings for them."""
    offer = conversation.serving.offer
    held = conversation.phase is Phase.RINGING and offer is not None and offer.to is not None
    return int(held and offer is not None and offer.to is not None and offer.to.id == person)
