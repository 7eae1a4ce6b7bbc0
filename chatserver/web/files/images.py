"""Has images encoded anew, in processes with limits of memory and time (`chatserver.imaging`)."""

import asyncio
import sys
from dataclasses import dataclass
from pathlib import Path

import structlog

from chatserver.domain.files import FILE_BYTES, LONGEST_SIDE, PIXELS, FileType
from chatserver.domain.refusals import Busy, FilePixels, FileStorage, FileTooLarge, FileTypeRefused

SECONDS = 30
AT_ONCE = 2
"""Processes at the same time; more would take the processor from the chat."""
RETRY_MS = 5_000

TYPES = {"JPEG": FileType.JPEG, "PNG": FileType.PNG, "WEBP": FileType.WEBP}

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Encoded:
    """What was written."""

    type: FileType
    width: int
    height: int


class Images:
    """Images wait here for one of the processes."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def encode(self, source: Path, target: Path) -> Encoded:
        """Write the image of `source` to `target`. Raises a `Refused`."""
        async with self._turns:
            code, answer = await self._run(source, target)
        form, *size = answer.split()
        if form in TYPES and len(size) == 2:
            return Encoded(TYPES[form], *map(int, size))
        if form == FileTypeRefused.code:
            raise FileTypeRefused(why="damaged")
        if form == FileTooLarge.code:
            raise FileTooLarge(limit=FILE_BYTES)
        if form == FileStorage.code:
            raise FileStorage()
        log.warning("image_not_decoded", code=code, answer=form)
        raise FilePixels(limit=PIXELS)

    async def _run(self, source: Path, target: Path) -> tuple[int | None, str]:
        """The exit code and the answer of the process. It gets none of our environment, which holds passwords."""
        limits = (PIXELS, LONGEST_SIDE, FILE_BYTES)
        try:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-m", "chatserver.imaging", source, target),
                *map(str, limits),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                env={},
            )
        except OSError as failure:
            log.error("image_process_failed", why=failure.strerror)
            raise Busy(retry_ms=RETRY_MS) from None
        try:
            async with asyncio.timeout(self._seconds):
                answer, _ = await process.communicate()
        except TimeoutError:
            return None, "late"
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        return process.returncode, answer.decode("ascii", "replace").strip() or "nothing"
