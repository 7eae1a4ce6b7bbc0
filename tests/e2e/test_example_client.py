"""The example client of docs/protocol.md, run unchanged against a server that is not always willing."""

import asyncio
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.hospital import GYNECOLOGY, SITE, Wanted, found
from tests.e2e.journal import Journal
from tests.e2e.people import Consultant
from tests.e2e.procs import ROOT, WIDE, Server

pytestmark = pytest.mark.whole

Care = Callable[[Server], Server]
MISSED = 510
"""More than are replayed."""
PATIENCE = 60.0


class Door:
    """Stands in front of a server and either forwards connections or answers them itself. Both ports have five digits,
    so that addresses in what passes can be rewritten to the server's."""

    def __init__(self, to: int) -> None:
        self._to = to
        self.answers: list[int] = []
        self.turned_away: list[int] = []
        self.shut = False
        self._writers: list[asyncio.StreamWriter] = []

    async def open(self) -> int:
        self._server = await asyncio.start_server(self._come, "127.0.0.1", 0)
        self.port = int(self._server.sockets[0].getsockname()[1])
        assert len(str(self.port)) == len(str(self._to))
        return self.port

    def cut(self) -> None:
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    def close(self) -> None:
        self._server.close()
        self.cut()

    async def _come(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        status = self.answers.pop(0) if self.answers else 503 if self.shut else 0
        if status:
            self.turned_away.append(status)
            writer.write(b"HTTP/1.1 %d No\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n" % status)
            writer.close()
            return
        inside, onwards = await asyncio.open_connection("127.0.0.1", self._to)
        self._writers += [writer, onwards]
        onwards.write(head.replace(b":%d" % self.port, b":%d" % self._to))
        await asyncio.gather(self._carry(reader, onwards), self._carry(inside, writer))

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65_536):
                writer.write(data)
            writer.close()
        except OSError:
            writer.transport.abort()


class Example:
    """The running example client; its output is kept."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.lines: list[str] = []

    @classmethod
    async def run(cls, port: int) -> "Example":
        [client] = re.findall(r"```python\n(.*?)```", (ROOT / "docs/protocol.md").read_text("utf-8"), flags=re.DOTALL)
        command = (sys.executable, "-u", "-c", client, f"http://127.0.0.1:{port}", SITE, GYNECOLOGY, "要空腹吗？")
        return cls(await asyncio.create_subprocess_exec(*command, stdout=-1, stderr=asyncio.subprocess.STDOUT))

    async def prints(self, wanted: str) -> None:
        assert self._process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            while not any(wanted in line for line in self.lines):
                line = await self._process.stdout.readline()
                assert line, "\n".join(self.lines)
                self.lines.append(line.decode().rstrip("\n"))

    async def end(self) -> None:
        if self._process.returncode is None:
            self._process.terminate()
        await self._process.communicate()


async def test_the_example_client_survives_everything_the_protocol_allows(
    tmp_path: Path, servers: Care, journal: Journal
) -> None:
    people = found(tmp_path / "data", [Wanted("mei")])
    server = servers(Server(tmp_path / "data", WIDE)).start()
    mei = await Consultant.sit_down(server, people["mei"], journal)
    door = Door(server.port)
    # To its first and second token request; its first socket.
    door.answers = [429, 503]
    example = await Example.run(await door.open())
    try:
        await example.prints("要空腹吗？")
        assert door.turned_away == [429, 503]
        [conversation] = await mei.until(lambda: list(mei.rows), "its question")
        await mei.until_owned(conversation)
        door.shut = True
        door.cut()
        for number in range(MISSED):
            await mei.say(conversation, f"answer {number}")
        door.shut = False
        await example.prints(f"answer {MISSED - 1}")
        await mei.say(conversation, "the last")
        await example.prints("the last")
    finally:
        await example.end()
        door.close()
    told = [line.removeprefix("consultant ") for line in example.lines if line.startswith("consultant ")]
    assert told == [*(f"answer {number}" for number in range(MISSED)), "the last"]
    assert sum("要空腹吗？" in line for line in example.lines if line.startswith("visitor")) >= 1
    await mei.leave()
    assert await asyncio.to_thread(server.stop) == 0
