"""Emergencies and alarms."""

from msgspec.structs import replace

from chatserver.domain.conversation import Alarms, Conversation, Emergency, Priority, Queueing
from chatserver.domain.emergency import KINDS
from chatserver.domain.events.alarms import AlarmAcknowledged, EmergencyDismissed, EmergencyNoticed, NobodyAnswered


def emergency_noticed(before: Conversation, event: EmergencyNoticed, at: int) -> tuple[Alarms, Emergency, Queueing]:
    if event.level == "attention":
        return _attention_noticed(before, event, at)
    emergency = replace(
        before.emergency,
        kind=_most_urgent(before, event),
        level=event.level,
        critical_kinds=(*before.emergency.critical_kinds, event.emergency),
        spared=True,
        crowded=event.crowded,
    )
    if event.crowded:
        return before.alarms, emergency, before.queue
    # Consultants who missed a ring did not know that it is an emergency, so they can be asked again.
    return *_alarmed(before, emergency, at), replace(before.queue, priority=Priority.EMERGENCY, tried=())


def _attention_noticed(before: Conversation, event: EmergencyNoticed, at: int) -> tuple[Alarms, Emergency, Queueing]:
    emergency = replace(before.emergency, attention_kinds=(*before.emergency.attention_kinds, event.emergency))
    # Words of the lower level do not downgrade a critical emergency, and do not replace the kind `protect`.
    if not before.is_critical and before.emergency.kind != "protect":
        emergency = replace(emergency, kind=event.emergency, level=event.level)
    if event.emergency != "protect":
        return before.alarms, emergency, before.queue
    emergency = replace(emergency, spared=True)
    if event.crowded:
        return before.alarms, replace(emergency, crowded=True), before.queue
    # `protect` calls a supervisor even at this level, unless it is crowded.
    return *_alarmed(before, emergency, at), before.queue


def emergency_dismissed(before: Conversation, event: EmergencyDismissed, at: int) -> tuple[Alarms, Emergency, Queueing]:
    return (
        replace(before.alarms, emergency_at=None),
        replace(before.emergency, kind=None, level=None, spared=False),
        replace(before.queue, priority=Priority.NORMAL),
    )


def alarm_acknowledged(before: Conversation, event: AlarmAcknowledged, at: int) -> tuple[Alarms, Emergency]:
    return replace(before.alarms, acknowledged_at=at), replace(before.emergency, acknowledged_by=event.by)


def nobody_answered(before: Conversation, event: NobodyAnswered, at: int) -> tuple[Alarms, Emergency]:
    return (
        replace(before.alarms, nobody_answered_at=at, acknowledged_at=None),
        replace(before.emergency, acknowledged_by=None),
    )


def _alarmed(before: Conversation, emergency: Emergency, at: int) -> tuple[Alarms, Emergency]:
    """The alarm starts now; an earlier acknowledgement no longer counts."""
    return replace(before.alarms, emergency_at=at, acknowledged_at=None), replace(emergency, acknowledged_by=None)


def _most_urgent(before: Conversation, event: EmergencyNoticed) -> str:
    """The kind that the conversation has from now on. Of two critical kinds, it is the one whose text is shown
    first."""
    kind = before.emergency.kind
    known = [kind] if before.is_critical and kind is not None else []
    return min((*known, event.emergency), key=KINDS.index)
