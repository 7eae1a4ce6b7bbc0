"""Receives the bytes of a file: limited in size, time and number, and refused as soon as they show that they are none
of the kinds."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from starlette.requests import Request

from chatserver.domain.files import FILE_BYTES, HEAD, FileType, type_of
from chatserver.domain.refusals import BadFrame, FileTooLarge, FileTypeRefused, RateLimited
from chatserver.store.file_folder import FileFolder, storing

SECONDS = 60
"""For one upload."""
PIECE = 256 * 1024
"""Bytes that are written at a time."""
RETRY_MS = 3_000


@dataclass(frozen=True, slots=True)
class Received:
    """A file as it was sent, in a temporary place."""

    path: Path
    type: FileType
    bytes: int


class Places:
    """How many uploads may be under way: from one key, and altogether."""

    def __init__(self, each: int, altogether: int) -> None:
        self._each = each
        self._altogether = altogether
        self._held: Counter[str] = Counter()

    @contextmanager
    def place(self, key: str) -> Iterator[None]:
        """Raises `RateLimited` when there is no place left."""
        if self._held[key] >= self._each or self._held.total() >= self._altogether:
            raise RateLimited(retry_ms=RETRY_MS)
        self._held[key] += 1
        try:
            yield
        finally:
            self._held[key] -= 1
            if not self._held[key]:
                del self._held[key]


def announced(request: Request) -> int:
    """The size that the client announces; 1 when it announces none. Raises `FileTooLarge`."""
    length = request.headers.get("Content-Length", "")
    size = int(length) if length.isascii() and length.isdigit() and len(length) < 16 else 1
    if size > FILE_BYTES:
        raise FileTooLarge(limit=FILE_BYTES)
    return size


async def receive(request: Request, folder: FileFolder, takes: Callable[[FileType], bool]) -> Received:
    """Read the body into a temporary file, which the caller deletes or keeps. Raises `FileTypeRefused`, `FileTooLarge`,
    `FileStorage`, or `BadFrame` for a client that sends too slowly."""
    path, file = await asyncio.to_thread(folder.begin)
    try:
        with file:
            async with asyncio.timeout(SECONDS):
                kind, size = await _written(request, file, takes)
    except TimeoutError:
        await asyncio.to_thread(folder.forget, path)
        raise BadFrame(why="too_slow") from None
    except BaseException:
        await asyncio.shield(asyncio.to_thread(folder.forget, path))
        raise
    return Received(path, kind, size)


async def _written(request: Request, file: BinaryIO, takes: Callable[[FileType], bool]) -> tuple[FileType, int]:
    kind: FileType | None = None
    size, held = 0, bytearray()
    async for part in request.stream():
        held += part
        size += len(part)
        if size > FILE_BYTES:
            raise FileTooLarge(limit=FILE_BYTES)
        if kind is None and len(held) >= HEAD:
            kind = _checked(bytes(held[:HEAD]), takes)
        if len(held) >= PIECE:
            await asyncio.to_thread(_write, file, bytes(held))
            held.clear()
    kind = kind or _checked(bytes(held[:HEAD]), takes)
    await asyncio.to_thread(_write, file, bytes(held))
    return kind, size


def _checked(head: bytes, takes: Callable[[FileType], bool]) -> FileType:
    kind = type_of(head)
    if kind is None or not takes(kind):
        raise FileTypeRefused()
    return kind


def _write(file: BinaryIO, content: bytes) -> None:
    with storing():
        file.write(content)
        file.flush()
