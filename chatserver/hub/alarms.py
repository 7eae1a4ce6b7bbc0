"""Live alarms: each staff session is sent its whole list of alarms whenever that list changes.

Each node finds the alarms in its own memory: in the open conversations, and in the live parts of `chatserver.actions`,
such as the open 留言. It calls people who are connected to any node; `domain.alarms` decides whom. An acknowledgement
is stored with the conversation or 留言 that the alarm is about, and reaches the other nodes with it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from chatserver.domain.actors import Staff
from chatserver.domain.alarms import (
    Alarm,
    Reach,
    Watcher,
    alarm_of,
    called,
    is_watched,
    supervisors_called,
)
from chatserver.domain.audience import may_read
from chatserver.domain.conversation import QUEUED, Conversation
from chatserver.domain.hospital import AT_CONSOLE
from chatserver.domain.urgent import groups_for
from chatserver.hub.open_conversations import OpenConversations
from chatserver.hub.services import Services
from chatserver.hub.session import Session
from chatserver.hub.signal import Signal
from chatserver.hub.staff_directory import StaffDirectory
from chatserver.wire import encoding
from chatserver.wire.alarms import Alarm as WireAlarm
from chatserver.wire.alarms import Alarms as WireAlarms


class Calling(NamedTuple):
    """An alarm, the people whom it calls, and whether a supervisor is among them."""

    alarm: Alarm
    people: set[str]
    supervised: bool


class AlarmSource(NamedTuple):
    """Alarms about something that is not a conversation. `kind` is the kind of all its alarms. `may_open` says whether
    a member of staff may handle what an alarm is about, and `acknowledge` stores that they have seen it; both are given
    the alarm's id."""

    kind: str
    alarms: Callable[[], Iterable[Alarm]]
    may_open: Callable[[str, Staff], bool]
    acknowledge: Callable[[str, Staff], Awaitable[None]]


@dataclass(slots=True)
class _Held:
    """The alarms that one session was sent last, and the ids of all that it ever had."""

    session: Session
    staff: Staff
    told: tuple[WireAlarm, ...] = ()
    had: frozenset[str] = frozenset()


class Alarms:
    """Keeps every staff session's alarms up to date. `row_changed` is sent with the conversation whose row in the lists
    must be shown anew."""

    def __init__(
        self,
        services: Services,
        open_conversations: OpenConversations,
        directory: StaffDirectory,
        row_changed: Signal[str],
    ) -> None:
        self._open_conversations = open_conversations
        self._directory = directory
        self._records = services.records
        self._options = services.options
        self._now = services.now
        self._row_changed = row_changed
        self._sources: dict[str, AlarmSource] = {}
        self._held: dict[str, _Held] = {}
        self._watched: set[str] = set()
        self._supervised: dict[str, bool] = {}
        self._timer: asyncio.TimerHandle | None = None

    def add_source(self, source: AlarmSource) -> None:
        """Show the alarms of this source, too. The module that adds it calls `look` when its alarms may have
        changed."""
        self._sources[source.kind] = source

    def source_of(self, alarm: Alarm) -> AlarmSource | None:
        """Where the alarm came from; None if it is about a conversation."""
        return self._sources.get(alarm.kind)

    def add(self, session: Session, staff: Staff) -> None:
        """Send the session its alarms from now on."""
        self._held[session.id] = _Held(session, staff)
        self._soon()

    def remove(self, session: Session) -> None:
        self._held.pop(session.id, None)

    def changed(self, before: Conversation | None, after: Conversation) -> None:
        """A commit changed this conversation: check the alarms if it has or had one, or may get one."""
        was_watched = after.id in self._watched
        if is_watched(after):
            self._watched.add(after.id)
        elif was_watched:
            self._watched.discard(after.id)
        if was_watched or after.id in self._watched:
            self._soon()

    def look(self) -> None:
        """Check the alarms again: somebody connected or disconnected, a source's alarms may have changed, or time has
        passed."""
        held = any(each.told for each in self._held.values())
        if self._watched or self._supervised or held or any(True for _ in self._of_sources()):
            self._soon()

    async def look_again(self) -> None:
        """Check the alarms again, because time has passed."""
        self.look()

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def of(self, session: Session, id: str) -> Alarm | None:
        """The alarm with this id, if it calls the session's person now; None if it does not, or is over."""
        found = self._found().get(id)
        return found.alarm if found is not None and session.person in found.people else None

    def had(self, session: Session, id: str) -> bool:
        """Whether the session was ever sent an alarm with this id."""
        held = self._held.get(session.id)
        return held is not None and id in held.had

    def supervised(self, id: str) -> bool | None:
        """Whether a connected supervisor is called by this conversation's alarm; None when there is no alarm."""
        return self._supervised.get(id)

    def _soon(self) -> None:
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._options.list_pause, self._push)

    def _push(self) -> None:
        self._timer = None
        found = self._found()
        before, self._supervised = self._supervised, {id: each.supervised for id, each in found.items()}
        for held in self._held.values():
            mine = [each.alarm for each in found.values() if held.staff.person.id in each.people]
            shown = tuple(
                self._shown(each, held.staff) for each in sorted(mine, key=lambda each: (each.since, each.id))
            )
            if shown != held.told:
                held.told = shown
                held.had |= {each.id for each in shown}
                held.session.push(WireAlarms(shown))
        for id in before.keys() | self._supervised.keys():
            if before.get(id) != self._supervised.get(id):
                self._row_changed(id)

    def _found(self) -> dict[str, Calling]:
        """All current alarms by id."""
        alarms = [*self._of_conversations(), *self._of_sources()]
        if not alarms:
            return {}
        watchers = self._watchers()
        found = {}
        for alarm in alarms:
            reach = self._reach(alarm)
            people, supervised = called(alarm, watchers, reach), supervisors_called(alarm, watchers, reach)
            found[alarm.id] = Calling(alarm, people, supervised)
        return found

    def _of_conversations(self) -> Iterable[Alarm]:
        now = self._now()
        for id in self._watched:
            conversation = self._open_conversations.get(id)
            if conversation is not None:
                alarm = alarm_of(conversation, now, self._records.rulebook.of(conversation.queue.group))
                if alarm is not None:
                    yield alarm

    def _of_sources(self) -> Iterable[Alarm]:
        return (alarm for source in self._sources.values() for alarm in source.alarms())

    def _watchers(self) -> list[Watcher]:
        """All people of the console who are connected to any node."""
        return [
            Watcher(each.id, each.role, each.groups)
            for each in self._directory
            if not each.disabled and each.role in AT_CONSOLE and self._directory.here(each.id)
        ]

    def _reach(self, alarm: Alarm) -> Reach:
        hospital = self._records.hospital
        conversation, site = self._open_conversations.get(alarm.id), hospital.sites.get(alarm.site)
        own = {alarm.group}
        if site is None:
            return Reach(own, own, own)
        asked = groups_for(conversation, hospital) if conversation is not None else own
        departments = [each for each in site.departments if each in hospital.departments]
        every = {hospital.group_of(site.id, each) for each in departments}
        if alarm.department in hospital.departments:
            # The conversation may have gone to another group because nobody was available in its own.
            own = own | {hospital.group_of(site.id, alarm.department)}
        return Reach(own, asked, every | own)

    def _shown(self, alarm: Alarm, staff: Staff) -> WireAlarm:
        owner = None if alarm.owner is None else self._directory.get(alarm.owner)
        return WireAlarm(
            id=alarm.id,
            kind=alarm.kind,
            label=alarm.visitor[-4:].upper(),
            group=alarm.group,
            department=alarm.department,
            since=alarm.since,
            state=alarm.state,
            emergency=alarm.emergency,
            level=alarm.level,  # type: ignore[arg-type]  # critical or attention by construction
            owner=None if owner is None else encoding.person(owner.person),
            acknowledged_by=None if alarm.acknowledged_by is None else encoding.person(alarm.acknowledged_by),
            acknowledged_at=alarm.acknowledged_at,
            may_open=self._may_open(alarm, staff),
        )

    def _may_open(self, alarm: Alarm, staff: Staff) -> bool:
        """Whether the member of staff may read the conversation, take it from the queue, or handle the other subject
        of the alarm, such as a 留言."""
        source = self.source_of(alarm)
        if source is not None:
            return source.may_open(alarm.id, staff)
        conversation = self._open_conversations.get(alarm.id)
        if conversation is None:
            return False
        waits_here = conversation.phase in QUEUED and conversation.queue.group in staff.groups
        return waits_here or may_read(conversation, staff, self._now())
