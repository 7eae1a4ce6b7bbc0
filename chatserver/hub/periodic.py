"""What is done again and again, whatever becomes of one time of it."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from chatserver.domain.refusals import Refused

log = structlog.get_logger()


async def every(seconds: float, work: Callable[[], Awaitable[None]]) -> None:
    """Do `work`, `seconds` after it was done the last time, until cancelled. A failure is logged, no end."""
    while True:
        await asyncio.sleep(seconds)
        try:
            await work()
        except Refused as refusal:
            log.warning("round_refused", work=work.__name__, code=refusal.code)
        except Exception:
            log.exception("round_failed", work=work.__name__)
