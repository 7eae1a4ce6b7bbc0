"""Brings open work into line with changed records: work that belongs to a closed account, to somebody who has left the
group, or to a group that no longer serves the department goes to whoever is available.

The command line changes records at any time, whether or not a server runs, so nothing here relies on having seen the
change. Only the node that works the timers checks; it does no harm if a second node does the same.
"""

from collections.abc import Iterable
from functools import partial

from chatserver.domain.availability import may_answer
from chatserver.domain.changes.table import entry_kinds
from chatserver.domain.commands.base import Command
from chatserver.domain.commands.departments import ChangeGroup
from chatserver.domain.commands.offers import DropOffer
from chatserver.domain.commands.presence import CloseAccount
from chatserver.domain.conversation import QUEUED, Conversation, Phase
from chatserver.domain.entry import SYSTEM
from chatserver.domain.events.departments import DepartmentChosen, GroupChanged
from chatserver.domain.events.queue import Opened
from chatserver.hub.dispatch import Dispatch
from chatserver.hub.open_conversations import OpenConversations
from chatserver.hub.opening_hours import OpeningHours
from chatserver.hub.services import Services
from chatserver.hub.staff_directory import StaffDirectory
from chatserver.hub.unit_of_work import UnitOfWork
from chatserver.store import entries

LOOKS_FOR = 10.0
"""Seconds after a change during which all open conversations are checked: another node may still have acted on the old
records."""

PLACING = (Opened, GroupChanged, DepartmentChosen)
"""The events that put a conversation into a group, because of its department."""
HOME = tuple(name for name, kind in entry_kinds().items() if kind.by_department)
"""The events that say which group serves a conversation because of its department."""


class ChangedRecords:
    """Finds open work that no longer matches the records, and corrects it."""

    def __init__(
        self,
        services: Services,
        dispatch: Dispatch,
        open_conversations: OpenConversations,
        directory: StaffDirectory,
        opening_hours: OpeningHours,
    ) -> None:
        self._dispatch = dispatch
        self._open_conversations = open_conversations
        self._directory = directory
        self._records = services.records
        self._opening_hours = opening_hours
        self._bus = services.bus
        self._now = services.now
        self._steady = services.clock.steady
        self._until = 0.0
        self._stays: set[tuple[str, str, str]] = set()

    def reloaded(self) -> None:
        """The records were read again."""
        self._until = self._steady() + LOOKS_FOR
        self._stays.clear()

    async def look(self) -> None:
        """Correct everything that no longer matches the records."""
        if self._bus.works_timers and self._steady() < self._until:
            for conversation in [each for each in self._open_conversations if each.phase is not Phase.CLOSED]:
                await self._put_right(conversation)

    async def _put_right(self, conversation: Conversation) -> None:
        commands = list(self._needed(conversation))
        if commands:
            await self._dispatch.transact(partial(_decide, conversation.id, commands))
        if conversation.phase in QUEUED:
            await self._follow(conversation)

    def _needed(self, conversation: Conversation) -> Iterable[Command]:
        """The commands that the accounts and groups of the people involved make necessary."""
        serving = conversation.serving
        offer = serving.offer
        to = offer.to.id if offer is not None and offer.to is not None else None
        concerned = [each.person.id for each in conversation.company.participants]
        concerned += [] if serving.owner is None else [serving.owner.id]
        concerned += [] if to is None else [to]
        for person in concerned:
            known = self._directory.get(person)
            if known is not None and not may_answer(known):
                yield CloseAccount(person)
        rung = self._directory.get(to) if to is not None and conversation.phase is Phase.RINGING else None
        if rung is not None and conversation.queue.group not in rung.groups:
            yield DropOffer(rung.id)

    async def _follow(self, conversation: Conversation) -> None:
        """Move it into the queue of the group that serves its department now."""
        group = self._records.hospital.group_of(conversation.site, conversation.subject.department)
        looked_at = (conversation.id, conversation.queue.group, group)
        if conversation.queue.group == group or looked_at in self._stays:
            return
        now = self._now()
        service = self._opening_hours.service(conversation.site, conversation.subject.department, now)
        closes_at = service.closes_at if service.open else now
        if not await self._dispatch.transact(partial(_change_group, conversation.id, group, closes_at)):
            # The conversation is in its group for another reason: the group helps out, or somebody transferred it
            # there.
            self._stays.add(looked_at)


def _decide(id: str, commands: Iterable[Command], unit: UnitOfWork) -> None:
    unit.load([id])
    for command in commands:
        unit.decide(id, command, SYSTEM)


def _change_group(id: str, group: str, closes_at: int | None, unit: UnitOfWork) -> bool:
    """Move the conversation if its department had put it into its present group; returns whether that was so."""
    unit.load([id])
    before = unit.conversation(id).queue.group
    last = entries.last_of(unit.conn, id, HOME)
    if last is None or not isinstance(last.event, PLACING) or last.event.group != before:
        return False
    unit.decide(id, ChangeGroup(before, group, closes_at), SYSTEM)
    return True
