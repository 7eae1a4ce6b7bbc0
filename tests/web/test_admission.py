"""Admission: a limited number of hellos run at once, and the others wait in a queue. When it is full, each further
client gets a retry time of its own."""

import asyncio
import time

import pytest

from chatserver.domain.refusals import Busy
from chatserver.hub.metrics import Metrics
from chatserver.web.gate.admission import LEAST_MS, LONGEST_MS, Admission, HelloQueue
from tests.hub.harness import eventually


class Steady:
    """A clock in seconds that the test moves."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


async def test_a_limited_number_of_hellos_run_at_once_and_the_others_wait_in_order() -> None:
    queue, served = HelloQueue(time.monotonic, at_once=2, most_waiting=10), list[int]()
    gates = [asyncio.Event() for _ in range(5)]

    async def hello(number: int) -> None:
        async with queue.turn():
            served.append(number)
            await gates[number].wait()

    async with asyncio.TaskGroup() as group:
        for number in range(5):
            group.create_task(hello(number))
        await eventually(lambda: queue.waiting == 3)
        assert served == [0, 1]
        gates[1].set()
        await eventually(lambda: queue.waiting == 2)
        assert served == [0, 1, 2]
        for gate in gates:
            gate.set()
    assert served == [0, 1, 2, 3, 4]
    assert queue.waiting == 0


async def test_a_full_queue_refuses_the_next_client_and_one_that_leaves_makes_room() -> None:
    queue, gate = HelloQueue(time.monotonic, at_once=1, most_waiting=1), asyncio.Event()

    async def hello() -> None:
        async with queue.turn():
            await gate.wait()

    tasks = [asyncio.create_task(hello()) for _ in range(2)]
    await eventually(lambda: queue.waiting == 1)
    with pytest.raises(Busy) as busy:
        await hello()
    assert int(busy.value.details["retry_ms"]) >= LEAST_MS
    tasks[1].cancel()
    await eventually(lambda: queue.waiting == 0)
    tasks.append(asyncio.create_task(hello()))
    await eventually(lambda: queue.waiting == 1)
    gate.set()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert not tasks[2].cancelled()


async def took(queue: HelloQueue, steady: Steady, seconds: float, hellos: int) -> None:
    """Serves this many hellos one after the other; each takes `seconds`."""
    for _ in range(hellos):
        async with queue.turn():
            steady.at += seconds


async def test_refused_clients_get_retry_times_at_the_pace_of_answered_hellos() -> None:
    steady = Steady()
    queue = HelloQueue(steady, at_once=10)
    await took(queue, steady, 1.0, hellos=200)
    moments = [queue.retry_ms() for _ in range(5)]
    assert moments == pytest.approx([LEAST_MS + each for each in (100, 200, 300, 400, 500)], abs=2)
    steady.at += 10
    assert queue.retry_ms() == pytest.approx(LEAST_MS + 100, abs=2), "by now the refused clients have returned"


async def test_retry_times_come_after_the_backlog() -> None:
    steady, gate = Steady(), asyncio.Event()
    queue = HelloQueue(steady, at_once=10)
    await took(queue, steady, 1.0, hellos=200)

    async def hello() -> None:
        async with queue.turn():
            await gate.wait()

    tasks = [asyncio.create_task(hello()) for _ in range(50)]
    await eventually(lambda: queue.waiting == 40)
    assert queue.retry_ms() == pytest.approx(LEAST_MS + 5_100, abs=2)
    gate.set()
    await asyncio.gather(*tasks)


async def test_a_storm_is_spread_and_nobody_must_wait_longer_than_a_minute() -> None:
    steady = Steady()
    queue = HelloQueue(steady, at_once=10)
    await took(queue, steady, 1.0, hellos=200)
    moments = [queue.retry_ms() for _ in range(5_000)]
    assert all(LEAST_MS <= each <= LONGEST_MS for each in moments)
    assert len(set(moments)) > 1_000
    assert max(moments.count(each) for each in set(moments)) < 20


async def test_staff_never_wait_behind_visitors() -> None:
    measures = Metrics()
    admission, gate = Admission(measures, time.monotonic), asyncio.Event()

    async def hello(queue: HelloQueue) -> None:
        async with queue.turn():
            await gate.wait()

    crowd = [asyncio.create_task(hello(admission.visitors)) for _ in range(100)]
    await eventually(lambda: admission.visitors.waiting > 0)
    async with admission.staff.turn():
        assert admission.visitors.waiting == 36
        told = measures.text().decode()
    assert 'chat_hellos_waiting{audience="visitor"} 36.0' in told
    assert 'chat_hellos_waiting{audience="staff"} 0.0' in told
    gate.set()
    await asyncio.gather(*crowd)
