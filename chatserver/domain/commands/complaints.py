"""投诉: complaints that visitors leave."""

from dataclasses import dataclass

from chatserver.domain.actors import Visitor
from chatserver.domain.commands.base import Command


@dataclass(frozen=True, slots=True)
class NoteComplaint(Command):
    """Say in the conversation that its visitor left a complaint."""

    actor: Visitor
