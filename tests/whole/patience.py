"""Waiting for what no client is told: a file, a log, a count of the test's own."""

import asyncio
from collections.abc import Callable

LOOK_EVERY = 0.03


async def eventually(condition: Callable[[], object], within: float) -> None:
    """Until it is so. Raises `TimeoutError` after so many seconds."""
    async with asyncio.timeout(within):
        while True:
            if condition():
                return
            await asyncio.sleep(LOOK_EVERY)
