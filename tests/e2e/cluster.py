"""Several nodes on one PostgreSQL and one Redis, behind a balancer without sticky sessions.

The balancer forwards bytes, each connection to the next node. Like real ones it regularly checks which nodes are ready
and skips the others. Each node's connection to its database and its bus can go through a proxy.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.hospital import Member, Wanted, found
from tests.e2e.journal import Journal
from tests.e2e.patience import PACE
from tests.e2e.people import Consultant, Visitor
from tests.e2e.procs import WIDE, Server
from tests.e2e.tcpproxy import CHUNK, Proxy
from tests.ports import free_port

LOOK_EVERY = 0.5
ANSWERS_WITHIN = 1.0
"""Seconds without an answer after which a node is skipped."""
SAID_WITHIN = 30.0
READY = b"HTTP/1.1 200"

Care = Callable[[Server], Server]


class Balancer(Proxy):
    """Each link goes to the next of `ports` that is ready and accepts it."""

    def __init__(self, ports: Sequence[int]) -> None:
        super().__init__("")
        self.ports = list(ports)
        self.ready = set(ports)
        self._turn = 0
        self._looking: asyncio.Task[None] | None = None

    async def start(self) -> "Balancer":
        await super().start()
        self._looking = asyncio.create_task(self._check_again(), name="balancer")
        return self

    async def stop(self) -> None:
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)
        await super().stop()

    def links_to(self, port: int) -> int:
        """The number of links to that node."""
        return sum(link.server.get_extra_info("peername")[1] == port for link in self.links)

    async def _dial(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        for _ in self.ports:
            self._turn += 1
            port = self.ports[self._turn % len(self.ports)]
            if port in self.ready:
                with contextlib.suppress(OSError):
                    return await asyncio.open_connection("127.0.0.1", port, limit=CHUNK)
        raise ConnectionRefusedError("no node is ready")

    async def _check_again(self) -> None:
        while True:
            answers = await asyncio.gather(*(_is_ready(port) for port in self.ports))
            self.ready = {port for port, ready in zip(self.ports, answers, strict=True) if ready}
            await asyncio.sleep(LOOK_EVERY)


async def _is_ready(port: int) -> bool:
    asked = f"GET /ready HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode()
    try:
        async with asyncio.timeout(ANSWERS_WITHIN * PACE.factor):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                writer.write(asked)
                return await reader.readexactly(len(READY)) == READY
            finally:
                writer.close()
    except (OSError, EOFError, TimeoutError):
        return False


def _measured(node: Server) -> str:
    metrics = Server(node.data, port=int(node.settings["CHATSERVER_METRICS_PORT"]))
    return metrics.get("/metrics").body.decode()


@dataclass
class Cluster:
    """`where`: the address of the database, without proxies. `port`: the balancer's, which everybody connects to."""

    nodes: list[Server]
    balancer: Balancer
    people: dict[str, Member]
    where: str
    journal: Journal

    @property
    def port(self) -> int:
        return self.balancer.port

    async def start(self) -> None:
        """Start all nodes at once."""
        for node in self.nodes:
            node.launch()
        for node in self.nodes:
            await asyncio.to_thread(node.wait_ready)

    async def stop(self) -> None:
        """Stop all nodes that are running, gracefully."""
        for node in self.nodes:
            if node.running:
                assert await asyncio.to_thread(node.stop) == 0

    async def visitor(self, name: str, port: int = 0) -> Visitor:
        """A new visitor, through the balancer or at the node with that port."""
        token = await asyncio.to_thread(self.token)
        visitor = Visitor(port or self.port, name, self.journal, token)
        await visitor.start()
        return visitor

    async def consultant(self, login: str, port: int = 0, *, as_: str = "online") -> Consultant:
        """One of the staff, with the availability `as_`."""
        consultant = Consultant(port or self.port, login, self.journal, self.people[login])
        await consultant.start()
        answer = await consultant.asked("availability.set", availability=as_)
        assert answer["type"] == "accepted", answer
        return consultant

    async def until_trusted(self) -> None:
        """Wait until every node trusts absences, which is one lease after its start."""
        await self._until_all_say("chat_bus_trusted 1.0")

    async def _until_all_say(self, sample: str) -> None:
        async with asyncio.timeout(SAID_WITHIN):
            for node in self.nodes:
                while sample not in await asyncio.to_thread(_measured, node):  # noqa: ASYNC110 can only be polled
                    await asyncio.sleep(LOOK_EVERY)

    def token(self) -> str:
        """A new visitor's token, from a running node."""
        return next(node for node in self.nodes if node.running).visitor_token()


@asynccontextmanager
async def cluster(
    folder: Path,
    address: str,
    bus: str,
    people: list[Wanted],
    care: Care,
    journal: Journal,
    *,
    many: int = 2,
    settings: Mapping[str, str] | None = None,
    own: Sequence[Mapping[str, str]] = (),
    modules: Sequence[tuple[str, ...]] = (),
) -> AsyncIterator[Cluster]:
    """A new hospital at `address` and `many` running nodes. `own`: each node's settings, which take precedence;
    `modules`: what each runs, by default the product."""
    hired = found(address, people)
    nodes = []
    for number in range(many):
        node = Server(folder / f"node{number}", module=modules[number] if modules else ("chatserver",))
        node.settings = WIDE | {"DATABASE_URL": address, "REDIS_URL": bus} | dict(settings or {})
        node.settings |= {"CHATSERVER_METRICS_PORT": str(free_port())} | (dict(own[number]) if own else {})
        nodes.append(care(node))
    balancer = await Balancer([node.port for node in nodes]).start()
    for node in nodes:
        node.settings["CHATSERVER_PUBLIC_URL"] = f"http://127.0.0.1:{balancer.port}"
        doors = (f"127.0.0.1:{node.port}", node.settings.get("CHATSERVER_EXTRA_HOSTS", ""))
        node.settings["CHATSERVER_EXTRA_HOSTS"] = ",".join(filter(None, doors))
    try:
        made = Cluster(nodes, balancer, hired, address, journal)
        await made.start()
        yield made
    finally:
        await balancer.stop()
