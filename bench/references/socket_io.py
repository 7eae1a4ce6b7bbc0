"""A socket.io server on Node as its own tutorial teaches it, with SQLite as durable as the product's; and its clients.

The server is our own: socketio/server.mjs. Its packages are installed from the lock file there when first needed. The
clients speak Engine.IO 4 over WebSocket only, without the long polling that normally precedes it.
"""

import asyncio
import hashlib
import json
import shutil
import sqlite3
import subprocess
import tempfile
from collections import Counter
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Self

from bench.load.talk import BODY, REF, Pair, Talk
from bench.load.wire import Wire, dial, framed
from bench.references.contestants import EACH, UP_WITHIN, Contestant, wait_until_open
from bench.report.meter import Meter

HERE = Path(__file__).parent / "socketio"
PATH = "/socket.io/?EIO=4&transport=websocket"
OPEN, CONNECTED, PING, PONG, EVENT, ANSWER = b"0", b"40", b"2", b"3", b"42", b"43"
MESSAGE = b'42["message","'
FROM_VISITOR, FROM_CONSULTANT = b'"visitor"', b'"consultant"'


class SocketIo(Contestant):
    """One Node process; one socket per visitor, and one per consultant for all their conversations."""

    name = "socket.io on SQLite"

    def __init__(self) -> None:
        super().__init__()
        install()
        self._folder = tempfile.TemporaryDirectory(prefix="bench-socketio-")
        self._database = Path(self._folder.name) / "chat.db"
        self._server: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self._server = subprocess.Popen([node(), str(HERE / "server.mjs"), str(self.port), str(self._database)])
        wait_until_open(self.port)
        return self

    def __exit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.kill()
        self._server.wait()
        self._folder.cleanup()

    def meter(self) -> Meter:
        assert self._server is not None
        return Meter(self._server.pid)

    async def seat(self, pairs: int) -> None:
        for first in range(0, pairs, EACH):
            numbers = range(first, min(pairs, first + EACH))
            ids = [f"{number:0{REF}d}" for number in numbers]
            consultant = await Line.dialled(self, "consultant", ids)
            for id in ids:
                pair = SocketIoPair(self.talk, id, consultant)
                self.talk.add(pair)
                pair.visitor_line = await Line.dialled(self, "visitor", [id])

    def lost(self) -> str:
        with closing(sqlite3.connect(self._database)) as database:
            stored = Counter(ref for (ref,) in database.execute("SELECT client_offset FROM messages"))
        missing = sum(stored[ref.decode()] == 0 for ref in self.acknowledged)
        return f"{missing} lost" if missing else ""


class Line:
    """One client's connected socket. `waiting`: refs by the number of the acknowledgement asked for."""

    def __init__(self, talk: Talk) -> None:
        self._talk = talk
        self._numbers = count()
        self._waiting: dict[bytes, bytes] = {}
        self._connected = asyncio.Event()
        self.wire: Wire | None = None

    @classmethod
    async def dialled(cls, server: SocketIo, author: str, conversations: list[str]) -> "Line":
        line = cls(server.talk)
        line.wire = await dial(server.port, PATH, line._receive)
        line.wire.send(CONNECTED + json.dumps({"author": author, "conversations": conversations}).encode())
        async with asyncio.timeout(UP_WITHIN):
            await line._connected.wait()
        return line

    def say(self, start: bytes, end: bytes) -> None:
        """Send one event, made of the part before the ref and the part after it, and ask for its acknowledgement."""
        assert self.wire is not None
        ref, number = self._talk.refs.next().encode(), b"%d" % next(self._numbers)
        self._waiting[number] = ref
        self.wire.write(framed(EVENT + number + start + ref + end))
        self._talk.said(ref)

    def _receive(self, text: bytes) -> None:
        if text.startswith(MESSAGE):
            self._received(text)
        elif text.startswith(ANSWER):
            self._talk.settled(self._waiting.pop(text[len(ANSWER) : text.index(b"[")]))
        elif text == PING:
            assert self.wire is not None
            self.wire.send(PONG)
        elif text.startswith(CONNECTED):
            self._connected.set()
        else:
            assert text.startswith(OPEN), text

    def _received(self, text: bytes) -> None:
        """A message: both sides receive it, and the one who did not send it answers."""
        talk = self._talk
        talk.tally.delivered += 1
        if not talk.going:
            return
        at = len(MESSAGE)
        pair = talk.pairs[text[at : at + REF]]
        assert isinstance(pair, SocketIoPair)
        by_visitor = text.startswith(FROM_VISITOR, at + REF + 2)
        if by_visitor and self is pair.consultant_line:
            pair.answer()
        elif not by_visitor and self is pair.visitor_line:
            pair.ask()


class SocketIoPair(Pair):
    """One conversation, which is a room."""

    def __init__(self, talk: Talk, conversation: str, consultant: Line) -> None:
        super().__init__(talk, conversation)
        self.consultant_line = consultant
        self.visitor_line: Line | None = None
        self._start = f'["message","{conversation}","{BODY}","'.encode()

    def ask(self) -> None:
        assert self.visitor_line is not None
        self.visitor_line.say(self._start, b'"]')

    def answer(self) -> None:
        self.consultant_line.say(self._start, b'"]')


class CannotBeHad(Exception):
    """This machine cannot install or run it; the text says why in one line."""


def install() -> None:
    """Install the lock file's packages into socketio/node_modules, unless they are there. Raises `CannotBeHad`."""
    wanted = hashlib.sha256(b"".join((HERE / name).read_bytes() for name in ("package.json", "package-lock.json")))
    installed = HERE / "node_modules" / ".installed-from"
    if installed.is_file() and installed.read_text() == wanted.hexdigest():
        return
    npm = shutil.which("npm")
    if npm is None:
        raise CannotBeHad("npm is needed for socket.io; none was found on the PATH")
    # SQLite for Node comes as a binary, or is compiled here: a minute or two, with Python, make and a C++ compiler.
    done = subprocess.run([npm, "ci", "--loglevel=error"], cwd=HERE, check=False, capture_output=True, text=True)
    if done.returncode:
        said = next((line for line in done.stderr.splitlines() if line.strip()), "it said nothing")
        raise CannotBeHad(
            f"npm could not install socket.io and sqlite3 ({said.strip()[:120]}); it needs a C++ compiler"
        )
    installed.write_text(wanted.hexdigest())


def node() -> str:
    found = shutil.which("node")
    if found is None:
        raise CannotBeHad("node is needed for socket.io; none was found on the PATH")
    return found
