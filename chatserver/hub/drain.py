"""Closes sockets one by one over a period, so that their clients do not reach the other nodes all at once."""

import asyncio
import random
from collections.abc import Sequence

from chatserver.hub.session import CLOSE_WAIT, Session
from chatserver.wire.closing import CloseCode


async def spread(sessions: Sequence[Session], seconds: float) -> None:
    """Close all sessions within `seconds`; each goes on as before until its turn.

    Each is closed at a random moment within a slice of time of its own, so that many cannot be closed together by
    chance.
    """
    loop = asyncio.get_running_loop()
    began = loop.time()
    for place, session in enumerate(random.sample(sessions, len(sessions))):
        moment = began + (place + random.random()) / len(sessions) * seconds
        await asyncio.sleep(max(0.0, moment - loop.time()))
        session.close(CloseCode.DRAINED)
    # The last session's close frame is still on its way; that takes a bounded time.
    await asyncio.sleep(CLOSE_WAIT)
