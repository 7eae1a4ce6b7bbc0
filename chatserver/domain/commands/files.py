"""Images and PDF files."""

from dataclasses import dataclass

from chatserver.domain.actors import Staff, Visitor
from chatserver.domain.commands.base import Command
from chatserver.domain.files import File


@dataclass(frozen=True, slots=True)
class PostFile(Command):
    """Send a file to the other side, into an open conversation. Staff must give a `fence`; visitors need none. `count`
    and `bytes` are those of the files that the conversation has already."""

    actor: Visitor | Staff
    file: File
    fence: int | None = None
    count: int = 0
    bytes: int = 0
