"""Repeats a task for ever, even if some of its runs fail."""

from collections.abc import Awaitable, Callable

import structlog

from chatserver.domain.refusals import Refused

log = structlog.get_logger()


async def every(sleep: Callable[[float], Awaitable[None]], seconds: float, work: Callable[[], Awaitable[None]]) -> None:
    """Wait `seconds` with `sleep`, call `work`, and repeat both until cancelled. A failure is logged and does not end
    the loop."""
    while True:
        await sleep(seconds)
        try:
            await work()
        except Refused as refusal:
            log.warning("round_refused", work=work.__name__, code=refusal.code)
        except Exception:
            log.exception("round_failed", work=work.__name__)
