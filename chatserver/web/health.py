"""`/live`: this process runs. `/ready`: it can serve. For whoever watches; says nothing a stranger could use."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from chatserver.web.context import context_of

RETRY_MS = 3_000
"""What clients that ask `/ready` after failed handshakes are told to wait."""


async def live(request: Request) -> Response:
    return _json(200, {"live": True})


async def ready(request: Request) -> Response:
    """200 only when the hub is up, stays, and the database answered lately. Asks nobody: a probe costs nothing."""
    why_not = context_of(request).hub.why_not_ready
    if why_not is None:
        return _json(200, {"ready": True})
    return _json(503, {"ready": False, "why": why_not, "retry_ms": RETRY_MS})


def _json(status: int, body: dict[str, object]) -> Response:
    return Response(msgspec.json.encode(body), status, {"Cache-Control": "no-store"}, "application/json")
