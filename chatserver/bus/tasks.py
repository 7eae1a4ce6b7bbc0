"""How this bus runs its tasks: none ends by a defect, and each ends when it is told to."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

log = structlog.get_logger()

AFTER_DEFECT_S = 1.0


async def for_ever(work: Callable[[], Awaitable[None]]) -> None:
    """Until cancelled."""
    while True:
        try:
            await work()
        except Exception:
            log.exception("bus_failed")
            await asyncio.sleep(AFTER_DEFECT_S)


async def end(task: asyncio.Task[None]) -> None:
    """Once may not do: redis-py uses `wait_for`, which before Python 3.12 may keep a cancellation for itself."""
    while not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=0.1)


async def within(seconds: float, work: Awaitable[object]) -> bool:
    """Whether it was done by then."""
    try:
        async with asyncio.timeout(seconds):
            await work
    except TimeoutError:
        return False
    return True
