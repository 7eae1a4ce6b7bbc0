"""The end of a conversation, and what is possible after it."""

from dataclasses import dataclass

from chatserver.domain.actors import Staff, Visitor
from chatserver.domain.commands.base import Command


@dataclass(frozen=True, slots=True)
class Close(Command):
    """End it. Staff give an `outcome`. A visitor ends it, or stops waiting and leaves a 留言 instead
    (`message_left`)."""

    actor: Visitor | Staff
    fence: int | None = None
    outcome: str | None = None
    message_left: bool = False


@dataclass(frozen=True, slots=True)
class Reopen(Command):
    """Staff reopen a conversation that a deadline or staff ended. It is assigned to them, as by a claim."""

    actor: Staff
    fence: int
    load: int
    capacity: int


@dataclass(frozen=True, slots=True)
class SetOutcome(Command):
    """Record the outcome, or correct it. Needs no fence: the visitor does not see it, and it is refused once the
    conversation is open again."""

    actor: Staff
    outcome: str
