"""A scanner that speaks clamd's protocol and finds the test virus."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

VIRUS = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"


@asynccontextmanager
async def scanner(path: str, answer: bytes | None = b"") -> AsyncIterator[list[bytes]]:
    """Listens at this UNIX socket; yields what was scanned. With `answer` it says that to everything; None: nothing,
    until the client leaves."""
    scanned: list[bytes] = []
    serving: list[asyncio.Task[None]] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert await reader.readuntil(b"\0") == b"zINSTREAM\0"
        content = b""
        while size := int.from_bytes(await reader.readexactly(4), "big"):
            content += await reader.readexactly(size)
        scanned.append(content)
        if answer is None:
            await reader.read()
        else:
            writer.write(answer or (b"stream: Eicar-Test-Signature FOUND\0" if VIRUS in content else b"stream: OK\0"))
        writer.close()
        await writer.wait_closed()

    def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.append(asyncio.create_task(serve(reader, writer)))

    server = await asyncio.start_unix_server(begin, path)
    try:
        yield scanned
    finally:
        server.close()
        await server.wait_closed()
        await asyncio.gather(*serving, return_exceptions=True)
