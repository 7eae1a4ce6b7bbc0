"""Repeats a task for ever, whether or not a single run succeeds."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from chatserver.domain.refusals import Refused

log = structlog.get_logger()


async def every(seconds: float, work: Callable[[], Awaitable[None]]) -> None:
    """Call `work` `seconds` after it last ended, until cancelled. A failure is logged and does not end the loop."""
    while True:
        await asyncio.sleep(seconds)
        try:
            await work()
        except Refused as refusal:
            log.warning("round_refused", work=work.__name__, code=refusal.code)
        except Exception:
            log.exception("round_failed", work=work.__name__)
