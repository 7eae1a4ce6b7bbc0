"""Thousands of silent visitors with an open conversation: the server memory each needs, and what all of them cost in a
quiet minute in which they only answer pings.

Memory is what the process holds alone, before and after they connect; everything they cause counts, including their
conversations in the server's cache. A few connect before, so that one-time allocations are excluded. Compared with bare
handshakes on the same server stack.
"""

import asyncio

import psutil

from bench.load.callers import Caller, allow_files, each_in_turn
from bench.load.visitors import CAPACITY, UNHURRIED, admit, consultants_for
from bench.references.contestants import Product
from bench.report.meter import memory
from bench.report.rows import Length, Result, Row
from bench.scenarios.reconnect import Handshakes

VISITORS = 10_000
FIRST = 100
"""How many connect before the measurement."""

MINUTE = 60.0
IDLE = Row(
    "idle-memory", "memory of an idle visitor with an open conversation", 40.0, 30.0, less_is_better=True, unit="KiB"
)


async def run(length: Length) -> list[Result]:
    """A single measurement: there is nothing to alternate with."""
    count = length.of(VISITORS)
    allow_files(FIRST + count)
    settings = UNHURRIED | {"CHATSERVER_SOCKETS": str(2 * VISITORS)}
    # First and separately: the sockets of both together would exceed the open files of one process.
    bare = await _bare(count)
    with Product(settings=settings) as house:
        callers = await asyncio.to_thread(_admitted, house, FIRST + count)
        await each_in_turn([caller.come for caller in callers[:FIRST]])
        before = await _settled_memory(house.server.pid)
        await each_in_turn([caller.come for caller in callers[FIRST:]])
        with_them = await _settled_memory(house.server.pid)
        result = Result(IDLE, [(with_them - before) / count / 1024])
        if length.part == 1:
            await _quiet_minute(house, callers, MINUTE, result)
        else:
            result.notes.append(f"shortened: {count:,} visitors, and no quiet minute")
        result.figures["bare handshake, KiB"] = [bare]
        result.figures["files open in the server"] = [float(psutil.Process(house.server.pid).num_fds())]
        result.figures["MiB of the server, before and with them"] = [before / 2**20, with_them / 2**20]
    return [result]


def _admitted(house: Product, count: int) -> list[Caller]:
    """Visitors who have their whole conversation already and are not connected yet."""
    house.open_house(consultants_for(count), CAPACITY)
    known = admit(house.server.where, list(house.people.values()), count)
    return [Caller(house.port, each, len(each.entries)) for each in known]


async def _settled_memory(pid: int) -> int:
    """The least of several readings, so that memory used while connecting may have been released."""
    samples = []
    for _ in range(5):
        await asyncio.sleep(1.0)
        samples.append(memory(pid))
    return min(samples)


async def _bare(count: int) -> float:
    """The memory of one socket at a server that only accepts it."""
    with Handshakes() as bare:
        await bare.everybody_comes(FIRST)
        before = await _settled_memory(bare.pid)
        await bare.everybody_comes(count)
        return (await _settled_memory(bare.pid) - before) / count / 1024


async def _quiet_minute(house: Product, callers: list[Caller], seconds: float, result: Result) -> None:
    """Nobody says anything; at the end all must still be connected and have answered pings."""
    for caller in callers:
        caller.pings = 0
    meter = house.meter()
    meter.begin()
    await asyncio.sleep(seconds)
    spent = meter.end()
    gone = sum(not caller.here for caller in callers)
    unasked = sum(not caller.pings for caller in callers)
    assert not gone, f"{gone} of {len(callers)} are gone after {seconds:.0f} quiet seconds"
    assert not unasked, f"{unasked} of {len(callers)} were not pinged within {seconds:.0f} s"
    for caller in callers:
        caller.check()
    result.figures["% of a core while all are idle"] = [100 * spent.server_share]
    pings = sum(caller.pings for caller in callers)
    result.notes.append(f"{len(callers)} held through {seconds:.0f} quiet seconds; {pings} pings, all answered")
