"""投诉: complaints that visitors leave."""

from dataclasses import dataclass

from chatserver.domain.events.base import Event


@dataclass(frozen=True, slots=True)
class ComplaintLeft(Event):
    """The visitor left a complaint as a 留言. From now on they are not asked to rate this conversation."""
