"""Colleagues who take part beside the owner."""

from dataclasses import dataclass

from chatserver.domain.actors import Staff
from chatserver.domain.commands.base import Command
from chatserver.domain.events.colleagues import AskedFor
from chatserver.domain.hospital import Person


@dataclass(frozen=True, slots=True)
class AskColleague(Command):
    """The owner (or a supervisor) asks a colleague to help, or to join."""

    actor: Staff
    to: Person
    asked_for: AskedFor
    note: str


@dataclass(frozen=True, slots=True)
class Join(Command):
    """A colleague who was asked to join, or a supervisor, answers the visitor beside the owner."""

    actor: Staff


@dataclass(frozen=True, slots=True)
class Leave(Command):
    """A colleague stops taking part; or the owner removes `consultant`."""

    actor: Staff
    consultant: str | None = None
