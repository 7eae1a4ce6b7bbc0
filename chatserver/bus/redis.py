"""The bus between processes: a Redis server carries doorbells and holds leases. No action ever waits for it.

The hub's calls only record what is to be done. Three tasks talk to the server, each with a limit of one second per
answer: one publishes what has accumulated, one renews this node's leases and reads the other nodes' lists, one
receives. Messages published while this node was not subscribed are not repeated; `missed` makes the listener re-read
everything. The other nodes' connections are remembered while the server is away and for one more lease, so that nobody
counts as gone only because presence is unknown.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence

import structlog

from chatserver.bus.codec import Gone, Lost, Moved, Rewritten, Unreadable, decode, encode
from chatserver.bus.contract import Bell, Listener
from chatserver.bus.health import BusHealth
from chatserver.bus.peers import Lease, Peers
from chatserver.bus.publish_queue import BELLS, OwnConnections, PublishQueue
from chatserver.bus.redis_client import FAILURES, PATIENCE, Answer, RedisClient
from chatserver.bus.subscription import Subscription
from chatserver.bus.tasks import end, for_ever, within

log = structlog.get_logger()


class RedisBus:
    """`url` is an address in the form of redis-py; `node` must be unique among the nodes. A lease of `lease_s` seconds
    is renewed every `renew_s`.

    Raises `BadAddress`. An instance can be started and stopped once.
    """

    shared = True

    def __init__(
        self, url: str, *, node: str, lease_s: float = 6.0, renew_s: float = 2.0, backlog: int = BELLS
    ) -> None:
        self._client = RedisClient(url, node, lease_s)
        self._health = BusHealth(lease_s, renew_s + PATIENCE)
        self.node = node
        self._renew_s = renew_s
        self._listener: Listener | None = None
        self._bells = PublishQueue(backlog)
        self._own = OwnConnections()
        self._peers = Peers()
        self._healthy = True
        self._holds_timers = False
        self._born = ""
        self._connects = 0
        self._started = False
        self._tasks: list[asyncio.Task[None]] = []
        self._turn = asyncio.Lock()
        self._to_publish = asyncio.Event()
        self._hurry = asyncio.Event()
        self._subscribed = asyncio.Event()

    async def start(self, world: str, listener: Listener) -> bool:
        """Takes a moment, or a second or two when the server does not answer. No change that is committed afterwards is
        missed."""
        assert self._listener is None, "already started"
        self._listener = listener
        self._client.enter(world)
        first = await self._joined()
        subscription = Subscription(self._client, self._health, self._renew_s, self._is_subscribed, self._receive)
        self._spawn("receive", subscription.run)
        if self._health.reachable:
            await within(PATIENCE, self._subscribed.wait())
            await self._renew()
        self._started = True
        self._health.started()
        self._spawn("renew", self._renew_in_time)
        self._spawn("publish", self._publish_what_accumulates)
        return first

    async def stop(self) -> None:
        if await within(PATIENCE, self._turn.acquire()):
            # A publication in progress is finished first.
            self._turn.release()
        for task in self._tasks:
            await end(task)
        if self._health.reachable:
            try:
                await self._client.leave(encode(self.node, [*self._bells.take(), Gone()]))
            except FAILURES:
                log.warning("bus_left_unsaid")
        self._health.reachable = self._holds_timers = False
        await self._client.close()

    def ring(self, bell: Bell) -> None:
        if not self._health.reachable:
            self._bells.lose(bell)
            return
        self._bells.add(bell)
        self._to_publish.set()

    def came(self, person: str, connection: str, since: int) -> None:
        self._own.came(person, connection, since)
        self._to_publish.set()

    def left(self, person: str, connection: str) -> None:
        self._own.left(person, connection)
        self._to_publish.set()

    def elsewhere(self, person: str) -> Sequence[int]:
        return self._peers.elsewhere(person)

    @property
    def up(self) -> bool:
        return self._health.up

    @property
    def trusted(self) -> bool:
        return self._health.trusted

    @property
    def works_timers(self) -> bool:
        return self._holds_timers or not self.up

    @property
    def peers(self) -> int:
        """0 while the bus is away, because no report is recent then."""
        return self._peers.healthy if self.up else 0

    def say_healthy(self, healthy: bool) -> None:
        if healthy != self._healthy:
            self._healthy = healthy
            self._hurry.set()

    # Publishing

    async def _publish_what_accumulates(self) -> None:
        """Whenever something has accumulated, publish all of it at once; one publication at a time."""
        while True:
            await self._to_publish.wait()
            async with self._turn:
                self._to_publish.clear()
                # If the server is away or lacks our list, publish nothing here: the next renewal writes the whole list,
                # and then sets the event again.
                if self._health.reachable and self._own.written:
                    await self._publish()

    async def _publish(self) -> None:
        notices, moved = self._bells.take(), self._own.take()
        try:
            if moved is not None:
                await self._client.publish_moves(encode(self.node, [*notices, moved]), moved, self._lease)
            elif notices:
                await self._client.publish(encode(self.node, notices))
        except FAILURES as why:
            self._bells.give_back(notices)
            self._fail(why)
            self._hurry.set()

    # Renewing, and reading the other nodes

    async def _joined(self) -> bool:
        try:
            first = await self._client.join(self._lease)
        except FAILURES as why:
            self._fail(why)
            return False
        self._health.reached()
        return first

    async def _renew_in_time(self) -> None:
        """Renew every `renew_s`, or earlier when `_hurry` is set, but never in a tight loop."""
        pause = self._renew_s / 10
        while True:
            await asyncio.sleep(pause)
            await within(self._renew_s - pause, self._hurry.wait())
            await self._renew()

    async def _renew(self) -> None:
        async with self._turn:
            self._hurry.clear()
            asked_at = time.monotonic()
            try:
                answer = await self._renewed()
                if not self._own.written:
                    # The server did not know this node.
                    answer = await self._renewed()
                await self._read_others(answer, asked_at)
            except FAILURES as why:
                self._fail(why)
                return
        if self._bells or self._own.has_changes:
            self._to_publish.set()

    async def _renewed(self) -> Answer:
        everybody = None if self._own.written else self._own.take_all()
        answer = await self._client.renew(
            self._lease,
            everybody,
            encode(self.node, [Rewritten(self._own.version)]),
            self._peers.names,
            works_timers=self._holds_timers,
        )
        if not answer.knows_all:
            self._own.unwritten()
        self._holds_timers = answer.works_timers
        self._health.reached()
        if self._client.connects != self._connects:
            # redis-py reconnects silently. The new connection may lead to a server that lacks the latest changes.
            self._connects = self._client.connects
            self._health.distrust()
            if everybody is None:
                self._own.unwritten()
        self._remembers(answer.born)
        return answer

    async def _read_others(self, answer: Answer, asked_at: float) -> None:
        """Read the nodes that are new, or have changes that were not received here. Drop nodes that are gone, once that
        is sure."""
        for name, lease in answer.leases.items():
            self._peers.said(name, lease)
        behind = [name for name, lease in answer.leases.items() if lease and self._peers.lacks(name, lease)]
        strange = answer.nodes - answer.leases.keys()
        reading = await self._client.read([*behind, *strange])
        if not self._remembers(reading.born):
            return
        sure = self._health.is_conclusive(asked_at)
        leases = answer.leases | reading.leases
        gone = [name for name, lease in leases.items() if lease is None] if sure else []
        changed: set[str] = set()
        for name, lease in reading.leases.items():
            if lease is not None:
                changed |= self._peers.was_read(name, lease, reading.people[name], sure=sure)
        for name in gone:
            changed |= self._peers.gone(name)
        self._report_presence(changed)
        if sure and any(lease and self._peers.lacks(name, lease) for name, lease in leases.items()):
            self._hurry.set()
        elif sure and self._health.trust():
            self._the_listener.presence_changed(())
        if gone:
            await self._client.forget(gone)

    def _remembers(self, born: str) -> bool:
        """Whether the server still has its data. If not, this node's list has to be written again, and everything
        re-read."""
        known, self._born = self._born, born
        if known in ("", born):
            return True
        log.warning("bus_emptied")
        self._health.distrust()
        self._own.unwritten()
        self._hurry.set()
        self._the_listener.missed()
        return False

    # Receiving

    def _is_subscribed(self) -> None:
        if self._subscribed.is_set() or self._started:
            self._the_listener.missed()
            self._hurry.set()
        self._subscribed.set()

    def _receive(self, encoded: bytes) -> None:
        try:
            node, notices = decode(encoded)
        except Unreadable:
            self._the_listener.missed()
            return
        if node == self.node:
            return
        changed: set[str] = set()
        for each in notices:
            match each:
                case Moved():
                    changed |= self._peers.moved(node, each)
                    if self._health.trusted and not self._peers.is_complete(node):
                        self._hurry.set()
                case Rewritten():
                    self._peers.rewritten(node, each.version)
                    self._hurry.set()
                case Gone():
                    changed |= self._peers.gone(node)
                case Lost():
                    self._the_listener.missed()
                case _:
                    self._the_listener.heard(each)
        self._report_presence(changed)

    # Shared helpers

    @property
    def _lease(self) -> Lease:
        return Lease(self._own.version, self._healthy)

    @property
    def _the_listener(self) -> Listener:
        assert self._listener is not None, "not started"
        return self._listener

    def _report_presence(self, people: set[str]) -> None:
        if people:
            self._the_listener.presence_changed(list(people))

    def _fail(self, why: Exception) -> None:
        """The server may have received all, some or none of what was sent to it. The next renewal writes everything
        again."""
        self._own.unwritten()
        self._bells.lose_all()
        self._health.unreachable(why)

    def _spawn(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        self._tasks.append(asyncio.create_task(for_ever(work), name=f"bus_{name}"))
