"""A town that talks, and the faults it suffers meanwhile: its server is killed, its connections are cut."""

import asyncio
import random
import shutil
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from itertools import cycle
from pathlib import Path

from tests.e2e.hospital import Member, Wanted
from tests.e2e.journal import Journal, tell
from tests.e2e.load import Answerer, Talker
from tests.e2e.oracle import Oracle, Stored
from tests.e2e.patience import allowed, eventually
from tests.e2e.procs import WIDE, Server
from tests.e2e.rawclient import Client
from tests.e2e.tcpproxy import BOTH, Link, Proxy

VISITORS = 20
CONSULTANTS = [Wanted(name, capacity=20) for name in ("mei", "jun", "lan", "bo")]
SETTINGS = WIDE | {"CHATSERVER_HOPS": "100000"}
READY_AGAIN = 3.0
"""Seconds from the start of a killed server to `/ready`, with SQLite."""
ACCEPTED_A_ROUND = 20
"""A minimum average; fewer would mean that nothing was going on when it was killed."""
TALKS_WITHIN = 120.0
"""Seconds in which so much is accepted, at the latest; only a hospital that hangs takes them."""
MOMENT = (0.05, 1.5)
"""Seconds between ready and the kill."""
CUT_AFTER = {"up": (1, 6_000), "down": (1, 20_000)}
"""Bytes: from the first one of the handshake to some way into the talk, after a replay that may be long."""
CUT_WITHIN = 5.0
"""Seconds for one cut, at most."""


class Town:
    """All clients, talking until told to stop. `doors`: the ports they connect to, in turn."""

    def __init__(
        self,
        server: Server,
        journal: Journal,
        people: dict[str, Member],
        dice: random.Random,
        visitors: int = VISITORS,
        doors: Sequence[int] = (),
    ) -> None:
        ports = cycle(doors or [server.port])
        self.server = server
        self.journal = journal
        self.dice = dice
        self.consultants = [Answerer(next(ports), login, journal, member, dice) for login, member in people.items()]
        tokens = [server.visitor_token() for _ in range(visitors)]
        self.talkers = [Talker(next(ports), f"v{number}", journal, token) for number, token in enumerate(tokens)]
        self._enough = asyncio.Event()
        self._talking: list[asyncio.Task[None]] = []

    @property
    def clients(self) -> Sequence[Client]:
        return [*self.consultants, *self.talkers]

    async def begin(self) -> None:
        for client in self.clients:
            await client.start()
        for consultant in self.consultants:
            await consultant.asked("availability.set", availability="online")
        self._talking = [asyncio.create_task(each.talk(self.dice, self._enough)) for each in self.talkers]

    async def hush(self) -> None:
        """Start nothing new; what is in progress continues."""
        self._enough.set()
        await asyncio.gather(*self._talking)
        for consultant in self.consultants:
            consultant.enough = True

    async def leave(self) -> None:
        for task in self._talking:
            task.cancel()
        await asyncio.gather(*self._talking, return_exceptions=True)
        await asyncio.gather(*(client.leave() for client in self.clients))


@asynccontextmanager
async def town(
    server: Server,
    journal: Journal,
    people: dict[str, Member],
    dice: random.Random,
    visitors: int = VISITORS,
    doors: Sequence[int] = (),
) -> AsyncIterator[Town]:
    """A talking town on a running server."""
    inhabitants = await asyncio.to_thread(Town, server, journal, people, dice, visitors, doors)
    try:
        await inhabitants.begin()
        yield inhabitants
    finally:
        await inhabitants.leave()


async def kill_and_restart(town: Town, folder: Path, rounds: int) -> list[str]:
    """At random moments; after each, check at once that everything acknowledged is stored. Returns what was wrong."""
    ready: list[float] = []
    for number in range(1, rounds + 1):
        await has_talked(town, number - 1)
        await asyncio.sleep(town.dice.uniform(*MOMENT))
        town.server.kill()
        left = Oracle(town.journal, [], left_by(town.server, folder))
        found = [*left.acked_is_stored(), *left.gapless()]
        found += [f"integrity: {left.stored.intact}"] if left.stored.intact != "ok" else []
        if found:
            return [f"after kill {number}: {each}" for each in found]
        began = time.monotonic()
        await asyncio.to_thread(town.server.start)
        ready.append(time.monotonic() - began)
        if isinstance(town.server.where, Path) and ready[-1] > READY_AGAIN and ready[-1] > allowed(READY_AGAIN):
            return [f"ready again only after {ready[-1]:.1f} s"]
    await has_talked(town, rounds)
    tell(f"{rounds} kills; ready again after {max(ready):.1f} s at most")
    return []


async def has_talked(town: Town, kills: int) -> None:
    """Wait until there was enough going on for so many kills, however long that takes on a busy machine."""
    await eventually(lambda: acceptances(town.journal) >= ACCEPTED_A_ROUND * kills, allowed(TALKS_WITHIN))


def acceptances(journal: Journal, *, repeat: bool = False) -> int:
    """How many acceptances there were, or how many of them repeated an earlier one."""
    told = [line.told["frame"] for line in journal.of("accepted")]
    return sum(each.get("repeat", False) for each in told) if repeat else len(told)


async def cut_links(town: Town, proxy: Proxy, cuts: int) -> None:
    """Cut each link through the proxy after a random number of bytes, in the middle of whatever it carries. Everybody
    reconnects and is cut again, until that has happened `cuts` times."""

    def doom(link: Link) -> None:
        if proxy.cuts < cuts:
            way = town.dice.choice(BOTH)
            link.cut_after[way] = town.dice.randrange(*CUT_AFTER[way])

    proxy.on_link = doom
    proxy.reset()
    await eventually(lambda: proxy.cuts >= cuts, CUT_WITHIN * cuts)
    proxy.on_link = lambda link: None
    for link in proxy.links:
        link.cut_after.clear()


def left_by(server: Server, folder: Path) -> Stored:
    """What the kill left, before the product opens it again."""
    return copied(server.data, folder) if isinstance(server.where, Path) else Stored.read(server.where)


def copied(data: Path, folder: Path) -> Stored:
    """A copy of the file and its log."""
    folder.mkdir(exist_ok=True)
    for name in ("chat.db", "chat.db-wal"):
        source, target = data / name, folder / name
        target.unlink(missing_ok=True)
        if source.exists():
            shutil.copyfile(source, target)
    (folder / "chat.db-shm").unlink(missing_ok=True)
    return Stored.read(folder / "chat.db", check=True)
