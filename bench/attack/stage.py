"""The scene of an attack: one server with its default limits, pinned to one core, and honest people who talk.

Each honest client has its own address; the attackers are a process beside them, on the same core.
"""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from bench.attack.attackers import Done
from bench.attack.kinds import Kind
from bench.attack.newcomers import SigningIn
from bench.attack.past import ended
from bench.load.crowd import Crowd, crowd
from bench.load.deployment import Deployment, deployment, desks
from bench.load.score import Score
from tests.e2e.hospital import TEETH, Wanted

CAPACITY = 20
TABS = 5
"""Sockets per hostile visitor."""
NEWCOMERS = 400
LOGIN, PASSWORD = "honest", "a sentence nobody guesses 7"
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Size:
    """`messages_a_second`: of the honest clients; half are questions."""

    sockets: int
    visitors: int
    seconds: float
    messages_a_second: float


@dataclass
class Stage:
    """`people` are connected and served; `known` are the visitors that attackers may play."""

    size: Size
    deployment: Deployment
    people: Crowd
    score: Score
    known: list[tuple[str, str]]
    newcomers: list[str]
    signing_in: SigningIn
    net: int = 0
    """The third byte of the attackers' source addresses."""

    @property
    def port(self) -> int:
        return self.deployment.nodes[0].port

    @property
    def server(self) -> psutil.Process:
        return psutil.Process(self.deployment.nodes[0].pid)

    async def attacked(self, kind: Kind) -> Done:
        """Attack from a separate process, for as long as the size says."""
        orders = {
            "kind": kind.name,
            "port": self.port,
            "seconds": self.size.seconds,
            "sockets": self.size.sockets,
            "known": self.known,
            "asset": largest_asset(),
            "net": self.net,
        }
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bench.attack.attackers"),
            cwd=ROOT,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        try:
            said, _ = await process.communicate(json.dumps(orders).encode())
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        return Done(**json.loads(said))


@asynccontextmanager
async def stage(size: Size) -> AsyncIterator[Stage]:
    """Everybody connected, with the server on the first core and the rest on the second, if there are two."""
    wanted = desks(-(-size.visitors // CAPACITY) + 1, CAPACITY)
    staff = [Wanted("dent", (TEETH,), CAPACITY), Wanted(LOGIN, (TEETH,), password=PASSWORD)]
    score = Score()
    with deployment(size.visitors + NEWCOMERS, [*wanted, *staff], limits={}) as here:
        played = ended(here.where, here.people["dent"], -(-size.sockets // TABS))
        newcomers, here.tokens = here.tokens[size.visitors :], here.tokens[: size.visitors]
        here.people = {name: each for name, each in here.people.items() if TEETH not in each.groups}
        with apart(here.nodes[0].pid):
            people = Crowd(here, score)
            for number, tab in enumerate(people.tabs):
                tab.source = f"127.1.{number // 200}.{number % 200 + 1}"
            async with crowd(here, score, people=people):
                signing_in = SigningIn(here.nodes[0].port, LOGIN, PASSWORD)
                await signing_in.once()
                yield Stage(size, here, people, score, played, newcomers, signing_in)
        here.check()


@contextmanager
def apart(server: int) -> Iterator[None]:
    """Give the server one core for itself; this process and its children use the other."""
    before = os.sched_getaffinity(0)
    first, *others = sorted(before)
    for thread in Path(f"/proc/{server}/task").iterdir():
        os.sched_setaffinity(int(thread.name), {first})
    os.sched_setaffinity(0, {others[0] if others else first})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def largest_asset() -> str:
    """Its path on the server."""
    files = [each for each in (ROOT / "build" / "front" / "assets").iterdir() if each.suffix in (".js", ".css")]
    return f"/assets/{max(files, key=lambda each: each.stat().st_size).name}"
