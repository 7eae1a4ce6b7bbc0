"""Emergencies and alarms."""

from dataclasses import dataclass

from chatserver.domain.actors import Staff
from chatserver.domain.commands.base import Command
from chatserver.domain.hospital import Person


@dataclass(frozen=True, slots=True)
class DismissEmergency(Command):
    """A supervisor marks it as a false alarm."""

    actor: Staff


@dataclass(frozen=True, slots=True)
class AcknowledgeAlarm(Command):
    """Somebody has seen the alarm. Whether they may acknowledge it is decided in `hub.alarms`."""

    by: Person
    alarm: str
