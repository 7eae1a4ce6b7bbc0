"""The words with the Redis server: which keys there are, and what is asked and told in one go. Decides nothing.

Every key ends by itself but the set of nodes and `born`, which must be there for as long as the server remembers
anything. No clock is compared: the server counts the leases down. Whatever it does not answer in a second has failed;
nothing is tried twice here.
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
"""Seconds for an answer, connecting included. redis-py's own patience is five times that, in each of several steps."""

FAILURES = (RedisError, OSError)
"""What an exchange fails with; running out of time is an OSError."""

GIVE_UP = """
if redis.call('get', KEYS[1]) == ARGV[1] then redis.call('del', KEYS[1]) end
"""
"""The lease of the timers is given up by whoever has it."""

LEAVE = f"""{GIVE_UP}
if redis.call('scard', KEYS[2]) == 0 then redis.call('del', KEYS[3]) end
"""
"""The same, and the last to go leaves nobody behind."""


_Word = bytes | bytearray | memoryview | str | int | float
"""What redis-py takes for a field or a value."""


class Together(Protocol):
    """A pipeline of redis-py as it is used: what is asked is put into it, and `execute` alone is awaited. Its own types
    say that everything may be, so a forgotten `await` would hide among them."""

    async def __aenter__(self) -> "Together": ...

    async def __aexit__(self, *failure: object) -> object: ...

    def __getattr__(self, command: str) -> Callable[..., object]: ...

    async def execute(self) -> list[Any]: ...


class BadAddress(ValueError):
    """The address cannot be used. It is not repeated: there may be a password in it."""


class Answer(NamedTuple):
    """What a renewal found, all at the same moment."""

    born: str
    knows_all: bool
    works_timers: bool
    nodes: set[str]
    leases: dict[str, Lease | None]


class Reading(NamedTuple):
    """What was found of nodes, all at the same moment: the lease of each, and who is with it, if that is known."""

    born: str
    leases: dict[str, Lease | None]
    people: dict[str, list[Came] | None]


class RedisClient:
    """One node's line to the server. `connects` counts how often a new connection had to be made for it."""

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
            self._ear = Redis.from_url(url, protocol=2, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)
            # Made for its refusals alone: an option that does not exist is found out here, not when all is running.
            self._client.connection_pool.make_connection()  # type: ignore[no-untyped-call]
        except (ValueError, TypeError, RedisError):
            raise BadAddress from None

    def enter(self, world: str) -> None:
        """The keys are this world's from now on, all in one slot of a cluster."""
        self._prefix = f"hchat:{{{world}}}:"

    async def join(self, lease: Lease) -> bool:
        """Be one of the nodes. Whether none was there before."""
        async with self._together() as pipe:
            pipe.set(self._key("up"), "1", px=self._lease_ms, nx=True)
            self._renew_lease(pipe, lease)
            first, *_ = await self._done(pipe)
        return bool(first)

    async def renew(
        self, lease: Lease, everybody: Iterable[Came] | None, news: bytes, names: Sequence[str], *, works_timers: bool
    ) -> Answer:
        """Renew the leases and look around. `everybody` replaces who is written down as here; `news` is told then."""
        async with self._together() as pipe:
            if everybody is not None:
                self._write(pipe, everybody)
                pipe.publish(self._key("news"), news)
            pipe.pexpire(self._key("here", self._node), self._lease_ms)
            self._renew_lease(pipe, lease)
            pipe.set(self._key("up"), "1", px=self._lease_ms)
            if not lease.healthy:
                # Who cannot reach the database would only keep the timers from somebody who can.
                pipe.eval(GIVE_UP, 1, self._key("timer"), self._node)
            else:
                if works_timers:
                    # Should it have run out meanwhile, somebody else's is prolonged once, which hurts nobody.
                    pipe.pexpire(self._key("timer"), self._lease_ms)
                pipe.set(self._key("timer"), self._node, px=self._lease_ms, nx=True)
            pipe.set(self._key("born"), secrets.token_hex(8), nx=True)
            pipe.hexists(self._key("here", self._node), _MARK)
            pipe.smembers(self._key("nodes"))
            pipe.mget([self._key("timer"), self._key("born"), *(self._key("node", name) for name in names)])
            *_, marked, nodes, [holder, born, *leases] = await self._done(pipe)
        return Answer(
            born,
            knows_all=bool(marked),
            works_timers=holder == self._node,
            nodes=set(nodes) - {self._node},
            leases={name: _lease(told) for name, told in zip(names, leases, strict=True)},
        )

    async def read(self, names: Sequence[str]) -> Reading:
        """Who is with these nodes."""
        async with self._together() as pipe:
            pipe.mget([self._key("born"), *(self._key("node", name) for name in names)])
            for name in names:
                pipe.hgetall(self._key("here", name))
            [born, *leases], *people = await self._done(pipe)
        return Reading(
            born or "",
            {name: _lease(told) for name, told in zip(names, leases, strict=True)},
            {name: _people(told) for name, told in zip(names, people, strict=True)},
        )

    async def forget(self, names: Sequence[str]) -> None:
        """These nodes are gone; one that is not says so again with its next renewal."""
        async with self._together() as pipe:
            pipe.srem(self._key("nodes"), *names)
            await self._done(pipe)

    async def tell(self, news: bytes) -> None:
        async with asyncio.timeout(PATIENCE):
            await self._client.publish(self._key("news"), news)

    async def tell_moves(self, news: bytes, moved: Moved, lease: Lease) -> None:
        """Write down who came and left, and tell it, or neither."""
        here = self._key("here", self._node)
        async with self._together() as pipe:
            if moved.came:
                pipe.hset(here, mapping=_fields(moved.came))
            if moved.left:
                pipe.hdel(here, *moved.left)
            pipe.pexpire(here, self._lease_ms)
            self._renew_lease(pipe, lease)
            pipe.publish(self._key("news"), news)
            await self._done(pipe)

    async def leave(self, news: bytes) -> None:
        """Be no node any more, and tell it."""
        async with self._together() as pipe:
            pipe.delete(self._key("here", self._node), self._key("node", self._node))
            pipe.srem(self._key("nodes"), self._node)
            pipe.publish(self._key("news"), news)
            pipe.eval(LEAVE, 3, self._key("timer"), self._key("nodes"), self._key("up"), self._node)
            await self._done(pipe)

    async def subscribe(self) -> PubSub:
        """Hear the news. Whoever gets it must close it."""
        ear = self._ear.pubsub()
        try:
            async with asyncio.timeout(PATIENCE):
                await ear.subscribe(self._key("news"))
        except BaseException:
            await close(ear)
            raise
        return ear

    async def close(self) -> None:
        await close(self._client)
        await close(self._ear)

    def _key(self, *parts: str) -> str:
        return self._prefix + ":".join(parts)

    def _together(self) -> Together:
        """All of it at the same moment, so that an emptied server is not taken for one that nobody is at."""
        return cast(Together, self._client.pipeline(transaction=True))

    async def _done(self, pipe: Together) -> list[Any]:
        async with asyncio.timeout(PATIENCE):
            return await pipe.execute()

    def _renew_lease(self, pipe: Together, lease: Lease) -> None:
        pipe.set(self._key("node", self._node), str(lease), px=self._lease_ms)
        pipe.sadd(self._key("nodes"), self._node)

    def _write(self, pipe: Together, everybody: Iterable[Came]) -> None:
        here = self._key("here", self._node)
        pipe.delete(here)
        pipe.hset(here, mapping=_fields(everybody) | {_MARK: ""})

    async def _connected(self, connection: AbstractConnection) -> None:
        """redis-py connects again without a word, and it may be to another server, or to one that has forgotten all."""
        await connection.on_connect()
        self.connects += 1


_MARK = ""
"""A field that is always there, so that a node with nobody is told from one that the server has forgotten."""


def _fields(people: Iterable[Came]) -> dict[_Word, _Word]:
    return {came.connection: f"{came.since} {came.person}" for came in people}


def _people(fields: Mapping[str, str]) -> list[Came] | None:
    if _MARK not in fields:
        return None
    people = []
    for connection, told in fields.items():
        if connection != _MARK:
            since, _, person = told.partition(" ")
            people.append(Came(connection, person, int(since)))
    return people


def _lease(told: str | None) -> Lease | None:
    return None if told is None else Lease.read(told)


async def close(what: Redis | PubSub) -> None:
    try:
        await what.aclose()
    except FAILURES:
        return
