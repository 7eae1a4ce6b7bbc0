"""留言 that say something about the visitor's conversations."""

from dataclasses import dataclass

from chatserver.domain.events.base import Event


@dataclass(frozen=True, slots=True)
class ComplaintLeft(Event):
    """The visitor left a complaint as a 留言. From now on they are not asked to rate this conversation."""


@dataclass(frozen=True, slots=True)
class EmergencyLeft(Event):
    """The visitor left a 留言 that speaks of an emergency. From now on they are not asked to rate this conversation."""
