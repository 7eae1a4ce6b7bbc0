"""uvicorn's WebSocket protocol, with an end: a socket whose client no longer reads does not outlive its session.

uvicorn's classes are private: it is pinned exactly, and tests/starting holds this one against a client that never
reads.
"""

import asyncio
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

LET_GO_WITHIN = 2.0
"""Seconds in which what is left in the buffer may still go out. `close` alone waits for it for ever."""


class Protocol(WebSocketsSansIOProtocol):
    """Cuts the connection soon after the application is done with it."""

    async def run_asgi(self) -> Any:
        try:
            return await super().run_asgi()
        finally:
            asyncio.get_running_loop().call_later(LET_GO_WITHIN, self.transport.abort)
