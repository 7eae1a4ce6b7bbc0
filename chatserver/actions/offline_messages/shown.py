"""How 留言 appear in the console: in their list, and as alarms."""

from collections.abc import Iterable

from chatserver.actions.offline_messages.live import OfflineMessages
from chatserver.domain import offline_messages
from chatserver.domain.actors import Staff
from chatserver.domain.alarms import Alarm, alarm_of_offline
from chatserver.domain.names import visitors_name
from chatserver.domain.offline_messages import OfflineMessage, sees, shown_phone
from chatserver.hub.alarms import AlarmSource
from chatserver.hub.live_list import ListOf
from chatserver.hub.parts import Parts
from chatserver.wire import encoding
from chatserver.wire.offline_messages import OfflineList, OfflineShown
from chatserver.wire.people import Person


def alarms_of(messages: OfflineMessages) -> AlarmSource:
    """The alarms of 留言 that speak of an emergency."""

    def alarms() -> Iterable[Alarm]:
        return filter(None, map(alarm_of_offline, messages))

    def may_open(id: str, staff: Staff) -> bool:
        message = messages.get(id)
        return message is not None and sees(staff, message)

    async def acknowledge(id: str, staff: Staff) -> None:
        await messages.change(id, lambda message, now: offline_messages.acknowledge(message, staff, now))

    return AlarmSource("offline", alarms, may_open, acknowledge)


def _row(parts: Parts, message: OfflineMessage, staff: Staff) -> OfflineShown:
    """The 留言 as it appears in the list."""
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
        name=visitors_name(message.name, parts.services.own_names, message.visitor),
        phone=shown_phone(message),
        owner=_person(parts, message.owner),
        conversation=message.conversation,
        settled_at=message.settled_at,
        settled_by=_person(parts, message.settled_by),
        result=message.result,
        note=message.note,
        emergency=message.emergency,
        level="attention" if message.crowded else message.level,  # type: ignore[arg-type]  # the recogniser's
        crowded=message.crowded,
        answer=message.answer,
    )


def _person(parts: Parts, id: str | None) -> Person | None:
    consultant = None if id is None else parts.directory.get(id)
    return None if consultant is None else encoding.person(consultant.person)


LIST = ListOf("offline", OfflineList, lambda parts: parts.live.of(OfflineMessages), sees, _row)
