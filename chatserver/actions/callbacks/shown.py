"""How 回电 appear in the console: in their list, and as alarms."""

from collections.abc import Iterable

from chatserver.actions.callbacks.live import Callbacks
from chatserver.domain import callbacks
from chatserver.domain.actors import Staff
from chatserver.domain.alarms import Alarm, alarm_of_callback
from chatserver.domain.callbacks import Callback, sees, shown_phone
from chatserver.domain.names import visitors_name
from chatserver.hub.alarms import AlarmSource
from chatserver.hub.live_list import ListOf
from chatserver.hub.parts import Parts
from chatserver.wire import encoding
from chatserver.wire.callbacks import CallbackList, CallbackShown
from chatserver.wire.people import Person


def alarms_of(held: Callbacks) -> AlarmSource:
    """The alarms of call-backs that are late, or speak of an emergency."""

    def alarms() -> Iterable[Alarm]:
        return filter(None, (alarm_of_callback(each, held.lock(each)) for each in held))

    def may_open(id: str, staff: Staff) -> bool:
        callback = held.get(id)
        return callback is not None and sees(staff, callback)

    async def acknowledge(id: str, staff: Staff) -> None:
        await held.change(id, lambda callback, lock, now: callbacks.acknowledge(callback, staff, now))

    return AlarmSource("callback", alarms, may_open, acknowledge)


def _row(parts: Parts, callback: Callback, staff: Staff) -> CallbackShown:
    """The call-back as it appears in the list."""
    lock = parts.live.of(Callbacks).lock(callback)
    return CallbackShown(
        id=callback.id,
        site=callback.site,
        department=callback.department,
        group=callback.group,
        language=callback.language,
        asked_at=callback.asked_at,
        from_at=callback.from_at,
        due_at=callback.due_at,
        state=callback.state,
        phone=shown_phone(callback, lock),
        soonest=callback.day == "soonest",
        may_name=callback.may_name,
        name=visitors_name(callback.name, parts.services.own_names, callback.visitor),
        topic=callback.topic,
        owner=_person(parts, callback.owner),
        conversation=callback.conversation,
        attempts=callback.attempts,
        tried_at=callback.tried_at,
        ended_at=callback.ended_at,
        ended_by=_person(parts, callback.ended_by),
        do_not_call=callback.do_not_call,
        note=callback.note,
        was_stopped=callback.was_stopped,
        lock=lock,
        emergency=callback.emergency,
        level=callback.level,  # type: ignore[arg-type]  # the recogniser's
    )


def _person(parts: Parts, id: str | None) -> Person | None:
    consultant = None if id is None else parts.directory.get(id)
    return None if consultant is None else encoding.person(consultant.person)


LIST = ListOf("callbacks", CallbackList, lambda parts: parts.live.of(Callbacks), sees, _row)
