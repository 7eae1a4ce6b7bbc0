"""Behaviour specific to Redis: a server that dies, forgets, freezes or drops a connection, and nodes that vanish."""

import asyncio
import time
from collections.abc import Callable, Iterator

import pytest
from structlog.testing import capture_logs

from chatserver.bus.contract import Doorbell, TypingBell
from chatserver.bus.redis import RedisBus
from chatserver.bus.redis_client import PATIENCE, BadAddress
from tests.bus.nodes import LEASE_S, RENEW_S, Cluster, Node, eventually, vanish
from tests.bus.proxy import Proxy
from tests.e2e.patience import allowed
from tests.redis import OwnRedis, asking, running

DOORBELL = Doorbell("c-1", 7, 5, 4)


def rings(node: Node, other: Node) -> Callable[[], bool]:
    """Whether one node's doorbell reaches the other; it is rung again until it does."""

    def heard() -> bool:
        node.bus.ring(DOORBELL)
        return DOORBELL in other.ear.bells

    return heard


@pytest.fixture
def logged() -> Iterator[Callable[[], list[str]]]:
    """The logged events."""
    with capture_logs() as lines:
        yield lambda: [line["event"] for line in lines]


@pytest.mark.parametrize("option", ["", "?retry_on_timeout=yes"])
async def test_a_lost_subscription_means_that_bells_were_missed(own_redis: OwnRedis, option: str) -> None:
    """With that option redis-py resubscribes silently; nothing else shows that the connection was lost."""
    cluster = Cluster(own_redis.url + option)
    one, two = await cluster.trusting_nodes(2)
    with asking(own_redis.url) as redis:
        assert redis.client_kill_filter(_type="pubsub") == 2
    await eventually(lambda: one.ear.times_missed and two.ear.times_missed)
    await eventually(rings(one, two))
    await cluster.end()


async def test_a_silent_subscription_is_renewed() -> None:
    with running(OwnRedis(tcp=True)) as server:
        async with Proxy(server.port).listening() as proxy:
            cluster, through = Cluster(server.url), Cluster(f"redis://127.0.0.1:{proxy.port}")
            through.world = cluster.world
            near, far = await cluster.node(), await through.node()
            await eventually(lambda: far.bus.trusted)
            proxy.silence_subscriptions()
            silent_at = time.monotonic()
            await eventually(lambda: not far.bus.up)
            assert time.monotonic() - silent_at <= allowed(3.0)
            assert far.ear.times_missed == 0
            near.bus.ring(DOORBELL)
            await eventually(lambda: far.bus.up and far.ear.times_missed)
            await eventually(rings(near, far))
            await through.end()
            await cluster.end()


async def test_a_new_connection_may_lead_to_a_server_without_the_latest_changes(own_cluster: Cluster) -> None:
    """Like a replica that was promoted. redis-py reconnects silently."""
    one, two = await own_cluster.trusting_nodes(2)
    one.bus.came("li", "s-1", 10)
    await eventually(lambda: two.bus.elsewhere("li"))
    with asking(own_cluster.url) as redis:
        [here] = [key for key in redis.keys(own_cluster.key("here", "*")) if redis.hexists(key, "s-1")]
        redis.hdel(here, "s-1")
        redis.client_kill_filter(_type="normal", skipme=True)
        await eventually(lambda: not one.bus.trusted and not two.bus.trusted)
        await eventually(lambda: redis.hexists(here, "s-1"))

    def trusted_again() -> bool:
        assert list(two.bus.elsewhere("li")) == [10]
        return two.bus.trusted

    await eventually(trusted_again)


async def test_an_emptied_server_shows_nobody_as_gone(own_cluster: Cluster) -> None:
    one, two = await own_cluster.trusting_nodes(2)
    one.bus.came("li", "s-1", 10)
    two.bus.came("wang", "s-2", 20)
    await eventually(lambda: two.bus.elsewhere("li") and one.bus.elsewhere("wang"))
    with asking(own_cluster.url) as redis:
        redis.flushall()
    await eventually(lambda: one.ear.times_missed and two.ear.times_missed)
    assert not one.bus.trusted
    assert not two.bus.trusted

    def trusted_again() -> bool:
        assert list(two.bus.elsewhere("li")) == [10]
        assert list(one.bus.elsewhere("wang")) == [20]
        return one.bus.trusted and two.bus.trusted

    await eventually(trusted_again)
    three = await own_cluster.node()
    await eventually(lambda: list(three.bus.elsewhere("li")) == [10] and list(three.bus.elsewhere("wang")) == [20])
    assert [node.bus.works_timers for node in (one, two, three)].count(True) == 1


async def test_a_server_that_dies_and_comes_back_empty_loses_nobody(
    own_redis: OwnRedis, own_cluster: Cluster, logged: Callable[[], list[str]]
) -> None:
    one, two = await own_cluster.trusting_nodes(2)
    one.bus.came("li", "s-1", 10)
    one.bus.came("zhao", "s-3", 30)
    await eventually(lambda: two.bus.elsewhere("li") and two.bus.elsewhere("zhao"))
    own_redis.kill()
    await eventually(lambda: not one.bus.up and not two.bus.up)
    assert one.bus.works_timers
    assert two.bus.works_timers
    assert not two.bus.trusted
    assert (one.bus.peers, two.bus.peers) == (0, 0)
    one.bus.came("sun", "s-4", 40)
    one.bus.left("zhao", "s-3")
    one.bus.ring(DOORBELL)
    missed = two.ear.times_missed
    own_redis.start()
    await eventually(lambda: one.bus.up and two.bus.up)
    await eventually(lambda: list(two.bus.elsewhere("sun")) == [40])
    await eventually(lambda: two.ear.times_missed > missed)

    def trusted_again() -> bool:
        assert list(two.bus.elsewhere("li")) == [10]
        return two.bus.trusted and one.bus.trusted

    await eventually(trusted_again)
    assert list(two.bus.elsewhere("zhao")) == []
    await eventually(lambda: [node.bus.works_timers for node in (one, two)].count(True) == 1)
    assert (logged().count("bus_away"), logged().count("bus_back"), logged().count("bus_emptied")) == (2, 2, 2)


async def test_a_frozen_server_is_noticed_and_nobody_waits_for_it(own_redis: OwnRedis, own_cluster: Cluster) -> None:
    one, two = await own_cluster.trusting_nodes(2)
    one.bus.came("li", "s-1", 10)
    await eventually(lambda: two.bus.elsewhere("li"))
    own_redis.freeze()
    frozen_at = time.monotonic()
    turns = 0

    def both_away() -> bool:
        nonlocal turns
        turns += 1
        one.bus.ring(Doorbell("c-1", turns, turns, turns))
        one.bus.came("sun", "s-9", turns)
        return not one.bus.up and not two.bus.up

    await eventually(both_away)
    assert time.monotonic() - frozen_at <= allowed(3.5)
    assert turns > 10
    assert list(two.bus.elsewhere("li")) == [10]
    own_redis.thaw()
    await eventually(lambda: one.bus.up and two.bus.up and two.ear.times_missed)
    await eventually(lambda: list(two.bus.elsewhere("sun")) == [turns])
    await eventually(lambda: two.bus.trusted)
    assert list(two.bus.elsewhere("li")) == [10]


async def test_the_people_of_a_node_that_vanished_go_with_its_lease(cluster: Cluster) -> None:
    stays, goes = await cluster.trusting_nodes(2)
    goes.bus.came("li", "s-1", 10)
    await eventually(lambda: stays.bus.elsewhere("li"))
    stays.ear.changes.clear()
    await vanish(goes)
    alive = cluster.leases()

    def gone() -> bool:
        nonlocal alive
        if stays.bus.elsewhere("li"):
            alive = cluster.leases()
            return False
        return True

    assert alive == 2
    await eventually(gone)
    assert stays.ear.people == {"li"}
    assert cluster.leases() == 1
    assert stays.bus.trusted
    with asking(cluster.url) as redis:
        await eventually(lambda: redis.scard(cluster.key("nodes")) == 1)
        await eventually(lambda: len(redis.keys(cluster.key("here", "*"))) == 1)


async def test_the_timers_pass_on_when_their_node_vanishes(cluster: Cluster) -> None:
    one, two = await cluster.trusting_nodes(2)
    holder, other = (one, two) if one.bus.works_timers else (two, one)
    assert not other.bus.works_timers
    await vanish(holder)
    await eventually(lambda: other.bus.works_timers)
    assert other.bus.up


async def test_the_node_that_runs_the_timers_keeps_them(cluster: Cluster) -> None:
    one, two = await cluster.trusting_nodes(2)
    holder, other = (one, two) if one.bus.works_timers else (two, one)
    with asking(cluster.url) as redis:
        until = time.monotonic() + 2 * LEASE_S

        def two_leases_later() -> bool:
            assert redis.exists(cluster.key("timer"))
            return time.monotonic() >= until

        await eventually(two_leases_later)
    assert holder.bus.works_timers
    assert not other.bus.works_timers


async def test_absences_are_trusted_after_one_lease_and_that_is_reported(cluster: Cluster) -> None:
    before = time.monotonic()
    node = await cluster.node()
    assert node.bus.up
    assert not node.bus.trusted
    await eventually(lambda: node.bus.trusted)
    assert time.monotonic() - before >= LEASE_S
    assert node.ear.changes == [[]]


async def test_people_who_left_during_an_outage_are_dropped_once_absences_are_trusted(
    own_redis: OwnRedis, own_cluster: Cluster
) -> None:
    stays, goes, third = await own_cluster.trusting_nodes(3)
    goes.bus.came("li", "s-1", 10)
    third.bus.came("wang", "s-2", 20)
    await eventually(lambda: stays.bus.elsewhere("li") and stays.bus.elsewhere("wang"))
    own_redis.kill()
    await eventually(lambda: not stays.bus.up)
    await vanish(goes)
    own_redis.start()
    await eventually(lambda: stays.bus.up)
    back_at = time.monotonic()
    stays.ear.changes.clear()

    def gone() -> bool:
        assert list(stays.bus.elsewhere("wang")) == [20]
        assert bool(stays.bus.elsewhere("li")) != stays.bus.trusted
        return not stays.bus.elsewhere("li")

    await eventually(gone)
    assert time.monotonic() - back_at >= LEASE_S - RENEW_S
    assert stays.ear.people == {"li"}
    assert stays.ear.times_all_may_have_changed == 1


async def test_changes_are_learned_while_absences_are_not_trusted(cluster: Cluster) -> None:
    here = await cluster.node(lease_s=60.0)
    there = await cluster.node(lease_s=60.0)
    here.bus.came("li", "s-1", 10)
    here.bus.came("wang", "s-2", 20)
    await eventually(lambda: there.bus.elsewhere("li") and there.bus.elsewhere("wang"))
    here.bus.left("li", "s-1")
    await eventually(lambda: not there.bus.elsewhere("li"))
    await here.bus.stop()
    await eventually(lambda: not there.bus.elsewhere("wang"))
    assert not there.bus.trusted


async def test_a_burst_of_bells_is_published_in_few_messages(own_cluster: Cluster) -> None:
    one, two = await own_cluster.trusting_nodes(2)

    def published() -> int:
        with asking(own_cluster.url) as redis:
            return int(redis.info("commandstats")["cmdstat_publish"]["calls"])

    before = published()
    rung = [Doorbell(f"c-{n}", n, n, n) for n in range(1_000)]
    for bell in rung:
        one.bus.ring(bell)
    await eventually(lambda: len(two.ear.bells) == len(rung))
    assert two.ear.bells == rung
    assert published() - before <= 3
    assert two.ear.times_missed == 0


async def test_a_failed_publication_is_reported_as_missed(own_cluster: Cluster) -> None:
    """Only writing is blocked, so all stay subscribed and nothing else makes them re-read."""
    one, two = [await own_cluster.node(lease_s=60.0, renew_s=3.0) for _ in range(2)]
    with asking(own_cluster.url) as redis:
        subscribed = {client["id"] for client in redis.client_list("pubsub")}
        redis.client_pause(60_000, all=False)
        one.bus.ring(DOORBELL)
        await eventually(lambda: not one.bus.up)
        assert two.ear.times_missed == 0
        redis.client_unpause()
        await eventually(lambda: two.ear.times_missed)
        assert {client["id"] for client in redis.client_list("pubsub")} == subscribed


async def test_typing_that_could_not_be_published_is_dropped(own_redis: OwnRedis, own_cluster: Cluster) -> None:
    one, two = await own_cluster.trusting_nodes(2)
    own_redis.kill()
    await eventually(lambda: not one.bus.up and not two.bus.up)
    one.bus.ring(TypingBell("c-1", by_visitor=True, on=True))
    own_redis.start()
    await eventually(lambda: one.bus.up and two.bus.up)
    await eventually(rings(one, two))
    assert {type(bell) for bell in two.ear.bells} == {Doorbell}


async def test_an_unreadable_message_counts_as_missed(cluster: Cluster) -> None:
    node = await cluster.node()
    with asking(cluster.url) as redis:
        for spelled in ("", "[]", '["n",[["?",1]]]', '["n",[["c","c-1","one",1,1]]]', "\xff"):
            node.ear.times_missed = 0
            redis.publish(cluster.key("news"), spelled)
            await eventually(lambda: node.ear.times_missed == 1)
    assert node.bus.up


async def test_a_nodes_data_dropped_by_the_server_is_written_again(own_cluster: Cluster) -> None:
    here, there = await own_cluster.trusting_nodes(2)
    here.bus.came("li", "s-1", 10)
    await eventually(lambda: there.bus.elsewhere("li"))
    with asking(own_cluster.url) as redis:
        redis.delete(*redis.keys(own_cluster.key("here", "*")))
    late = await own_cluster.node()
    await eventually(lambda: late.bus.elsewhere("li"))
    assert list(there.bus.elsewhere("li")) == [10]


async def test_a_bus_that_starts_without_a_server_works_once_it_comes(
    own_redis: OwnRedis, own_cluster: Cluster
) -> None:
    own_redis.kill()
    with capture_logs() as lines:
        one = await own_cluster.node()
        assert (one.was_first, one.bus.up, one.bus.trusted, one.bus.works_timers) == (False, False, False, True)
        one.bus.came("li", "s-1", 10)
        own_redis.start()
        await eventually(lambda: one.bus.up)
    assert [line["event"] for line in lines] == ["bus_away", "bus_back"]
    assert one.ear.times_missed
    two = await own_cluster.node()
    assert not two.was_first
    await eventually(lambda: list(two.bus.elsewhere("li")) == [10])


async def test_a_password_is_never_logged(cluster: Cluster) -> None:
    wrong = RedisBus(
        cluster.url.replace("unix://", "unix://chat:geheim@"), node="n-1", lease_s=LEASE_S, renew_s=RENEW_S
    )
    nobody = RedisBus("redis://chat:geheim@127.0.0.1:1/0", node="n-2", lease_s=LEASE_S, renew_s=RENEW_S)
    with capture_logs() as lines:
        for bus in (wrong, nobody):
            await bus.start(cluster.world, (await cluster.node()).ear)
            assert not bus.up
            await bus.stop()
    assert [line["event"] for line in lines] == ["bus_away", "bus_away"]
    assert "geheim" not in str(lines)


@pytest.mark.parametrize("address", ["redis://bus:port", "http://bus", "redis://bus/0?nonsense=1"])
def test_an_address_that_cannot_be_used_is_refused_at_once(address: str) -> None:
    with pytest.raises(BadAddress) as refused:
        RedisBus(address, node="n-1")
    assert str(refused.value) == ""


async def test_a_bus_that_was_never_started_accepts_calls(cluster: Cluster) -> None:
    bus = RedisBus(cluster.url, node="n-1")
    bus.ring(DOORBELL)
    bus.came("li", "s-1", 10)
    bus.left("li", "s-1")
    assert not bus.up
    await bus.stop()


async def test_the_last_node_that_stops_leaves_only_the_born_key(cluster: Cluster) -> None:
    nodes = [await cluster.node(lease_s=60.0) for _ in range(2)]
    nodes[0].bus.came("li", "s-1", 10)
    await eventually(lambda: nodes[1].bus.elsewhere("li"))
    for node in nodes:
        await node.bus.stop()
    with asking(cluster.url) as redis:
        assert redis.keys(cluster.key("*")) == [cluster.key("born")]


async def test_a_node_stops_although_its_server_is_frozen(own_redis: OwnRedis, own_cluster: Cluster) -> None:
    [node] = await own_cluster.trusting_nodes(1)
    own_redis.freeze()
    async with asyncio.timeout(5 * PATIENCE):
        await node.bus.stop()
    own_redis.thaw()
