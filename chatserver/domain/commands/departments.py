"""The department that a conversation is about, and the group that serves it."""

from dataclasses import dataclass

from chatserver.domain.actors import Staff, Visitor
from chatserver.domain.commands.base import Command


@dataclass(frozen=True, slots=True)
class SetDepartment(Command):
    """A consultant who answers, or a supervisor, corrects the department."""

    actor: Staff
    department: str


@dataclass(frozen=True, slots=True)
class ChooseDepartment(Command):
    """A visitor who chose no department confirms the one that their words suggest. `group` serves it, until `closes_at`
    (ms); None if nobody of it serves now."""

    actor: Visitor
    department: str
    group: str | None = None
    closes_at: int | None = None


@dataclass(frozen=True, slots=True)
class ChangeGroup(Command):
    """The department was served by the group `previous` and is served by `group` now. Ignored if the conversation is in
    a third group. `closes_at`: when the opening hours of the new group end (ms)."""

    previous: str
    group: str
    closes_at: int | None = None
