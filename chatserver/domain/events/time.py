"""Deadlines that were reached or put off."""

from dataclasses import dataclass

from chatserver.domain.events.base import Event, SilentEvent
from chatserver.domain.hospital import Person


@dataclass(frozen=True, slots=True)
class ReplyOverdue(Event):
    """The visitor has waited for an answer longer than the alarm allows; the supervisor sees it."""

    consultant: Person
    waited_ms: int


@dataclass(frozen=True, slots=True)
class WentInactive(Event):
    """Nobody wrote for a while after the last answer: it no longer counts in the owner's load."""


@dataclass(frozen=True, slots=True)
class IdleWarned(Event):
    """The visitor was warned that it will be closed at `ends_at` (ms) if nobody writes."""

    ends_at: int


@dataclass(frozen=True, slots=True)
class ReplyExtended(SilentEvent):
    """The owner is typing the first reply; the deadline moves to `until` (ms)."""

    until: int


@dataclass(frozen=True, slots=True)
class EndHeld(SilentEvent):
    """Somebody is typing; no deadline ends the conversation before `until` (ms)."""

    until: int


@dataclass(frozen=True, slots=True)
class EscalationDeferred(SilentEvent):
    """It should move on to somebody else, but nobody is available; checked again at `until` (ms)."""

    until: int
