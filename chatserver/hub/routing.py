"""Giving: waiting conversations to consultants, in a transaction that counts capacity itself.

Looked at whenever something may have changed (a conversation waits, a place is free, somebody came), and by the
sweep for what no trigger announced: a conversation that found nobody is looked at again.
"""

import asyncio
from collections.abc import Callable

import structlog

from chatserver.domain.commands import AcceptOffer, Assign, Claim, Ring, Staff
from chatserver.domain.conversation import Conversation, Phase
from chatserver.domain.entry import SYSTEM, Author, AuthorKind
from chatserver.domain.hospital import Hospital, Mode
from chatserver.domain.queue import in_order
from chatserver.domain.refusals import Refused
from chatserver.domain.routing import Candidate, choose, may_receive
from chatserver.domain.rules import Rules
from chatserver.hub.board import Board
from chatserver.hub.dispatch import Dispatch, Done, repeated
from chatserver.hub.ledger import Ledger
from chatserver.hub.roster import Roster
from chatserver.store import conversations, locks
from chatserver.store.ids import new_id

log = structlog.get_logger()


class Router:
    """One task that gives; claims and acceptances come from consultants."""

    def __init__(
        self,
        dispatch: Dispatch,
        board: Board,
        roster: Roster,
        rules: Rules,
        hospital: Callable[[], Hospital],
        now: Callable[[], int],
    ) -> None:
        self._dispatch = dispatch
        self._board = board
        self._roster = roster
        self._rules = rules
        self._hospital = hospital
        self._now = now
        self._groups: set[str] = set()
        self._wake = asyncio.Event()
        self._worker: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._worker = asyncio.create_task(self._work(), name="router")

    async def stop(self) -> None:
        if self._worker is not None:
            self._worker.cancel()
            await asyncio.gather(self._worker, return_exceptions=True)

    def look(self, group: str) -> None:
        """Something may be given in this group."""
        if self._worth_it(group):
            self._groups.add(group)
            self._wake.set()

    def look_for(self, consultant: str) -> None:
        """This consultant may have room now."""
        known = self._roster.get(consultant)
        for group in known.groups if known is not None else ():
            self.look(group)

    async def claim(self, staff: Staff, conversation: str, ref: str, digest: bytes) -> Done:
        """接入. Raises what the domain refuses: taken already (by whom), no room."""
        return await self._take(staff, conversation, ref, digest, lambda load, limit: Claim(staff, load, limit))

    async def accept(self, staff: Staff, conversation: str, offer: str, ref: str, digest: bytes) -> Done:
        """Take what was held out: a ring or a transfer."""
        return await self._take(
            staff, conversation, ref, digest, lambda load, limit: AcceptOffer(staff, offer, load, limit)
        )

    async def _take(
        self,
        staff: Staff,
        conversation: str,
        ref: str,
        digest: bytes,
        command: Callable[[int, int], Claim | AcceptOffer],
    ) -> Done:
        author = Author(AuthorKind.CONSULTANT, staff.person.id, staff.person)

        def work(ledger: Ledger) -> Done:
            locks.lock_group_of(ledger.conn, conversation)
            ledger.load([conversation])
            ledger.remember([(conversation, author.id, ref)])
            before = repeated(ledger, conversation, author, ref, digest)
            if before is not None:
                return before
            own = _rings_for(ledger.conversation(conversation), staff)
            # Him first, then his load: until the commit nobody gives him anything in another group either.
            capacity = ledger.consultant(staff.person.id).capacity
            load = conversations.loads(ledger.conn).get(staff.person.id, 0) - own
            made = ledger.decide(conversation, command(load, capacity), author, ref, digest)
            return Done(ledger.conversation(conversation), made[-1])

        return await self._dispatch.transact(work)

    def _worth_it(self, group: str) -> bool:
        """A look at this node's picture before a transaction is spent on it."""
        given = self._hospital().groups.get(group)
        if given is None or given.mode is Mode.CLAIM:
            return False
        waiting = any(self._may_be_given(each) for each in self._board.queue(group))
        return waiting and any(may_receive(each, group) for each in self._roster.candidates(group))

    def _may_be_given(self, conversation: Conversation) -> bool:
        """Not while the visitor is away: he keeps his place."""
        left = conversation.visitor_left_at
        here = left is None or self._now() - left < self._rules.visitor_away_ms
        return here and conversation.phase is Phase.WAITING

    async def _work(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._groups:
                await self._route(self._groups.pop())

    async def _route(self, group: str) -> None:
        # The writer thread gets a picture of its own: the roster belongs to the event loop.
        members = {each.consultant.id: each.present for each in self._roster.candidates(group)}
        try:
            mode = self._hospital().groups[group].mode
            await self._dispatch.transact(lambda ledger: self._give(ledger, group, mode, members))
        except Refused as refusal:
            log.warning("routing_refused", group=group, code=refusal.code)
        except Exception:
            log.exception("routing_failed", group=group)

    def _give(self, ledger: Ledger, group: str, mode: Mode, members: dict[str, bool]) -> None:
        """In the writer thread: everybody who waits, in order, to whoever fits best, as far as there is room."""
        locks.lock_group(ledger.conn, group)
        waiting = in_order(conversations.lock_waiting_in(ledger.conn, group))
        ledger.load_consultants(members)
        loads = conversations.loads(ledger.conn)
        ringing = conversations.rung(ledger.conn)
        for conversation in waiting:
            if not self._may_be_given(conversation):
                continue
            candidates = [
                Candidate(ledger.consultant(id), loads.get(id, 0), present)
                for id, present in members.items()
                if id not in ringing
            ]
            if not any(may_receive(each, group) for each in candidates):
                return
            choice = choose(conversation, candidates, ledger.now, self._rules)
            if choice is None:
                continue
            to, capacity = choice.consultant.person, choice.consultant.capacity
            command: Ring | Assign = Assign(to, choice.load, capacity, choice.why)
            if mode is Mode.RING:
                # One at a time: nobody is rung for a second one while the first still rings.
                ringing.add(to.id)
                command = Ring(to, new_id(), choice.load, capacity, choice.why)
            ledger.take(conversation)
            ledger.decide(conversation.id, command, SYSTEM)
            loads[to.id] = choice.load + 1


def _rings_for(conversation: Conversation, staff: Staff) -> int:
    """1 when his place is reserved for this very conversation: then it is not counted against him."""
    offer = conversation.offer
    held = conversation.phase is Phase.RINGING and offer is not None and offer.to is not None
    return int(held and offer is not None and offer.to is not None and offer.to.id == staff.person.id)
