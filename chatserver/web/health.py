"""`/live`: this process runs. `/ready`: it can serve. For whoever watches; says nothing a stranger could use."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from chatserver.domain.refusals import Refused
from chatserver.store import meta
from chatserver.web.house import House, house_of

RETRY_MS = 3_000
"""What clients that ask `/ready` after failed handshakes are told to wait."""


async def live(request: Request) -> Response:
    return _json(200, {"live": True})


async def ready(request: Request) -> Response:
    """200 only when the hub is up and the database answers. The schema was checked when it was opened."""
    why_not = await _why_not(house_of(request))
    if why_not is None:
        return _json(200, {"ready": True})
    return _json(503, {"ready": False, "why": why_not, "retry_ms": RETRY_MS})


async def _why_not(house: House) -> str | None:
    if not house.hub.ready:
        return "starting"
    try:
        await house.database.read(meta.epoch)
    except Refused as refused:
        return refused.code
    return None


def _json(status: int, body: dict[str, object]) -> Response:
    return Response(msgspec.json.encode(body), status, {"Cache-Control": "no-store"}, "application/json")
