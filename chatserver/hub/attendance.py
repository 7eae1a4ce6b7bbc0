"""连接 over time: what it means that somebody's first connection came, or his last one went.

A page that reloads goes and comes within a moment; that is waited for. A consultant who is gone loses his open
offers at once and has his grace for what he owns; a visitor keeps his place. On start everybody counts as just
gone: the server was away, not they.
"""

import asyncio
from collections.abc import Callable

from chatserver.domain.commands import Command, DropOffer, NoteOwner, NoteVisitor
from chatserver.domain.conversation import Conversation, Phase
from chatserver.domain.entry import SYSTEM
from chatserver.domain.presence import Presence
from chatserver.domain.refusals import Refused
from chatserver.hub.board import Board
from chatserver.hub.dispatch import Dispatch, Done
from chatserver.hub.ledger import Ledger
from chatserver.hub.options import HubOptions
from chatserver.hub.roster import Roster
from chatserver.hub.routing import Router
from chatserver.store import conversations

AGAIN = 1.0
"""Seconds after which what could not be written down is tried again."""


class Attendance:
    """Turns connections into commands. `conversation_of`: the visitor's open conversation, if he has one;
    `person_changed` is told when a consultant came or went."""

    def __init__(
        self,
        dispatch: Dispatch,
        board: Board,
        roster: Roster,
        person_changed: Callable[[str], None],
        router: Router,
        options: HubOptions,
        conversation_of: Callable[[str], Conversation | None],
    ) -> None:
        self._dispatch = dispatch
        self._board = board
        self._roster = roster
        self._person_changed = person_changed
        self._router = router
        self._options = options
        self._conversation_of = conversation_of
        self._visitors = Presence()
        self._leaving: dict[str, asyncio.TimerHandle] = {}
        self._stopped = False

    async def start(self) -> None:
        """Everybody's time runs from now, and rings that ran out during the absence are nobody's fault."""
        await self._dispatch.transact(_note_absence)

    def stop(self) -> None:
        """The server goes, not the people: nobody is noted as gone."""
        self._stopped = True
        for timer in self._leaving.values():
            timer.cancel()

    def visitor_came(self, visitor: str, connection: str) -> None:
        self._stay(visitor)
        if self._visitors.came(visitor, connection):
            self.visitor_noted(visitor)

    def visitor_left(self, visitor: str, connection: str) -> None:
        if self._visitors.left(visitor, connection):
            self._leave(visitor, self._options.visitor_linger, self.visitor_noted)

    def visitor_noted(self, visitor: str) -> None:
        """Write down whether he is here, if he has a conversation that this matters to."""
        conversation = self._conversation_of(visitor)
        here = self._visitors.here(visitor)
        if conversation is not None and here is not (conversation.visitor_left_at is None):
            self._tell(conversation, NoteVisitor(here))

    def owner_noted(self, conversation: Conversation) -> None:
        """It was just given to somebody: if his connection went while the commit was on its way, his grace runs."""
        owner = conversation.owner
        if owner is None or conversation.owner_left_at is not None or owner.id in self._leaving:
            return
        if not self._roster.presence.here(owner.id):
            self._tell(conversation, NoteOwner(here=False))

    def consultant_came(self, consultant: str, connection: str) -> None:
        self._stay(consultant)
        if not self._roster.presence.came(consultant, connection):
            return
        for conversation in self._board.owned_by(consultant):
            self._tell(conversation, NoteOwner(here=True))
        self._person_changed(consultant)
        self._router.look_for(consultant)

    def consultant_left(self, consultant: str, connection: str) -> None:
        if self._roster.presence.left(consultant, connection):
            self._leave(consultant, self._options.staff_linger, self._consultant_gone)

    def _consultant_gone(self, consultant: str) -> None:
        if self._roster.presence.here(consultant):
            return
        for conversation in self._board:
            if conversation.owner is not None and conversation.owner.id == consultant:
                self._tell(conversation, NoteOwner(here=False))
                continue
            held_out = conversation.offer.to if conversation.offer is not None else None
            if held_out is not None and held_out.id == consultant:
                self._tell(conversation, DropOffer(consultant))
        self._person_changed(consultant)

    def _leave(self, person: str, linger: float, gone: Callable[[str], None]) -> None:
        if self._stopped:
            return

        def now_gone() -> None:
            del self._leaving[person]
            gone(person)

        self._stay(person)
        self._leaving[person] = asyncio.get_running_loop().call_later(linger, now_gone)

    def _stay(self, person: str) -> None:
        timer = self._leaving.pop(person, None)
        if timer is not None:
            timer.cancel()

    def _tell(self, conversation: Conversation, command: Command) -> None:
        """Have it written down; when the server is too busy for it, again in a moment."""

        def done(answer: "asyncio.Future[Done]") -> None:
            failure = None if answer.cancelled() else answer.exception()
            if isinstance(failure, Refused) and failure.retry != "no" and not self._stopped:
                asyncio.get_running_loop().call_later(AGAIN, self._tell, conversation, command)

        self._dispatch.ask(conversation.id, command, SYSTEM).add_done_callback(done)


def _note_absence(ledger: Ledger) -> None:
    """In the writer thread: in one transaction for all that is open, so that nothing of it can be turned away."""
    for conversation in conversations.open_everywhere(ledger.conn):
        ledger.take(conversation)
        ledger.decide(conversation.id, NoteVisitor(here=False, afresh=True), SYSTEM)
        ledger.decide(conversation.id, NoteOwner(here=False, afresh=True), SYSTEM)
        offer = conversation.offer
        ran_out = offer is not None and offer.ends_at <= ledger.now
        if conversation.phase is Phase.RINGING and ran_out and offer is not None and offer.to is not None:
            ledger.decide(conversation.id, DropOffer(offer.to.id), SYSTEM)
