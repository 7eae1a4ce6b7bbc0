"""Connections that come and go."""

from dataclasses import dataclass

from chatserver.domain.events.base import SilentEvent


@dataclass(frozen=True, slots=True)
class OwnerLeft(SilentEvent):
    """The owner lost the last connection; the grace period starts."""


@dataclass(frozen=True, slots=True)
class OwnerCameBack(SilentEvent):
    """The owner reconnected within the grace period."""


@dataclass(frozen=True, slots=True)
class ColleagueAway(SilentEvent):
    """A colleague who has joined lost the last connection; the grace period starts."""

    consultant: str


@dataclass(frozen=True, slots=True)
class ColleagueBack(SilentEvent):
    """A colleague who has joined reconnected within the grace period."""

    consultant: str


@dataclass(frozen=True, slots=True)
class VisitorLeft(SilentEvent):
    """The visitor lost the last connection."""


@dataclass(frozen=True, slots=True)
class VisitorCameBack(SilentEvent):
    """The visitor reconnected."""
