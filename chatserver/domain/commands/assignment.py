"""A waiting conversation is given to somebody, or claimed."""

from dataclasses import dataclass

from chatserver.domain.actors import Staff
from chatserver.domain.commands.base import Command
from chatserver.domain.events.assignment import Why
from chatserver.domain.hospital import Person


@dataclass(frozen=True, slots=True)
class Assign(Command):
    """The router assigns it to a consultant who is online, serves its group and has room."""

    to: Person
    load: int
    capacity: int
    why: Why | str


@dataclass(frozen=True, slots=True)
class AssignUrgently(Command):
    """The router assigns a critical emergency to the first consultant in the order of `domain.urgent`, even while it
    rings for somebody else. `group`: the group for which this consultant was chosen."""

    to: Person
    group: str
    load: int
    capacity: int
    why: Why


@dataclass(frozen=True, slots=True)
class AssignManually(Command):
    """A supervisor assigns it to somebody. `above`: even beyond what that consultant could claim."""

    actor: Staff
    fence: int
    to: Person
    to_groups: tuple[str, ...]
    load: int
    capacity: int
    above: bool = False


@dataclass(frozen=True, slots=True)
class Claim(Command):
    """A consultant takes it from the queue."""

    actor: Staff
    load: int
    capacity: int
