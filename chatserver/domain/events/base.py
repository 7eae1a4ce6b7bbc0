"""The two kinds of events: those that are entries of the transcript, and those that are not."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened; an entry of the transcript unless it is a `SilentEvent`."""


@dataclass(frozen=True, slots=True)
class SilentEvent(Event):
    """Changes the conversation, leaves no entry."""
