"""Acts when a person's first connection opens, or their last one closes (连接).

A page that reloads disconnects and reconnects within a moment, so there is a short wait before a person counts as gone.
A consultant who is gone loses open offers at once, and keeps their conversations for the grace period; a visitor keeps
the place in the queue. When the first node starts, everybody's absence begins at that moment, because before it the
server was away, not the people.
"""

import asyncio
from collections.abc import Callable, Iterable

from chatserver.domain.commands.base import Command
from chatserver.domain.commands.offers import DropOffer
from chatserver.domain.commands.presence import ColleaguePresenceChanged, OwnerPresenceChanged, VisitorPresenceChanged
from chatserver.domain.conversation import Conversation, Phase
from chatserver.domain.entry import SYSTEM
from chatserver.domain.presence import Presence
from chatserver.domain.refusals import Refused
from chatserver.hub.assignment import Router
from chatserver.hub.dispatch import Dispatch
from chatserver.hub.inbox import Done
from chatserver.hub.open_conversations import OpenConversations
from chatserver.hub.services import Services
from chatserver.hub.signal import Signal
from chatserver.hub.staff_directory import StaffDirectory
from chatserver.hub.unit_of_work import UnitOfWork
from chatserver.store import conversations

AGAIN = 1.0
"""Seconds until another try when a change could not be written."""


class PresenceTracker:
    """Turns connections into commands. `person_changed` is sent when a consultant connected or disconnected.

    A person whose last connection at this node has closed may be connected to another node. While the bus does not
    know, nobody is recorded as gone; `look` does that later.
    """

    def __init__(
        self,
        services: Services,
        dispatch: Dispatch,
        open_conversations: OpenConversations,
        directory: StaffDirectory,
        router: Router,
        person_changed: Signal[str],
    ) -> None:
        self._dispatch = dispatch
        self._open_conversations = open_conversations
        self._directory = directory
        self._person_changed = person_changed
        self._router = router
        self._options = services.options
        self._bus = services.bus
        self._visitors = Presence()
        self._leaving: dict[str, asyncio.TimerHandle] = {}
        self._looking: asyncio.TimerHandle | None = None
        self._telling: set[tuple[str, Command]] = set()
        self._stopped = False

    async def start(self, *, first: bool) -> None:
        """If no node was running before (`first`), everybody's grace period begins now, and rings that ran out
        meanwhile do not count as missed."""
        if first:
            await self._dispatch.transact(_note_absence)

    def stop(self) -> None:
        """From now on record nobody as gone: their connections close because the server stops."""
        self._stopped = True
        for timer in self._leaving.values():
            timer.cancel()
        if self._looking is not None:
            self._looking.cancel()

    def visitor_came(self, visitor: str, connection: str, since: int) -> None:
        self._bus.came(visitor, connection, since)
        self._stay(visitor)
        if self._visitors.came(visitor, connection):
            self.visitor_noted(visitor)

    def visitor_left(self, visitor: str, connection: str) -> None:
        self._bus.left(visitor, connection)
        if self._visitors.left(visitor, connection):
            self._leave(visitor, self._options.visitor_linger, self.visitor_noted)

    def visitor_noted(self, visitor: str) -> None:
        """Record whether the visitor is connected, if they have a conversation to which it matters."""
        conversation = self._open_conversations.open_of(visitor)
        if conversation is None:
            return
        if self._visitors.here(visitor):
            self._note_visitor(conversation, here=True)
        elif self._is_gone(visitor):
            self._note_visitor(conversation, here=False)

    def owner_noted(self, conversation: Conversation) -> None:
        """The conversation has just got an owner: if their connection closed while the commit was under way, their
        grace period begins."""
        owner = conversation.serving.owner
        if owner is None or owner.id in self._leaving:
            return
        if self._directory.presence.here(owner.id):
            self._note_owner(conversation, here=True)
        elif self._is_gone(owner.id):
            self._note_owner(conversation, here=False)

    def colleagues_noted(self, conversation: Conversation) -> None:
        """Somebody has just joined the conversation: check each colleague who answers beside the owner as in
        `owner_noted`."""
        for colleague in _joined(conversation):
            if colleague in self._leaving:
                continue
            if self._directory.presence.here(colleague):
                self._note_colleague(conversation, colleague, here=True)
            elif self._is_gone(colleague):
                self._note_colleague(conversation, colleague, here=False)

    def committed(self, before: Conversation | None, after: Conversation) -> None:
        """This node changed a conversation: a tab may have opened or closed while the commit was under way."""
        if before is None or (before.serving.owner, before.connections.owner_left_at) != (
            after.serving.owner,
            after.connections.owner_left_at,
        ):
            self.owner_noted(after)
        if before is None or before.company.participants != after.company.participants:
            self.colleagues_noted(after)
        if before is None or _visitors_part(before) != _visitors_part(after):
            self.visitor_noted(after.visitor)

    def noted_elsewhere(self, conversation: Conversation) -> None:
        """Another node recorded a change. Record the people connected here as present. Nobody is recorded as gone here;
        the other node decides that."""
        for colleague in _joined(conversation):
            if self._directory.presence.here(colleague):
                self._note_colleague(conversation, colleague, here=True)
        if self._visitors.here(conversation.visitor):
            self._note_visitor(conversation, here=True)
        if conversation.serving.owner is not None and self._directory.presence.here(conversation.serving.owner.id):
            self._note_owner(conversation, here=True)

    def consultant_came(self, consultant: str, connection: str, since: int) -> None:
        self._bus.came(consultant, connection, since)
        self._stay(consultant)
        if not self._directory.presence.came(consultant, connection):
            return
        for conversation in self._open_conversations.owned_by(consultant):
            self._tell(conversation, OwnerPresenceChanged(here=True))
        for conversation in self._open_conversations.joined_by(consultant):
            self._note_colleague(conversation, consultant, here=True)
        self._person_changed(consultant)
        self._router.look_for(consultant)

    def consultant_left(self, consultant: str, connection: str) -> None:
        self._bus.left(consultant, connection)
        if self._directory.presence.left(consultant, connection):
            self._leave(consultant, self._options.staff_linger, self._consultant_gone)

    def changed_elsewhere(self, people: Iterable[str]) -> None:
        """These people connected to other nodes or left them. Those without any connection may only be changing nodes,
        so there is a wait before they count as gone."""
        for person in people:
            if not self._is_gone(person):
                self._stay(person)
            elif person not in self._leaving:
                is_staff = self._directory.get(person) is not None
                linger = self._options.staff_linger if is_staff else self._options.visitor_linger
                self._leave(person, linger, self._gone_elsewhere)

    def look_soon(self) -> None:
        """Anybody may have gone: check everything, but only after those who are changing nodes have had time to
        reconnect."""
        if self._looking is None and not self._stopped:
            loop = asyncio.get_running_loop()
            self._looking = loop.call_later(self._options.attendance, self._look_now)

    def look(self) -> None:
        """Compare all open conversations with who is connected. This finds people whose node died, and people who left
        while the bus did not know."""
        for conversation in list(self._open_conversations):
            if conversation.phase is Phase.CLOSED:
                continue
            self.noted_elsewhere(conversation)
            if self._bus.works_timers:
                self._look_at(conversation)

    def _gone_elsewhere(self, person: str) -> None:
        """The person's node may have died; the node that works the timers records that they are gone."""
        if not self._bus.works_timers:
            return
        if self._directory.get(person) is not None:
            self._consultant_gone(person)
        else:
            self.visitor_noted(person)

    def _look_now(self) -> None:
        self._looking = None
        self.look()

    def _look_at(self, conversation: Conversation) -> None:
        """Compare its visitor, its owner, its colleagues and the person it is offered to with who is connected."""
        if conversation.visitor not in self._leaving:
            self.visitor_noted(conversation.visitor)
        self.owner_noted(conversation)
        self.colleagues_noted(conversation)
        self._drop_what_is_held_out(conversation)

    def _drop_what_is_held_out(self, conversation: Conversation) -> None:
        to = conversation.serving.offer.to if conversation.serving.offer is not None else None
        if to is not None and to.id not in self._leaving and self._is_gone(to.id):
            self._tell(conversation, DropOffer(to.id))

    def _consultant_gone(self, consultant: str) -> None:
        if not self._is_gone(consultant):
            return
        for conversation in self._open_conversations:
            if conversation.serving.owner is not None and conversation.serving.owner.id == consultant:
                self._note_owner(conversation, here=False)
                continue
            if consultant in _joined(conversation):
                self._note_colleague(conversation, consultant, here=False)
            held_out = conversation.serving.offer.to if conversation.serving.offer is not None else None
            if held_out is not None and held_out.id == consultant:
                self._tell(conversation, DropOffer(consultant))
        self._person_changed(consultant)

    def _is_gone(self, person: str) -> bool:
        """Whether the person is connected to no node. False while that cannot be known."""
        return self._bus.trusted and not self._visitors.here(person) and not self._directory.here(person)

    def _note_visitor(self, conversation: Conversation, *, here: bool) -> None:
        if here is not (conversation.connections.visitor_left_at is None):
            self._tell(conversation, VisitorPresenceChanged(here))

    def _note_owner(self, conversation: Conversation, *, here: bool) -> None:
        if here is not (conversation.connections.owner_left_at is None):
            self._tell(conversation, OwnerPresenceChanged(here=here))

    def _note_colleague(self, conversation: Conversation, colleague: str, *, here: bool) -> None:
        beside = conversation.participant(colleague)
        if beside is not None and here is not (beside.left_at is None):
            self._tell(conversation, ColleaguePresenceChanged(colleague, here))

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
        """Write the change, unless the same change of this conversation is being written already. If it fails, compare
        again a moment later, because the state may have changed."""
        telling = (conversation.id, command)
        if telling in self._telling:
            return
        self._telling.add(telling)

        def again() -> None:
            self._telling.discard(telling)
            now = self._open_conversations.get(conversation.id)
            if now is not None and not self._stopped:
                self._look_at(now)

        def then(answer: Done | Refused) -> None:
            if isinstance(answer, Refused) and answer.retry != "no" and not self._stopped:
                asyncio.get_running_loop().call_later(AGAIN, again)
            else:
                self._telling.discard(telling)

        self._dispatch.ask(conversation.id, command, SYSTEM, then)


def _note_absence(unit: UnitOfWork) -> None:
    """In the writer thread: record everybody as gone, in one transaction for all open conversations, so that no single
    change can be refused."""
    # Lock the rows, because another node may have started at the same time and be writing already.
    for conversation in conversations.open_everywhere(unit.conn, lock=True):
        unit.take(conversation)
        unit.decide(conversation.id, VisitorPresenceChanged(here=False, afresh=True), SYSTEM)
        unit.decide(conversation.id, OwnerPresenceChanged(here=False, afresh=True), SYSTEM)
        for colleague in _joined(conversation):
            unit.decide(conversation.id, ColleaguePresenceChanged(colleague, here=False, afresh=True), SYSTEM)
        offer = conversation.serving.offer
        ran_out = offer is not None and offer.ends_at <= unit.now
        if conversation.phase is Phase.RINGING and ran_out and offer is not None and offer.to is not None:
            unit.decide(conversation.id, DropOffer(offer.to.id), SYSTEM)


def _visitors_part(conversation: Conversation) -> tuple[bool, int | None]:
    """Whether the conversation has ended, after which the visitor's presence is not recorded in it; and since when the
    visitor is gone (ms)."""
    return conversation.phase is Phase.CLOSED, conversation.connections.visitor_left_at


def _joined(conversation: Conversation) -> list[str]:
    """The colleagues who answer beside the owner."""
    return [each.person.id for each in conversation.company.participants if each.joined]
