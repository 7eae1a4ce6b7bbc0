"""A visitor who leaves for good while waiting."""

from chatserver.domain.actors import Visitor
from chatserver.domain.commands.ending import Close
from chatserver.domain.conversation import QUEUED
from chatserver.domain.entry import Author, AuthorKind
from chatserver.hub.unit_of_work import UnitOfWork
from chatserver.store import visitors


def leave_the_queue(token: str, unit: UnitOfWork) -> None:
    """End the conversation in which the holder of the token waits, as if they had ended it. An emergency keeps its
    place: somebody may still find out who it was."""
    visitor = visitors.whose(unit.conn, token)
    latest = None if visitor is None else unit.latest_of(visitor)
    if latest is None or latest.phase not in QUEUED or latest.is_emergency:
        return
    unit.decide(latest.id, Close(Visitor(latest.visitor)), Author(AuthorKind.VISITOR, latest.visitor))
