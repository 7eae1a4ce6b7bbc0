"""Emergencies and alarms: dismissed, and acknowledged."""

from chatserver.domain.alarms import SILENT_MS
from chatserver.domain.commands.alarms import AcknowledgeAlarm, DismissEmergency
from chatserver.domain.conversation import Conversation
from chatserver.domain.events.alarms import AlarmAcknowledged, EmergencyDismissed
from chatserver.domain.rules import Rules
from chatserver.domain.transitions.access import supervisor_only
from chatserver.domain.transitions.base import Events


def dismiss_emergency(conversation: Conversation, command: DismissEmergency, now: int, rules: Rules) -> Events:
    supervisor_only(conversation, command.actor)
    return (EmergencyDismissed(command.actor.person),) if conversation.is_emergency else ()


def acknowledge_alarm(conversation: Conversation, command: AcknowledgeAlarm, now: int, rules: Rules) -> Events:
    """Recorded once per silence period, no matter how many people acknowledge it."""
    before = conversation.alarms.acknowledged_at
    if before is not None and now - before < SILENT_MS:
        return ()
    return (AlarmAcknowledged(command.by, command.alarm),)
