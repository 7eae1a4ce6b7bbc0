"""How the bus runs its tasks: an unexpected exception does not end a task, and cancelling always does."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

log = structlog.get_logger()

AFTER_DEFECT_S = 1.0


async def for_ever(work: Callable[[], Awaitable[None]]) -> None:
    """Run `work` again and again until cancelled."""
    while True:
        try:
            await work()
        except Exception:
            log.exception("bus_failed")
            await asyncio.sleep(AFTER_DEFECT_S)


async def end(task: asyncio.Task[None]) -> None:
    """Cancel the task until it has ended. Once may not be enough: redis-py uses `wait_for`, which before Python 3.12
    can swallow a cancellation."""
    while not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=0.1)


async def within(seconds: float, work: Awaitable[object]) -> bool:
    """Whether the work was done in time."""
    try:
        async with asyncio.timeout(seconds):
            await work
    except TimeoutError:
        return False
    return True
