"""删除申请: that visitors want a conversation deleted, and what became of it."""

from dataclasses import dataclass

from chatserver.domain.events.base import Event
from chatserver.domain.hospital import Person
from chatserver.domain.lookup_codes import DeletionResult


@dataclass(frozen=True, slots=True)
class DeletionRequested(Event):
    """The visitor asked, with the 查询码, that this conversation be deleted."""


@dataclass(frozen=True, slots=True)
class DeletionSettled(Event):
    """`by` recorded what became of that."""

    result: DeletionResult
    by: Person
