"""Connections that come and go, and accounts that are closed."""

from dataclasses import dataclass

from chatserver.domain.commands.base import Command


@dataclass(frozen=True, slots=True)
class OwnerPresenceChanged(Command):
    """The owner is connected (`here`) or not. `afresh` restarts the grace period, because the server itself was
    down."""

    here: bool
    afresh: bool = False


@dataclass(frozen=True, slots=True)
class ColleaguePresenceChanged(Command):
    """A colleague who has joined is connected or not. `afresh` as in `OwnerPresenceChanged`."""

    consultant: str
    here: bool
    afresh: bool = False


@dataclass(frozen=True, slots=True)
class VisitorPresenceChanged(Command):
    """The visitor is connected or not. `afresh` as in `OwnerPresenceChanged`."""

    here: bool
    afresh: bool = False


@dataclass(frozen=True, slots=True)
class CloseAccount(Command):
    """The account was closed. If this consultant owns the conversation, it goes back to the queue at once; if they were
    offered it or take part in it, that ends at once."""

    consultant: str
