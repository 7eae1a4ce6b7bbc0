"""留言 that say something about the visitor's conversations."""

from dataclasses import dataclass

from chatserver.domain.actors import Visitor
from chatserver.domain.commands.base import Command


@dataclass(frozen=True, slots=True)
class NoteComplaint(Command):
    """Say in the conversation that its visitor left a complaint."""

    actor: Visitor


@dataclass(frozen=True, slots=True)
class NoteEmergency(Command):
    """Say in the conversation that its visitor left a 留言 that speaks of an emergency."""

    actor: Visitor
