"""Emergencies and alarms."""

from chatserver.domain.changes.base import Alarming
from chatserver.domain.conversation import Conversation, Priority
from chatserver.domain.emergency import KINDS
from chatserver.domain.events.alarms import AlarmAcknowledged, EmergencyDismissed, EmergencyNoticed, NobodyAnswered


def emergency_noticed(before: Conversation, event: EmergencyNoticed, at: int) -> Alarming:
    if event.level == "attention":
        noticed: Alarming = {"attentions": (*before.attentions, event.emergency)}
        if event.emergency == "protect":
            # A supervisor is called at either level, unless it is crowded.
            noticed["spared"] = True
            if event.crowded:
                noticed["crowded"] = True
            else:
                noticed |= _alarmed(at)
        if before.is_critical or before.emergency == "protect":
            # Words of a lower level neither downgrade a critical emergency nor replace that somebody must be protected.
            return noticed
        return noticed | {"emergency": event.emergency, "emergency_level": event.level}
    found: Alarming = {
        "emergency": _most_urgent(before, event),
        "emergency_level": event.level,
        "emergencies": (*before.emergencies, event.emergency),
        "spared": True,
        "crowded": event.crowded,
    }
    if event.crowded:
        return found
    # Those who missed a ring did not know that it is an emergency: everybody is asked again.
    return found | {"priority": Priority.EMERGENCY, "tried": ()} | _alarmed(at)


def emergency_dismissed(before: Conversation, event: EmergencyDismissed, at: int) -> Alarming:
    return {
        "emergency": None,
        "emergency_level": None,
        "priority": Priority.NORMAL,
        "alarmed_at": None,
        "spared": False,
    }


def alarm_acknowledged(before: Conversation, event: AlarmAcknowledged, at: int) -> Alarming:
    return {"acknowledged_at": at, "acknowledged_by": event.by}


def nobody_answered(before: Conversation, event: NobodyAnswered, at: int) -> Alarming:
    return {"nobody_answered_at": at, "acknowledged_at": None, "acknowledged_by": None}


def _alarmed(at: int) -> Alarming:
    """The alarm starts now; an earlier acknowledgement no longer counts."""
    return {"alarmed_at": at, "acknowledged_at": None, "acknowledged_by": None}


def _most_urgent(before: Conversation, event: EmergencyNoticed) -> str:
    """Of two critical kinds, the one whose text is shown first."""
    known = [before.emergency] if before.is_critical and before.emergency is not None else []
    return min((*known, event.emergency), key=KINDS.index)
