"""Moving forward in the queue, and going back to it."""

from dataclasses import dataclass

from chatserver.domain.actors import Staff
from chatserver.domain.commands.base import Command


@dataclass(frozen=True, slots=True)
class MoveForward(Command):
    """A supervisor moves it forward in the queue."""

    actor: Staff


@dataclass(frozen=True, slots=True)
class Release(Command):
    """The owner gives it back to the queue, with a note."""

    actor: Staff
    fence: int
    note: str
