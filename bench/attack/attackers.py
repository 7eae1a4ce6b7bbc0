"""The attacking process: one kind, at its fixed rate, for so many seconds. `python -m bench.attack.attackers`.

It reads its orders as JSON from standard input, and writes the result as JSON to standard output.
"""

import asyncio
import json
import resource
import socket
import sys
import time
from collections import Counter, deque
from dataclasses import asdict, dataclass, field
from typing import Any

import uvloop

from bench.attack.kinds import KINDS, Kind, Part
from bench.attack.octets import hello

TICK = 0.01
UNSENT = 512 * 1024
"""Bytes that may be waiting in one socket: more would use this process's memory, not the server's."""
ADDRESSES = range(2, 10)
SMALL_BUFFER = 4_096
CONNECTED_WITHIN = 10.0


@dataclass
class Orders:
    """The attack and its parameters. `known`: token and conversation of each visitor that may be played. `net`: the
    third byte of the source addresses."""

    kind: str
    port: int
    seconds: float
    sockets: int
    known: list[tuple[str, str]]
    asset: str
    net: int = 0


@dataclass
class Done:
    """The result. `share`: of a core, used by this process. `held`: turns that were skipped because earlier data had
    not been accepted. `answers`: how often each status was answered."""

    opened: int = 0
    failed: int = 0
    ready: int = 0
    ended: int = 0
    turns: int = 0
    held: int = 0
    sent: int = 0
    most: int = 0
    share: float = 0.0
    answers: dict[str, int] = field(default_factory=dict)


class Attack:
    """All hostile sockets together."""

    def __init__(self, orders: Orders) -> None:
        self.orders = orders
        self.kind: Kind = KINDS[orders.kind]
        self.done = Done()
        self.answers: Counter[str] = Counter()
        self.open: set[Hostile] = set()
        self.ready: deque[Hostile] = deque()
        self._opening: set[asyncio.Task[None]] = set()
        self._number = 0

    async def run(self) -> Done:
        began, used = time.monotonic(), time.process_time()
        opens = turns = 0
        while (passed := time.monotonic() - began) < self.orders.seconds:
            while opens < passed * self.kind.opens_per_s:
                opens += 1
                if len(self.open) + len(self._opening) < self.orders.sockets:
                    self._begin()
            while turns < passed * self.kind.says_per_s:
                turns += 1
                self._turn()
            self.done.most = max(self.done.most, len(self.open))
            await asyncio.sleep(TICK)
        self.done.share = (time.process_time() - used) / (time.monotonic() - began)
        for each in [*self.open]:
            each.drop()
        for task in self._opening:
            task.cancel()
        await asyncio.gather(*self._opening, return_exceptions=True)
        self.done.answers = dict(self.answers)
        return self.done

    def _begin(self) -> None:
        task = asyncio.create_task(self._connect(self._number))
        self._number += 1
        self._opening.add(task)
        task.add_done_callback(self._opening.discard)

    async def _connect(self, number: int) -> None:
        last = ADDRESSES[number % len(ADDRESSES)] if self.kind.wide else ADDRESSES[0]
        token, conversation = self.orders.known[number % len(self.orders.known)] if self.orders.known else ("", "")
        part = Part(self.orders.port, number, token, conversation, self.orders.asset)
        loop = asyncio.get_running_loop()
        here = socket.socket()
        here.setblocking(False)
        if not self.kind.reads:
            here.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER)
        try:
            here.bind((f"127.0.{self.orders.net}.{last}", 0))
            async with asyncio.timeout(CONNECTED_WITHIN):
                await loop.sock_connect(here, ("127.0.0.1", part.port))
                await loop.create_connection(lambda: Hostile(self, part), sock=here)
            self.done.opened += 1
        except (OSError, TimeoutError):
            here.close()
            self.done.failed += 1

    def _turn(self) -> None:
        """The next ready socket sends."""
        assert self.kind.says is not None
        if not self.ready:
            return
        hostile = self.ready.popleft()
        if hostile.gone:
            self._turn()
            return
        if hostile.unsent > UNSENT:
            self.done.held += 1
            self.ready.append(hostile)
            return
        self.done.turns += 1
        hostile.write(self.kind.says(hostile.part))
        hostile.turns += 1
        if hostile.turns != self.kind.turns:
            self.ready.append(hostile)
        elif hostile.unsent:
            # What was written must still be sent, so the connection is dropped a moment later.
            asyncio.get_running_loop().call_later(1.0, hostile.drop)
        else:
            hostile.drop()


class Hostile(asyncio.Protocol):
    """One hostile socket."""

    def __init__(self, attack: Attack, part: Part) -> None:
        self.attack = attack
        self.part = part
        self.turns = 0
        self.gone = False
        self._stage = "connected"
        self._transport: Any = None

    @property
    def unsent(self) -> int:
        return int(self._transport.get_write_buffer_size())

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self.attack.open.add(self)
        self.write(self.attack.kind.begins(self.part))
        if not self.attack.kind.reads:
            # Not immediately: uvloop starts reading after this method, which would undo it.
            asyncio.get_running_loop().call_soon(self._transport.pause_reading)
        self._reach("connected")

    def connection_lost(self, exc: Exception | None) -> None:
        self.gone = True
        self.attack.open.discard(self)
        self.attack.done.ended += 1

    def data_received(self, data: bytes) -> None:
        if self._stage == "connected" and data.startswith(b"HTTP/1.1 "):
            self.attack.answers[data[9:12].decode("ascii", "replace")] += 1
            if data.startswith(b"HTTP/1.1 101"):
                self._reach("upgraded")
                if self.attack.kind.ready == "welcomed":
                    self.write(hello(self.part.token))
        elif self._stage == "upgraded" and b'"welcome"' in data:
            self._reach("welcomed")

    def write(self, data: bytes) -> None:
        if data and not self.gone:
            self.attack.done.sent += len(data)
            self._transport.write(data)

    def drop(self) -> None:
        self._transport.abort()

    def _reach(self, stage: str) -> None:
        self._stage = stage
        if stage == self.attack.kind.ready:
            self.attack.done.ready += 1
            self.attack.ready.append(self)


def main() -> None:
    orders = Orders(**json.load(sys.stdin))
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    done = uvloop.run(Attack(orders).run())
    json.dump(asdict(done), sys.stdout)


if __name__ == "__main__":
    main()
