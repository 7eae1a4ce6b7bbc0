"""Test nodes: a bus with a listener."""

import asyncio
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from chatserver.bus.contract import Bell, Bus
from chatserver.bus.redis import RedisBus
from chatserver.bus.tasks import end
from tests.redis import asking

LEASE_S, RENEW_S = 1.5, 0.2
WITHIN = 15.0
"""Seconds. Everything a test waits for comes much earlier, but the machine may be busy."""


@dataclass
class Listener:
    """Records what it receives."""

    bells: list[Bell] = field(default_factory=list)
    times_missed: int = 0
    changes: list[Sequence[str]] = field(default_factory=list)

    def heard(self, bell: Bell) -> None:
        self.bells.append(bell)

    def missed(self) -> None:
        self.times_missed += 1

    def presence_changed(self, people: Sequence[str]) -> None:
        self.changes.append(list(people))

    @property
    def people(self) -> set[str]:
        """The people whose presence was reported as changed."""
        return {person for people in self.changes for person in people}

    @property
    def times_all_may_have_changed(self) -> int:
        return self.changes.count([])


@dataclass
class Node:
    bus: Bus
    ear: Listener
    was_first: bool


async def eventually(true: Callable[[], object], within: float = WITHIN) -> None:
    """Wait for something that another task or process does, which can only be polled."""
    try:
        async with asyncio.timeout(within):
            while not true():  # noqa: ASYNC110 can only be polled
                await asyncio.sleep(0.005)
    except TimeoutError:
        raise AssertionError("the condition was not reached") from None


def new_world() -> str:
    return uuid.uuid4().hex


class Cluster:
    """Nodes of one world at one Redis server."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.world = new_world()
        self._buses: list[RedisBus] = []

    async def node(self, *, lease_s: float = LEASE_S, renew_s: float = RENEW_S) -> Node:
        bus, ear = RedisBus(self.url, node=uuid.uuid4().hex, lease_s=lease_s, renew_s=renew_s), Listener()
        self._buses.append(bus)
        return Node(bus, ear, await bus.start(self.world, ear))

    async def trusting_nodes(self, count: int) -> list[Node]:
        """Nodes that already trust absences."""
        nodes = [await self.node() for _ in range(count)]
        await eventually(lambda: all(node.bus.trusted for node in nodes))
        return nodes

    async def end(self) -> None:
        for bus in self._buses:
            await bus.stop()

    def key(self, *parts: str) -> str:
        return f"hchat:{{{self.world}}}:" + ":".join(parts)

    def leases(self) -> int:
        """How many nodes the server knows to be alive."""
        with asking(self.url) as redis:
            return len(redis.keys(self.key("node", "*")))


async def vanish(node: Node) -> None:
    """Its process is killed: it sends nothing more."""
    bus = node.bus
    assert isinstance(bus, RedisBus)
    for task in bus._tasks:
        await end(task)
    await bus._client.close()
    bus._health.reachable = False
