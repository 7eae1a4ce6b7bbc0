"""The console's live list of 留言, built like `lists`: a version per session, and what changed since."""

import asyncio
from collections.abc import Iterable

from chatserver.domain.actors import Staff
from chatserver.domain.names import visitors_name
from chatserver.domain.offline_messages import OfflineMessage, sees, shown_phone
from chatserver.hub.lists import PIECE
from chatserver.hub.offline_messages import OfflineMessages
from chatserver.hub.services import Services
from chatserver.hub.session import Session
from chatserver.hub.staff_directory import StaffDirectory
from chatserver.wire import encoding
from chatserver.wire.offline_messages import OfflineList as WireOfflineList
from chatserver.wire.offline_messages import OfflineShown
from chatserver.wire.people import Person


class _Held:
    """What one session holds of the list."""

    __slots__ = ("dirty", "session", "shown", "staff", "timer", "version")

    def __init__(self, session: Session, staff: Staff) -> None:
        self.session = session
        self.staff = staff
        self.version = 0
        self.shown: set[str] = set()
        self.dirty: set[str] = set()
        self.timer: asyncio.TimerHandle | None = None


class OfflineList:
    """The lists of all staff sessions; `domain.offline_messages.sees` decides who sees which 留言."""

    def __init__(self, services: Services, messages: OfflineMessages, directory: StaffDirectory) -> None:
        self._messages = messages
        self._directory = directory
        self._records = services.records
        self._options = services.options
        self._held: dict[str, _Held] = {}

    def add(self, session: Session, staff: Staff) -> None:
        """Give the session the list; `send` sends it the first time."""
        self._held[session.id] = _Held(session, staff)

    def remove(self, session: Session) -> None:
        held = self._held.pop(session.id, None)
        if held is not None and held.timer is not None:
            held.timer.cancel()

    async def send(self, session: Session) -> None:
        """Send the whole list. A long one goes in several frames, each sent after the client took the one before."""
        held = self._held[session.id]
        seen = [each.id for each in self._messages if sees(held.staff, each)]
        held.shown, whole = set(), True
        for start in range(0, max(1, len(seen)), PIECE):
            found = [self._messages.get(id) for id in seen[start : start + PIECE]]
            put = [each for each in found if each is not None and sees(held.staff, each)]
            told = {each.id for each in put}
            held.shown |= told
            held.dirty -= told
            held.version += 1
            rows = tuple(self._shown(each) for each in put)
            session.push(WireOfflineList(version=held.version, whole=whole, put=rows))
            whole = False
            await session.has_room()

    def changed(self, ids: Iterable[str]) -> None:
        """These were left, taken or settled, or are no longer of today."""
        ids = set(ids)
        for held in self._held.values():
            held.dirty |= ids
            if held.timer is None:
                loop = asyncio.get_running_loop()
                held.timer = loop.call_later(self._options.list_pause, self._push, held)

    def stop(self) -> None:
        for held in self._held.values():
            if held.timer is not None:
                held.timer.cancel()

    def _push(self, held: _Held) -> None:
        held.timer = None
        if held.version == 0:
            # The whole list is sent first, and includes this change.
            return
        put, gone = [], []
        for id in sorted(held.dirty):
            message = self._messages.get(id)
            if message is not None and sees(held.staff, message):
                held.shown.add(id)
                put.append(self._shown(message))
            elif id in held.shown:
                held.shown.remove(id)
                gone.append(id)
        held.dirty.clear()
        if put or gone:
            held.version += 1
            held.session.push(WireOfflineList(version=held.version, put=tuple(put), gone=tuple(gone)))

    def _shown(self, message: OfflineMessage) -> OfflineShown:
        return OfflineShown(
            id=message.id,
            site=message.site,
            department=message.department,
            group=message.group,
            kind=message.kind,
            language=message.language,
            body=message.body,
            left_at=message.left_at,
            due_at=message.due_at,
            name=visitors_name(message.name, self._own_names(), message.visitor),
            phone=shown_phone(message),
            owner=self._person(message.owner),
            conversation=message.conversation,
            settled_at=message.settled_at,
            settled_by=self._person(message.settled_by),
            result=message.result,
            note=message.note,
            emergency=message.emergency,
            level="attention" if message.crowded else message.level,  # type: ignore[arg-type]  # the recogniser's
            crowded=message.crowded,
        )

    def _own_names(self) -> Iterable[str]:
        """The hospital's own names, which no visitor may show as theirs."""
        sites = self._records.hospital.sites.values()
        return (*self._options.own_names, *(name for site in sites for name in (site.name.zh, site.name.en)))

    def _person(self, id: str | None) -> Person | None:
        consultant = None if id is None else self._directory.get(id)
        return None if consultant is None else encoding.person(consultant.person)
