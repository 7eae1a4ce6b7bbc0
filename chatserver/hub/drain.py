"""Sending sockets to other nodes without a crowd at their doors: each is closed at a moment of its own."""

import asyncio
import random
from collections.abc import Sequence

from chatserver.hub.session import CLOSE_WAIT, Session
from chatserver.wire.closing import CloseCode


async def spread(sessions: Sequence[Session], seconds: float) -> None:
    """Close all within `seconds`; until his moment comes, everybody goes on as before.

    Each moment is drawn within a slice of its own, so that chance makes no crowd either.
    """
    loop = asyncio.get_running_loop()
    began = loop.time()
    for place, session in enumerate(random.sample(sessions, len(sessions))):
        moment = began + (place + random.random()) / len(sessions) * seconds
        await asyncio.sleep(max(0.0, moment - loop.time()))
        session.close(CloseCode.DRAINED)
    # The last one's close frame is on its way, and bounded.
    await asyncio.sleep(CLOSE_WAIT)
