"""Repeats a task for ever, whether or not a single run succeeds."""

from collections.abc import Awaitable, Callable

import structlog

from chatserver.domain.refusals import Refused

log = structlog.get_logger()


async def every(sleep: Callable[[float], Awaitable[None]], seconds: float, work: Callable[[], Awaitable[None]]) -> None:
    """Call `work` `seconds` after it last ended, as `sleep` counts them, until cancelled. A failure is logged and does
    not end the loop."""
    while True:
        await sleep(seconds)
        try:
            await work()
        except Refused as refusal:
            log.warning("round_refused", work=work.__name__, code=refusal.code)
        except Exception:
            log.exception("round_failed", work=work.__name__)
