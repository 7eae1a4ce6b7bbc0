"""Asks a virus scanner (clamd) about a file, by its INSTREAM command.

A scanner that is set but does not answer refuses the file: nothing is taken unseen.
"""

import asyncio
from pathlib import Path

import structlog

from chatserver.domain.refusals import FileMalware, FileScanUnavailable

SECONDS = 30
CHUNK = 64 * 1024
ANSWER = 4 * 1024
"""Bytes of an answer, at most."""

log = structlog.get_logger()


class Scanner:
    """`address`: host:port, or the path of a UNIX socket."""

    def __init__(self, address: str, seconds: float = SECONDS) -> None:
        self._address = address
        self._seconds = seconds

    async def check(self, path: Path) -> None:
        """Raises `FileMalware` when the scanner found something, `FileScanUnavailable` when it gave no answer."""
        try:
            async with asyncio.timeout(self._seconds):
                answer = await self._asked(await asyncio.to_thread(path.read_bytes))
        except (OSError, EOFError, TimeoutError, ValueError, asyncio.LimitOverrunError) as failure:
            log.error("scanner_unavailable", why=type(failure).__name__)
            raise FileScanUnavailable() from None
        if answer.endswith("FOUND"):
            log.warning("malware_found", found=answer)
            raise FileMalware()
        if not answer.endswith("OK"):
            log.error("scanner_unavailable", why="answer")
            raise FileScanUnavailable()

    async def _asked(self, content: bytes) -> str:
        reader, writer = await self._connect()
        try:
            writer.write(b"zINSTREAM\0")
            for at in range(0, len(content), CHUNK):
                part = content[at : at + CHUNK]
                writer.write(len(part).to_bytes(4, "big") + part)
                await writer.drain()
            writer.write(bytes(4))
            answer = await reader.readuntil(b"\0")
        finally:
            writer.close()
        return answer.rstrip(b"\0").decode("utf-8", "replace").strip()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if "/" in self._address:
            return await asyncio.open_unix_connection(self._address, limit=ANSWER)
        host, _, port = self._address.rpartition(":")
        return await asyncio.open_connection(host, int(port), limit=ANSWER)
