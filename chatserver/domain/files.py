"""Images and PDF files: which kinds there are, how many, and how their names are shown."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from chatserver.domain.hiding import visible
from chatserver.domain.text import first_unseen

MEBIBYTE = 1024 * 1024

FILE_BYTES = 10 * MEBIBYTE
"""Of one file, as it is sent and as it is kept."""
FILES = 20
"""In one conversation."""
ALL_BYTES = 100 * MEBIBYTE
"""Of all files in one conversation."""
PIXELS = 25_000_000
"""Of an image, before it is decoded."""
LONGEST_SIDE = 4_096
"""Pixels of the longer side of an image as it is kept; larger ones are made smaller."""
NAME = 80
"""Characters of a shown name, with its ending."""


class FileType(StrEnum):
    """The kinds that are taken, by their media types."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"
    PDF = "application/pdf"

    @property
    def is_image(self) -> bool:
        return self is not FileType.PDF

    @property
    def ending(self) -> str:
        return _ENDINGS[self]


_ENDINGS = {FileType.JPEG: ".jpg", FileType.PNG: ".png", FileType.WEBP: ".webp", FileType.PDF: ".pdf"}

FROM_VISITORS = frozenset(kind for kind in FileType if kind.is_image)
"""What visitors may send; staff may send all kinds."""

HEAD = 16
"""So many bytes of a file tell its kind."""


def type_of(head: bytes) -> FileType | None:
    """The kind of a file by its first bytes, whatever its name says."""
    if head.startswith(b"\xff\xd8\xff"):
        return FileType.JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return FileType.PNG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return FileType.WEBP
    return FileType.PDF if head.startswith(b"%PDF-") else None


@dataclass(frozen=True, slots=True)
class File:
    """A file as its entry describes it. `width` and `height` of an image are in pixels, and 0 for a PDF. `intimate`:
    the console blurs it until it is tapped."""

    id: str
    type: FileType
    name: str
    bytes: int
    width: int
    height: int
    intimate: bool = False

    @property
    def line(self) -> str:
        """The file in a list, and in a widget that does not know files."""
        return "[图片]" if self.type.is_image else "[文件]"


_NOT_IN_NAMES = re.compile(r'[<>:"/\\|?*]')
_SHORT_ENDING = re.compile(r"\.[A-Za-z][A-Za-z0-9]{0,4}$")
_DEVICES = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)$", re.IGNORECASE)
UNNAMED = "file"


def clean_name(name: str, type: FileType) -> str:
    """A name that can be shown and saved on any system: without folders, invisible characters and characters that
    change the direction, with the ending that belongs to the content. `a.jpg.exe` becomes `a.jpg`."""
    last = re.split(r"[/\\]", name)[-1]
    plain = "".join(each for each in unicodedata.normalize("NFC", last) if first_unseen(each) is None)
    plain = " ".join(_NOT_IN_NAMES.sub("", visible(plain)).split()).strip(". ")
    while shorter := _SHORT_ENDING.sub("", plain):
        if shorter == plain:
            break
        plain = shorter.rstrip(". ")
    plain = plain[: NAME - len(type.ending)].strip(". ")
    if not plain or plain.startswith(".") or _DEVICES.match(plain):
        plain = UNNAMED
    return plain + type.ending
