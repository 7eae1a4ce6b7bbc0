"""Groups of nodes on each bus."""

import uuid
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from chatserver.bus.contract import Bus
from chatserver.bus.memory import MemoryBus, Room
from chatserver.bus.redis import RedisBus
from tests.bus.nodes import LEASE_S, RENEW_S, Cluster, Listener, Node, new_world
from tests.e2e.conftest import pace
from tests.redis import OwnRedis

__all__ = ["pace"]

Join = Callable[..., Awaitable[Node]]
"""Creates a new node in the test's world, or in the named `world`."""


@pytest.fixture(params=["memory", "redis"])
async def join(request: pytest.FixtureRequest) -> AsyncIterator[Join]:
    """On both buses."""
    if request.param == "memory":
        room = Room()

        def new() -> Bus:
            return MemoryBus(room)
    else:
        url: str = request.getfixturevalue("redis_url")

        def new() -> Bus:
            return RedisBus(url, node=uuid.uuid4().hex, lease_s=LEASE_S, renew_s=RENEW_S)

    own, nodes = new_world(), []

    async def joined(world: str = own) -> Node:
        bus, ear = new(), Listener()
        nodes.append(bus)
        return Node(bus, ear, await bus.start(world, ear))

    yield joined
    for bus in nodes:
        await bus.stop()


@pytest.fixture
async def cluster(redis_url: str) -> AsyncIterator[Cluster]:
    """On the server shared by all tests: a test must not disturb it."""
    cluster = Cluster(redis_url)
    yield cluster
    await cluster.end()


@pytest.fixture
async def own_cluster(own_redis: OwnRedis) -> AsyncIterator[Cluster]:
    """On a server of its own."""
    cluster = Cluster(own_redis.url)
    yield cluster
    await cluster.end()
