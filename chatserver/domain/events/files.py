"""Images and PDF files."""

from dataclasses import dataclass

from chatserver.domain.events.base import Event
from chatserver.domain.files import File
from chatserver.domain.hospital import Person


@dataclass(frozen=True, slots=True)
class FilePosted(Event):
    """图片或文件: a file of the visitor, or of a consultant (`by`). For the waiting clock it is a message."""

    file: File
    from_visitor: bool
    by: Person | None = None
