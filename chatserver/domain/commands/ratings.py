"""Ratings by visitors."""

from dataclasses import dataclass

from chatserver.domain.actors import Visitor
from chatserver.domain.commands.base import Command


@dataclass(frozen=True, slots=True)
class Rate(Command):
    """The visitor rates the consultant with this `part`, 1 to 5 stars; without `part` the one who answered last."""

    actor: Visitor
    stars: int
    tags: tuple[str, ...] = ()
    comment: str = ""
    part: int | None = None
