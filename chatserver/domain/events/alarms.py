"""Emergencies and alarms."""

from dataclasses import dataclass

from chatserver.domain.emergency_words.signs import Emergency
from chatserver.domain.emergency_words.signs import Level as EmergencyLevel
from chatserver.domain.events.base import Event
from chatserver.domain.hospital import Person


@dataclass(frozen=True, slots=True)
class EmergencyNoticed(Event):
    """The visitor's words sound like an emergency: of the `body`, of the `mind`, or of somebody who must be protected
    (`protect`). `level`: critical comes before everything else; attention is a mark for those who answer. `crowded`:
    there were so many from one address that this one has no priority."""

    emergency: Emergency
    level: EmergencyLevel = "critical"
    crowded: bool = False

    @property
    def calls_for_people(self) -> bool:
        """Whether staff are called because of it, unless it is crowded."""
        return self.level == "critical" or self.emergency == "protect"


@dataclass(frozen=True, slots=True)
class EmergencyDismissed(Event):
    """误报: a supervisor marked it as a false alarm."""

    by: Person


@dataclass(frozen=True, slots=True)
class AlarmAcknowledged(Event):
    """Somebody has seen the alarm (`alarm`: emergency, silent or overdue). Only an answer to the visitor ends it."""

    by: Person
    alarm: str


@dataclass(frozen=True, slots=True)
class NobodyAnswered(Event):
    """The `consultants` owned it one after the other and none of them answered. Those who were 在线 are paused, and the
    supervisor is called."""

    consultants: tuple[Person, ...]
