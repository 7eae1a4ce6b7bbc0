"""Images and PDF files."""

from dataclasses import dataclass, field

from chatserver.domain.actors import Staff, Visitor
from chatserver.domain.commands.base import Command
from chatserver.domain.commands.messages import Service
from chatserver.domain.files import File


@dataclass(frozen=True, slots=True)
class PostFile(Command):
    """Send a file to the other side. Staff must give a `fence`; visitors need none. `count`
    and `bytes` are those of the files that the conversation has already. `service` matters when a visitor's file
    reopens a conversation."""

    actor: Visitor | Staff
    file: File
    fence: int | None = None
    count: int = 0
    bytes: int = 0
    service: Service = field(default_factory=Service)
