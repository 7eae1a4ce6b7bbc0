"""Images and PDF files, in entries and over HTTP."""

from typing import Literal

from msgspec import Struct

FileTypeName = Literal["image/jpeg", "image/png", "image/webp", "application/pdf"]


class FileShown(Struct, frozen=True, omit_defaults=True):
    """A file of an entry. Its content is at `/v1/visitor/files/{id}` or `/v1/staff/files/{id}`. `width` and `height`
    are in pixels, and 0 for a PDF. `intimate`: staff see it blurred until they tap it."""

    id: str
    type: FileTypeName
    name: str
    bytes: int
    width: int
    height: int
    intimate: bool = False


class FilePosted(Struct, frozen=True):
    """The answer to a file that was sent: its entry, the place of the entry as its sender counts, and the file."""

    entry: str
    seq: int
    file: FileShown
