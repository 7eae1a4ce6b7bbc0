"""删除申请: that visitors want a conversation deleted, and what became of it."""

from dataclasses import dataclass

from chatserver.domain.commands.base import Command
from chatserver.domain.hospital import Person
from chatserver.domain.lookup_codes import DeletionResult


@dataclass(frozen=True, slots=True)
class NoteDeletion(Command):
    """Say in the conversation that it shall be deleted, or what became of that. Who may ask and who may settle it is
    checked where the request is kept."""

    result: DeletionResult | None = None
    by: Person | None = None
