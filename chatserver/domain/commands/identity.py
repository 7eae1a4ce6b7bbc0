"""Who the visitor is, by the hospital's own website."""

from dataclasses import dataclass

from chatserver.domain.actors import Visitor
from chatserver.domain.commands.base import Command


@dataclass(frozen=True, slots=True)
class Identify(Command):
    """The website has signed the visitor's name and patient number. `token`: the hash of the token's id, which is
    accepted once; `until` (ms): how long that must be remembered."""

    actor: Visitor
    name: str
    number: str
    token: bytes
    until: int
