"""The commands sent to the Redis server: which keys exist, and what is read and written in one exchange. Makes no
decisions.

Every key expires by itself except the set of nodes and `born`, which must exist for as long as the server has its data.
The clocks of the nodes do not matter, because the server alone counts the leases down. A command without an answer
after a second has failed; nothing is retried here.
"""

import asyncio
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol, cast

from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import RedisError

from chatserver.bus.codec import Came, Moved
from chatserver.bus.peers import Lease

PATIENCE = 1.0
"""Seconds for an answer, connecting included. redis-py's own timeout is five times as long, for each of several
steps."""

FAILURES = (RedisError, OSError)
"""The exceptions of a failed exchange; a timeout is an OSError."""

GIVE_UP = """
if redis.call('get', KEYS[1]) == ARGV[1] then redis.call('del', KEYS[1]) end
"""
"""Release the timer lease if this node holds it."""

LEAVE = f"""{GIVE_UP}
if redis.call('scard', KEYS[2]) == 0 then redis.call('del', KEYS[3]) end
"""
"""Release the timer lease. If no node is left, remove `up`, the key that says that nodes are running."""


_Word = bytes | bytearray | memoryview | str | int | float
"""The types redis-py accepts for a field or a value."""


class Pipeline(Protocol):
    """A redis-py pipeline as it is used here: commands are queued and only `execute` is awaited. redis-py's own types
    say that every command may be awaitable, which would hide a forgotten `await`."""

    async def __aenter__(self) -> "Pipeline": ...

    async def __aexit__(self, *failure: object) -> object: ...

    def __getattr__(self, command: str) -> Callable[..., object]: ...

    async def execute(self) -> list[Any]: ...


class BadAddress(ValueError):
    """The address cannot be used. The text omits it because it may contain a password."""


class Answer(NamedTuple):
    """What a renewal found, all at the same moment."""

    born: str
    knows_all: bool
    works_timers: bool
    nodes: set[str]
    leases: dict[str, Lease | None]


class Reading(NamedTuple):
    """What was read of other nodes, all at the same moment: the lease of each and its connections, if written."""

    born: str
    leases: dict[str, Lease | None]
    people: dict[str, list[Came] | None]


class RedisClient:
    """One node's client of the server. `connects` counts the connections that had to be made."""

    def __init__(self, url: str, node: str, lease_s: float) -> None:
        self._node = node
        self._lease_ms = int(lease_s * 1000)
        self._prefix = ""
        self.connects = 0
        try:
            self._client = Redis.from_url(
                url,
                redis_connect_func=self._connected,
                decode_responses=True,
                protocol=2,
                socket_timeout=PATIENCE,
                socket_connect_timeout=PATIENCE,
            )
            self._subscriber = Redis.from_url(url, protocol=2, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)
            # Make a connection object only to validate the address, so that an unknown option is reported now and not
            # later.
            self._client.connection_pool.make_connection()  # type: ignore[no-untyped-call]
        except (ValueError, TypeError, RedisError):
            raise BadAddress from None

    def enter(self, world: str) -> None:
        """Use the keys of this world from now on; in a cluster they all share one slot."""
        self._prefix = f"hchat:{{{world}}}:"

    async def join(self, lease: Lease) -> bool:
        """Become one of the nodes. Returns whether there was none before."""
        async with self._pipeline() as pipe:
            pipe.set(self._key("up"), "1", px=self._lease_ms, nx=True)
            self._renew_lease(pipe, lease)
            first, *_ = await self._executed(pipe)
        return bool(first)

    async def renew(
        self,
        lease: Lease,
        everybody: Iterable[Came] | None,
        message: bytes,
        names: Sequence[str],
        *,
        works_timers: bool,
    ) -> Answer:
        """Renew the leases and read the others'. `everybody` replaces this node's list, and then `message` is
        published."""
        async with self._pipeline() as pipe:
            if everybody is not None:
                self._write(pipe, everybody)
                pipe.publish(self._key("news"), message)
            pipe.pexpire(self._key("here", self._node), self._lease_ms)
            self._renew_lease(pipe, lease)
            pipe.set(self._key("up"), "1", px=self._lease_ms)
            if not lease.healthy:
                # A node that cannot reach the database must not keep the timers from one that can.
                pipe.eval(GIVE_UP, 1, self._key("timer"), self._node)
            else:
                if works_timers:
                    # If this node's lease has expired meanwhile, this extends another node's lease once, which does no
                    # harm.
                    pipe.pexpire(self._key("timer"), self._lease_ms)
                pipe.set(self._key("timer"), self._node, px=self._lease_ms, nx=True)
            pipe.set(self._key("born"), secrets.token_hex(8), nx=True)
            pipe.hexists(self._key("here", self._node), _MARK)
            pipe.smembers(self._key("nodes"))
            pipe.mget([self._key("timer"), self._key("born"), *(self._key("node", name) for name in names)])
            *_, marked, nodes, [holder, born, *leases] = await self._executed(pipe)
        return Answer(
            born,
            knows_all=bool(marked),
            works_timers=holder == self._node,
            nodes=set(nodes) - {self._node},
            leases={name: _lease(stored) for name, stored in zip(names, leases, strict=True)},
        )

    async def read(self, names: Sequence[str]) -> Reading:
        """The leases and connections of these nodes."""
        async with self._pipeline() as pipe:
            pipe.mget([self._key("born"), *(self._key("node", name) for name in names)])
            for name in names:
                pipe.hgetall(self._key("here", name))
            [born, *leases], *people = await self._executed(pipe)
        return Reading(
            born or "",
            {name: _lease(stored) for name, stored in zip(names, leases, strict=True)},
            {name: _people(stored) for name, stored in zip(names, people, strict=True)},
        )

    async def forget(self, names: Sequence[str]) -> None:
        """Remove these nodes, which are gone. A node that is alive after all adds itself again with its next
        renewal."""
        async with self._pipeline() as pipe:
            pipe.srem(self._key("nodes"), *names)
            await self._executed(pipe)

    async def publish(self, message: bytes) -> None:
        async with asyncio.timeout(PATIENCE):
            await self._client.publish(self._key("news"), message)

    async def publish_moves(self, message: bytes, moved: Moved, lease: Lease) -> None:
        """Write the opened and closed connections and publish them, both or neither."""
        here = self._key("here", self._node)
        async with self._pipeline() as pipe:
            if moved.came:
                pipe.hset(here, mapping=_fields(moved.came))
            if moved.left:
                pipe.hdel(here, *moved.left)
            pipe.pexpire(here, self._lease_ms)
            self._renew_lease(pipe, lease)
            pipe.publish(self._key("news"), message)
            await self._executed(pipe)

    async def leave(self, message: bytes) -> None:
        """Stop being a node, and publish that."""
        async with self._pipeline() as pipe:
            pipe.delete(self._key("here", self._node), self._key("node", self._node))
            pipe.srem(self._key("nodes"), self._node)
            pipe.publish(self._key("news"), message)
            pipe.eval(LEAVE, 3, self._key("timer"), self._key("nodes"), self._key("up"), self._node)
            await self._executed(pipe)

    async def subscribe(self) -> PubSub:
        """Subscribe to the other nodes' messages. The caller must close the result."""
        subscription = self._subscriber.pubsub()
        try:
            async with asyncio.timeout(PATIENCE):
                await subscription.subscribe(self._key("news"))
        except BaseException:
            await close(subscription)
            raise
        return subscription

    async def close(self) -> None:
        await close(self._client)
        await close(self._subscriber)

    def _key(self, *parts: str) -> str:
        return self._prefix + ":".join(parts)

    def _pipeline(self) -> Pipeline:
        """A pipeline whose commands run as one transaction, so that a server that loses its data in between is not
        mistaken for one without nodes."""
        return cast(Pipeline, self._client.pipeline(transaction=True))

    async def _executed(self, pipe: Pipeline) -> list[Any]:
        async with asyncio.timeout(PATIENCE):
            return await pipe.execute()

    def _renew_lease(self, pipe: Pipeline, lease: Lease) -> None:
        pipe.set(self._key("node", self._node), str(lease), px=self._lease_ms)
        pipe.sadd(self._key("nodes"), self._node)

    def _write(self, pipe: Pipeline, everybody: Iterable[Came]) -> None:
        here = self._key("here", self._node)
        pipe.delete(here)
        pipe.hset(here, mapping=_fields(everybody) | {_MARK: ""})

    async def _connected(self, connection: AbstractConnection) -> None:
        """Count the connection. redis-py reconnects silently, perhaps to another server or to one that has lost its
        data."""
        await connection.on_connect()
        self.connects += 1


_MARK = ""
"""A field that is always present. It distinguishes a node without connections from one that the server has
forgotten."""


def _fields(people: Iterable[Came]) -> dict[_Word, _Word]:
    return {came.connection: f"{came.since} {came.person}" for came in people}


def _people(fields: Mapping[str, str]) -> list[Came] | None:
    if _MARK not in fields:
        return None
    people = []
    for connection, stored in fields.items():
        if connection != _MARK:
            since, _, person = stored.partition(" ")
            people.append(Came(connection, person, int(since)))
    return people


def _lease(stored: str | None) -> Lease | None:
    return None if stored is None else Lease.parse(stored)


async def close(what: Redis | PubSub) -> None:
    try:
        await what.aclose()
    except FAILURES:
        return
